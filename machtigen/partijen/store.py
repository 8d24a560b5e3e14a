"""The only SQL of parties."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session, select

from machtigen.partijen.model import PartijId, new_partij_id
from machtigen.partijen.tables import PartijRow


def find_by_pid(session: Session, pid: str) -> PartijId | None:
    """The party with this `pid`."""
    row = session.exec(select(PartijRow).where(PartijRow.pid == pid)).first()
    return PartijId(row.id) if row else None


def add(session: Session, pid: str, wrapped: bytes, now: datetime) -> PartijId:
    """Store a new party under a random number."""
    row = PartijRow(id=new_partij_id(), pid=pid, verpakt=wrapped, sinds=now)
    session.add(row)
    session.flush()
    return PartijId(row.id)


def find_wrapped(session: Session, partij: PartijId) -> tuple[str, bytes] | None:
    """(pid, wrapped pseudonym) of a party."""
    row = session.get(PartijRow, partij)
    return (row.pid, row.verpakt) if row else None
