"""Tickets that were used."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Field

from identiteit.base import Table
from keys.kernel.database import UtcDateTime


class GebruiktTicketRow(Table, table=True):
    """The `jti` of a ticket, kept until it has expired."""

    __tablename__ = "gebruikt_ticket"

    jti: str = Field(primary_key=True)
    verloopt_op: datetime = Field(sa_type=UtcDateTime, index=True)
