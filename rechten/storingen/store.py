"""The only SQL of storingen."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Session, col, select

from rechten.storingen.model import Aanbieding, Door, Gezet, Soort, Stap, Storing, Voorval
from rechten.storingen.tables import AanbiedingRow, StapRow, StoringRow, VoorvalRow


def wait_for_client(session: Session, afnemer: str, client_id: str, soort: Soort) -> None:
    """Until the transaction ends nobody else passes here for the same client and kind."""
    connection = session.connection()
    if connection.dialect.name == "postgresql":  # SQLite has one writer
        names = "\n".join(("storing", afnemer, client_id, soort.value))
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(sa.func.hashtextextended(names, 0))))


def find_last(session: Session, afnemer: str, client_id: str, soort: Soort) -> Storing | None:
    """The newest storing of a client."""
    query = (
        select(StoringRow)
        .where(
            StoringRow.afnemer == afnemer, StoringRow.client_id == client_id, StoringRow.soort == soort.value
        )
        .order_by(col(StoringRow.volgnummer).desc())
        .limit(1)
    )
    found = _read(session, session.exec(query).all())
    return found[0] if found else None


def find(session: Session, storing_id: str) -> Storing | None:
    """The storing with this id."""
    found = _read(session, session.exec(select(StoringRow).where(StoringRow.id == storing_id)).all())
    return found[0] if found else None


def list_all(session: Session, afnemer: str | None = None) -> list[Storing]:
    """All storingen, or those of one actor, newest first."""
    query = select(StoringRow).order_by(col(StoringRow.geopend_op).desc(), col(StoringRow.id))
    if afnemer is not None:
        query = query.where(StoringRow.afnemer == afnemer)
    return _read(session, session.exec(query).all())


def list_of(session: Session, pid: str) -> list[Storing]:
    """The storingen that concern a person, newest first; with everybody else whom they concern."""
    own = select(VoorvalRow.storing_id).where(VoorvalRow.pid == pid)
    query = (
        select(StoringRow)
        .where(col(StoringRow.id).in_(own))
        .order_by(col(StoringRow.geopend_op).desc(), col(StoringRow.id))
    )
    return _read(session, session.exec(query).all())


def add(session: Session, afnemer: str, client_id: str, soort: Soort, nummer: int, now: datetime) -> Storing:
    """Open a storing."""
    storing = Storing(secrets.token_urlsafe(12), soort, afnemer, client_id, nummer, now)
    session.add(
        StoringRow(
            id=storing.id,
            soort=soort.value,
            afnemer=afnemer,
            client_id=client_id,
            volgnummer=nummer,
            geopend_op=now,
        )
    )
    session.flush()
    return storing


def list_shown(
    session: Session, afnemer: str, client_id: str, soort: Soort, token: str
) -> tuple[list[datetime], datetime | None]:
    """When a token was shown in the newest storing of a client, and the last step taken there; without
    reading the rest of it."""
    newest = (
        select(StoringRow.id)
        .where(
            StoringRow.afnemer == afnemer, StoringRow.client_id == client_id, StoringRow.soort == soort.value
        )
        .order_by(col(StoringRow.volgnummer).desc())
        .limit(1)
    )
    storing_id = session.exec(newest).first()
    shown = (
        select(AanbiedingRow.op)
        .join(VoorvalRow)
        .where(VoorvalRow.storing_id == storing_id, VoorvalRow.token == token)
    )
    last = select(sa.func.max(StapRow.op)).where(col(StapRow.storing_id) == storing_id)
    return list(session.exec(shown).all()), session.exec(last).one()


def find_voorval(session: Session, storing_id: str, token: str) -> str | None:
    """The id of the occurrence of a token, by its digest."""
    query = select(VoorvalRow.id).where(VoorvalRow.storing_id == storing_id, VoorvalRow.token == token)
    return session.exec(query).first()


def add_voorval(session: Session, storing_id: str, pid: str, aanbieding: Aanbieding, now: datetime) -> None:
    """Note a token for the first time."""
    row = VoorvalRow(
        id=secrets.token_urlsafe(12),
        storing_id=storing_id,
        token=aanbieding.token,
        pid=pid,
        doel=aanbieding.doel.id,
        trace_id=aanbieding.trace.trace_id,
        namens=aanbieding.namens,
        ingetrokken_op=aanbieding.ingetrokken_op,
    )
    session.add(row)
    session.flush()
    add_aanbieding(session, row.id, 1, now)


def add_aanbieding(session: Session, voorval_id: str, nummer: int, now: datetime) -> None:
    """Note that it was shown again."""
    session.add(AanbiedingRow(voorval_id=voorval_id, nummer=nummer, op=now))
    session.flush()


def add_stap(session: Session, storing_id: str, nummer: int, gezet: Gezet) -> None:
    """Add a step to the history."""
    session.add(
        StapRow(
            storing_id=storing_id,
            nummer=nummer,
            stap=gezet.stap.value,
            door=gezet.door.value,
            op=gezet.op,
            pid=gezet.pid,
        )
    )
    session.flush()


def _read(session: Session, rows: Sequence[StoringRow]) -> list[Storing]:
    ids = [row.id for row in rows]
    if not ids:
        return []
    found = select(VoorvalRow).where(col(VoorvalRow.storing_id).in_(ids)).order_by(col(VoorvalRow.id))
    voorvallen = session.exec(found).all()
    momenten: dict[str, list[datetime]] = {}
    shown = select(AanbiedingRow).join(VoorvalRow).where(col(VoorvalRow.storing_id).in_(ids))
    for one in session.exec(shown.order_by(col(AanbiedingRow.nummer))):
        momenten.setdefault(one.voorval_id, []).append(one.op)
    stappen: dict[str, list[Gezet]] = {}
    steps = select(StapRow).where(col(StapRow.storing_id).in_(ids)).order_by(col(StapRow.nummer))
    for step in session.exec(steps):
        gezet = Gezet(Stap(step.stap), Door(step.door), step.op, step.pid)
        stappen.setdefault(step.storing_id, []).append(gezet)
    by_storing: dict[str, list[Voorval]] = {}
    for row in voorvallen:
        by_storing.setdefault(row.storing_id, []).append(_voorval(row, tuple(momenten[row.id])))
    return [
        Storing(
            id=row.id,
            soort=Soort(row.soort),
            afnemer=row.afnemer,
            client_id=row.client_id,
            volgnummer=row.volgnummer,
            geopend_op=row.geopend_op,
            voorvallen=tuple(sorted(by_storing.get(row.id, []), key=lambda one: (one.momenten[0], one.id))),
            stappen=tuple(stappen.get(row.id, ())),
        )
        for row in rows
    ]


def _voorval(row: VoorvalRow, momenten: tuple[datetime, ...]) -> Voorval:
    return Voorval(row.id, row.pid, row.doel, row.trace_id, row.namens, row.ingetrokken_op, momenten)
