"""Rows of proposals, in the register's own database. INSERT and SELECT only, both of them."""

from __future__ import annotations

from datetime import date, datetime

import sqlalchemy as sa
from sqlmodel import Field

from keys.kernel.database import UtcDateTime
from rechten.base import RegisterTable


class VoorstelRow(RegisterTable, table=True):
    """A proposal; the next one about the same obligation has the next number."""

    __tablename__ = "voorstel"
    __table_args__ = (sa.UniqueConstraint("verplichting", "volgnummer"),)

    id: str = Field(primary_key=True, max_length=32)
    pid: str = Field(foreign_key="betrokkene.pid", index=True)
    verplichting: str = Field(foreign_key="gegeven.id")
    categorie: str
    volgnummer: int
    bedrag_per_maand: int
    vanaf: date | None = None
    namens: bool
    ingediend_op: datetime = Field(sa_type=UtcDateTime)


class BeeindigingRow(RegisterTable, table=True):
    """Its one end by somebody."""

    __tablename__ = "voorstel_beeindiging"

    voorstel_id: str = Field(primary_key=True, foreign_key="voorstel.id", max_length=32)
    afloop: str
    op: datetime = Field(sa_type=UtcDateTime)
    motivering: str | None = None
