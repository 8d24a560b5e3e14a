"""Open the pseudonyms in a verified token with the key of your own pseudonymisation domain.

    alt_sub entry --your ActorKey--> Pseudonym P --HMAC(your local key)--> pid, the key of your rows

Only a `Vertegenwoordiging` is accepted, never a loose ciphertext: a service that opens what it is
handed is a decryption oracle for whoever captured it (the design's opening rule). Entries for other
domains, epochs or suites are passed over; exactly one entry must be yours.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from keys.kernel.pep import ActorKey, Ciphertext, PepError, Pseudonym, Vault, decrypt
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
    """Holds the keys of one domain, one per epoch, and the vault that makes its `pid`s."""

    def __init__(self, keys: ActorKey | Iterable[ActorKey], vault: Vault | None = None) -> None:
        given = [keys] if isinstance(keys, ActorKey) else list(keys)
        if not given or len({str(key.domain) for key in given}) != 1:
            raise ValueError("an opener holds the keys of exactly one domain")
        self.domain = given[0].domain
        self._keys = {key.epoch: key for key in given}
        self._vault = vault

    @classmethod
    def from_folder(cls, folder: Path) -> Opener:
        """From `domein.json` (the ActorKey) and, where present, `lokaal.key` (32 bytes) in a folder."""
        key = ActorKey.from_json(json.loads((folder / "domein.json").read_text("utf-8")))
        local = folder / "lokaal.key"
        return cls(key, Vault(local.read_bytes()) if local.exists() else None)

    def open(self, verified: Vertegenwoordiging) -> OpenedVertegenwoordiging:
        """Both parties of a verified token. Raises InvalidEvidence `no-pseudonym` or `bad-pseudonym`."""
        persoon = self._open(verified.persoon)
        if verified.namens_zelf:
            return OpenedVertegenwoordiging(persoon, persoon)
        return OpenedVertegenwoordiging(persoon, self._open(verified.vertegenwoordigde))

    def _open(self, partij: Partij) -> OpenedPartij:
        mine = [entry for entry in partij.alt_sub if entry.get("aud") == str(self.domain)]
        if len(mine) != 1:
            raise InvalidEvidence("no-pseudonym")
        try:
            ciphertext = Ciphertext.from_alt_sub(mine[0])
            key = self._keys.get(ciphertext.epoch)
            if key is None or ciphertext.domain != self.domain:
                raise InvalidEvidence("no-pseudonym")
            pseudonym = decrypt(ciphertext, key)
        except PepError as error:
            raise InvalidEvidence("bad-pseudonym") from error
        return OpenedPartij(pseudonym, self._vault.pid(pseudonym) if self._vault else None)
