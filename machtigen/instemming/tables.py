"""Rows of agreement. Votes are insert-only."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON
from sqlmodel import Field

from keys.kernel.database import UtcDateTime
from machtigen.base import Table


class InstemmingRow(Table, table=True):
    """One request for agreement."""

    __tablename__ = "instemming"

    id: str = Field(primary_key=True)
    machtiging: str
    vertegenwoordigde: str = Field(index=True)
    verzoeker: str = Field(index=True)
    grond: str
    dienst: str
    handelingen: list[Any] = Field(sa_type=JSON)
    zaak: str | None = None
    nodig: int
    aantal: int
    gebruikt: int = 0
    gevraagd_op: datetime = Field(sa_type=UtcDateTime)
    geldig_tot: datetime = Field(sa_type=UtcDateTime)
    geeindigd_op: datetime | None = Field(default=None, sa_type=UtcDateTime)
    einde: str | None = None


class StemRow(Table, table=True):
    """Who was for it."""

    __tablename__ = "instemming_stem"

    instemming_id: str = Field(primary_key=True, foreign_key="instemming.id")
    partij: str = Field(primary_key=True)
    op: datetime = Field(sa_type=UtcDateTime)
