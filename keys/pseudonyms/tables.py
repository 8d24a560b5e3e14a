"""Tables of one transcryptor: what it did and refused. Insert-only, save the counters. No persons.

Two tables are swept: answers kept for a repeated request (until the permit expires) and copies for the
auditor (sealed, until their term ends).
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import LargeBinary
from sqlmodel import Field

from keys.base import PartijTable
from keys.kernel.database import UtcDateTime


class TranscryptieRow(PartijTable, table=True):
    """A batch that this party translated; its key is what makes a replay visible."""

    __tablename__ = "transcrypties"

    actor: str = Field(primary_key=True, max_length=100)
    aanvraag: str = Field(primary_key=True, max_length=128)
    stap: int
    paar: str = Field(max_length=5)
    van: str = Field(max_length=220)
    naar: str = Field(max_length=220)
    doel: str = Field(max_length=64)
    gebruiksgrond: str = Field(max_length=40, index=True)
    aantal: int
    trace_id: str | None = Field(default=None, max_length=64)
    op: datetime = Field(sa_type=UtcDateTime)


class WeigeringRow(PartijTable, table=True):
    """A request by a known actor that was refused, and why."""

    __tablename__ = "weigeringen"

    id: int | None = Field(default=None, primary_key=True)
    actor: str = Field(max_length=100)
    reden: str = Field(max_length=60)
    trace_id: str | None = Field(default=None, max_length=64)
    op: datetime = Field(sa_type=UtcDateTime)


class TellerRow(PartijTable, table=True):
    """How many items went through on a day under a gebruiksgrond."""

    __tablename__ = "tellers"

    gebruiksgrond: str = Field(primary_key=True, max_length=40)
    dag: date = Field(primary_key=True)
    aantal: int


class UitgifteRow(PartijTable, table=True):
    """Key shares that this party sealed to an actor."""

    __tablename__ = "uitgiften"

    actor: str = Field(primary_key=True, max_length=100)
    aanvraag: str = Field(primary_key=True, max_length=128)
    domein: str = Field(max_length=200)
    epoch: int
    op: datetime = Field(sa_type=UtcDateTime)


class AntwoordRow(PartijTable, table=True):
    """An answer, kept while its permit lives; it opens with the very same request only."""

    __tablename__ = "antwoorden"

    actor: str = Field(primary_key=True, max_length=100)
    aanvraag: str = Field(primary_key=True, max_length=128)
    digest: str = Field(max_length=64)
    items: bytes = Field(sa_type=LargeBinary)
    verklaring: str
    verloopt_op: datetime = Field(sa_type=UtcDateTime, index=True)


class AuditRow(PartijTable, table=True):
    """A batch before and after the hop, with its proof: sealed to the auditor, who alone can read it."""

    __tablename__ = "auditkopieen"

    actor: str = Field(primary_key=True, max_length=100)
    aanvraag: str = Field(primary_key=True, max_length=128)
    stap: int
    verzegeld: bytes = Field(sa_type=LargeBinary)
    op: datetime = Field(sa_type=UtcDateTime, index=True)
    verloopt_op: datetime = Field(sa_type=UtcDateTime, index=True)
