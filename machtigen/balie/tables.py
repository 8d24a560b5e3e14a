"""Rows of the desk. The journal is insert-only (triggers; grants.sql)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON
from sqlmodel import Field

from keys.kernel.database import UtcDateTime
from machtigen.base import Table


class MedewerkerRow(Table, table=True):
    """A party who works at a desk, until `tot`."""

    __tablename__ = "baliemedewerker"

    partij: str = Field(primary_key=True, foreign_key="partij.id")
    loket: str
    sinds: datetime = Field(sa_type=UtcDateTime)
    tot: datetime | None = Field(default=None, sa_type=UtcDateTime)


class RegistratieRow(Table, table=True):
    """A paper that a clerk recorded. `inhoud`: what it gives; `scan`: SHA-256 of the scan, in hex."""

    __tablename__ = "balie_registratie"

    id: str = Field(primary_key=True)
    vertegenwoordigde: str = Field(foreign_key="partij.id", index=True)
    vertegenwoordiger: str = Field(foreign_key="partij.id", index=True)
    inhoud: dict[str, Any] = Field(sa_type=JSON)
    scan: str
    gelegitimeerd: bool
    door: str = Field(foreign_key="partij.id")
    loket: str
    op: datetime = Field(sa_type=UtcDateTime, index=True)
    stand: str = Field(index=True)
    stand_op: datetime = Field(sa_type=UtcDateTime)
    stand_door: str | None = Field(default=None, foreign_key="partij.id")
    machtiging_id: str | None = Field(default=None, foreign_key="machtiging.id", unique=True)


class HandelingRow(Table, table=True):
    """One act of a clerk. Insert-only."""

    __tablename__ = "balie_handeling"

    volgnummer: int | None = Field(default=None, primary_key=True)
    op: datetime = Field(sa_type=UtcDateTime)
    soort: str
    medewerker: str = Field(foreign_key="partij.id", index=True)
    loket: str
    registratie: str | None = None
    machtiging: str | None = None


class ControlecodeRow(Table, table=True):
    """The code on a print, as HMAC; a new print takes the place of the old one."""

    __tablename__ = "controlecode"

    code_hash: bytes = Field(primary_key=True)
    machtiging_id: str = Field(foreign_key="machtiging.id", index=True)
    op: datetime = Field(sa_type=UtcDateTime)
    vervallen_op: datetime | None = Field(default=None, sa_type=UtcDateTime)


class ControlepogingRow(Table, table=True):
    """One wrong verification code, kept for the length of the throttle."""

    __tablename__ = "controlepoging"

    volgnummer: int | None = Field(default=None, primary_key=True)
    herkomst: str = Field(index=True)
    op: datetime = Field(sa_type=UtcDateTime, index=True)


class BalieticketRow(Table, table=True):
    """The `jti` of a ticket that was used, until it has expired."""

    __tablename__ = "balieticket"

    jti: str = Field(primary_key=True)
    verloopt_op: datetime = Field(sa_type=UtcDateTime, index=True)
