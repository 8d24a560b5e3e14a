"""Who works at a desk, and what every act of a clerk begins and ends with."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import TypeVar

from sqlmodel import Session

from keys.kernel.database import Database
from machtigen import errors
from machtigen.balie import errors as refusals
from machtigen.balie import rules, store
from machtigen.balie.model import Geopend, Handelingregel, Medewerker
from machtigen.balie.tickets import CLERK, Balietickets, once_only
from machtigen.machtigingen.service import Machtigingen, Perform
from machtigen.partijen.model import PartijId
from machtigen.sessies.model import Sessie

T = TypeVar("T")


class Medewerkers:
    """Clerks, as the operator registered them."""

    def __init__(self, database: Database, machtigingen: Machtigingen, tickets: Balietickets) -> None:
        self._database = database
        self._machtigingen = machtigingen
        self._tickets = tickets

    def register_clerk(self, ticket: str, loket: str, now: datetime, perform: Perform | None = None) -> bool:
        """The operator lets the person of this ticket work at a desk. False: they did already, there.

        Raises DeskTicketRefused.
        """
        opened = self._tickets.open(ticket, CLERK, None, now)

        def act(session: Session) -> bool:
            self._spend(session, opened)
            return store.put_clerk(session, Medewerker(opened.partij, loket), now)

        return self._write(act, perform)

    def end_clerk(self, ticket: str, now: datetime, perform: Perform | None = None) -> None:
        """The person of this ticket works at no desk any more. Raises DeskTicketRefused, NotFound."""
        opened = self._tickets.open(ticket, CLERK, None, now)

        def act(session: Session) -> None:
            self._spend(session, opened)
            if not store.end_clerk(session, opened.partij, now):
                raise errors.NotFound

        self._write(act, perform)

    def find_clerk(self, partij: PartijId) -> Medewerker | None:
        """Who this is at a desk, if they work at one."""
        return self._database.read(lambda session: store.find_clerk(session, partij))

    def require_clerk(self, sessie: Sessie) -> Medewerker:
        """The clerk of a session. Raises NotAClerk, LevelTooLow."""
        return self._database.read(lambda session: self._clerk(session, sessie))

    def _clerk(self, session: Session, sessie: Sessie) -> Medewerker:
        clerk = store.find_clerk(session, sessie.partij)
        if clerk is None:
            raise refusals.NotAClerk
        if not sessie.niveau.reaches(rules.CLERK_NIVEAU):
            raise errors.LevelTooLow
        return clerk

    def _independent(
        self, session: Session, sessie: Sessie, parties: Iterable[PartijId], now: datetime
    ) -> Medewerker:
        """The clerk, who has nothing to do with these people. Raises NotAClerk, LevelTooLow,
        ConflictOfInterest."""
        clerk = self._clerk(session, sessie)
        known = sorted(parties)
        linked = any(
            self._machtigingen.stands_between(session, clerk.partij, partij, now)
            for partij in known
            if partij != clerk.partij
        )
        rules.require_independent(clerk.partij, known, linked=linked)
        return clerk

    def _spend(self, session: Session, *opened: Geopend) -> None:
        for ticket in opened:
            if not store.use_ticket(session, ticket.jti, ticket.tot):
                raise refusals.DeskTicketRefused

    def _note(
        self,
        session: Session,
        clerk: Medewerker,
        soort: str,
        now: datetime,
        *,
        registratie: str | None = None,
        machtiging: str | None = None,
    ) -> None:
        store.add_act(session, Handelingregel(now, soort, clerk.partij, clerk.loket, registratie, machtiging))

    def _write(self, act: Callable[[Session], T], perform: Perform | None = None) -> T:
        if perform is not None:  # whoever repeats requests answers a ticket that was used meanwhile
            return perform(act)
        with once_only():
            return self._database.write(act)
