"""Open the pseudonyms in a verified token with the key of your own pseudonymisation domain.

    alt_sub entry --your ActorKey--> Pseudonym P --HMAC(your local key)--> pid, the key of your rows

Only a `Vertegenwoordiging` is accepted, never a loose ciphertext: a service that opens what it is
handed is a decryption oracle for whoever captured it (the design's opening rule). Entries for other
domains are passed over; exactly one entry must be yours, in a version and epoch whose key you have.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from keys.kernel.pep import (
    ActorKey,
    Ciphertext,
    Context,
    Domain,
    KeyRing,
    PepError,
    Pseudonym,
    Vault,
    decrypt,
)
from machtigen.verifier.errors import InvalidEvidence
from machtigen.verifier.model import Partij, Vertegenwoordiging


@dataclass(frozen=True)
class OpenedPartij:
    """One party as your own register knows it. `pid` (43 characters) is None without a vault."""

    pseudonym: Pseudonym = field(repr=False)
    pid: str | None


@dataclass(frozen=True)
class OpenedVertegenwoordiging:
    """Who acted, and whose affairs they are; the same value twice when someone acts for themself."""

    persoon: OpenedPartij
    vertegenwoordigde: OpenedPartij


class Opener:
    """Holds the keys of one domain, one per epoch and version, and the vault that makes its `pid`s.

    With a `KeyRing` a key file that is added later is found when the first pseudonym for it comes.
    """

    def __init__(self, keys: ActorKey | Iterable[ActorKey] | KeyRing, vault: Vault | None = None) -> None:
        ring, given = (keys, []) if isinstance(keys, KeyRing) else (None, _listed(keys))
        domains = ring.domains() if ring is not None else [key.domain for key in given]
        if len({(domain.actor, domain.doel) for domain in domains}) != 1:
            raise ValueError("an opener holds the keys of exactly one domain")
        self.domain = max(domains, key=lambda domain: domain.versie)
        self._ring = ring
        self._keys = {Context(key.domain, key.epoch): key for key in given}
        self._vault = vault

    @classmethod
    def from_folder(cls, folder: Path) -> Opener:
        """From `domein.json` (the ActorKey; newer ones beside it, see `KeyRing`) and, where present,
        `lokaal.key` (32 bytes) in a folder. Raises PepError, ValueError, OSError."""
        ring = KeyRing(folder / "domein.json")
        local = folder / "lokaal.key"
        return cls(ring, Vault(local.read_bytes()) if local.exists() else None)

    def open(self, verified: Vertegenwoordiging) -> OpenedVertegenwoordiging:
        """Both parties of a verified token. Raises InvalidEvidence `no-pseudonym` or `bad-pseudonym`."""
        persoon = self._open(verified.persoon)
        if verified.namens_zelf:
            return OpenedVertegenwoordiging(persoon, persoon)
        return OpenedVertegenwoordiging(persoon, self._open(verified.vertegenwoordigde))

    def _open(self, partij: Partij) -> OpenedPartij:
        mine = [entry for entry in partij.alt_sub if self._is_ours(entry.get("aud"))]
        if len(mine) != 1:
            raise InvalidEvidence("no-pseudonym")
        try:
            ciphertext = Ciphertext.from_alt_sub(mine[0])
            key = self._find(ciphertext.context)
            if key is None:
                raise InvalidEvidence("no-pseudonym")
            pseudonym = decrypt(ciphertext, key)
        except PepError as error:
            raise InvalidEvidence("bad-pseudonym") from error
        return OpenedPartij(pseudonym, self._vault.pid(pseudonym) if self._vault else None)

    def _is_ours(self, text: object) -> bool:
        try:
            domain = Domain.parse(text)
        except PepError:
            return False
        return (domain.actor, domain.doel) == (self.domain.actor, self.domain.doel)

    def _find(self, context: Context) -> ActorKey | None:
        return self._keys.get(context) if self._ring is None else self._ring.find(context)


def _listed(keys: ActorKey | Iterable[ActorKey]) -> list[ActorKey]:
    return [keys] if isinstance(keys, ActorKey) else list(keys)
