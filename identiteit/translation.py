"""From origin points to ciphertexts for others: the only way in which anything about a person leaves.

M = HashToGroup(seed)       E(M) under our own key of domain `oorsprong`       → translated by `keys`
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from identiteit.events import TRANSLATED
from keys.client import KeysClient, OwnKeys, new_trace_id
from keys.kernel.log import Log
from keys.kernel.pep import ActorKey, Ciphertext, Domain, KeyRing, Pseudonym, encrypt, origin_point


class Translation:
    """Keys of our two domains, obtained on first need, and the client of `keys`."""

    def __init__(self, client: KeysClient, folder: Path, origin: Domain, display: Domain, log: Log) -> None:
        self._client = client
        self._origin = origin
        self._display = display
        self._log = log
        self._keys = {
            domain: OwnKeys(KeyRing(folder / f"domein-{domain.doel}.json"), client, domain)
            for domain in (origin, display)
        }

    def key(self, domain: Domain) -> ActorKey:
        """Our key of a domain to encrypt under. Raises PeerUnavailable, TranslationRefused."""
        return self._keys[domain].get()

    def ready(self) -> bool:
        """Whether both keys are here, without asking for them."""
        return all(keys.is_there for keys in self._keys.values())

    def obtain(self) -> None:
        """Get both keys. Raises PeerUnavailable, TranslationRefused."""
        self.key(self._origin)
        self.key(self._display)

    def translate(self, seeds: Sequence[bytes], naar: Domain, doel: str) -> list[Ciphertext]:
        """Ciphertexts for `naar`, one for each seed, in order; logged, with a trace id of its own.

        Raises PeerUnavailable, TranslationRefused.
        """
        key = self.key(self._origin)
        items = [
            encrypt(Pseudonym(self._origin, origin_point(seed)), key.public, key.epoch) for seed in seeds
        ]
        trace_id = new_trace_id()
        translated = self._client.transcrypt(items, naar=naar, doel=doel, trace_id=trace_id)
        self._log.emit(TRANSLATED, naar=str(naar), doel=doel, aantal=len(translated), trace_id=trace_id)
        return translated

    def open_display(self, ciphertext: Ciphertext) -> Pseudonym:
        """A pseudonym in our own domain of names, in whichever epoch it came. Raises PepError for another
        domain, or an epoch whose key is not here."""
        return self._keys[self._display].open(ciphertext)

    def display_pseudonyms(self, seeds: Sequence[bytes]) -> list[Pseudonym]:
        """Pseudonyms in the domain of names, for enrolment."""
        return [self.open_display(found) for found in self.translate(seeds, self._display, "naam-tonen")]
