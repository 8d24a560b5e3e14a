"""Rows of sessions and of login attempts: nothing readable without the session key file."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Field

from keys.kernel.database import UtcDateTime
from rechten.base import Table


class SessieRow(Table, table=True):
    """A session, or a login attempt under way. `id_hash` = SHA-256 of the cookie's value."""

    __tablename__ = "sessie"

    id_hash: str = Field(primary_key=True)
    sid: str | None = Field(default=None, index=True)
    aangemaakt_op: datetime = Field(sa_type=UtcDateTime)
    verloopt_op: datetime = Field(sa_type=UtcDateTime, index=True)
    verzegeld: bytes
