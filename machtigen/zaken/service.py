"""Register and close cases; let a professional act in one; whose interest stands in the way."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from datetime import datetime

from sqlmodel import Session

from keys.kernel.database import Database
from machtigen import errors
from machtigen.diensten.errors import InvalidRegistration, RegistrationDiffers
from machtigen.diensten.model import DienstId, Grond
from machtigen.diensten.service import Diensten
from machtigen.machtigingen.errors import ConflictOfInterest
from machtigen.machtigingen.model import Machtiging
from machtigen.machtigingen.service import Machtigingen, Perform
from machtigen.machtigingen.wettelijk import Spiegeling
from machtigen.partijen.model import PartijId
from machtigen.zaken import rules, store
from machtigen.zaken.model import Zaak

CLOSED = "case-closed"
Professions = Callable[[Session, PartijId], Mapping[str, str]]


class Zaken:
    """The room's verbs. `professions`: in which registers a person stands, profession → source."""

    def __init__(
        self, database: Database, diensten: Diensten, machtigingen: Machtigingen, professions: Professions
    ) -> None:
        self._database = database
        self._diensten = diensten
        self._machtigingen = machtigingen
        self._professions = professions

    def register(
        self,
        actor: str,
        kenmerk: str,
        dienst: DienstId,
        betrokkene: PartijId,
        wederpartijen: Collection[PartijId],
        now: datetime,
        perform: Perform | None = None,
    ) -> bool:
        """A service registers a case. True: new; False: it was there, exactly so.

        Raises InvalidRegistration for a service of another actor, RegistrationDiffers.
        """
        wanted = Zaak(
            secrets.token_urlsafe(16), actor, kenmerk, dienst, betrokkene, frozenset(wederpartijen), now
        )

        def act(session: Session) -> bool:
            known_dienst = self._diensten.find_in(session, dienst)
            if known_dienst is None or known_dienst.actor != actor:
                raise InvalidRegistration
            known = store.find(session, actor, kenmerk)
            if known is None:
                store.add(session, wanted)
                return True
            same = replace(wanted, id=known.id, gemeld_op=known.gemeld_op, gesloten_op=known.gesloten_op)
            if same != known:
                raise RegistrationDiffers
            return False

        return (perform or self._database.write)(act)

    def close(self, actor: str, kenmerk: str, now: datetime, perform: Perform | None = None) -> None:
        """The case is over: what is bound to it ends, and so does what professionals could do in it.

        Raises NotFound.
        """

        def act(session: Session) -> None:
            zaak = store.find(session, actor, kenmerk, lock=True)
            if zaak is None:
                raise errors.NotFound
            if zaak.gesloten_op is not None:
                return
            store.close(session, zaak.id, now)

            def bound(machtiging: Machtiging) -> bool:
                known = self._diensten.find_many_in(session, machtiging.diensten).values()
                of_actor = bool(known) and all(dienst.actor == actor for dienst in known)
                return machtiging.zaak == kenmerk and of_actor

            self._machtigingen.end_where(session, zaak.betrokkene, bound, CLOSED, now)

        (perform or self._database.write)(act)

    def act_professionally(
        self, door: PartijId, dienst: str, kenmerk: str, now: datetime, perform: Perform | None = None
    ) -> Machtiging:
        """Somebody acts in one case by profession, without machtiging: the represented person is told and
        may contest it.

        Raises GroundNotAccepted, ProfessionNotAccepted, ServiceUnknown, ConflictOfInterest; CodeUnknown for
        a case that is not there, is closed or is another service's, and TooManyAttempts.
        """

        def act(session: Session) -> Machtiging:
            known = self._diensten.find_in(session, dienst)
            if known is None:
                raise errors.ServiceUnknown
            professions = self._professions(session, door)
            beroep, actions = rules.professional_actions(known, professions)
            zaak = store.find(session, known.actor, kenmerk, lock=True)
            if zaak is None or zaak.gesloten_op is not None or zaak.dienst != known.id:
                raise errors.CodeUnknown
            if door == zaak.betrokkene or rules.conflicts(zaak, {door}):
                raise ConflictOfInterest
            said = Spiegeling(
                zaak.betrokkene, door, Grond.BEROEPSMATIG, professions[beroep], now, beroep, leased=False
            )
            return self._machtigingen.mirror_for_case(session, said, known.id, actions, kenmerk, now)

        return self._machtigingen.attempts.guard(door, now, lambda: (perform or self._database.write)(act))

    def in_conflict(self, actor: str, kenmerk: str | None, handelenden: Collection[PartijId]) -> bool:
        """Whether one of those who would act has an opposite interest in this case."""
        if kenmerk is None:
            return False
        zaak = self._database.read(lambda session: store.find(session, actor, kenmerk))
        return rules.conflicts(zaak, handelenden)
