"""From origin points to ciphertexts for others: the only way in which anything about a person leaves.

M = HashToGroup(seed)       E(M) under our own key of domain `oorsprong`       → translated by `keys`
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path

from identiteit.events import TRANSLATED
from keys.client import KeysClient, load_or_obtain_key, new_trace_id
from keys.kernel.log import Log
from keys.kernel.pep import ActorKey, Ciphertext, Domain, Pseudonym, decrypt, encrypt, origin_point

EPOCH = 1


class Translation:
    """Keys of our two domains, obtained on first need, and the client of `keys`."""

    def __init__(self, client: KeysClient, folder: Path, origin: Domain, display: Domain, log: Log) -> None:
        self._client = client
        self._folder = folder
        self._origin = origin
        self._display = display
        self._log = log
        self._keys: dict[Domain, ActorKey] = {}
        self._lock = threading.Lock()

    def key(self, domain: Domain) -> ActorKey:
        """Our key of a domain. Raises PeerUnavailable, TranslationRefused."""
        with self._lock:
            if domain not in self._keys:
                path = self._folder / f"domein-{domain.doel}.json"
                self._keys[domain] = load_or_obtain_key(path, self._client, domain, EPOCH)
            return self._keys[domain]

    def ready(self) -> bool:
        """Whether both keys are here, without asking for them."""
        return len(self._keys) == 2

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
        """A pseudonym in our own domain of names. Raises PepError for another domain."""
        return decrypt(ciphertext, self.key(self._display))

    def display_pseudonyms(self, seeds: Sequence[bytes]) -> list[Pseudonym]:
        """Pseudonyms in the domain of names, for enrolment."""
        return [self.open_display(found) for found in self.translate(seeds, self._display, "naam-tonen")]
