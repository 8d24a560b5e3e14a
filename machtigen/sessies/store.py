"""The only SQL of sessions."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Session, col, select

from machtigen.sessies.model import Ingelogd
from machtigen.sessies.tables import InlogpogingRow, SessieRow


def add(
    session: Session, identifier: str, person: Ingelogd, csrf_token: str, id_token: bytes, until: datetime
) -> None:
    """Store a session."""
    session.add(
        SessieRow(
            id=identifier,
            partij=person.partij,
            niveau=person.niveau.value,
            auth_time=person.auth_time,
            csrf_token=csrf_token,
            sid=person.sid,
            id_token=id_token,
            verloopt_op=until,
        )
    )


def find(session: Session, identifier: str, now: datetime) -> SessieRow | None:
    """The session, while it lives."""
    row = session.get(SessieRow, identifier)
    return row if row is not None and row.verloopt_op > now else None


def remove(session: Session, identifier: str) -> None:
    """End one session."""
    session.execute(sa.delete(SessieRow).where(col(SessieRow.id) == identifier))


def remove_by_sid(session: Session, sid: str) -> int:
    """End every session that came from this session at identiteit; gives how many."""
    found = session.exec(select(SessieRow).where(SessieRow.sid == sid)).all()
    for row in found:
        session.delete(row)
    return len(found)


def add_attempt(session: Session, identifier: str, content: bytes, until: datetime) -> None:
    """Store a login on its way."""
    session.add(InlogpogingRow(id=identifier, inhoud=content, verloopt_op=until))


def take_attempt(session: Session, identifier: str, now: datetime) -> bytes | None:
    """The login on its way, once: afterwards it is gone."""
    row = session.get(InlogpogingRow, identifier, with_for_update=True)
    if row is None:
        return None
    session.delete(row)
    return row.inhoud if row.verloopt_op > now else None


def any_expired(session: Session, now: datetime) -> bool:
    """Whether there is anything to throw away."""
    tables = (SessieRow, InlogpogingRow)
    return any(
        session.exec(select(table).where(col(table.verloopt_op) <= now).limit(1)).first() for table in tables
    )


def forget_expired(session: Session, now: datetime) -> None:
    """Throw away what has expired."""
    for table in (SessieRow, InlogpogingRow):
        session.execute(sa.delete(table).where(col(table.verloopt_op) <= now))
