"""Rows of deliveries: one stream for each receiver, in the order of its numbers."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from identiteit.gebeurtenissen.model import Levering, Stand
from identiteit.gebeurtenissen.tables import LeveringRow, StroomRow

BEGIN_STREAM = sa.text(
    "INSERT INTO stroom (ontvanger, volgnummer) VALUES (:ontvanger, 0) ON CONFLICT DO NOTHING"
)


def lock_stream(session: Session, ontvanger: str) -> int:
    """The last number given out to this receiver; nobody else adds to its stream until we are done."""
    session.connection().execute(BEGIN_STREAM, {"ontvanger": ontvanger})
    row = session.get(StroomRow, ontvanger, with_for_update=True, populate_existing=True)
    return row.volgnummer if row else 0


def add(
    session: Session,
    ontvanger: str,
    soort: str,
    per: datetime,
    wijzigingen: Sequence[Mapping[str, Any]],
    now: datetime,
) -> None:
    """The next event for this receiver."""
    stroom = session.get_one(StroomRow, ontvanger)
    stroom.volgnummer += 1
    session.add(stroom)
    session.add(
        LeveringRow(
            ontvanger=ontvanger,
            volgnummer=stroom.volgnummer,
            jti=secrets.token_urlsafe(24),
            soort=soort,
            per=per,
            wijzigingen=[dict(one) for one in wijzigingen],
            gemaakt_op=now,
            volgende_op=now,
        )
    )


def any_due(session: Session, ontvanger: str, now: datetime) -> bool:
    """Whether the first one that waits may be tried now."""
    query = _open(ontvanger).limit(1)
    first = session.exec(query).first()
    return first is not None and first.volgende_op <= now


def claim(session: Session, ontvanger: str, now: datetime, lease: timedelta, limit: int) -> list[Levering]:
    """The first ones that wait, in order; nobody else tries them for `lease`. Empty when the first one is
    not due: later ones wait for it."""
    lock_stream(session, ontvanger)
    claimed: list[Levering] = []
    for row in session.exec(_open(ontvanger).limit(limit)):
        if not claimed and row.volgende_op > now:
            return []
        row.volgende_op = now + lease
        row.pogingen += 1
        session.add(row)
        claimed.append(
            Levering(
                ontvanger=row.ontvanger,
                volgnummer=row.volgnummer,
                jti=row.jti,
                soort=row.soort,
                per=row.per,
                wijzigingen=tuple(row.wijzigingen),
                pogingen=row.pogingen,
            )
        )
    return claimed


def _open(ontvanger: str) -> Any:
    return (
        select(LeveringRow)
        .where(LeveringRow.ontvanger == ontvanger, col(LeveringRow.open).is_(True))
        .order_by(col(LeveringRow.volgnummer))
    )


def arrived(session: Session, levering: Levering, now: datetime) -> None:
    """The receiver has it."""
    row = session.get_one(LeveringRow, (levering.ontvanger, levering.volgnummer))
    row.open, row.aangekomen_op, row.fout, row.dood_op = False, now, None, None
    session.add(row)


def failed(session: Session, levering: Levering, fout: str, again: datetime | None, now: datetime) -> None:
    """It did not arrive, and is tried `again` then; None: never, until somebody asks for it."""
    row = session.get_one(LeveringRow, (levering.ontvanger, levering.volgnummer))
    row.fout = fout
    if again is None:
        row.open, row.dood_op = False, now
    else:
        row.volgende_op = again
    session.add(row)


def not_tried(session: Session, leveringen: Sequence[Levering], again: datetime) -> None:
    """Claimed, but an earlier one did not arrive: they wait for it, and no attempt was made."""
    for levering in leveringen:
        row = session.get_one(LeveringRow, (levering.ontvanger, levering.volgnummer))
        row.pogingen -= 1
        row.volgende_op = again
        session.add(row)


def deliver_again(session: Session, ontvanger: str, van: int, tot: int, now: datetime) -> int:
    """Put these back in line; gives how many."""
    lock_stream(session, ontvanger)
    query = select(LeveringRow).where(
        LeveringRow.ontvanger == ontvanger,
        col(LeveringRow.open).is_(False),
        col(LeveringRow.volgnummer).between(van, tot),
    )
    found = list(session.exec(query))
    for row in found:
        row.open, row.pogingen, row.volgende_op = True, 0, now
        row.aangekomen_op, row.dood_op = None, None
        session.add(row)
    return len(found)


def state_of(session: Session, ontvanger: str) -> Stand:
    """How the deliveries to this receiver stand."""
    stroom = session.get(StroomRow, ontvanger)
    mine = LeveringRow.ontvanger == ontvanger
    waiting = select(sa.func.count()).select_from(LeveringRow).where(mine, col(LeveringRow.open).is_(True))
    dead = (
        select(LeveringRow.volgnummer)
        .where(mine, col(LeveringRow.dood_op).is_not(None))
        .order_by(col(LeveringRow.volgnummer))
        .limit(1000)
    )
    closed = select(sa.func.max(LeveringRow.volgnummer)).where(mine, col(LeveringRow.open).is_(False))
    return Stand(
        ontvanger=ontvanger,
        laatste=stroom.volgnummer if stroom else 0,
        afgehandeld=session.exec(closed).one() or 0,
        wachtend=session.exec(waiting).one(),
        dood=tuple(session.exec(dead)),
    )


def forget(session: Session, before: datetime) -> None:
    """Throw away what arrived before then: who asks for it again gets what stands, by its renewal."""
    session.execute(sa.delete(LeveringRow).where(col(LeveringRow.aangekomen_op) < before))
