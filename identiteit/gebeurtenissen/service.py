"""Take life events in."""

from __future__ import annotations

from datetime import datetime

from identiteit.gebeurtenissen import rules, store
from identiteit.gebeurtenissen.model import Gebeurtenis
from keys.kernel.database import Database


class Gebeurtenissen:
    """The room's verbs. Delivery to other packages by Security Event Tokens comes with their receivers."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def take(self, gebeurtenis: Gebeurtenis, caller: str, now: datetime) -> None:
        """Keep an event durably. Raises InvalidEvent."""
        rules.check(gebeurtenis)
        self._database.write(lambda session: store.add(session, gebeurtenis, caller, now))

    def count_by_kind(self) -> dict[str, int]:
        """For the operator."""
        return self._database.read(store.count_by_kind)
