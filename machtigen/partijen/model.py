"""The words of parties."""

from __future__ import annotations

import secrets
from typing import NewType

PartijId = NewType("PartijId", str)  # random, 22 characters base64url; means nothing outside machtigen


def new_partij_id() -> PartijId:
    """A fresh random number for a party: 128 bits."""
    return PartijId(secrets.token_urlsafe(16))


ORGANISATION = "org:"


def is_organisation(partij: PartijId) -> bool:
    """Whether this party is an organisation: then it has no pseudonym here, and people act for it."""
    return partij.startswith(ORGANISATION)
