"""The only SQL of sessions."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Session, col

from rechten.sessies.tables import SessieRow


def add(
    session: Session, id_hash: str, sid: str | None, verzegeld: bytes, now: datetime, verloopt_op: datetime
) -> None:
    """Store a session."""
    session.add(
        SessieRow(id_hash=id_hash, sid=sid, aangemaakt_op=now, verloopt_op=verloopt_op, verzegeld=verzegeld)
    )


def find(session: Session, id_hash: str, now: datetime) -> bytes | None:
    """The sealed contents of a session that has not expired."""
    row = session.get(SessieRow, id_hash)
    return row.verzegeld if row is not None and now < row.verloopt_op else None


def take(session: Session, id_hash: str, now: datetime) -> bytes | None:
    """The sealed contents, and the row is gone: it works once, also for two at the same moment."""
    row = session.get(SessieRow, id_hash, with_for_update=True)
    if row is None:
        return None
    session.delete(row)
    session.flush()
    return row.verzegeld if now < row.verloopt_op else None


def end_by_sid(session: Session, sid: str) -> int:
    """End the sessions that came from one login at `identiteit`; gives how many."""
    ended = session.execute(sa.delete(SessieRow).where(col(SessieRow.sid) == sid))
    return int(getattr(ended, "rowcount", 0))


def forget(session: Session, now: datetime) -> None:
    """Delete what has expired."""
    session.execute(sa.delete(SessieRow).where(col(SessieRow.verloopt_op) <= now))
