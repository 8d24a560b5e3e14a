"""Rows of organisations. Names and numbers of organisations are public; persons stand here as parties."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON
from sqlmodel import Field

from keys.kernel.database import UtcDateTime
from machtigen.base import Table


class OrganisatieRow(Table, table=True):
    """One organisation, as registered."""

    __tablename__ = "organisatie"

    id: str = Field(primary_key=True)
    slug: str = Field(unique=True, index=True)
    naam: dict[str, Any] = Field(sa_type=JSON)
    nummer: str
    bron: str
    vereist_aantal: int
    lease: bool
    ingeschreven_op: datetime = Field(sa_type=UtcDateTime)


class LidRow(Table, table=True):
    """One person in an organisation; `geeindigd_op` when they left."""

    __tablename__ = "organisatie_lid"

    id: str = Field(primary_key=True)
    organisatie: str = Field(foreign_key="organisatie.id", index=True)
    partij: str = Field(index=True)
    rol: str
    functie: str | None = None
    niveau: str
    sinds: datetime = Field(sa_type=UtcDateTime)
    geeindigd_op: datetime | None = Field(default=None, sa_type=UtcDateTime)


class UitnodigingRow(Table, table=True):
    """One invitation; of its code only the HMAC."""

    __tablename__ = "uitnodiging"

    id: str = Field(primary_key=True)
    organisatie: str | None = Field(default=None, index=True)
    beroep: str | None = None
    bron: str
    rol: str | None = None
    functie: str | None = None
    niveau: str
    code_hash: bytes = Field(unique=True)
    geldig_tot: datetime = Field(sa_type=UtcDateTime)
    gebruikt_op: datetime | None = Field(default=None, sa_type=UtcDateTime)


class BeroepsregistratieRow(Table, table=True):
    """One professional registration of a person; `geeindigd_op` when the register struck it off."""

    __tablename__ = "beroepsregistratie"

    id: str = Field(primary_key=True)
    partij: str = Field(index=True)
    beroep: str
    bron: str
    sinds: datetime = Field(sa_type=UtcDateTime)
    geeindigd_op: datetime | None = Field(default=None, sa_type=UtcDateTime)


class HandelendeRow(Table, table=True):
    """Who acted on a machtiging for an organisation. Insert-only."""

    __tablename__ = "handelende"

    volgnummer: int | None = Field(default=None, primary_key=True)
    machtiging_id: str = Field(foreign_key="machtiging.id", index=True)
    zijde: str
    organisatie: str
    persoon: str
    rol: str
    functie: str | None = None
    op: datetime = Field(sa_type=UtcDateTime)
