"""The only SQL of the decision log."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col, select

from machtigen.beslissingen.model import Beslissing
from machtigen.beslissingen.tables import BeslissingRow

# Built once: a record that is there already stays as it is (ADL: idempotent on trace and span).
_ADD = {
    "postgresql": postgresql.insert(BeslissingRow).on_conflict_do_nothing(),
    "sqlite": sqlite.insert(BeslissingRow).on_conflict_do_nothing(),
}


def add_all(session: Session, records: Sequence[Beslissing]) -> None:
    """Record these calls."""
    connection = session.connection()
    connection.execute(_ADD[connection.dialect.name], [vars(record) for record in records])


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
