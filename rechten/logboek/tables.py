"""Rows of the processing log. INSERT and SELECT only: triggers and grants refuse everything else."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlmodel import Field

from rechten.base import RegisterTable


class LogregelRow(RegisterTable, table=True):
    """One line (Logboek Dataverwerkingen 1.0). `data_subject_id` repeats the attribute, for the index."""

    __tablename__ = "logregel"

    trace_id: str = Field(primary_key=True, max_length=32)
    span_id: str = Field(primary_key=True, max_length=16)
    parent_span_id: str | None = Field(default=None, max_length=16)
    status: str
    name: str
    start_time: int = Field(sa_type=sa.BigInteger)
    end_time: int = Field(sa_type=sa.BigInteger)
    data_subject_id: str | None = Field(default=None, index=True)
    resource: dict[str, Any] = Field(sa_type=sa.JSON)
    attributes: dict[str, Any] = Field(sa_type=sa.JSON)


class LogdetailRow(RegisterTable, table=True):
    """The sealed detail of a line; `doel_digest` is needed to open it."""

    __tablename__ = "logdetail"

    trace_id: str = Field(primary_key=True, max_length=32)
    span_id: str = Field(primary_key=True, max_length=16)
    doel_digest: str
    verzegeld: bytes
