"""Rows of received events: never a subject; the number of an event never stands open beside a party."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import BigInteger
from sqlmodel import Field

from keys.kernel.database import UtcDateTime
from machtigen.base import Table


class OntvangstRow(Table, table=True):
    """One received event: its number, its `jti` (sealed), and no more than the day. Insert-only.

    Nothing here leads to a party: identiteit knows the same numbers, and whom they are about.
    """

    __tablename__ = "ontvangst"

    volgnummer: int = Field(sa_type=BigInteger, primary_key=True, sa_column_kwargs={"autoincrement": False})
    jti: bytes
    soort: str
    dag: date


class OntvangststandRow(Table, table=True):
    """How far the stream has come. Whoever receives holds this row."""

    __tablename__ = "ontvangststand"

    afzender: str = Field(primary_key=True)
    hoogste: int = Field(sa_type=BigInteger)


class OntbrekendRow(Table, table=True):
    """A number that did not come while a later one did."""

    __tablename__ = "ontbrekend"

    volgnummer: int = Field(sa_type=BigInteger, primary_key=True, sa_column_kwargs={"autoincrement": False})
    sinds: datetime = Field(sa_type=UtcDateTime)
    volgende_op: datetime = Field(sa_type=UtcDateTime, index=True)
    pogingen: int = 0


class GespiegeldRow(Table, table=True):
    """Which event spoke last of a power of `partij` for `persoon` on one ground: its number, sealed."""

    __tablename__ = "gespiegeld"

    grond: str = Field(primary_key=True)
    persoon: str = Field(primary_key=True)
    partij: str = Field(primary_key=True)
    orde: bytes
