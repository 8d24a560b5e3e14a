"""The words of parties."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import NewType

PartijId = NewType("PartijId", str)  # random, 22 characters base64url; means nothing outside machtigen


def new_partij_id() -> PartijId:
    """A fresh random number for a party: 128 bits."""
    return PartijId(secrets.token_urlsafe(16))


ORGANISATION = "org:"


def is_organisation(partij: PartijId) -> bool:
    """Whether this party is an organisation: then it has no pseudonym here, and people act for it."""
    return partij.startswith(ORGANISATION)


def new_organisation_id() -> PartijId:
    """A fresh random number for an organisation: `org:` and 22 characters."""
    return PartijId(ORGANISATION + secrets.token_urlsafe(16))


@dataclass(frozen=True)
class Optreden:
    """Optreden (acting): a person who acts for an organisation; as what, and in which function."""

    organisatie: PartijId
    persoon: PartijId
    rol: str
    functie: str | None

    def __repr__(self) -> str:
        return f"Optreden(rol={self.rol!r})"
