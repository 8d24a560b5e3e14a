"""Rows of facts."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Field

from keys.kernel.database import UtcDateTime
from machtigen.base import Table


class FeitRow(Table, table=True):
    """What is known of one fact of one party. A fact that no longer holds stays, for late events.

    `orde` is the number of the event that said it, sealed: whoever sees this database beside that of
    identiteit cannot find by it who a party is.
    """

    __tablename__ = "feit"

    partij: str = Field(primary_key=True)
    feit: str = Field(primary_key=True)
    geldt: bool
    orde: bytes
    tot: datetime | None = Field(default=None, sa_type=UtcDateTime, index=True)
