"""The only SQL of repeated requests."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Session, col

from machtigen.herhalingen.tables import HerhalingRow


def find(session: Session, identifier: str) -> tuple[str, int, bytes] | None:
    """(keyed digest, status, sealed body) of the first answer."""
    row = session.get(HerhalingRow, identifier)
    return (row.digest, row.status, row.antwoord) if row else None


def add(session: Session, identifier: str, digest: str, status: int, sealed: bytes, now: datetime) -> None:
    """Keep a first answer."""
    session.add(HerhalingRow(id=identifier, digest=digest, status=status, antwoord=sealed, op=now))
    session.flush()


def forget(session: Session, before: datetime) -> None:
    """Throw away answers from before then."""
    session.execute(sa.delete(HerhalingRow).where(col(HerhalingRow.op) <= before))


def any_before(session: Session, before: datetime) -> bool:
    """Whether there is anything to throw away."""
    query = sa.select(HerhalingRow.id).where(col(HerhalingRow.op) <= before).limit(1)  # type: ignore[call-overload]  # SQLModel columns are typed as their values
    return session.execute(query).first() is not None
