"""The words of sessions."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta

LIFETIME = timedelta(hours=2)  # of a session, whatever happens in it
ATTEMPT_LIFETIME = timedelta(minutes=15)  # of a way to the login and back


@dataclass(frozen=True)
class Sessie:
    """Sessie (session) of a person. It says nothing about who: the access token means something to
    `identiteit` only, and gets tickets there for as long as that session lives."""

    csrf_token: str = field(repr=False)
    access_token: str = field(repr=False)
    id_token: str = field(repr=False)
    niveau: str


@dataclass(frozen=True)
class Inlogpoging:
    """Inlogpoging (login attempt) under way: what must fit when the browser comes back."""

    state: str = field(repr=False)
    nonce: str = field(repr=False)
    verifier: str = field(repr=False)
    return_to: str
