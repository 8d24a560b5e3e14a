"""Rows of machtigingen. The history is insert-only (triggers; grants.sql)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON
from sqlmodel import Field

from keys.kernel.database import UtcDateTime
from keys.kernel.gebeurtenis import OutboxColumns
from machtigen.base import Table


class MachtigingRow(Table, table=True):
    """One machtiging. `beperkingen` is the truth; `geldig_van` and `geldig_tot` are derived for queries.

    `code_hash` stands here only while the request is open. `label` is sealed.
    """

    __tablename__ = "machtiging"

    id: str = Field(primary_key=True)
    initiatief: str
    vertegenwoordigde: str | None = Field(default=None, index=True)
    vertegenwoordiger: str | None = Field(default=None, index=True)
    beperkingen: list[Any] = Field(sa_type=JSON)
    geldig_van: datetime = Field(sa_type=UtcDateTime)
    geldig_tot: datetime = Field(sa_type=UtcDateTime, index=True)
    grond: str
    niveau: str
    label: bytes | None = None
    status: str = Field(index=True)
    status_op: datetime = Field(sa_type=UtcDateTime)
    status_door: str | None = None
    status_reden: str | None = None
    code_hash: bytes | None = Field(default=None, unique=True, index=True)
    code_geldig_tot: datetime | None = Field(default=None, sa_type=UtcDateTime)
    gemaakt_op: datetime = Field(sa_type=UtcDateTime, index=True)


class MachtigingDienstRow(Table, table=True):
    """Which services a machtiging is for, to find it by service."""

    __tablename__ = "machtiging_dienst"

    machtiging_id: str = Field(primary_key=True, foreign_key="machtiging.id")
    dienst_id: str = Field(primary_key=True, index=True)


class GeschiedenisRow(Table, table=True):
    """One line of the history of a machtiging. Insert-only."""

    __tablename__ = "machtiging_geschiedenis"

    volgnummer: int | None = Field(default=None, primary_key=True)
    machtiging_id: str = Field(foreign_key="machtiging.id", index=True)
    op: datetime = Field(sa_type=UtcDateTime)
    gebeurtenis: str
    door: str


class CodePogingRow(Table, table=True):
    """One wrong code that someone tried, kept for the length of the throttle."""

    __tablename__ = "code_poging"

    volgnummer: int | None = Field(default=None, primary_key=True)
    partij: str = Field(index=True)
    op: datetime = Field(sa_type=UtcDateTime, index=True)


class UitgaandRow(OutboxColumns, Table, table=True):
    """The outbox: notices that wait to be delivered, written in the transaction of the act."""

    __tablename__ = "uitgaand"
