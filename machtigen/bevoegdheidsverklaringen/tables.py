"""Rows of this room. Codes and request ids are kept as SHA-256 of 256 random bits, never themselves."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON
from sqlmodel import Field

from keys.kernel.database import UtcDateTime
from machtigen.base import Table


class InlogverzoekRow(Table, table=True):
    """A request to log in that waits: pushed by a client (`par`) or for a choice (`keuze`)."""

    __tablename__ = "inlogverzoek"

    id_hash: str = Field(primary_key=True)
    soort: str
    client_id: str
    inhoud: dict[str, Any] = Field(sa_type=JSON)
    verloopt_op: datetime = Field(sa_type=UtcDateTime, index=True)
    gebruikt_op: datetime | None = Field(default=None, sa_type=UtcDateTime)


class AutorisatiecodeRow(Table, table=True):
    """An authorization code and what it stands for; used once, then kept until it would have expired."""

    __tablename__ = "autorisatiecode"

    code_hash: str = Field(primary_key=True)
    client_id: str
    inhoud: dict[str, Any] = Field(sa_type=JSON)
    verloopt_op: datetime = Field(sa_type=UtcDateTime, index=True)
    gebruikt_op: datetime | None = Field(default=None, sa_type=UtcDateTime)
    jti: str | None = Field(default=None)


class UitgifteRow(Table, table=True):
    """A token that left: what is needed to end it. Its claims are in the token itself."""

    __tablename__ = "uitgifte"

    jti: str = Field(primary_key=True)
    client_id: str
    partij: str
    machtiging: str | None = Field(default=None, index=True)
    lijst: int | None = Field(default=None)
    idx: int | None = Field(default=None)
    verloopt_op: datetime = Field(sa_type=UtcDateTime, index=True)
    geeindigd_op: datetime | None = Field(default=None, sa_type=UtcDateTime)
    schakels: list[Any] | None = Field(default=None, sa_type=JSON)


class UitgifteSchakelRow(Table, table=True):
    """A further link that a token rests on: it ends with it too."""

    __tablename__ = "uitgifte_schakel"

    jti: str = Field(primary_key=True)
    machtiging: str = Field(primary_key=True, index=True)


class StatuslijstRow(Table, table=True):
    """A status list. `versie` goes up with every visible change."""

    __tablename__ = "statuslijst"

    nummer: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    grootte: int
    geopend_op: datetime = Field(sa_type=UtcDateTime)
    versie: int


class StatusvermeldingRow(Table, table=True):
    """An index in use. `afleiding`: a decoy, so that the list does not count revocations."""

    __tablename__ = "statusvermelding"

    lijst: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    idx: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    ongeldig: bool
    afleiding: bool
    verloopt_op: datetime = Field(sa_type=UtcDateTime, index=True)


class PairwiseNaamRow(Table, table=True):
    """A `sub` that an actor was given, found by its keyed hash. Insert-only."""

    __tablename__ = "pairwise_naam"

    sector: str = Field(primary_key=True)
    naam: str = Field(primary_key=True)
    partij: str
