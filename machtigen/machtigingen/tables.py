"""Rows of machtigingen. The history is insert-only (triggers; grants.sql)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index, UniqueConstraint, text
from sqlmodel import Field

from keys.kernel.database import UtcDateTime
from keys.kernel.gebeurtenis import OutboxColumns
from machtigen.base import Table

CHAINED = text("boven IS NOT NULL")


class MachtigingRow(Table, table=True):
    """One machtiging. `beperkingen` is the truth; `geldig_van` and `geldig_tot` are derived for queries.

    `code_hash` stands here only while the request is open. `label` is sealed. `boven` is the link above in
    a chain. `gebruikt` counts uses in the transaction of each; `herinnerd`: days before the end of the last
    reminder.
    """

    __tablename__ = "machtiging"
    __table_args__ = (
        Index("ix_machtiging_paar", "vertegenwoordigde", "vertegenwoordiger"),
        Index("ix_machtiging_keten", "vertegenwoordiger", sqlite_where=CHAINED, postgresql_where=CHAINED),
    )

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
    boven: str | None = Field(default=None, index=True)
    bron: str | None = None
    lease_tot: datetime | None = Field(default=None, sa_type=UtcDateTime)
    gebruikt: int = 0
    max_gebruik: int | None = None
    gebruikt_op: datetime | None = Field(default=None, sa_type=UtcDateTime)
    voorstel: dict[str, Any] | None = Field(default=None, sa_type=JSON)
    bevestiging: dict[str, Any] | None = Field(default=None, sa_type=JSON)
    herinnerd: int | None = None
    kanaal: str = "digitaal"
    functie: str | None = None
    gericht_aan: str | None = None
    gericht_functie: str | None = None


class MachtigingKringRow(Table, table=True):
    """Who may see a machtiging besides its parties, as one of those who decide on it jointly."""

    __tablename__ = "machtiging_kring"

    machtiging_id: str = Field(primary_key=True, foreign_key="machtiging.id")
    partij: str = Field(primary_key=True, index=True)


class MachtigingDienstRow(Table, table=True):
    """Which services a machtiging is for, to find it by service."""

    __tablename__ = "machtiging_dienst"

    machtiging_id: str = Field(primary_key=True, foreign_key="machtiging.id")
    dienst_id: str = Field(primary_key=True, index=True)


class GeschiedenisRow(Table, table=True):
    """One line of the history of a machtiging. Insert-only.

    `volgnummer` counts in the whole house, `nummer` in the machtiging; `vorige` is the hash of the line
    before it there.
    """

    __tablename__ = "machtiging_geschiedenis"
    __table_args__ = (UniqueConstraint("machtiging_id", "nummer", name="uq_geschiedenis_nummer"),)

    volgnummer: int | None = Field(default=None, primary_key=True)
    machtiging_id: str = Field(foreign_key="machtiging.id", index=True)
    op: datetime = Field(sa_type=UtcDateTime)
    gebeurtenis: str
    door: str
    reden: str | None = None
    nummer: int
    functie: str | None = None
    inhoud: dict[str, Any] | None = Field(default=None, sa_type=JSON(none_as_null=True))
    vorige: bytes
    hash: bytes


class ZegelRow(Table, table=True):
    """One seal on the history of the house. Insert-only. `toppen`: peaks of the tree, 32 bytes each."""

    __tablename__ = "geschiedenis_zegel"

    nummer: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    op: datetime = Field(sa_type=UtcDateTime)
    tot: int
    aantal: int
    toppen: bytes
    jws: str


class BetwistingRow(Table, table=True):
    """One contest of a machtiging: why, in the person's own words (sealed), and how it was judged."""

    __tablename__ = "betwisting"

    id: str = Field(primary_key=True)
    machtiging_id: str = Field(foreign_key="machtiging.id", index=True)
    op: datetime = Field(sa_type=UtcDateTime)
    rol: str
    reden: bytes | None = None
    besluit: str | None = None
    besluit_op: datetime | None = Field(default=None, sa_type=UtcDateTime)


class CodePogingRow(Table, table=True):
    """One wrong code that someone tried, kept for the length of the throttle."""

    __tablename__ = "code_poging"

    volgnummer: int | None = Field(default=None, primary_key=True)
    partij: str = Field(index=True)
    op: datetime = Field(sa_type=UtcDateTime, index=True)


class UitgaandRow(OutboxColumns, Table, table=True):
    """The outbox: notices that wait to be delivered, written in the transaction of the act."""

    __tablename__ = "uitgaand"
