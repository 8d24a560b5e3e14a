"""The decision log (Authorization Decision Log 1.0, Logius): one record per call, before it is answered."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from datetime import datetime
from typing import Any

from sqlalchemy.exc import SQLAlchemyError

from keys.kernel.database import Database
from machtigen.beslissingen import store
from machtigen.beslissingen.model import Beslissing
from machtigen.errors import DecisionNotRecorded


class Logboek:
    """Logboek (log): writes the records of calls, and gives them to the operator."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def begin(self, records: Sequence[Beslissing]) -> Future[None]:
        """Have them written down, all or none; done when they are durable. See `require`."""
        try:
            return store.add_all(self._database, records)
        except RuntimeError as error:  # the database is closed
            failed: Future[None] = Future()
            failed.set_exception(error)
            return failed

    @staticmethod
    def require(writing: Future[None]) -> None:
        """Wait until they are durable. Raises DecisionNotRecorded: then no answer may leave."""
        try:
            writing.result()
        except (SQLAlchemyError, RuntimeError) as error:
            raise DecisionNotRecorded from error

    def record(self, records: Sequence[Beslissing]) -> None:
        """Write them down, all or none; back when they are durable. Raises DecisionNotRecorded."""
        self.require(self.begin(records))

    def export(
        self,
        give: Callable[[Mapping[str, Any]], object],
        since: datetime | None = None,
        until: datetime | None = None,
        actor: str | None = None,
    ) -> int:
        """Hand every record, oldest first, to `give`, in the form of OpenTelemetry; how many there were."""

        def act(session: Any) -> int:
            count = 0
            for record in store.list_all(session, since, until, actor):
                give(as_log_record(record))
                count += 1
            return count

        return self._database.read(act)


def as_log_record(record: Beslissing) -> dict[str, Any]:
    """One record as the standard names its fields."""
    found: dict[str, Any] = {
        "trace_id": record.trace_id,
        "span_id": record.span_id,
        "event_name": record.event_name,
        "timestamp": record.timestamp,
        "status": record.status,
        "resource": {"actor": record.actor, "client_id": record.client_id},
        "attributes": record.attributes,
    }
    return {**found, "parent_span_id": record.parent_span_id} if record.parent_span_id else found
