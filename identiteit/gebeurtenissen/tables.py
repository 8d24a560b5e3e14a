"""Life events as they came in."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Field

from identiteit.base import Table
from keys.kernel.database import UtcDateTime


class GebeurtenisRow(Table, table=True):
    """One life event, in the order of arrival. Insert-only."""

    __tablename__ = "gebeurtenis"

    volgnummer: int | None = Field(default=None, primary_key=True)
    soort: str
    persoon_bsn: str
    partij_bsn: str | None = None
    per: datetime = Field(sa_type=UtcDateTime)
    bron: str
    aanvrager: str
    ontvangen_op: datetime = Field(sa_type=UtcDateTime)
