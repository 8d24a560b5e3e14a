"""Rows of cases."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from keys.kernel.database import UtcDateTime
from machtigen.base import Table


class ZaakRow(Table, table=True):
    """One case of an actor, under its own reference."""

    __tablename__ = "zaak"
    __table_args__ = (UniqueConstraint("actor", "kenmerk"),)

    id: str = Field(primary_key=True)
    actor: str
    kenmerk: str
    dienst: str
    betrokkene: str = Field(index=True)
    gemeld_op: datetime = Field(sa_type=UtcDateTime)
    gesloten_op: datetime | None = Field(default=None, sa_type=UtcDateTime)


class WederpartijRow(Table, table=True):
    """Who has an opposite interest in a case."""

    __tablename__ = "zaak_wederpartij"

    zaak_id: str = Field(primary_key=True, foreign_key="zaak.id")
    partij: str = Field(primary_key=True)
