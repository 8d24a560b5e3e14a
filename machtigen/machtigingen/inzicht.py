"""Looking at machtigingen: one, lists, history, and for whom someone may act."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session

from keys.kernel.database import Database
from machtigen import errors
from machtigen.diensten.model import DienstId
from machtigen.diensten.service import Diensten
from machtigen.machtigingen import keten as keten_rules
from machtigen.machtigingen import paging, rules, store
from machtigen.machtigingen.keten import Keten
from machtigen.machtigingen.model import ENDED, Actief, Gebeurtenis, Lijst, Machtiging, Regel, Rol
from machtigen.machtigingen.samenstore import Samenstore
from machtigen.machtigingen.store import MachtigingStore
from machtigen.machtigingen.zoekstore import Zoekstore
from machtigen.partijen.model import PartijId

PAGE = 50
MAXIMUM_PAGE = 100
SYSTEM = "stelsel"  # who, in the history, when nobody did it: time or law


class Inzicht:
    """Inzicht (insight): the reading half of `Machtigingen`."""

    def __init__(self, database: Database, diensten: Diensten, rows: MachtigingStore) -> None:
        self._database = database
        self._diensten = diensten
        self._store = rows
        self._zoek = Zoekstore(rows)
        self._samen = Samenstore(rows)
        self.maximum_links = keten_rules.MAXIMUM_LINKS

    def find(self, identifier: str) -> Machtiging | None:
        """The machtiging with this id, whoever asks: for other rooms, never for a page."""
        return self._database.read(lambda session: self._store.find(session, identifier))

    def require(self, identifier: str, partij: PartijId) -> tuple[Machtiging, Rol]:
        """The machtiging to which this person is a party, and their role. Raises NotFound.

        Who decides on it jointly with the represented side sees it from that side.
        """
        found = self.find(identifier)
        rol = found.role_of(partij) if found is not None else None
        if rol is None and self._database.read(
            lambda session: self._samen.is_concerned(session, identifier, partij)
        ):
            rol = Rol.VERTEGENWOORDIGDE
        if found is None or rol is None:
            raise errors.NotFound
        return found, rol

    def require_chain(self, identifier: str, partij: PartijId) -> tuple[Keten, Rol]:
        """The chain from this link up, and the role of this person in it. Raises NotFound."""
        found, rol = self.require(identifier, partij)
        above = self._database.read(lambda session: self._zoek.parents(session, found.boven))
        return Keten((found, *above)), rol

    def history(self, identifier: str, partij: PartijId, now: datetime) -> list[Regel]:
        """The history, oldest first, an end by time included. Raises NotFound."""
        machtiging, _ = self.require(identifier, partij)
        lines = self._database.read(lambda session: store.list_history(session, identifier))
        ended = rules.status_at(machtiging, now)
        if isinstance(ended, ENDED) and not isinstance(machtiging.status, ENDED):
            lines.append(Regel(ended.op, Gebeurtenis.VERLOPEN, SYSTEM))
        return lines

    def list_for(
        self,
        partij: PartijId,
        now: datetime,
        *,
        rol: Rol | None = None,
        statuses: frozenset[str] = frozenset(),
        na: str | None = None,
        limit: int = PAGE,
    ) -> Lijst:
        """Machtigingen of this person, newest first. `na` is a `volgende`. Raises InvalidCursor."""
        after = paging.decode(na) if na else None
        limit = max(1, min(limit, MAXIMUM_PAGE))
        found = self._database.read(
            lambda session: self._store.list_for(
                session, partij, rol=rol, statuses=statuses, after=after, limit=limit + 1, now=now
            )
        )
        page = found[:limit]
        cursor = paging.encode(page[-1][0], page[-1][1].id) if len(found) > limit else None
        return Lijst(tuple(machtiging for _, machtiging in page), cursor)

    def list_representable(self, vertegenwoordiger: PartijId, dienst: DienstId, now: datetime) -> list[Keten]:
        """What this party could act on at this service at `now`, newest first."""
        known = self._diensten.find(dienst)
        if known is None:
            return []
        found = self._database.read(
            lambda session: self._zoek.ketens(session, vertegenwoordiger, dienst, now, self.maximum_links)
        )
        return [keten for keten in found if keten_rules.usable(keten, known, now)]

    def find_usable(
        self, identifier: str, vertegenwoordiger: PartijId, dienst: DienstId, now: datetime
    ) -> Keten | None:
        """The chain with this id, when this representative may act on it at this service at `now`."""
        found = self.list_representable(vertegenwoordiger, dienst, now)
        return next((keten for keten in found if keten.id == identifier), None)

    def is_active(self, identifier: str, now: datetime, others: Sequence[str] = ()) -> bool:
        """Whether it, every link above it, and every one of `others` may be used at `now`."""

        def act(session: Session) -> bool:
            links = [link for one in (identifier, *others) for link in self._zoek.parents(session, one)]
            return bool(links) and all(
                isinstance(rules.status_at(link, now), Actief) and link.geldig_van <= now < link.geldig_tot
                for link in links
            )

        return self._database.read(act)
