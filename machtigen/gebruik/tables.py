"""Rows of the register of use: insert-only (triggers; grants.sql gives no UPDATE and no DELETE)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON
from sqlmodel import Field

from keys.kernel.database import UtcDateTime
from machtigen.base import Table


class GebruikRow(Table, table=True):
    """One line. `volgnummer` orders lines of the same moment."""

    __tablename__ = "gebruik"

    volgnummer: int | None = Field(default=None, primary_key=True)
    jti: str = Field(unique=True)
    op: datetime = Field(sa_type=UtcDateTime)
    persoon: str = Field(index=True)
    vertegenwoordigde: str | None = Field(default=None, index=True)
    machtiging: str | None = Field(default=None, index=True)
    identifier: str | None = Field(default=None, index=True)
    sector: str
    client_id: str
    dienst: str
    handelingen: list[Any] = Field(sa_type=JSON)
    doelen: list[Any] = Field(sa_type=JSON)
    functie: str | None = None


class GebruikSchakelRow(Table, table=True):
    """A further link that a use rested on: the parties to it see the use too."""

    __tablename__ = "gebruik_schakel"

    jti: str = Field(primary_key=True)
    machtiging: str = Field(primary_key=True, index=True)
