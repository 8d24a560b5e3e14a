"""Writing down a change: state, history, notices, the links below, the hooks. All or nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import TypeVar

from sqlmodel import Session

from keys.kernel.database import Database
from machtigen import errors
from machtigen.base import Perform
from machtigen.diensten.service import Diensten
from machtigen.machtigingen import rules, store
from machtigen.machtigingen.geschiedenis import changed as changed_content
from machtigen.machtigingen.geschiedenis import content_of
from machtigen.machtigingen.inzicht import SYSTEM, Inzicht
from machtigen.machtigingen.model import ENDED, Actief, Gebeurtenis, Machtiging, Regel, Rol
from machtigen.machtigingen.store import MachtigingStore
from machtigen.machtigingen.verbanden import Verbanden
from machtigen.partijen.model import PartijId
from machtigen.sealing import Seal

__all__ = ["OnEnd", "Perform", "Vastleggen"]

T = TypeVar("T")
OnEnd = Callable[[Session, str, datetime], None]
Change = Callable[[Session, Machtiging], Machtiging]
PARENT_ENDED = "parent-ended"


class Vastleggen(Inzicht):
    """Vastleggen (recording): what every act on a machtiging does in its transaction.

    `on_end` hooks run when it ends, and also when it is frozen or narrowed: what was given out on it
    no longer holds.
    """

    def __init__(self, database: Database, diensten: Diensten, seal: Seal) -> None:
        super().__init__(database, diensten, MachtigingStore(seal))
        self._seal = seal
        self.on_end: list[OnEnd] = []
        self.silent: Callable[[Session, PartijId], bool] = lambda _session, _partij: False
        self.verbanden = Verbanden()

    def _change(
        self,
        identifier: str,
        door: PartijId,
        gebeurtenis: Gebeurtenis,
        change: Change,
        now: datetime,
        perform: Perform | None,
    ) -> Machtiging:
        """An act of a party on a machtiging. Raises NotFound for who is no party to it."""

        def act(session: Session) -> Machtiging:
            current = self._require_locked(session, identifier)
            rol = current.role_of(door)
            if rol is None:
                raise errors.NotFound
            changed = change(session, current)
            self._write_down(session, changed, Regel(now, gebeurtenis, rol.value), before=current)
            return changed

        return (perform or self._database.write)(act)

    def _require_locked(self, session: Session, identifier: str) -> Machtiging:
        """A machtiging, ours until the transaction ends; the links above it were locked first."""
        links = self._zoek.parents(session, identifier, lock=True)
        if not links or links[0].id != identifier:
            raise errors.NotFound
        return links[0]

    def _begin(self, session: Session, made: Machtiging, line: Regel) -> None:
        """A new machtiging, and the first line of its history, which says what it gives."""
        self._store.add(session, made, line.op)
        store.add_history(session, made.id, replace(line, inhoud=content_of(made)))

    def _write_down(
        self, session: Session, changed: Machtiging, line: Regel, before: Machtiging | None = None
    ) -> None:
        self._store.save(session, changed)
        acting = line.door == Rol.VERTEGENWOORDIGER.value
        functie = changed.functie if acting else line.functie
        content = changed_content(before, changed) if before is not None else None
        store.add_history(session, changed.id, replace(line, functie=functie, inhoud=content))
        self.notify(session, changed, line)
        if isinstance(changed.status, ENDED):
            self._run_hooks(session, changed.id, line.op)
            self._end_below(session, changed.id, line.op)
        elif before is not None and _gives_less(before, changed):
            for link in (changed, *self._zoek.below(session, changed.id)):
                self._run_hooks(session, link.id, line.op)

    def _end_below(self, session: Session, identifier: str, now: datetime) -> None:
        """A link never outlives the one above it: all links below end in the same transaction."""
        for link in self._zoek.below(session, identifier):
            ended, line = ended_by_itself(link, PARENT_ENDED, now)
            self._store.save(session, ended)
            store.add_history(session, link.id, line)
            self.notify(session, ended, line)
            self._run_hooks(session, link.id, now)

    def _run_hooks(self, session: Session, identifier: str, now: datetime) -> None:
        for hook in self.on_end:
            hook(session, identifier, now)

    def notify(self, session: Session, machtiging: Machtiging, line: Regel) -> None:
        """A notice to both sides, in the outbox; `silent` says who gets none."""
        for rol in Rol:
            partij = machtiging.party(rol)
            if partij is not None:
                self.notify_one(session, machtiging.id, partij, rol, line)

    def notify_one(self, session: Session, identifier: str, partij: PartijId, rol: Rol, line: Regel) -> None:
        """A notice to one party, in the outbox."""
        if not self.silent(session, partij):
            notice = {
                "machtiging": identifier,
                "aan": partij,
                "rol": rol.value,
                "soort": line.gebeurtenis.value,
                "door": line.door,
                "op": line.op.isoformat(),
            }
            store.add_notice(session, notice, line.op)


def ended_by_itself(machtiging: Machtiging, reden: str, now: datetime) -> tuple[Machtiging, Regel]:
    """Ended for this reason, with its line of history; unless time had ended it before."""
    over = rules.expire(machtiging, now)
    if isinstance(over.status, ENDED):
        return over, Regel(over.status.op, Gebeurtenis.VERLOPEN, SYSTEM)
    return rules.end(machtiging, reden, now), Regel(now, Gebeurtenis.BEEINDIGD, SYSTEM, reden)


def _gives_less(before: Machtiging, changed: Machtiging) -> bool:
    """Whether what was given out on it may no longer hold: frozen, or narrowed."""
    frozen = isinstance(before.status, Actief) and not isinstance(changed.status, Actief)
    return frozen or len(changed.beperkingen) > len(before.beperkingen)
