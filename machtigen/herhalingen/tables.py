"""Rows of answers kept for repeats."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Field

from keys.kernel.database import UtcDateTime
from machtigen.base import Table


class HerhalingRow(Table, table=True):
    """A first answer. It may hold a code, so it is sealed with a key that only the repeat brings along."""

    __tablename__ = "herhaling"

    id: str = Field(primary_key=True)
    digest: str
    status: int
    antwoord: bytes
    op: datetime = Field(sa_type=UtcDateTime, index=True)
