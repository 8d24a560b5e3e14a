"""Rows of the catalogue. Other rooms read them through `diensten.service` only."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON
from sqlmodel import Field

from keys.kernel.database import UtcDateTime
from machtigen.base import Table


class DienstRow(Table, table=True):
    """One service. `zoektekst` is its text, folded for search; `sorteernaam` its name, folded."""

    __tablename__ = "dienst"

    id: str = Field(primary_key=True)
    sorteernaam: str = Field(index=True)
    zoektekst: str
    inhoud: dict[str, Any] = Field(sa_type=JSON)
    ingeschreven_op: datetime = Field(sa_type=UtcDateTime)


class ClientRow(Table, table=True):
    """One OAuth client. `inhoud` is what was registered, its public keys included."""

    __tablename__ = "client"

    client_id: str = Field(primary_key=True)
    inhoud: dict[str, Any] = Field(sa_type=JSON)
    ingeschreven_op: datetime = Field(sa_type=UtcDateTime)
