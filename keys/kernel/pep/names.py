"""Names: the suite, pseudonymisation domains and the contexts of decryption keys."""

from __future__ import annotations

import re
from dataclasses import dataclass

from keys.kernel.pep.errors import PepError

SUITE = "PEP-ristretto255-SHA512/1"
SUB_ID_TYPE = "https://machtigen.example.nl/sub-id/pep-ciphertext"
ORIGIN_DOEL = "oorsprong"
MAXIMUM_EPOCH = 999_999

_SLUG = r"[a-z0-9-]{1,64}"
_ACTOR = re.compile(rf"oin:[0-9]{{20}}:{_SLUG}", re.ASCII)
_DOEL = re.compile(_SLUG, re.ASCII)
_VERSION = r"[1-9][0-9]{0,5}"
_DOMAIN = re.compile(
    rf"(?P<actor>oin:[0-9]{{20}}:{_SLUG})\|doel:(?P<doel>{_SLUG})\|v(?P<versie>{_VERSION})", re.ASCII
)


def is_actor(text: str) -> bool:
    """Whether `text` names an actor: `oin:<20 digits>:<sub-actor>`."""
    return _ACTOR.fullmatch(text) is not None


def is_slug(text: str) -> bool:
    """Whether `text` is a purpose id or sub-actor: `[a-z0-9-]{1,64}`."""
    return _DOEL.fullmatch(text) is not None


@dataclass(frozen=True)
class Domain:
    """Pseudonymisation domain: an actor, the purpose it keeps records for, and a version.

    Every person has one pseudonym per domain. On the wire `<actor>|doel:<doel>|v<versie>`.
    Raises PepError `malformed-domain`.
    """

    actor: str
    doel: str
    versie: int = 1

    def __post_init__(self) -> None:
        if isinstance(self.versie, bool) or not isinstance(self.versie, int):
            raise PepError("malformed-domain")
        if not isinstance(self.actor, str) or not isinstance(self.doel, str):
            raise PepError("malformed-domain")
        if _DOMAIN.fullmatch(str(self)) is None:
            raise PepError("malformed-domain")

    def __str__(self) -> str:
        return f"{self.actor}|doel:{self.doel}|v{self.versie}"

    @classmethod
    def parse(cls, text: object) -> Domain:
        """From its written form, exactly. Raises PepError `malformed-domain`."""
        match = _DOMAIN.fullmatch(text) if isinstance(text, str) else None
        if match is None:
            raise PepError("malformed-domain")
        return cls(match["actor"], match["doel"], int(match["versie"]))

    @property
    def is_origin(self) -> bool:
        """Whether this is the origin domain: reshuffle factor 1, only ever a *from*."""
        return self.doel == ORIGIN_DOEL


@dataclass(frozen=True)
class Context:
    """What a decryption key serves: one domain in one epoch (a number from 1)."""

    domain: Domain
    epoch: int

    def __post_init__(self) -> None:
        if isinstance(self.epoch, bool) or not isinstance(self.epoch, int):
            raise PepError("wrong-epoch")
        if not 1 <= self.epoch <= MAXIMUM_EPOCH:
            raise PepError("wrong-epoch")

    def __str__(self) -> str:
        return f"{self.domain}|e{self.epoch}"
