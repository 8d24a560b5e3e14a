"""Rows of the desk."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Session, col, select

from identiteit.balie.model import Medewerker
from identiteit.balie.tables import MedewerkerRow, OpvragingRow


def find(session: Session, persoon_id: str, *, lock: bool = False) -> Medewerker | None:
    """Who works at a desk now; `lock`: their look-ups wait for each other until the transaction ends."""
    row = session.get(MedewerkerRow, persoon_id, with_for_update=lock or None)
    return Medewerker(row.persoon_id, row.loket) if row is not None and row.tot is None else None


def put(session: Session, medewerker: Medewerker, now: datetime) -> bool:
    """Let somebody work at a desk from now; False when they do already."""
    row = session.get(MedewerkerRow, medewerker.persoon_id)
    if row is not None and (row.loket, row.tot) == (medewerker.loket, None):
        return False
    if row is None:
        row = MedewerkerRow(persoon_id=medewerker.persoon_id, loket=medewerker.loket, sinds=now)
    row.loket, row.sinds, row.tot = medewerker.loket, now, None
    session.add(row)
    return True


def end(session: Session, persoon_id: str, now: datetime) -> bool:
    """They work there no longer; False when they did not."""
    row = session.get(MedewerkerRow, persoon_id)
    if row is None or row.tot is not None:
        return False
    row.tot = now
    session.add(row)
    return True


def add_lookup(session: Session, medewerker: Medewerker, persoon_id: str | None, now: datetime) -> None:
    """Write down that a clerk looked somebody up."""
    session.add(
        OpvragingRow(op=now, medewerker=medewerker.persoon_id, loket=medewerker.loket, persoon_id=persoon_id)
    )


def count_lookups(session: Session, persoon_id: str, since: datetime) -> tuple[int, int]:
    """(people looked up, of whom unknown) by this clerk since then."""
    query = select(sa.func.count(), sa.func.count(col(OpvragingRow.persoon_id))).where(
        OpvragingRow.medewerker == persoon_id, col(OpvragingRow.op) > since
    )
    total, found = session.exec(query).one()
    return total, total - found
