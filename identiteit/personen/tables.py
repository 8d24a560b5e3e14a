"""Tables of persons."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field

from identiteit.base import Table
from keys.kernel.database import UtcDateTime


class PersoonRow(Table, table=True):
    """One person. `oorsprong`: 64 random bytes drawn once, never computed from anything."""

    __tablename__ = "persoon"

    id: str = Field(primary_key=True)
    bsn: str = Field(unique=True, index=True)
    voornaam: str
    achternaam: str
    geboortedatum: date = Field(index=True)
    adres: dict[str, Any] = Field(sa_type=sa.JSON)
    demo_id: str | None = Field(default=None, unique=True)
    oorsprong: bytes = Field(sa_type=sa.LargeBinary, unique=True)
    weergave_pid: str | None = Field(default=None, unique=True)
    weergave_verpakt: bytes | None = Field(default=None, sa_type=sa.LargeBinary)
    ingeschreven_op: datetime = Field(sa_type=UtcDateTime)
    overleden_op: datetime | None = Field(default=None, sa_type=UtcDateTime)
