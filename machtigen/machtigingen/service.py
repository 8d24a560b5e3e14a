"""The verbs of machtigingen. Each: one transaction of load, rules, save, history, outbox, hooks."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from sqlmodel import Session

from keys.kernel.database import Database
from keys.kernel.gebeurtenis import Handler
from keys.kernel.log import Log
from machtigen import errors
from machtigen.diensten.model import DienstId, Grond, Niveau
from machtigen.diensten.service import Diensten
from machtigen.machtigingen import codes, keten, rules, store, zoekstore
from machtigen.machtigingen.attempts import Attempts
from machtigen.machtigingen.levensloop import Levensloop
from machtigen.machtigingen.loket import Loket
from machtigen.machtigingen.medebevestigen import Medebevestigen
from machtigen.machtigingen.model import (
    Aanvraag,
    Gebeurtenis,
    Machtiging,
    Regel,
    Rol,
    Uitgegeven,
)
from machtigen.machtigingen.nieuw import new_request
from machtigen.machtigingen.tijd import Tijd
from machtigen.machtigingen.vastleggen import OnEnd, Perform
from machtigen.machtigingen.wijzigen import Wijzigen
from machtigen.partijen.model import PartijId
from machtigen.sealing import Seal

__all__ = ["Machtigingen", "OnEnd", "Perform"]

MayGrant = Callable[[Session, PartijId, Sequence[DienstId], datetime], None]


class Machtigingen(Wijzigen, Levensloop, Medebevestigen, Loket, Tijd):
    """Grant, ask, accept, decline, revoke, renounce; and who may act for whom right now.

    `codes_key`: 32 bytes. `on_end` hooks run in the transaction that ends a machtiging. Wrong codes are
    told to `log`, as a number of lines and nothing more. `may_grant` raises NoCapacity for who may not give
    a power over their own matters at these services.
    """

    def __init__(
        self,
        database: Database,
        diensten: Diensten,
        *,
        codes_key: bytes,
        seal: Seal,
        log: Log | None = None,
    ) -> None:
        super().__init__(database, diensten, seal)
        self._codes_key = codes_key
        self.attempts = Attempts(database, log)
        self.may_grant: MayGrant = lambda _session, _partij, _diensten, _now: None
        self.on_end.append(self._holder_left)

    # -- asking and answering --------------------------------------------------------------------

    def grant(
        self,
        aanvraag: Aanvraag,
        door: PartijId,
        niveau: Niveau,
        now: datetime,
        perform: Perform | None = None,
        mens: PartijId | None = None,
    ) -> Uitgegeven:
        """The represented person gives a power, to whom they give the code. Raises AlreadyRequested.

        `mens`: who does so for an organisation; where its directors decide jointly, the others must agree.
        """
        return self._request(aanvraag, door, Rol.VERTEGENWOORDIGDE, niveau, now, perform, mens)

    def ask(
        self,
        aanvraag: Aanvraag,
        door: PartijId,
        niveau: Niveau,
        now: datetime,
        perform: Perform | None = None,
    ) -> Uitgegeven:
        """The representative asks first; who gets the code may confirm and is then represented."""
        return self._request(aanvraag, door, Rol.VERTEGENWOORDIGER, niveau, now, perform)

    def _request(
        self,
        aanvraag: Aanvraag,
        door: PartijId,
        rol: Rol,
        niveau: Niveau,
        now: datetime,
        perform: Perform | None,
        mens: PartijId | None = None,
    ) -> Uitgegeven:
        code = codes.new_code()
        known = self._diensten.find_many(aanvraag.diensten)
        digest = codes.digest(code, self._codes_key)
        asked = new_request(aanvraag, known, door, rol, niveau, now, digest)

        def act(session: Session) -> Uitgegeven:
            if rol is Rol.VERTEGENWOORDIGDE:
                self.may_grant(session, door, asked.diensten, now)
            who = mens or door
            machtiging = replace(asked, bevestiging=self._joint(session, asked, (), who, now))
            self._add_request(session, machtiging, now)
            self._ask_circle(session, machtiging, who, now)
            return Uitgegeven(machtiging, codes.show(code))

        return (perform or self._database.write)(act)

    def _add_request(self, session: Session, new: Machtiging, now: datetime) -> None:
        rules.require_new(new, self._store.waiting_of(session, new.aanvrager, new.initiatief), now)
        self._begin(session, new, Regel(now, Gebeurtenis.AANGEVRAAGD, new.initiatief.value))

    def check(
        self,
        aanvraag: Aanvraag,
        door: PartijId,
        rol: Rol,
        niveau: Niveau,
        now: datetime,
        boven: str | None = None,
    ) -> Machtiging:
        """What this would become, without making it; raises what `grant`, `ask` and, below the link
        `boven`, `delegate` would."""
        parents = self._database.read(lambda session: self._zoek.parents(session, boven))
        known = self._diensten.find_many(aanvraag.diensten)
        grond = parents[-1].grond if parents else Grond.MACHTIGING
        asked = new_request(aanvraag, known, door, rol, niveau, now, bytes(32), grond)
        if parents:
            keten.require_room(parents, self.maximum_links)
            keten.require_within(asked, parents, now)
        elif rol is Rol.VERTEGENWOORDIGDE:
            self._database.read(lambda session: self.may_grant(session, door, asked.diensten, now))
        return asked

    def view(self, code: str, door: PartijId, now: datetime) -> Machtiging:
        """What the holder of this code would accept. Raises CodeUnknown, TooManyAttempts."""
        return self.attempts.require(door, now, lambda session: self._answerable(session, code, door, now))

    def confirm(
        self,
        code: str,
        door: PartijId,
        niveau: Niveau,
        now: datetime,
        perform: Perform | None = None,
        mens: PartijId | None = None,
    ) -> Machtiging:
        """The other side accepts. Raises CodeUnknown, TooManyAttempts, AlreadyAuthorised, LevelTooLow,
        NoCapacity, JointConfirmationPending, NotAMember, ConflictOfInterest.

        `mens`: who does so for an organisation. Where its directors decide jointly on what it gives, it
        stays open until the others agreed.
        """
        who = mens or door

        def change(session: Session, current: Machtiging) -> Machtiging:
            if current.initiatief is Rol.VERTEGENWOORDIGER:
                self.may_grant(session, door, current.diensten, now)
            self._require_independent(session, current, who)
            existing = self._store.between(session, current.aanvrager, door)
            asked = replace(current, wederpartij=door)
            by_asking = current.initiatief is Rol.VERTEGENWOORDIGER
            joint = self._joint(session, asked, (), who, now) if by_asking else None
            confirmed = rules.confirm(current, door, niveau, existing, now, joint)
            parents = self._zoek.parents(session, current.boven)
            self._require_member(session, confirmed, parents)
            if joint is not None:
                self._ask_circle(session, confirmed, who, now)
            if parents:
                keten.require_no_cycle(confirmed, parents)
                keten.require_within(confirmed, parents, now)
            return confirmed

        return self._answer(code, door, Gebeurtenis.BEVESTIGD, change, now, perform)

    def decline(self, code: str, door: PartijId, now: datetime, perform: Perform | None = None) -> Machtiging:
        """The other side declines. Raises CodeUnknown, TooManyAttempts."""
        return self._answer(
            code,
            door,
            Gebeurtenis.GEWEIGERD,
            lambda _session, current: rules.decline(current, door, now),
            now,
            perform,
        )

    def _answerable(self, session: Session, code: str, door: PartijId, now: datetime) -> Machtiging | None:
        read = codes.read(code)
        if read is None:
            return None
        found = self._store.find_by_code(session, codes.digest(read, self._codes_key))
        return found if found is not None and rules.may_answer(found, door, now) else None

    def _answer(
        self,
        code: str,
        door: PartijId,
        gebeurtenis: Gebeurtenis,
        change: Callable[[Session, Machtiging], Machtiging],
        now: datetime,
        perform: Perform | None,
    ) -> Machtiging:
        def act(session: Session) -> Machtiging:
            open_request = self._answerable(session, code, door, now)
            if open_request is None:
                raise errors.CodeUnknown
            current = self._require_locked(session, open_request.id)
            if not rules.may_answer(current, door, now):
                raise errors.CodeUnknown
            answered = change(session, current)
            rol = answered.initiatief.other
            self._write_down(session, answered, Regel(now, gebeurtenis, rol.value))
            return answered

        return self.attempts.guard(door, now, lambda: (perform or self._database.write)(act))

    # -- passing on ------------------------------------------------------------------------------

    def delegate(
        self,
        identifier: str,
        aanvraag: Aanvraag,
        door: PartijId,
        niveau: Niveau,
        now: datetime,
        perform: Perform | None = None,
        functie: str | None = None,
        mens: PartijId | None = None,
    ) -> Uitgegeven:
        """The representative passes a power on, or a part of it: a link below, with a code for the other.

        Raises NotFound, AlreadyEnded, WrongRole, NotActive, ChainTooLong, WiderThanParent, and what `grant`
        raises.
        """
        code = codes.new_code()
        known = self._diensten.find_many(aanvraag.diensten)  # not within the act: it reads by itself

        def act(session: Session) -> Uitgegeven:
            parents = self._zoek.parents(session, identifier, lock=True)
            if not parents:
                raise errors.NotFound
            rol = rules.require_open(parents[0], door, now)
            if rol is not Rol.VERTEGENWOORDIGER:
                raise errors.WrongRole
            keten.require_room(parents, self.maximum_links)
            digest = codes.digest(code, self._codes_key)
            as_grantor = Rol.VERTEGENWOORDIGDE
            wanted = replace(aanvraag, functie=functie or aanvraag.functie)
            asked = new_request(wanted, known, door, as_grantor, niveau, now, digest, parents[-1].grond)
            below = replace(asked, boven=identifier)
            keten.require_within(below, parents, now)  # first: who decides on it with others must be known
            made = replace(below, bevestiging=self._joint(session, below, parents, mens or door, now))
            self._add_request(session, made, now)
            self._ask_circle(session, made, mens or door, now)
            store.add_history(session, identifier, Regel(now, Gebeurtenis.DOORGEMACHTIGD, rol.value))
            self.notify(session, parents[0], Regel(now, Gebeurtenis.DOORGEMACHTIGD, rol.value))
            return Uitgegeven(made, codes.show(code))

        return (perform or self._database.write)(act)

    def note_use(
        self, session: Session, ids: Sequence[str], now: datetime, known: Sequence[Machtiging] = ()
    ) -> None:
        """Count a use of every link, in the transaction that lets it happen. `ids`: the top link last.

        Raises NotActive when one may not be used at this moment: who ends one now waits, or was first. So
        it does when one of `known`, on which the use was judged, was narrowed meanwhile.
        """
        for identifier in reversed(ids):
            if not zoekstore.note_use(session, identifier, now):
                raise errors.NotActive
        for link in known:
            fresh = self._store.find(session, link.id, lock=True)
            if fresh is None or fresh.beperkingen != link.beperkingen:
                raise errors.NotActive

    # -- upkeep ----------------------------------------------------------------------------------

    def deliver_notices(self, handlers: Mapping[str, Handler], now: datetime) -> int:
        """Deliver what waits in the outbox."""
        return store.deliver_notices(self._database, handlers, now)

    def forget_attempts(self, now: datetime) -> None:
        """Throw away the wrong codes that no longer count."""
        self.attempts.forget(now)
