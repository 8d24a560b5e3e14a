"""Sources that may enrol people."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field

from identiteit.base import Table
from keys.kernel.database import UtcDateTime


class BronRow(Table, table=True):
    """A registered source with its public keys."""

    __tablename__ = "bron"

    client_id: str = Field(primary_key=True)
    jwks: dict[str, Any] = Field(sa_type=sa.JSON)
    registers: list[str] | None = Field(default=None, sa_type=sa.JSON(none_as_null=True))
    ingeschreven_op: datetime = Field(sa_type=UtcDateTime)
