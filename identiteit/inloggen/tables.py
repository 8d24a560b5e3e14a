"""Tables of logging in. Secrets are kept as SHA-256 hashes of 256 random bits."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field

from identiteit.base import Table
from keys.kernel.database import UtcDateTime
from keys.kernel.gebeurtenis import OutboxColumns


class PogingRow(Table, table=True):
    """A login page that is open in one browser."""

    __tablename__ = "poging"

    id: str = Field(primary_key=True)
    browser_hash: str
    csrf: str
    wens: dict[str, Any] | None = Field(default=None, sa_type=sa.JSON)
    verloopt_op: datetime = Field(sa_type=UtcDateTime, index=True)


class SessieRow(Table, table=True):
    """A session of a person in one browser."""

    __tablename__ = "sessie"

    id_hash: str = Field(primary_key=True)
    persoon_id: str = Field(index=True)
    niveau: str
    auth_op: datetime = Field(sa_type=UtcDateTime)
    sid: str = Field(unique=True)
    csrf: str
    verloopt_op: datetime = Field(sa_type=UtcDateTime, index=True)


class DeelnemerRow(Table, table=True):
    """A package that took part in a session, and hears of its end."""

    __tablename__ = "deelnemer"

    sid: str = Field(primary_key=True)
    client_id: str = Field(primary_key=True)


class CodeRow(Table, table=True):
    """An authorization code; `token_hash`: the access token that it gave, to end when it comes twice."""

    __tablename__ = "code"

    id_hash: str = Field(primary_key=True)
    inhoud: dict[str, Any] = Field(sa_type=sa.JSON)
    gebruikt_op: datetime | None = Field(default=None, sa_type=UtcDateTime)
    token_hash: str | None = None
    verloopt_op: datetime = Field(sa_type=UtcDateTime, index=True)


class ToegangRow(Table, table=True):
    """An opaque access token that lives as long as its session."""

    __tablename__ = "toegang"

    id_hash: str = Field(primary_key=True)
    client_id: str
    sid: str = Field(index=True)


class UitgaandRow(OutboxColumns, Table, table=True):
    """Outbox: log-out messages on their way."""

    __tablename__ = "uitgaand"
