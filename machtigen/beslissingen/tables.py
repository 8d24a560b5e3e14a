"""Rows of the decision log. Insert-only (triggers; grants.sql)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import JSON, BigInteger
from sqlmodel import Field

from machtigen.base import Table


class BeslissingRow(Table, table=True):
    """One call of a service. `timestamp`: milliseconds. `attributes`: `adl.core.…`, pairwise names only."""

    __tablename__ = "beslissing"

    trace_id: str = Field(primary_key=True)
    span_id: str = Field(primary_key=True)
    parent_span_id: str | None = None
    event_name: str
    timestamp: int = Field(sa_type=BigInteger, index=True)
    status: str
    actor: str
    client_id: str
    attributes: dict[str, Any] = Field(sa_type=JSON)
