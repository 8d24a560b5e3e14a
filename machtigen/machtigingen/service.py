"""The verbs of machtigingen. Each: one transaction of load, rules, save, history, outbox, hooks."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Protocol, TypeVar

from sqlmodel import Session

from keys.kernel.database import Database
from keys.kernel.gebeurtenis import Handler
from machtigen import errors
from machtigen.diensten.model import DienstId, Niveau
from machtigen.diensten.service import Diensten
from machtigen.machtigingen import codes, paging, rules, store
from machtigen.machtigingen.attempts import Attempts
from machtigen.machtigingen.model import (
    ENDED,
    Aanvraag,
    Actief,
    Gebeurtenis,
    Lijst,
    Machtiging,
    Regel,
    Rol,
    Uitgegeven,
)
from machtigen.machtigingen.store import MachtigingStore
from machtigen.partijen.model import PartijId
from machtigen.sealing import Seal

T = TypeVar("T")
OnEnd = Callable[[Session, str, datetime], None]
PAGE = 50
MAXIMUM_PAGE = 100
SYSTEM = "stelsel"  # who, in the history, when nobody did it: time or law


class Perform(Protocol):
    """Runs an act in one transaction, as `Database.write`; repeated requests have one of their own."""

    def __call__(self, act: Callable[[Session], T], /) -> T:
        """Run it and give back its result."""
        ...


class Machtigingen:
    """Grant, ask, accept, decline, revoke, renounce; and who may act for whom right now.

    `codes_key`: 32 bytes. `on_end` hooks run in the transaction that ends a machtiging.
    """

    def __init__(self, database: Database, diensten: Diensten, *, codes_key: bytes, seal: Seal) -> None:
        self._database = database
        self._diensten = diensten
        self._codes_key = codes_key
        self._store = MachtigingStore(seal)
        self._attempts = Attempts(database)
        self.on_end: list[OnEnd] = []

    # -- asking and answering --------------------------------------------------------------------

    def grant(
        self,
        aanvraag: Aanvraag,
        door: PartijId,
        niveau: Niveau,
        now: datetime,
        perform: Perform | None = None,
    ) -> Uitgegeven:
        """The represented person gives a power, to whom they give the code."""
        return self._request(aanvraag, door, Rol.VERTEGENWOORDIGDE, niveau, now, perform)

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
    ) -> Uitgegeven:
        code = codes.new_code()
        machtiging = rules.request(
            aanvraag,
            self._diensten.find_many(aanvraag.diensten),
            identifier=secrets.token_urlsafe(16),
            door=door,
            rol=rol,
            niveau=niveau,
            code_hash=codes.digest(code, self._codes_key),
            now=now,
        )

        def act(session: Session) -> Uitgegeven:
            self._store.add(session, machtiging, now)
            store.add_history(session, machtiging.id, Regel(now, Gebeurtenis.AANGEVRAAGD, rol.value))
            return Uitgegeven(machtiging, codes.show(code))

        return (perform or self._database.write)(act)

    def view(self, code: str, door: PartijId, now: datetime) -> Machtiging:
        """What the holder of this code would accept. Raises CodeUnknown, TooManyAttempts."""
        return self._attempts.require(door, now, lambda session: self._answerable(session, code, door, now))

    def confirm(
        self, code: str, door: PartijId, niveau: Niveau, now: datetime, perform: Perform | None = None
    ) -> Machtiging:
        """The other side accepts. Raises CodeUnknown, TooManyAttempts, AlreadyAuthorised, LevelTooLow."""

        def change(session: Session, current: Machtiging) -> Machtiging:
            existing = self._store.between(session, current.aanvrager, door)
            return rules.confirm(current, door, niveau, existing, now)

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
            current = self._store.find(session, open_request.id, lock=True)
            if current is None:
                raise errors.CodeUnknown
            answered = change(session, current)
            rol = answered.initiatief.other
            self._write_down(session, answered, Regel(now, gebeurtenis, rol.value))
            return answered

        return self._attempts.guard(door, now, lambda: (perform or self._database.write)(act))

    # -- ending ----------------------------------------------------------------------------------

    def revoke(
        self, identifier: str, door: PartijId, now: datetime, perform: Perform | None = None
    ) -> Machtiging:
        """The represented person ends it; before an answer, who asked withdraws it."""
        return self._end(identifier, door, Gebeurtenis.INGETROKKEN, rules.revoke, now, perform)

    def renounce(
        self, identifier: str, door: PartijId, now: datetime, perform: Perform | None = None
    ) -> Machtiging:
        """The representative gives it up."""
        return self._end(identifier, door, Gebeurtenis.OPGEZEGD, rules.renounce, now, perform)

    def _end(
        self,
        identifier: str,
        door: PartijId,
        gebeurtenis: Gebeurtenis,
        change: Callable[[Machtiging, PartijId, datetime], Machtiging],
        now: datetime,
        perform: Perform | None,
    ) -> Machtiging:
        def act(session: Session) -> Machtiging:
            current = self._store.find(session, identifier, lock=True)
            rol = current.role_of(door) if current is not None else None
            if current is None or rol is None:
                raise errors.NotFound
            ended = change(current, door, now)
            self._write_down(session, ended, Regel(now, gebeurtenis, rol.value))
            return ended

        return (perform or self._database.write)(act)

    def settle_expired(self, now: datetime, limit: int = 200) -> int:
        """Write down what time has ended, tell both sides, run the hooks. Gives how many."""
        if not self._database.read(lambda session: self._store.list_overdue(session, now, 1)):
            return 0

        def act(session: Session) -> int:
            overdue = self._store.list_overdue(session, now, limit)
            for current in overdue:
                expired = rules.expire(current, now)
                if isinstance(expired.status, ENDED):
                    line = Regel(expired.status.op, Gebeurtenis.VERLOPEN, SYSTEM)
                    self._write_down(session, expired, line)
            return len(overdue)

        return self._database.write(act)

    def _write_down(self, session: Session, changed: Machtiging, line: Regel) -> None:
        """State, history, notices to both sides, and the hooks of an end: all or nothing."""
        self._store.save(session, changed)
        store.add_history(session, changed.id, line)
        for rol in Rol:
            partij = changed.party(rol)
            if partij is not None:
                notice = {
                    "machtiging": changed.id,
                    "aan": partij,
                    "rol": rol.value,
                    "soort": line.gebeurtenis.value,
                    "door": line.door,
                    "op": line.op.isoformat(),
                }
                store.add_notice(session, notice, line.op)
        if isinstance(changed.status, ENDED):
            for hook in self.on_end:
                hook(session, changed.id, line.op)

    # -- looking ---------------------------------------------------------------------------------

    def find(self, identifier: str) -> Machtiging | None:
        """The machtiging with this id, whoever asks: for other rooms, never for a page."""
        return self._database.read(lambda session: self._store.find(session, identifier))

    def require(self, identifier: str, partij: PartijId) -> tuple[Machtiging, Rol]:
        """The machtiging to which this person is a party, and their role. Raises NotFound."""
        found = self.find(identifier)
        rol = found.role_of(partij) if found is not None else None
        if found is None or rol is None:
            raise errors.NotFound
        return found, rol

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

    def list_representable(
        self, vertegenwoordiger: PartijId, dienst: DienstId, now: datetime
    ) -> list[Machtiging]:
        """What this person could act on at this service at `now`, newest first."""
        known = self._diensten.find(dienst)
        if known is None:
            return []
        rows = self._database.read(
            lambda session: self._store.list_active(session, vertegenwoordiger, dienst, now)
        )
        return [machtiging for machtiging in rows if rules.usable(machtiging, known, now)]

    def find_usable(
        self, identifier: str, vertegenwoordiger: PartijId, dienst: DienstId, now: datetime
    ) -> Machtiging | None:
        """This machtiging, when this representative may act on it at this service at `now`."""
        machtiging, known = self.find(identifier), self._diensten.find(dienst)
        if (
            machtiging is None
            or known is None
            or machtiging.party(Rol.VERTEGENWOORDIGER) != vertegenwoordiger
        ):
            return None
        return machtiging if rules.usable(machtiging, known, now) else None

    def is_active(self, identifier: str, now: datetime) -> bool:
        """Whether it is active and within its period at `now`."""
        machtiging = self.find(identifier)
        if machtiging is None or now < machtiging.geldig_van:
            return False
        return isinstance(rules.status_at(machtiging, now), Actief)

    # -- upkeep ----------------------------------------------------------------------------------

    def deliver_notices(self, handlers: Mapping[str, Handler], now: datetime) -> int:
        """Deliver what waits in the outbox."""
        return store.deliver_notices(self._database, handlers, now)

    def forget_attempts(self, now: datetime) -> None:
        """Throw away the wrong codes that no longer count."""
        self._attempts.forget(now)
