"""Rows of storingen, in the register's own database. INSERT and SELECT only, all of them."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field

from keys.kernel.database import UtcDateTime
from rechten.base import RegisterTable


class StoringRow(RegisterTable, table=True):
    """A storing; the next one at the same client has the next number."""

    __tablename__ = "storing"
    __table_args__ = (sa.UniqueConstraint("afnemer", "client_id", "soort", "volgnummer"),)

    id: str = Field(primary_key=True, max_length=32)
    soort: str
    afnemer: str
    client_id: str
    volgnummer: int
    geopend_op: datetime = Field(sa_type=UtcDateTime)


class VoorvalRow(RegisterTable, table=True):
    """A revoked token that was shown, by a keyed digest, and the person it was about."""

    __tablename__ = "storing_voorval"
    __table_args__ = (sa.UniqueConstraint("storing_id", "token"),)

    id: str = Field(primary_key=True, max_length=32)
    storing_id: str = Field(foreign_key="storing.id")
    token: str = Field(max_length=43)
    pid: str = Field(foreign_key="betrokkene.pid", index=True)
    doel: str
    trace_id: str = Field(max_length=32)
    namens: bool
    ingetrokken_op: datetime = Field(sa_type=UtcDateTime)


class AanbiedingRow(RegisterTable, table=True):
    """One time that it was shown."""

    __tablename__ = "storing_aanbieding"

    voorval_id: str = Field(primary_key=True, foreign_key="storing_voorval.id", max_length=32)
    nummer: int = Field(primary_key=True)
    op: datetime = Field(sa_type=UtcDateTime)


class StapRow(RegisterTable, table=True):
    """A step, by whom; `pid` for a step of a person."""

    __tablename__ = "storing_stap"

    storing_id: str = Field(primary_key=True, foreign_key="storing.id", max_length=32)
    nummer: int = Field(primary_key=True)
    stap: str
    door: str
    op: datetime = Field(sa_type=UtcDateTime)
    pid: str | None = Field(default=None, foreign_key="betrokkene.pid")
