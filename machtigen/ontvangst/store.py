"""The only SQL of received events."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlmodel import Session, col, select

from machtigen.ontvangst.model import Bericht
from machtigen.ontvangst.tables import GespiegeldRow, OntbrekendRow, OntvangstRow, OntvangststandRow
from machtigen.sealing import Seal

BEGIN = sa.text("INSERT INTO ontvangststand (afzender, hoogste) VALUES (:afzender, 0) ON CONFLICT DO NOTHING")
LONGEST_PAUSE = timedelta(minutes=10)


def lock_stream(session: Session, afzender: str) -> int:
    """The highest number that came; nobody else receives until we are done."""
    session.connection().execute(BEGIN, {"afzender": afzender})
    key = {"with_for_update": True, "populate_existing": True}
    return session.get_one(OntvangststandRow, afzender, **key).hoogste  # type: ignore[arg-type]  # two flags


def came_before(session: Session, bericht: Bericht, seal: Seal) -> bool:
    """Whether this event was received. Raises LookupError when its number is that of another event."""
    row = session.get(OntvangstRow, bericht.volgnummer)
    if row is not None and seal.open(row.jti, f"ontvangst {row.volgnummer}") != bericht.jti:
        raise LookupError("another event came under this number")
    return row is not None


def add(session: Session, bericht: Bericht, afzender: str, seal: Seal, now: datetime) -> None:
    """Write down that it came."""
    session.add(
        OntvangstRow(
            volgnummer=bericht.volgnummer,
            jti=seal.seal(bericht.jti, f"ontvangst {bericht.volgnummer}"),
            soort=bericht.soort,
            dag=now.date(),
        )
    )
    skip_to(session, afzender, bericht.volgnummer)
    session.execute(sa.delete(OntbrekendRow).where(col(OntbrekendRow.volgnummer) == bericht.volgnummer))


def skip_to(session: Session, afzender: str, volgnummer: int) -> None:
    """The stream has come this far."""
    stand = session.get_one(OntvangststandRow, afzender)
    stand.hoogste = max(stand.hoogste, volgnummer)
    session.add(stand)


def add_missing(session: Session, numbers: Iterable[int], now: datetime) -> None:
    """These did not come."""
    session.add_all(OntbrekendRow(volgnummer=number, sinds=now, volgende_op=now) for number in numbers)


def take_missing(session: Session, now: datetime, pause: timedelta, limit: int) -> list[int]:
    """Numbers to ask for now; asked again after a pause that doubles."""
    query = (
        select(OntbrekendRow)
        .where(col(OntbrekendRow.volgende_op) <= now)
        .order_by(col(OntbrekendRow.volgnummer))
        .limit(limit)
    )
    found = list(session.exec(query.with_for_update(skip_locked=True)))
    for row in found:
        row.volgende_op = now + min(pause * 2 ** min(row.pogingen, 16), LONGEST_PAUSE)
        row.pogingen += 1
        session.add(row)
    return [row.volgnummer for row in found]


def any_missing(session: Session, now: datetime) -> bool:
    """Whether there is something to ask for."""
    query = select(OntbrekendRow.volgnummer).where(col(OntbrekendRow.volgende_op) <= now).limit(1)
    return session.exec(query).first() is not None


def count_missing(session: Session) -> int:
    """How many numbers have not come."""
    return session.exec(select(sa.func.count()).select_from(OntbrekendRow)).one()


class Gespiegeld:
    """Which event spoke last of each power: a key is (ground, represented, representative)."""

    def __init__(self, seal: Seal) -> None:
        self._seal = seal

    def is_newest(self, session: Session, key: tuple[str, str, str], volgnummer: int) -> bool:
        """Whether no later event spoke of this power."""
        row = session.get(GespiegeldRow, key)
        return row is None or int(self._seal.open(row.orde, _context(key))) <= volgnummer

    def note_last(self, session: Session, key: tuple[str, str, str], volgnummer: int) -> None:
        """Remember that this event spoke of this power."""
        grond, persoon, partij = key
        row = session.get(GespiegeldRow, key) or GespiegeldRow(
            grond=grond, persoon=persoon, partij=partij, orde=b""
        )
        row.orde = self._seal.seal(str(volgnummer), _context(key))
        session.add(row)


def _context(key: tuple[str, str, str]) -> str:
    return f"gespiegeld {' '.join(key)}"
