"""The verbs of machtigingen. Each: one transaction of load, rules, save, history, outbox, hooks."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Protocol, TypeVar

from sqlmodel import Session

from keys.kernel.database import Database
from keys.kernel.gebeurtenis import Handler
from keys.kernel.log import Log
from machtigen import errors
from machtigen.diensten.model import Niveau
from machtigen.diensten.service import Diensten
from machtigen.machtigingen import codes, rules, store
from machtigen.machtigingen.attempts import Attempts
from machtigen.machtigingen.inzicht import SYSTEM, Inzicht
from machtigen.machtigingen.model import (
    ENDED,
    Aanvraag,
    Gebeurtenis,
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


class Perform(Protocol):
    """Runs an act in one transaction, as `Database.write`; repeated requests have one of their own."""

    def __call__(self, act: Callable[[Session], T], /) -> T:
        """Run it and give back its result."""
        ...


class Machtigingen(Inzicht):
    """Grant, ask, accept, decline, revoke, renounce; and who may act for whom right now.

    `codes_key`: 32 bytes. `on_end` hooks run in the transaction that ends a machtiging. Wrong codes are
    told to `log`, as a number of lines and nothing more.
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
        super().__init__(database, diensten, MachtigingStore(seal))
        self._codes_key = codes_key
        self._attempts = Attempts(database, log)
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
        machtiging = self._asked(aanvraag, door, rol, niveau, now, codes.digest(code, self._codes_key))

        def act(session: Session) -> Uitgegeven:
            self._store.add(session, machtiging, now)
            store.add_history(session, machtiging.id, Regel(now, Gebeurtenis.AANGEVRAAGD, rol.value))
            return Uitgegeven(machtiging, codes.show(code))

        return (perform or self._database.write)(act)

    def _asked(
        self, aanvraag: Aanvraag, door: PartijId, rol: Rol, niveau: Niveau, now: datetime, code_hash: bytes
    ) -> Machtiging:
        return rules.request(
            aanvraag,
            self._diensten.find_many(aanvraag.diensten),
            identifier=secrets.token_urlsafe(16),
            door=door,
            rol=rol,
            niveau=niveau,
            code_hash=code_hash,
            now=now,
        )

    def check(
        self, aanvraag: Aanvraag, door: PartijId, rol: Rol, niveau: Niveau, now: datetime
    ) -> Machtiging:
        """What this would become, without making it; raises what `grant` and `ask` would."""
        return self._asked(aanvraag, door, rol, niveau, now, bytes(32))

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

    # -- upkeep ----------------------------------------------------------------------------------

    def deliver_notices(self, handlers: Mapping[str, Handler], now: datetime) -> int:
        """Deliver what waits in the outbox."""
        return store.deliver_notices(self._database, handlers, now)

    def forget_attempts(self, now: datetime) -> None:
        """Throw away the wrong codes that no longer count."""
        self._attempts.forget(now)
