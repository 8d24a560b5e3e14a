"""The inbox of each party."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from keys.kernel.database import Database
from machtigen.base import Perform
from machtigen.berichten import store
from machtigen.berichten.model import Bericht, Postvak
from machtigen.machtigingen import paging
from machtigen.machtigingen.model import Gebeurtenis, Rol
from machtigen.partijen.model import PartijId

PAGE = 30
MAXIMUM_PAGE = 100


class Berichten:
    """Receives notices from the outbox and shows them to whom they are for."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def receive(self, identifier: str, payload: Mapping[str, Any]) -> None:
        """Handler of the outbox, kind `bericht`. Delivering one twice changes nothing."""
        bericht = Bericht(
            id=identifier,
            aan=PartijId(payload["aan"]),
            machtiging=payload["machtiging"],
            rol=Rol(payload["rol"]),
            soort=Gebeurtenis(payload["soort"]),
            door=payload["door"],
            op=datetime.fromisoformat(payload["op"]),
        )
        self._database.write(lambda session: store.add(session, bericht))

    def list_for(self, partij: PartijId, na: str | None = None, limit: int = PAGE) -> Postvak:
        """Notices, newest first. `na` is a `volgende`. Raises InvalidCursor."""
        after = paging.decode(na) if na else None
        limit = max(1, min(limit, MAXIMUM_PAGE))
        found = self._database.read(lambda session: store.list_for(session, partij, after, limit + 1))
        page = found[:limit]
        cursor = paging.encode(page[-1].op, page[-1].id) if len(found) > limit else None
        return Postvak(tuple(page), cursor)

    def count_unread(self, partij: PartijId) -> int:
        """How many notices wait unread."""
        return self._database.read(lambda session: store.count_unread(session, partij))

    def mark_read(self, partij: PartijId, now: datetime, perform: Perform | None = None) -> None:
        """Mark everything so far as read."""
        if perform is not None or self.count_unread(partij):
            (perform or self._database.write)(lambda session: store.mark_read(session, partij, now))
