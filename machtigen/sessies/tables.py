"""Rows of sessions and of logins on their way."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Field

from keys.kernel.database import UtcDateTime
from machtigen.base import Table


class SessieRow(Table, table=True):
    """A session. `id` is the SHA-256 of the cookie's secret; `id_token` is sealed."""

    __tablename__ = "sessie"

    id: str = Field(primary_key=True)
    partij: str
    niveau: str
    auth_time: datetime = Field(sa_type=UtcDateTime)
    csrf_token: str
    sid: str = Field(index=True)
    id_token: bytes
    verloopt_op: datetime = Field(sa_type=UtcDateTime, index=True)


class InlogpogingRow(Table, table=True):
    """A login on its way. `id` binds the browser's cookie to the `state`; `inhoud` is sealed."""

    __tablename__ = "inlogpoging"

    id: str = Field(primary_key=True)
    inhoud: bytes
    verloopt_op: datetime = Field(sa_type=UtcDateTime, index=True)
