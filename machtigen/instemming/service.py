"""Ask the other holders of a joint power, agree, refuse, withdraw; and what counts for a use."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import datetime

from sqlmodel import Session

from keys.kernel.database import Database
from machtigen import errors
from machtigen.base import Perform
from machtigen.diensten.model import Dienst, DienstId, Niveau
from machtigen.diensten.service import Diensten
from machtigen.instemming import rules, store
from machtigen.instemming.model import Aanbod, Gezamenlijk, Instemming, InstemmingAanvraag, Stand
from machtigen.machtigingen.errors import NobodyLeftToDecide, NothingToConfirm
from machtigen.machtigingen.keten import Keten
from machtigen.machtigingen.model import Gebeurtenis, Regel, Rol
from machtigen.machtigingen.service import Machtigingen
from machtigen.partijen.model import PartijId


class Instemmingen:
    """The room's verbs. Who is neither the asker nor a holder of the same power: NotFound."""

    def __init__(self, database: Database, diensten: Diensten, machtigingen: Machtigingen) -> None:
        self._database = database
        self._diensten = diensten
        self._machtigingen = machtigingen

    def ask(
        self,
        wanted: InstemmingAanvraag,
        verzoeker: PartijId,
        niveau: Niveau,
        now: datetime,
        perform: Perform | None = None,
    ) -> Stand:
        """Ask the others to use a joint power. Raises NotFound, LevelTooLow, NothingToConfirm where nobody
        else needs to agree, NobodyLeftToDecide, and what the period and the actions raise."""
        keten, dienst = self._usable(wanted.machtiging, wanted.dienst, verzoeker, now)
        if not niveau.reaches(keten.effectief.min_niveau):
            raise errors.LevelTooLow
        actions = rules.check_actions(wanted.handelingen, keten, dienst)
        until = rules.check_period(wanted.geldig_tot, now)

        def act(session: Session) -> Stand:
            able, nodig = self._deciding(session, keten, dienst, now)
            made = Instemming(
                id=secrets.token_urlsafe(16),
                machtiging=keten.id,
                vertegenwoordigde=keten.vertegenwoordigde,
                verzoeker=verzoeker,
                grond=keten.grond,
                dienst=dienst.id,
                handelingen=actions,
                zaak=wanted.zaak,
                nodig=nodig,
                aantal=wanted.aantal,
                gevraagd_op=now,
                geldig_tot=until,
                stemmen=((verzoeker, now),) if verzoeker in able else (),
            )
            store.add(session, made)
            self._tell(session, made, able, Gebeurtenis.INSTEMMING_GEVRAAGD, verzoeker, now)
            return self._stand(made, verzoeker, able, now)

        return (perform or self._database.write)(act)

    def agree(
        self, identifier: str, door: PartijId, niveau: Niveau, now: datetime, perform: Perform | None = None
    ) -> Stand:
        """Another holder is for it. Raises NotFound, NothingToConfirm, LevelTooLow."""

        def act(session: Session) -> Stand:
            current = self._require(session, identifier, door, now, lock=True)
            able = self._able(session, current, now)
            agreed = rules.agree(current, door, able, now)
            dienst = self._diensten.find_in(session, current.dienst)
            if dienst is not None and not niveau.reaches(dienst.min_niveau):
                raise errors.LevelTooLow
            store.add_vote(session, identifier, door, now)
            self._tell(session, agreed, able, Gebeurtenis.INGESTEMD, door, now)
            return self._stand(agreed, door, able, now)

        return (perform or self._database.write)(act)

    def end(self, identifier: str, door: PartijId, now: datetime, perform: Perform | None = None) -> Stand:
        """Another holder refuses, or who asked withdraws: tokens that rest on it end with it.

        Raises NotFound, NothingToConfirm.
        """

        def act(session: Session) -> Stand:
            current = self._require(session, identifier, door, now, lock=True)
            able = self._able(session, current, now)
            ended = rules.end(current, door, able, now)
            store.end(session, ended)
            for hook in self._machtigingen.on_end:
                hook(session, identifier, now)
            self._tell(session, ended, able, Gebeurtenis.INSTEMMING_GEWEIGERD, door, now)
            return self._stand(ended, door, able, now)

        return (perform or self._database.write)(act)

    # -- looking ---------------------------------------------------------------------------------

    def require(self, identifier: str, lezer: PartijId, now: datetime) -> Stand:
        """One request, and what this person may do with it. Raises NotFound."""

        def act(session: Session) -> Stand:
            found = self._require(session, identifier, lezer, now)
            return self._stand(found, lezer, self._able(session, found, now), now)

        return self._database.read(act)

    def list_for(self, lezer: PartijId, now: datetime) -> list[Stand]:
        """What this person asked, or is asked, or is asked about them; newest first."""

        def act(session: Session) -> list[Stand]:
            about = self._machtigingen.represented_by(session, lezer)
            found = [*store.list_of(session, lezer, now), *store.list_about(session, {lezer, *about}, now)]
            unique = {one.id: one for one in found}.values()
            shown = [(one, self._able(session, one, now)) for one in unique]
            mine = [
                self._stand(one, lezer, able, now)
                for one, able in shown
                if lezer in able or lezer in {one.verzoeker, one.vertegenwoordigde}
            ]
            return sorted(mine, key=lambda stand: stand.instemming.gevraagd_op, reverse=True)

        return self._database.read(act)

    def offer(self, machtiging: str, dienst: str, lezer: PartijId, now: datetime) -> Aanbod:
        """What this person may ask the others to do by this power at this service. Raises NotFound,
        NothingToConfirm where nobody else needs to agree, NobodyLeftToDecide."""
        keten, known = self._usable(machtiging, dienst, lezer, now)
        able, nodig = self._database.read(lambda session: self._deciding(session, keten, known, now))
        actions = keten.effectief.handelingen & known.handelingen
        return Aanbod(keten.id, keten.vertegenwoordigde, known, actions, nodig, tuple(sorted(able)))

    def list_joint(self, machtiging: str, lezer: PartijId, now: datetime) -> list[Dienst]:
        """The services where who holds this power by law needs the agreement of others. Raises NotFound."""
        found, _ = self._machtigingen.require(machtiging, lezer)
        if found.is_vrijwillig or lezer != found.party(Rol.VERTEGENWOORDIGER):
            return []
        usable = [one for one in self._diensten.list_joint(found.grond) if found.covers(one.id)]

        def act(session: Session) -> list[Dienst]:
            keten = Keten((found,))
            return [one for one in usable if self._circle(session, keten, one, now)[1] > 1]

        return self._database.read(act) if usable else []

    # -- using -----------------------------------------------------------------------------------

    def for_use(
        self, keten: Keten, dienst: Dienst, zaak: str | None, now: datetime
    ) -> tuple[bool, Gezamenlijk | None]:
        """(whether this use may go on, the agreement that it rests on when others must agree)."""
        if dienst.quorum.get(keten.grond, 1) <= 1:
            return True, None

        def act(session: Session) -> tuple[bool, Gezamenlijk | None]:
            able, nodig = self._circle(session, keten, dienst, now)
            if nodig <= 1:
                return True, None
            asked = store.list_of(session, keten.schakel.vertegenwoordiger, now)
            found = [rules.counts(one, keten, dienst, zaak, able, nodig, now) for one in asked]
            counted = next((one for one in found if one is not None), None)
            return counted is not None, counted

        return self._database.read(act)

    def spend(self, session: Session, identifier: str, now: datetime) -> None:
        """Count a use, in the transaction that lets it happen. Raises NotActive when it counts no longer."""
        if not store.spend(session, identifier, now):
            raise errors.NotActive

    # -- inside ----------------------------------------------------------------------------------

    def _usable(self, machtiging: str, dienst: str, lezer: PartijId, now: datetime) -> tuple[Keten, Dienst]:
        keten = self._machtigingen.find_usable(machtiging, lezer, DienstId(dienst), now)
        known = self._diensten.find(dienst)
        if keten is None or known is None:
            raise errors.NotFound
        return keten, known

    def _deciding(
        self, session: Session, keten: Keten, dienst: Dienst, now: datetime
    ) -> tuple[Mapping[PartijId, str], int]:
        """The circle, where there is something to decide together."""
        able, nodig = self._circle(session, keten, dienst, now)
        if nodig <= 1:
            raise NothingToConfirm
        if len(able) < nodig:
            raise NobodyLeftToDecide
        return able, nodig

    @staticmethod
    def _stand(one: Instemming, lezer: PartijId, able: Mapping[PartijId, str], now: datetime) -> Stand:
        return Stand(one, rules.acties(one, lezer, able, now), tuple(sorted(able)))

    def _circle(
        self, session: Session, keten: Keten, dienst: Dienst, now: datetime
    ) -> tuple[Mapping[PartijId, str], int]:
        """(who can decide now and by which link, how many must)."""
        held = self._machtigingen.held_together(session, keten.vertegenwoordigde, keten.grond, dienst.id)
        return rules.able(held, now), rules.needed(keten, dienst, len(held))

    def _able(self, session: Session, one: Instemming, now: datetime) -> Mapping[PartijId, str]:
        held = self._machtigingen.held_together(session, one.vertegenwoordigde, one.grond, one.dienst)
        return rules.able(held, now)

    def _require(
        self, session: Session, identifier: str, lezer: PartijId, now: datetime, *, lock: bool = False
    ) -> Instemming:
        found = store.find(session, identifier, lock=lock)
        if found is None:
            raise errors.NotFound
        concerned = {found.verzoeker, found.vertegenwoordigde, *self._able(session, found, now)}
        if lezer not in concerned:
            raise errors.NotFound
        return found

    def _tell(
        self,
        session: Session,
        one: Instemming,
        able: Mapping[PartijId, str],
        kind: Gebeurtenis,
        door: PartijId,
        now: datetime,
    ) -> None:
        """Tell the holders, each about their own power, and the represented person."""
        line = Regel(now, kind, Rol.VERTEGENWOORDIGER.value)
        for who, link in {**able, one.verzoeker: one.machtiging}.items():
            if who != door:
                self._machtigingen.notify_one(session, link, who, Rol.VERTEGENWOORDIGER, line)
        about = one.vertegenwoordigde
        self._machtigingen.notify_one(session, one.machtiging, about, Rol.VERTEGENWOORDIGDE, line)
