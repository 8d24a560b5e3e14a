"""The words of sessions."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from machtigen.diensten.model import Niveau
from machtigen.partijen.model import Optreden, PartijId

LIFETIME = timedelta(hours=2)  # of a session, whatever happens in it
ATTEMPT_LIFETIME = timedelta(minutes=15)  # of a way to the login and back


@dataclass(frozen=True)
class Sessie:
    """Sessie (session) of a person: who, at what level, logged in when. `id` is the hash of its secret."""

    id: str
    partij: PartijId
    niveau: Niveau
    acr: str
    auth_time: datetime
    csrf_token: str
    sid: str  # of the session at identiteit, for log-out from there
    by_token: bool = False  # it came with a Bearer token: there is no page, so no page's token either
    optreden: Optreden | None = None  # when the person acts for an organisation, which is then `partij`

    @property
    def mens(self) -> PartijId:
        """The person who sits there, for whomever they act."""
        return self.partij if self.optreden is None else self.optreden.persoon

    def __repr__(self) -> str:
        return f"Sessie(niveau={self.niveau.value!r})"


class Holder(Protocol):
    """Who lets a client act here with a token."""

    @property
    def partij(self) -> PartijId:
        """The person."""
        ...

    @property
    def niveau(self) -> Niveau:
        """The level of their login."""
        ...

    @property
    def auth_op(self) -> datetime:
        """When they logged in."""
        ...


def by_token(holder: Holder | None) -> Sessie | None:
    """The session that a good token stands for: there is no page and no cookie."""
    if holder is None:
        return None
    return Sessie("", holder.partij, holder.niveau, holder.niveau.acr, holder.auth_op, "", "", by_token=True)


@dataclass(frozen=True)
class Ingelogd:
    """Ingelogd (logged in): what the login said, verified."""

    partij: PartijId
    niveau: Niveau
    auth_time: datetime
    sid: str
    id_token: str

    def __repr__(self) -> str:
        return f"Ingelogd(niveau={self.niveau.value!r})"


@dataclass(frozen=True)
class Inlogpoging:
    """Inlogpoging (login attempt) on its way: what must fit when the person comes back."""

    state: str
    nonce: str
    verifier: str
    return_to: str

    def __repr__(self) -> str:
        return "Inlogpoging(…)"


def new_secret() -> str:
    """A fresh secret for a cookie: 256 bits."""
    return secrets.token_urlsafe(32)


def hash_secret(secret: str, *more: str) -> str:
    """Under what a secret is kept: 64 hex digits. `more` binds it to further values."""
    outer = hashlib.sha256(secret.encode()).digest()
    for value in more:
        outer = hmac.new(outer, value.encode(), hashlib.sha256).digest()
    return outer.hex()


def safe_return(path: str | None, home: str = "/machtigen/") -> str:
    """Where to go after login: a path of this package, never another site."""
    if path is None or len(path) > 2000 or not path.startswith("/machtigen/"):
        return home
    if "\\" in path or any(ord(sign) < 33 for sign in path) or path.startswith("//"):
        return home
    return path
