"""Rows: the list of registers in the package's own database, the records in each register's.

A register stores a person as `pid` = HMAC(local key, P) beside the wrapped P: never a bare pseudonym.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field

from keys.kernel.database import UtcDateTime
from rechten.base import RegisterTable, Table


class RegisterRow(Table, table=True):
    """A register that this installation serves."""

    __tablename__ = "register"

    id: str = Field(primary_key=True, max_length=64)
    actor: str = Field(unique=True)
    domein: str = Field(unique=True)
    audience: str
    naam: dict[str, str] = Field(sa_type=sa.JSON)
    categorieen: list[dict[str, Any]] = Field(sa_type=sa.JSON)
    gepauzeerd: bool = False
    vorig_domein: str | None = None
    ingeschreven_op: datetime = Field(sa_type=UtcDateTime)


class BronRow(Table, table=True):
    """A client that may deliver records."""

    __tablename__ = "bron"

    client_id: str = Field(primary_key=True)
    naam: dict[str, str] = Field(sa_type=sa.JSON)
    registers: list[str] = Field(sa_type=sa.JSON)
    jwks: dict[str, Any] = Field(sa_type=sa.JSON)
    ingeschreven_op: datetime = Field(sa_type=UtcDateTime)


class BetrokkeneRow(RegisterTable, table=True):
    """A person in this register: row key, wrapped pseudonym and wrapped log seed.

    `zoekpid` is what the person is found by, `versie` the version of the domain that it, the wrapped
    pseudonym and the wrapping of the seed are under. The row key stays when these change: records refer
    to it, and records are never written over.
    """

    __tablename__ = "betrokkene"

    pid: str = Field(primary_key=True, max_length=43)
    verpakt: bytes
    zaad: bytes
    sinds: datetime = Field(sa_type=UtcDateTime)
    zoekpid: str = Field(max_length=43, unique=True, index=True)
    versie: int = Field(index=True)


class NummeringRow(RegisterTable, table=True):
    """The version of the domain under which persons are stored from now on; one row."""

    __tablename__ = "nummering"

    id: int = Field(primary_key=True)
    versie: int


class GegevenRow(RegisterTable, table=True):
    """A record. INSERT and SELECT only."""

    __tablename__ = "gegeven"

    id: str = Field(primary_key=True)
    pid: str = Field(foreign_key="betrokkene.pid", index=True)
    categorie: str
    waarde: Any = Field(sa_type=sa.JSON)
    bron: str
    geldig_van: datetime = Field(sa_type=UtcDateTime)
    geldig_tot: datetime | None = Field(default=None, sa_type=UtcDateTime)
    vastgelegd_op: datetime = Field(sa_type=UtcDateTime)
    status: str
    doel: str
    corrigeert: str | None = None


class GebruiksgrondRow(RegisterTable, table=True):
    """Who may have what for which purpose."""

    __tablename__ = "gebruiksgrond"

    id: str = Field(primary_key=True)
    afnemer: str = Field(index=True)
    afnemer_naam: dict[str, str] = Field(sa_type=sa.JSON)
    doel: str
    categorieen: list[str] = Field(sa_type=sa.JSON)
    geldig_van: datetime = Field(sa_type=UtcDateTime)
    geldig_tot: datetime | None = Field(default=None, sa_type=UtcDateTime)


class TicketRow(RegisterTable, table=True):
    """A ticket that was used, kept until it has expired."""

    __tablename__ = "gebruikt_ticket"

    jti: str = Field(primary_key=True)
    verloopt_op: datetime = Field(sa_type=UtcDateTime, index=True)


class HerhalingRow(RegisterTable, table=True):
    """The first answer to a delivery with an Idempotency-Key."""

    __tablename__ = "herhaling"

    sleutel: str = Field(primary_key=True)
    vingerafdruk: str
    antwoord: dict[str, Any] = Field(sa_type=sa.JSON)
    op: datetime = Field(sa_type=UtcDateTime, index=True)
