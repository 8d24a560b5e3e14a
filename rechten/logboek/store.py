"""The only SQL of the processing log: insert a line, find lines by tag."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from rechten.logboek.model import ACTIVITY, PROCESSOR, SUBJECT, SUBJECT_TYPE, Logregel, Status
from rechten.logboek.tables import LogdetailRow, LogregelRow

BATCH = 500  # tags in one query


@dataclass(frozen=True)
class Sealed:
    """A line with its sealed detail."""

    regel: Logregel
    doel_digest: str
    verzegeld: bytes


def add(session: Session, regel: Logregel, doel_digest: str, verzegeld: bytes) -> None:
    """Write a line and its sealed detail."""
    session.add(
        LogregelRow(
            trace_id=regel.trace_id,
            span_id=regel.span_id,
            parent_span_id=regel.parent_span_id,
            status=regel.status.value,
            name=regel.name,
            start_time=regel.start_time,
            end_time=regel.end_time,
            data_subject_id=regel.data_subject_id,
            resource=dict(regel.resource),
            attributes=regel.attributes(),
        )
    )
    session.add(
        LogdetailRow(
            trace_id=regel.trace_id, span_id=regel.span_id, doel_digest=doel_digest, verzegeld=verzegeld
        )
    )
    session.flush()


def find_by_tags(session: Session, tags: Sequence[str]) -> list[Sealed]:
    """The lines that carry one of these tags, newest first."""
    found: list[Sealed] = []
    for batch in _batches(tags):
        query = (
            select(LogregelRow, LogdetailRow)
            .join(
                LogdetailRow,
                sa.and_(
                    col(LogdetailRow.trace_id) == col(LogregelRow.trace_id),
                    col(LogdetailRow.span_id) == col(LogregelRow.span_id),
                ),
            )
            .where(col(LogregelRow.data_subject_id).in_(batch))
        )
        found += [
            Sealed(_regel(line), detail.doel_digest, detail.verzegeld) for line, detail in session.exec(query)
        ]
    return sorted(found, key=lambda sealed: (sealed.regel.start_time, sealed.regel.span_id), reverse=True)


def _batches(tags: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(tags), BATCH):
        yield tags[start : start + BATCH]


def _regel(row: LogregelRow) -> Logregel:
    attributes: dict[str, Any] = row.attributes
    return Logregel(
        trace_id=row.trace_id,
        span_id=row.span_id,
        parent_span_id=row.parent_span_id,
        status=Status(row.status),
        name=row.name,
        start_time=row.start_time,
        end_time=row.end_time,
        processing_activity_id=attributes[ACTIVITY],
        data_subject_id=attributes.get(SUBJECT),
        data_subject_id_type=attributes.get(SUBJECT_TYPE),
        processor=attributes.get(PROCESSOR),
        resource=row.resource,
    )
