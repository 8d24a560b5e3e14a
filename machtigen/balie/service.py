"""The verbs of the desk. Each act is one transaction, the clerk's line in the journal included."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

from sqlmodel import Session

from keys.kernel.database import Database
from keys.kernel.log import Log
from machtigen import errors
from machtigen.balie import controle, rules, store
from machtigen.balie.medewerkers import Medewerkers
from machtigen.balie.model import Bevestiging, Controle, Medewerker, Papier, Registratie
from machtigen.balie.tickets import AT_DESK, Balietickets
from machtigen.diensten.service import Diensten
from machtigen.events import VERIFICATION_REFUSED, VERIFICATIONS_THROTTLED
from machtigen.machtigingen import codes
from machtigen.machtigingen.model import Aanvraag, Machtiging, Rol
from machtigen.machtigingen.service import Machtigingen, Perform
from machtigen.partijen.model import PartijId
from machtigen.sessies.model import Sessie

T = TypeVar("T")
PAGE = 200


class Balie(Medewerkers):
    """What clerks do, and the check of a print by whoever holds it. `codes_key`: 32 bytes."""

    def __init__(
        self,
        database: Database,
        machtigingen: Machtigingen,
        diensten: Diensten,
        tickets: Balietickets,
        *,
        codes_key: bytes,
        log: Log | None = None,
    ) -> None:
        super().__init__(database, machtigingen, tickets)
        self._diensten = diensten
        self._codes_key = codes_key
        self._log = log

    # -- recording and approving -----------------------------------------------------------------

    def record(
        self,
        aanvraag: Aanvraag,
        tickets: tuple[str, str],
        scan: str,
        sessie: Sessie,
        now: datetime,
        *,
        gelegitimeerd: bool,
        perform: Perform | None = None,
    ) -> Registratie:
        """A first clerk records what was signed on paper. `tickets`: represented person, representative.

        Raises NotAClerk, LevelTooLow, DeskTicketRefused, ConflictOfInterest, InvalidMachtiging.
        """
        self.require_clerk(sessie)
        one, other = (self._tickets.open(ticket, AT_DESK, sessie.sid, now) for ticket in tickets)
        papier = Papier(aanvraag, one.partij, other.partij, rules.read_scan(scan), gelegitimeerd)
        rules.check(papier, self._diensten.find_many(aanvraag.diensten), now)

        def act(session: Session) -> Registratie:
            clerk = self._independent(session, sessie, papier.partijen, now)
            self._spend(session, one, other)
            made = rules.record(secrets.token_urlsafe(16), papier, clerk, now)
            store.add(session, made)
            self._note(session, clerk, "registreren", now, registratie=made.id)
            return made

        return self._write(act, perform)

    def list_waiting(self, sessie: Sessie, now: datetime) -> list[Registratie]:
        """What waits for a second clerk, oldest first. Raises NotAClerk."""
        self.require_clerk(sessie)
        return self._database.read(lambda session: store.list_waiting(session, now, PAGE))

    def require(self, identifier: str, sessie: Sessie) -> Registratie:
        """A registration, for a clerk who may handle it. Raises NotAClerk, NotFound."""
        self.require_clerk(sessie)
        found = self._database.read(lambda session: store.find(session, identifier))
        if found is None or sessie.partij in found.papier.partijen:
            raise errors.NotFound
        return found

    def approve(
        self, identifier: str, sessie: Sessie, now: datetime, perform: Perform | None = None
    ) -> Bevestiging:
        """The second clerk agrees: the machtiging stands, both sides are told, the print gets its code.

        Raises NotAClerk, NotFound, SameClerk, ConflictOfInterest, NotWaiting, AlreadyAuthorised, and what
        became impossible since: InvalidMachtiging, LevelTooLow.
        """
        code = codes.new_code()

        def act(session: Session) -> Bevestiging:
            clerk, current = self._locked(session, identifier, sessie, now)
            asked = current.papier.aanvraag
            known = {
                dienst.id: dienst
                for one in asked.diensten
                if (dienst := self._diensten.find_in(session, one))
            }
            approved, made = rules.approve(current, clerk.partij, known, secrets.token_urlsafe(16), now)
            self._machtigingen.begin_at_desk(session, made, now)
            store.save(session, approved)
            store.put_code(session, controle.digest(code, self._codes_key), made.id, now)
            self._note(session, clerk, "goedkeuren", now, registratie=approved.id, machtiging=made.id)
            return Bevestiging(approved, made, codes.show(code))

        return self._write(act, perform)

    def refuse(
        self, identifier: str, sessie: Sessie, now: datetime, perform: Perform | None = None
    ) -> Registratie:
        """The second clerk does not agree. Raises NotAClerk, NotFound, SameClerk, ConflictOfInterest,
        NotWaiting."""

        def act(session: Session) -> Registratie:
            clerk, current = self._locked(session, identifier, sessie, now)
            refused = rules.refuse(current, clerk.partij, now)
            store.save(session, refused)
            self._note(session, clerk, "afkeuren", now, registratie=refused.id)
            return refused

        return self._write(act, perform)

    def _locked(
        self, session: Session, identifier: str, sessie: Sessie, now: datetime
    ) -> tuple[Medewerker, Registratie]:
        self._clerk(session, sessie)
        current = store.find(session, identifier, lock=True)
        if current is None:
            raise errors.NotFound
        return self._independent(session, sessie, current.papier.partijen, now), current

    # -- helping who stands there ----------------------------------------------------------------

    def look_up(self, machtiging: str, ticket: str, sessie: Sessie, now: datetime) -> Machtiging:
        """A machtiging of the person at the desk. One that is not theirs does not exist.

        Raises NotAClerk, DeskTicketRefused, NotFound, ConflictOfInterest.
        """
        return self._with(machtiging, ticket, "opzoeken", sessie, now, lambda _session, found, _partij: found)

    def end(
        self, machtiging: str, ticket: str, sessie: Sessie, now: datetime, perform: Perform | None = None
    ) -> Machtiging:
        """End it for the person at the desk: revoked by the represented, given up by the representative.

        One clerk is enough: it only takes away. Raises as `look_up`; AlreadyEnded, NotYetAccepted, SetByLaw.
        """

        def act(session: Session, found: Machtiging, partij: PartijId) -> Machtiging:
            return self._machtigingen.end_at_desk(session, found.id, partij, now)

        return self._with(machtiging, ticket, "beeindigen", sessie, now, act, perform)

    def print_again(
        self, machtiging: str, ticket: str, sessie: Sessie, now: datetime, perform: Perform | None = None
    ) -> tuple[Machtiging, str]:
        """A new print with a new code; the old one counts no more. Raises as `look_up`."""
        code = codes.new_code()

        def act(session: Session, found: Machtiging, _partij: PartijId) -> tuple[Machtiging, str]:
            store.put_code(session, controle.digest(code, self._codes_key), found.id, now)
            return found, codes.show(code)

        return self._with(machtiging, ticket, "afdrukken", sessie, now, act, perform)

    def _with(
        self,
        machtiging: str,
        ticket: str,
        soort: str,
        sessie: Sessie,
        now: datetime,
        do: Callable[[Session, Machtiging, PartijId], T],
        perform: Perform | None = None,
    ) -> T:
        self.require_clerk(sessie)
        opened = self._tickets.open(ticket, AT_DESK, sessie.sid, now)

        def act(session: Session) -> T:
            found = self._machtigingen.find_in(session, machtiging)
            if found is None or found.role_of(opened.partij) is None:
                raise errors.NotFound
            parties = {partij for rol in Rol if (partij := found.party(rol)) is not None}
            clerk = self._independent(session, sessie, parties, now)
            self._spend(session, opened)
            self._note(session, clerk, soort, now, machtiging=found.id)
            return do(session, found, opened.partij)

        return self._write(act, perform)

    def list_of(self, partij: PartijId) -> list[Registratie]:
        """The papers that this person signed, oldest first; for themself."""
        return self._database.read(lambda session: store.list_of(session, partij))

    # -- checking a print ------------------------------------------------------------------------

    def check(self, code: str, address: str, now: datetime) -> Controle:
        """What stands behind the code of a print. Wrong, cancelled and unknown codes are one refusal.

        `address`: the network address of who asks, only to count wrong codes. Raises CodeUnknown,
        TooManyAttempts.
        """
        herkomst = controle.origin(address, self._codes_key, now)
        read = codes.read(code)

        def act(session: Session) -> str | None:
            if rules.too_many(*store.count_attempts(session, herkomst, now - rules.WINDOW)):
                raise errors.TooManyAttempts
            found = store.find_by_code(session, controle.digest(read, self._codes_key)) if read else None
            if found is None:
                store.add_attempt(session, herkomst, now)
            return found

        try:
            found = self._database.write(act)
        except errors.TooManyAttempts:
            if self._log is not None:
                self._log.emit(VERIFICATIONS_THROTTLED)
            raise
        machtiging = self._machtigingen.find(found) if found is not None else None
        if machtiging is None:
            if self._log is not None:
                self._log.emit(VERIFICATION_REFUSED)
            raise errors.CodeUnknown
        return rules.look(machtiging, now)

    # -- upkeep ----------------------------------------------------------------------------------

    def forget(self, now: datetime) -> None:
        """Throw away wrong codes and used tickets that count no more."""
        before = now - rules.WINDOW
        if self._database.read(lambda session: store.any_to_forget(session, before, now)):
            self._database.write(lambda session: store.forget(session, before, now))
