"""The words of representation tokens, as frozen values."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from machtigen.diensten.model import DienstId, Handeling, Niveau
from machtigen.partijen.model import PartijId

Entry = dict[str, Any]  # one `alt_sub` entry


@dataclass(frozen=True)
class Inperking:
    """Inperking (narrowing): what a client asks less than it could get. None: no wish."""

    actions: frozenset[Handeling] | None = None
    doelen: tuple[str, ...] | None = None
    zaak: str | None = None


@dataclass(frozen=True)
class Inlogverzoek:
    """Inlogverzoek (request to log in): an authorization request that was found in order."""

    client_id: str
    redirect_uri: str
    dienst: DienstId
    scope: str
    state: str
    nonce: str
    code_challenge: str
    niveau: Niveau
    inperking: Inperking
    max_age_s: int | None = None
    prompt: str | None = None


@dataclass(frozen=True)
class Keuze:
    """Keuze (choice): someone the person may act for at this service, under one machtiging or chain.

    `tussenpersonen`: who stands in between, nearest to the person first."""

    machtiging: str
    vertegenwoordigde: PartijId
    handelingen: tuple[Handeling, ...]
    geldig_tot: datetime
    niveau: Niveau
    tussenpersonen: tuple[PartijId, ...] = ()


@dataclass(frozen=True)
class Inlog:
    """Inlog (login): who sits there, at which level, since when."""

    partij: PartijId
    niveau: Niveau
    auth_op: datetime


@dataclass(frozen=True)
class Toekenning:
    """Toekenning (award): what an authorization code stands for."""

    client_id: str
    redirect_uri: str
    dienst: DienstId
    scope: str
    nonce: str
    code_challenge: str
    inperking: Inperking
    partij: PartijId
    vertegenwoordigde: PartijId | None
    machtiging: str | None
    niveau: Niveau
    auth_op: datetime
    alt_sub: tuple[Entry, ...] = field(default=(), repr=False)
    alt_sub_vertegenwoordigde: tuple[Entry, ...] = field(default=(), repr=False)
    tussenpersonen: tuple[PartijId, ...] = ()
    alt_sub_tussen: tuple[tuple[Entry, ...], ...] = field(default=(), repr=False)

    @property
    def partijen(self) -> tuple[PartijId, ...]:
        """Everybody whom the token names."""
        others = (self.vertegenwoordigde,) if self.vertegenwoordigde is not None else ()
        return (self.partij, *others, *self.tussenpersonen)


@dataclass(frozen=True)
class Plaats:
    """Plaats (place) in a status list: one random, unused index for one token."""

    lijst: int
    idx: int


@dataclass(frozen=True)
class Levend:
    """Levend (live): what is remembered of a token that has neither ended nor expired."""

    client_id: str
    machtiging: str | None
    partij: PartijId
    schakels: tuple[str, ...] = ()


@dataclass(frozen=True)
class Tokens:
    """What the token endpoint answers."""

    access_token: str = field(repr=False)
    id_token: str = field(repr=False)
    expires_in: int
    scope: str
    authorization_details: tuple[dict[str, Any], ...]
