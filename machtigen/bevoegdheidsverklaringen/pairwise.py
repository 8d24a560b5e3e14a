"""Identifiers that mean something to one actor only (OIDC Core section 8.1).

    identifier = base64url(HMAC-SHA256(k, L(label) L(sector) L(value)))[:22]       L(x) = len32(x) || x

k is 32 bytes from `pairwise.key`, the sector is the registered actor (its portal and its interface
share one `sub` per person). Gives: two actors cannot tell that their identifiers stand for one party
or one machtiging, without k. Does not give: secrecy towards whoever holds k, which is this package.
22 characters carry 132 bits.
"""

from __future__ import annotations

import base64
import hmac
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

LENGTH = 22
KEY_BYTES = 32
SUBJECT = b"machtigen/pairwise/subject/v1"
MACHTIGING = b"machtigen/pairwise/machtiging/v1"
NAAM = b"machtigen/pairwise/naam/v1"


class Pairwise:
    """Makes pairwise identifiers. `key` is 32 bytes."""

    def __init__(self, key: bytes) -> None:
        if len(key) != KEY_BYTES:
            raise ValueError("the pairwise key must have 32 bytes")
        self._key = key

    def __repr__(self) -> str:
        return "Pairwise(key=***)"

    @classmethod
    def load(cls, path: Path) -> Pairwise:
        """From a file of 32 raw bytes. Raises ValueError or OSError."""
        return cls(path.read_bytes())

    def subject(self, sector: str, partij: str) -> str:
        """`sub` of a party towards an actor: 22 characters base64url."""
        return self._identifier(SUBJECT, sector, partij)

    def machtiging(self, sector: str, machtiging: str) -> str:
        """`identifier` of a machtiging towards an actor: `mp_` and 22 characters."""
        return "mp_" + self._identifier(MACHTIGING, sector, machtiging)

    def naam(self, sector: str, sub: str) -> str:
        """Under what a `sub` that was given out is found again: a copy of the table alone shows no `sub`."""
        return self._identifier(NAAM, sector, sub)

    def names(self, sector: str, partijen: Iterable[str]) -> dict[str, str]:
        """Under what each party's `sub` is found again; the parties by that name."""
        return {self.naam(sector, self.subject(sector, partij)): partij for partij in partijen}

    def _identifier(self, label: bytes, sector: str, value: str) -> str:
        last = value.encode()
        message = _prefix(label, sector) + len(last).to_bytes(4, "big") + last
        return base64.urlsafe_b64encode(hmac.digest(self._key, message, "sha256")).decode()[:LENGTH]


@lru_cache(maxsize=1024)
def _prefix(label: bytes, sector: str) -> bytes:
    return b"".join(len(part).to_bytes(4, "big") + part for part in (label, sector.encode()))
