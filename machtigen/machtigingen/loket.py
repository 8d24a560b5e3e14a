"""Acts at a desk, for people without digital means. Each is part of the caller's transaction.

Who stands there was identified by a clerk; what the two parties want stands on paper, with their signatures.
The history says `balie`, never which clerk.
"""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session

from machtigen import errors
from machtigen.machtigingen import rules
from machtigen.machtigingen.model import Aangevraagd, Gebeurtenis, Machtiging, Regel, Rol
from machtigen.machtigingen.toestanden import STANDING
from machtigen.machtigingen.vastleggen import Vastleggen
from machtigen.partijen.model import PartijId

DESK = "balie"


class Loket(Vastleggen):
    """Loket (desk): register what was signed on paper, and end what somebody wants ended."""

    def begin_at_desk(self, session: Session, made: Machtiging, now: datetime) -> None:
        """A machtiging that was signed on paper; both sides are told. Raises AlreadyAuthorised."""
        existing = self._store.between(session, made.vertegenwoordigde, made.vertegenwoordiger)
        if rules.covered(made, existing, now):
            raise errors.AlreadyAuthorised
        line = Regel(now, Gebeurtenis.AAN_BALIE, DESK)
        self._begin(session, made, line)
        self.notify(session, made, line)

    def end_at_desk(self, session: Session, identifier: str, partij: PartijId, now: datetime) -> Machtiging:
        """The person at the desk ends it, from their side. Raises NotFound for who is no party to it.

        Also SetByLaw, AlreadyEnded, NotYetAccepted.
        """
        current = self._require_locked(session, identifier)
        rol = current.role_of(partij)
        if rol is None:
            raise errors.NotFound
        takes_back = rol is Rol.VERTEGENWOORDIGDE or isinstance(current.status, Aangevraagd)
        ended = (rules.revoke if takes_back else rules.renounce)(current, partij, now)
        kind = Gebeurtenis.INGETROKKEN if takes_back else Gebeurtenis.OPGEZEGD
        self._write_down(session, ended, Regel(now, kind, DESK), before=current)
        return ended

    def stands_between(self, session: Session, one: PartijId, other: PartijId, now: datetime) -> bool:
        """Whether one of these two represents the other, on any ground, for whatever case."""
        found = self._store.between(session, one, other)
        return any(isinstance(rules.status_at(link, now), STANDING) for link in found)
