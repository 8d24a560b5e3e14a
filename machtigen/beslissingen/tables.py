"""Rows of the decision log. Insert-only (triggers; grants.sql)."""

from __future__ import annotations

from typing import Any, ClassVar

from sqlalchemy import JSON, BigInteger
from sqlmodel import Field

from machtigen.base import Table


class BeslissingRow(Table, table=True):
    """One call of a service. `timestamp`: milliseconds. `attributes`: `adl.core.…`, pairwise names only.

    In the order of time, so that the lines of one commit stand side by side.
    """

    __tablename__ = "beslissing"
    __table_args__: ClassVar[dict[str, Any]] = {"sqlite_with_rowid": False}

    timestamp: int = Field(sa_type=BigInteger, primary_key=True)
    trace_id: str = Field(primary_key=True)
    span_id: str = Field(primary_key=True)
    parent_span_id: str | None = None
    event_name: str
    status: str
    actor: str
    client_id: str
    attributes: dict[str, Any] = Field(sa_type=JSON)
