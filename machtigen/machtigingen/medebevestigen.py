"""Deciding jointly: who must agree with what one holder does, their agreement, and nobody left to give it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime

from sqlmodel import Session

from machtigen import errors
from machtigen.diensten.model import DienstId, Grond, Niveau
from machtigen.machtigingen import rules, samen
from machtigen.machtigingen.beperkingen import MaxDiepte
from machtigen.machtigingen.errors import ConflictOfInterest, NotAMember, NothingToConfirm
from machtigen.machtigingen.inzicht import SYSTEM
from machtigen.machtigingen.model import (
    ENDED,
    Actief,
    Gebeurtenis,
    Machtiging,
    Medebevestiging,
    Regel,
    Rol,
)
from machtigen.machtigingen.vastleggen import Perform, Vastleggen
from machtigen.partijen.model import PartijId, is_organisation


class Medebevestigen(Vastleggen):
    """Medebevestigen (confirming jointly). Who is no party to it and not asked: NotFound."""

    def agree(
        self,
        identifier: str,
        mens: PartijId,
        niveau: Niveau,
        now: datetime,
        perform: Perform | None = None,
    ) -> Machtiging:
        """One more agrees. Raises NothingToConfirm, LevelTooLow, NobodyLeftToDecide, ConflictOfInterest."""

        def act(session: Session) -> Machtiging:
            current = self._require_asked(session, identifier, mens)
            if current.wederpartij == mens:
                raise ConflictOfInterest
            agreed = samen.agree(current, mens, niveau, self._holders(session, current), now)
            line = Regel(now, Gebeurtenis.MEDEBEVESTIGD, Rol.VERTEGENWOORDIGDE.value)
            self._write_down(session, agreed, line)
            if isinstance(agreed.status, Actief):
                self.notify(session, agreed, Regel(now, Gebeurtenis.BEVESTIGD, line.door))
            return agreed

        return (perform or self._database.write)(act)

    def refuse_jointly(
        self, identifier: str, mens: PartijId, now: datetime, perform: Perform | None = None
    ) -> Machtiging:
        """One of them refuses, or takes an agreement back: then it ends. Raises NothingToConfirm."""

        def act(session: Session) -> Machtiging:
            current = self._require_asked(session, identifier, mens)
            refused = samen.refuse(current, mens, self._holders(session, current), now)
            kind = Gebeurtenis.GEWEIGERD if refused.status.naam == "geweigerd" else Gebeurtenis.BEEINDIGD
            reden = samen.WITHDRAWN if kind is Gebeurtenis.BEEINDIGD else None
            self._write_down(session, refused, Regel(now, kind, Rol.VERTEGENWOORDIGDE.value, reden))
            return refused

        return (perform or self._database.write)(act)

    def settle_joint(self, session: Session, partij: PartijId, now: datetime) -> None:
        """Somebody holds a joint power no longer: they see no more of what waited for them, and what can no
        longer be decided ends, with a notice to all who are left."""
        for identifier in self._samen.concerned(session, partij):
            current = self._require_locked(session, identifier)
            holders = self._holders(session, current)
            if partij in holders:
                continue
            self._samen.forget(session, identifier, partij)
            if samen.nobody_left(current, holders, now):
                ended = rules.end(current, samen.NOBODY_LEFT, now)
                line = Regel(now, Gebeurtenis.NIEMAND_OVER, SYSTEM, samen.NOBODY_LEFT)
                self._write_down(session, ended, line)
                for one in current.bevestiging.kring if current.bevestiging else ():
                    if one in holders:
                        self.notify_one(session, identifier, one, Rol.VERTEGENWOORDIGDE, line)

    def held_together(
        self, session: Session, vertegenwoordigde: PartijId, grond: Grond, dienst: DienstId
    ) -> list[Machtiging]:
        """Who holds a power on this ground for this party at this service, each by a link of their own."""
        held = self._samen.held_together(session, vertegenwoordigde, grond)
        return [one for one in held if one.covers(dienst)]

    def represented_by(self, session: Session, partij: PartijId) -> set[PartijId]:
        """Whom this party may represent by a link of its own."""
        return self._samen.represented_by(session, partij)

    def tied_to(self, session: Session, partij: PartijId, now: datetime) -> set[PartijId]:
        """Whom this party represents or is represented by at `now`, paused and contested ones included."""
        standing = [one for one in self._samen.standing(session, partij) if not rules.is_over(one, now)]
        return {other for one in standing for other in (one.vertegenwoordigde, one.vertegenwoordiger)} - {
            partij
        }

    def _require_asked(self, session: Session, identifier: str, mens: PartijId) -> Machtiging:
        current = self._require_locked(session, identifier)
        if not self._samen.is_concerned(session, identifier, mens):
            if current.role_of(mens) is None:
                raise errors.NotFound
            raise NothingToConfirm
        return current

    def _holders(self, session: Session, machtiging: Machtiging) -> Collection[PartijId]:
        """Who holds, now, the power on the ground of which this was given."""
        parents = self._zoek.parents(session, machtiging.boven)
        if parents:
            top = parents[-1]
            held = self._samen.held_together(session, top.vertegenwoordigde, top.grond)
            return {one.vertegenwoordiger for one in held}
        giver = machtiging.party(Rol.VERTEGENWOORDIGDE)
        if giver is None or not is_organisation(giver):
            return ()
        return set(self.verbanden.directors(session, giver)[1])

    def _joint(
        self,
        session: Session,
        given: Machtiging,
        parents: Sequence[Machtiging],
        mens: PartijId,
        now: datetime,
    ) -> Medebevestiging | None:
        """Who must agree with what `mens` gives; None when nobody else. Raises NobodyLeftToDecide."""
        if len(parents) > 1:  # they agreed with the link in between, which this only narrows
            return None
        if parents:
            holders = self._holders(session, replace(given, boven=parents[0].id))
            known = self._diensten.find_many_in(session, given.diensten)
            nodig = samen.needed(parents[0].grond, known.values(), len(holders))
            return samen.circle(nodig, holders, mens, now)
        giver = given.party(Rol.VERTEGENWOORDIGDE)
        if giver is None or not is_organisation(giver):
            return None
        nodig, directors = self.verbanden.directors(session, giver)
        return samen.circle(nodig, directors, mens, now)

    def _ask_circle(self, session: Session, machtiging: Machtiging, mens: PartijId, now: datetime) -> None:
        """Let those who must agree see it, and tell them."""
        joint = machtiging.bevestiging
        if joint is None:
            return
        self._samen.add_circle(session, machtiging.id, joint.kring)
        line = Regel(now, Gebeurtenis.INSTEMMING_GEVRAAGD, Rol.VERTEGENWOORDIGDE.value)
        for one in joint.kring:
            if one != mens:
                self.notify_one(session, machtiging.id, one, Rol.VERTEGENWOORDIGDE, line)

    def _require_independent(self, session: Session, current: Machtiging, mens: PartijId) -> None:
        """Who acted for one side does not answer for the other. Raises ConflictOfInterest."""
        asked_for_organisation = mens in self.verbanden.acted(session, current.id)
        agreed = current.bevestiging is not None and any(
            mens == one for one, _ in current.bevestiging.gegeven
        )
        if mens == current.aanvrager or asked_for_organisation or agreed:
            raise ConflictOfInterest

    def _require_member(self, session: Session, answered: Machtiging, parents: Sequence[Machtiging]) -> None:
        """Within an organisation only who works there accepts, unless it may pass the power on to others.
        Raises NotAMember."""
        giver = answered.vertegenwoordigde
        if not is_organisation(giver):
            return
        passed_on = bool(parents) and not any(isinstance(part, MaxDiepte) for part in parents[0].beperkingen)
        if answered.functie is None and not passed_on:
            return
        if not self.verbanden.belongs(session, giver, answered.vertegenwoordiger):
            raise NotAMember

    def _holder_left(self, session: Session, identifier: str, now: datetime) -> None:
        """Hook: a power by law ended."""
        ended = self._store.find(session, identifier)
        if ended is not None and not ended.is_vrijwillig and isinstance(ended.status, ENDED):
            self.settle_joint(session, ended.vertegenwoordiger, now)
