"""Clerks, and whom they looked up."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Field

from identiteit.base import Table
from keys.kernel.database import UtcDateTime


class MedewerkerRow(Table, table=True):
    """A person who works at a desk, until `tot`."""

    __tablename__ = "baliemedewerker"

    persoon_id: str = Field(primary_key=True, foreign_key="persoon.id")
    loket: str
    sinds: datetime = Field(sa_type=UtcDateTime)
    tot: datetime | None = Field(default=None, sa_type=UtcDateTime)


class OpvragingRow(Table, table=True):
    """One look-up by a clerk; `persoon_id` is None when nobody has the number. Insert-only."""

    __tablename__ = "balie_opvraging"

    volgnummer: int | None = Field(default=None, primary_key=True)
    op: datetime = Field(sa_type=UtcDateTime)
    medewerker: str = Field(foreign_key="persoon.id", index=True)
    loket: str
    persoon_id: str | None = Field(default=None, foreign_key="persoon.id")
