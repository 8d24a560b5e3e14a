"""The outbox: messages leave only from a row written in the transaction of the act they tell of.

`add` writes the row inside the act; a worker calls `deliver`, which hands each due row to the
handler of its kind outside any transaction and marks it done, or plans another try with growing
pauses. After `MAXIMUM_ATTEMPTS` a row is dead: it stays, visible to the operator. Delivery is
at least once; receivers judge repeats by the row's id.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlmodel import Field, Session, SQLModel, col, select

from keys.kernel.database import Database, UtcDateTime

MAXIMUM_ATTEMPTS = 12
FIRST_PAUSE = timedelta(seconds=2)
LONGEST_PAUSE = timedelta(hours=1)
LEASE = timedelta(seconds=60)  # how long a worker has for one row before another may take it

Handler = Callable[[str, Mapping[str, Any]], None]


class OutboxColumns(SQLModel):
    """Columns of an outbox table: `class Uitgaand(OutboxColumns, Table, table=True)`."""

    id: str = Field(primary_key=True)
    kind: str = Field(index=True)
    payload: dict[str, Any] = Field(sa_type=sa.JSON)
    created_op: datetime = Field(sa_type=UtcDateTime)
    next_at: datetime | None = Field(default=None, sa_type=UtcDateTime, index=True)
    attempts: int = 0
    done_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    dead_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


Row = TypeVar("Row", bound=OutboxColumns)


def add(session: Session, row: type[Row], kind: str, payload: Mapping[str, Any], now: datetime) -> str:
    """Put a message in the outbox, in the transaction of the act. Gives its id."""
    message = row(id=secrets.token_urlsafe(16), kind=kind, payload=dict(payload), created_op=now, next_at=now)
    session.add(message)
    return message.id


def deliver(
    database: Database, row: type[Row], handlers: Mapping[str, Handler], now: datetime, limit: int = 100
) -> int:
    """Deliver what is due at `now`; gives how many were delivered.

    A handler gets (id, payload), and raises when the message did not arrive. Each row is claimed for
    `LEASE` first, so that two workers do not send it at the same time.
    """
    if not database.read(lambda session: session.exec(_due(row, now).limit(1)).first()):
        return 0
    claimed = database.write(lambda session: _claim(session, row, now, limit))
    delivered = 0
    for identifier, kind, payload, attempts in claimed:
        handler = handlers.get(kind)
        arrived = handler is not None and _arrives(handler, identifier, payload)
        database.write(
            partial(_settle, row=row, identifier=identifier, arrived=arrived, attempts=attempts, now=now)
        )
        delivered += arrived
    return delivered


def dead_letters(session: Session, row: type[Row]) -> list[tuple[str, str, datetime]]:
    """What could not be delivered, oldest first: (id, kind, since)."""
    query = select(row).where(col(row.dead_at).is_not(None)).order_by(col(row.created_op))
    return [(found.id, found.kind, found.dead_at) for found in session.exec(query) if found.dead_at]


def _due(row: type[Row], now: datetime) -> Any:
    return (
        select(row)
        .where(col(row.done_at).is_(None), col(row.dead_at).is_(None), col(row.next_at) <= now)
        .order_by(col(row.created_op))
    )


def _claim(session: Session, row: type[Row], now: datetime, limit: int) -> list[tuple[str, str, Any, int]]:
    claimed = []
    for found in session.exec(_due(row, now).limit(limit).with_for_update(skip_locked=True)):
        found.next_at = now + LEASE
        found.attempts += 1
        session.add(found)
        claimed.append((found.id, found.kind, dict(found.payload), found.attempts))
    return claimed


def _arrives(handler: Handler, identifier: str, payload: Mapping[str, Any]) -> bool:
    try:
        handler(identifier, payload)
    except Exception:  # noqa: BLE001 - whatever went wrong, the message did not arrive and stays
        return False
    return True


def _settle(
    session: Session, row: type[Row], identifier: str, arrived: bool, attempts: int, now: datetime
) -> None:
    found = session.get(row, identifier)
    if found is None:
        return
    if arrived:
        found.done_at = now
        found.next_at = None
    elif attempts >= MAXIMUM_ATTEMPTS:
        found.dead_at = now
        found.next_at = None
    else:
        found.next_at = now + min(FIRST_PAUSE * 2 ** (attempts - 1), LONGEST_PAUSE)
    session.add(found)
