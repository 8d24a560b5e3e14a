"""The decision log (Authorization Decision Log 1.0, Logius): one record per call, before its answer leaves.

Calls that come at the same time share one commit: one of them writes what waits, then hands over.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from keys.kernel.database import Database
from machtigen.beslissingen import store
from machtigen.beslissingen.model import Beslissing
from machtigen.errors import DecisionNotRecorded

TOGETHER = 256  # records in one commit at most


@dataclass
class _Waiting:
    """A record that waits; `turn` gives True when its call must write, False when another has."""

    record: Beslissing
    turn: Future[bool] = field(default_factory=Future)
    failed: Exception | None = None


class Logboek:
    """Logboek (log): writes the records of calls, and gives them to the operator."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._lock = threading.Lock()
        self._waiting: list[_Waiting] = []
        self._writing = False

    def record(self, beslissing: Beslissing) -> None:
        """Write it down; back when it is durable. Raises DecisionNotRecorded: then nothing may leave."""
        mine = _Waiting(beslissing)
        with self._lock:
            self._waiting.append(mine)
            my_turn = not self._writing
            self._writing = True
        if my_turn or mine.turn.result():
            self._write_waiting()
        if mine.failed is not None:
            raise DecisionNotRecorded from mine.failed

    def _write_waiting(self) -> None:
        """Write one group, whose first is who calls this; then it is the turn of the next that waits."""
        with self._lock:
            group, self._waiting = self._waiting[:TOGETHER], self._waiting[TOGETHER:]
        failed: Exception | None = None
        try:
            records = [one.record for one in group]
            self._database.write(lambda session: store.add_all(session, records))
        except Exception as error:  # noqa: BLE001 - everybody in the group must hear of it
            failed = error
        for one in group:
            one.failed = failed
        for one in group[1:]:
            one.turn.set_result(False)
        with self._lock:
            self._writing = bool(self._waiting)
            following = self._waiting[0] if self._waiting else None
        if following is not None:
            following.turn.set_result(True)

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
