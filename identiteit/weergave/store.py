"""Rows of used tickets."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Session, col

from identiteit.weergave.tables import GebruiktTicketRow


def use(session: Session, jti: str, ends: datetime) -> bool:
    """Take note of a ticket; False when it was used before."""
    if session.get(GebruiktTicketRow, jti) is not None:
        return False
    session.add(GebruiktTicketRow(jti=jti, verloopt_op=ends))
    session.flush()
    return True


def sweep(session: Session, now: datetime) -> None:
    """Forget tickets that have expired."""
    session.connection().execute(
        sa.delete(GebruiktTicketRow).where(col(GebruiktTicketRow.verloopt_op) <= now)
    )
