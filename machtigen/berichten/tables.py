"""Rows of notices."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Field

from keys.kernel.database import UtcDateTime
from machtigen.base import Table


class BerichtRow(Table, table=True):
    """One notice. `id` is that of the message it came from: a repeated delivery changes nothing."""

    __tablename__ = "bericht"

    id: str = Field(primary_key=True)
    aan: str = Field(index=True)
    machtiging_id: str
    rol: str
    soort: str
    door: str
    op: datetime = Field(sa_type=UtcDateTime, index=True)
    gelezen_op: datetime | None = Field(default=None, sa_type=UtcDateTime)
