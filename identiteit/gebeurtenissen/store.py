"""Rows of life events."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Session, select

from identiteit.gebeurtenissen.model import Gebeurtenis
from identiteit.gebeurtenissen.tables import GebeurtenisRow


def add(session: Session, gebeurtenis: Gebeurtenis, caller: str, now: datetime) -> None:
    """Keep an event."""
    session.add(
        GebeurtenisRow(
            soort=gebeurtenis.soort.value,
            persoon_bsn=gebeurtenis.persoon.value,
            partij_bsn=gebeurtenis.partij.value if gebeurtenis.partij else None,
            per=gebeurtenis.per,
            bron=gebeurtenis.bron,
            aanvrager=caller,
            ontvangen_op=now,
        )
    )


def count_by_kind(session: Session) -> dict[str, int]:
    """How many events of each kind were taken in."""
    query = select(GebeurtenisRow.soort, sa.func.count()).group_by(GebeurtenisRow.soort)
    return dict(session.exec(query).all())
