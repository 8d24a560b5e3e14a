"""Rows of parties: never a bare pseudonym."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Field

from keys.kernel.database import UtcDateTime
from machtigen.base import Table


class PartijRow(Table, table=True):
    """One party. `pid` is HMAC(local key, P), `verpakt` the pseudonym wrapped with the local key."""

    __tablename__ = "partij"

    id: str = Field(primary_key=True)
    pid: str = Field(unique=True, index=True)
    verpakt: bytes
    sinds: datetime = Field(sa_type=UtcDateTime)
