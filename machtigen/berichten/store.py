"""The only SQL of notices."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Session, col, select

from machtigen.berichten.model import Bericht
from machtigen.berichten.tables import BerichtRow
from machtigen.machtigingen.model import Gebeurtenis, Rol
from machtigen.partijen.model import PartijId


def add(session: Session, bericht: Bericht) -> None:
    """Store a notice, unless it is there already."""
    if session.get(BerichtRow, bericht.id) is None:
        session.add(
            BerichtRow(
                id=bericht.id,
                aan=bericht.aan,
                machtiging_id=bericht.machtiging,
                rol=bericht.rol.value,
                soort=bericht.soort.value,
                door=bericht.door,
                op=bericht.op,
            )
        )


def list_for(
    session: Session, partij: PartijId, after: tuple[datetime, str] | None, limit: int
) -> list[Bericht]:
    """Notices to this party, newest first, after a place."""
    query = select(BerichtRow).where(BerichtRow.aan == partij)
    if after is not None:
        op, identifier = after
        query = query.where(
            sa.or_(
                col(BerichtRow.op) < op, sa.and_(col(BerichtRow.op) == op, col(BerichtRow.id) < identifier)
            )
        )
    query = query.order_by(col(BerichtRow.op).desc(), col(BerichtRow.id).desc()).limit(limit)
    return [
        Bericht(
            id=row.id,
            aan=PartijId(row.aan),
            machtiging=row.machtiging_id,
            rol=Rol(row.rol),
            soort=Gebeurtenis(row.soort),
            door=row.door,
            op=row.op,
            gelezen=row.gelezen_op is not None,
        )
        for row in session.exec(query)
    ]


def count_unread(session: Session, partij: PartijId) -> int:
    """How many notices this party has not read."""
    query = (
        select(sa.func.count())
        .select_from(BerichtRow)
        .where(BerichtRow.aan == partij, col(BerichtRow.gelezen_op).is_(None))
    )
    return session.exec(query).one()


def mark_read(session: Session, partij: PartijId, now: datetime) -> None:
    """Mark everything up to `now` as read."""
    session.execute(
        sa.update(BerichtRow)
        .where(col(BerichtRow.aan) == partij, col(BerichtRow.gelezen_op).is_(None), col(BerichtRow.op) <= now)
        .values(gelezen_op=now)
    )
