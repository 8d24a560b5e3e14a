"""What is known of the capacity of parties."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session

from keys.kernel.database import Database
from machtigen.diensten import store as catalogue
from machtigen.diensten.model import Dienst, DienstId, Handeling
from machtigen.feiten import rules
from machtigen.feiten.model import Bekwaamheid, Feit, Vermelding
from machtigen.feiten.store import FeitStore
from machtigen.partijen.model import PartijId
from machtigen.sealing import Seal


class Feiten:
    """Facts about parties. Those that take a session are part of the caller's transaction."""

    def __init__(self, database: Database, seal: Seal) -> None:
        self._database = database
        self._store = FeitStore(seal)

    def find(self, partij: PartijId, now: datetime) -> Bekwaamheid:
        """The capacity of a party at this moment."""
        return self._database.read(lambda session: self.within(session, partij, now))

    def within(self, session: Session, partij: PartijId, now: datetime) -> Bekwaamheid:
        """As `find`, within a transaction."""
        known = self._store.list_of(session, partij)
        return Bekwaamheid(frozenset(one.feit for one in known if one.holds_at(now)))

    def own_actions(self, partij: PartijId, dienst: Dienst, now: datetime) -> frozenset[Handeling]:
        """What this party may do for themself at a service."""
        return rules.own_actions(self.find(partij, now), dienst)

    def may_grant(
        self, session: Session, partij: PartijId, diensten: Sequence[DienstId], now: datetime
    ) -> None:
        """Whether this party may give a power at these services. Raises NoCapacity."""
        capacity = self.within(session, partij, now)
        if capacity.feiten:
            known = (catalogue.find_dienst(session, dienst) for dienst in diensten)
            rules.require_may_grant(capacity, [dienst for dienst in known if dienst is not None])

    def is_dead(self, session: Session, partij: PartijId) -> bool:
        """Whether this party died: they get no letters."""
        known = self._store.find(session, partij, Feit.OVERLEDEN)
        return known is not None and known.geldt

    def came_of_age(self, session: Session, partij: PartijId, now: datetime) -> bool:
        """Whether it is known that this party was a minor and is so no longer."""
        known = self._store.find(session, partij, Feit.MINDERJARIG)
        return known is not None and not known.holds_at(now)

    def until(self, session: Session, partij: PartijId, feit: Feit) -> datetime | None:
        """When this fact ends by itself, where that is known."""
        known = self._store.find(session, partij, feit)
        return known.tot if known is not None and known.geldt else None

    def note(self, session: Session, vermelding: Vermelding) -> bool:
        """Keep what an event says; False when a newer one said something about it already."""
        known = self._store.find(session, vermelding.partij, vermelding.feit)
        if known is not None and known.volgnummer > vermelding.volgnummer:
            return False
        self._store.keep(session, vermelding)
        return True

    def over(self, session: Session, now: datetime, limit: int) -> list[Vermelding]:
        """Facts that time has ended and that were not settled yet."""
        return self._store.over(session, now, limit)
