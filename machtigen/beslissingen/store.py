"""The only SQL of the decision log."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from datetime import datetime

import msgspec
from sqlmodel import Session, col, select

from keys.kernel.database import Database
from machtigen.beslissingen.model import Beslissing
from machtigen.beslissingen.tables import BeslissingRow

COLUMNS = (
    "trace_id", "span_id", "parent_span_id", "event_name", "timestamp", "status", "actor", "client_id",
    "attributes",
)  # fmt: skip
_encoded = msgspec.json.Encoder().encode


def add_all(database: Database, records: Sequence[Beslissing]) -> Future[None]:
    """Record these calls; one that is there already stays as it is (ADL: idempotent on trace and span)."""
    rows = [
        (one.trace_id, one.span_id, one.parent_span_id, one.event_name, one.timestamp, one.status, one.actor,
         one.client_id, _encoded(one.attributes).decode())
        for one in records
    ]  # fmt: skip
    return database.add("beslissing", COLUMNS, rows)


def list_all(
    session: Session, since: datetime | None, until: datetime | None, actor: str | None
) -> Iterator[Beslissing]:
    """The records from `since` until `until`, oldest first, read in parts."""
    query = select(BeslissingRow).order_by(
        col(BeslissingRow.timestamp), col(BeslissingRow.trace_id), col(BeslissingRow.span_id)
    )
    if since is not None:
        query = query.where(col(BeslissingRow.timestamp) >= milliseconds(since))
    if until is not None:
        query = query.where(col(BeslissingRow.timestamp) < milliseconds(until))
    if actor is not None:
        query = query.where(col(BeslissingRow.actor) == actor)
    for row in session.exec(query.execution_options(yield_per=500)):
        yield Beslissing(
            trace_id=row.trace_id,
            span_id=row.span_id,
            parent_span_id=row.parent_span_id,
            event_name=row.event_name,
            timestamp=row.timestamp,
            status=row.status,
            actor=row.actor,
            client_id=row.client_id,
            attributes=row.attributes,
        )


def milliseconds(moment: datetime) -> int:
    """Since 1970."""
    return round(moment.timestamp() * 1000)
