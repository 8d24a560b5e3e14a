"""What a party does with a machtiging that stands: end it, narrow, extend, pause, contest."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import datetime

from sqlmodel import Session

from machtigen.diensten.model import Niveau
from machtigen.machtigingen import changes, keten, paging, rules, zoekstore
from machtigen.machtigingen.inzicht import SYSTEM
from machtigen.machtigingen.model import Betwisting, Gebeurtenis, Inperking, Machtiging, Regel, Rol
from machtigen.machtigingen.vastleggen import Perform, Vastleggen
from machtigen.partijen.model import PartijId

CONTESTS = 100  # on one page


class Wijzigen(Vastleggen):
    """Wijzigen (changing): the acts of the parties. All raise NotFound for who is no party."""

    def _simply(
        self,
        rule: Callable[[Machtiging, PartijId, datetime], Machtiging],
        kind: Gebeurtenis,
        identifier: str,
        door: PartijId,
        now: datetime,
        perform: Perform | None,
    ) -> Machtiging:
        """An act that says no more than who and when."""
        return self._change(
            identifier, door, kind, lambda _session, current: rule(current, door, now), now, perform
        )

    def revoke(
        self, identifier: str, door: PartijId, now: datetime, perform: Perform | None = None
    ) -> Machtiging:
        """The represented person ends it; before an answer, who asked withdraws it."""
        return self._simply(rules.revoke, Gebeurtenis.INGETROKKEN, identifier, door, now, perform)

    def renounce(
        self, identifier: str, door: PartijId, now: datetime, perform: Perform | None = None
    ) -> Machtiging:
        """The representative gives it up."""
        return self._simply(rules.renounce, Gebeurtenis.OPGEZEGD, identifier, door, now, perform)

    def narrow(
        self,
        identifier: str,
        inperking: Inperking,
        door: PartijId,
        now: datetime,
        perform: Perform | None = None,
    ) -> Machtiging:
        """Less than before, at once; the links below give less with it."""
        return self._change(
            identifier,
            door,
            Gebeurtenis.BEPERKT,
            lambda _session, current: changes.narrow(current, inperking, door, now),
            now,
            perform,
        )

    def extend(
        self,
        identifier: str,
        geldig_tot: datetime,
        door: PartijId,
        niveau: Niveau,
        now: datetime,
        perform: Perform | None = None,
    ) -> Machtiging:
        """Propose a later end, or agree to the one that the other side proposed."""

        def act(session: Session) -> Machtiging:
            current = self._require_locked(session, identifier)
            extended = changes.extend(current, geldig_tot, door, niveau, now)
            self._require_within_chain(session, changes.lasting_until(current, geldig_tot), now)
            agreed = extended.voorstel is None
            if agreed:
                zoekstore.forget_reminders(session, identifier)
            kind = Gebeurtenis.VERLENGD if agreed else Gebeurtenis.VERLENGING_GEVRAAGD
            rol = current.role_of(door) or Rol.VERTEGENWOORDIGDE
            self._write_down(session, extended, Regel(now, kind, rol.value), before=current)
            return extended

        return (perform or self._database.write)(act)

    def _require_within_chain(self, session: Session, link: Machtiging, now: datetime) -> None:
        parents = self._zoek.parents(session, link.boven)
        if parents:
            keten.require_within(link, parents, now)

    def refuse_extension(
        self, identifier: str, door: PartijId, now: datetime, perform: Perform | None = None
    ) -> Machtiging:
        """Turn a proposal to extend down, or take one's own back."""
        kind = Gebeurtenis.VERLENGING_AFGEWEZEN
        return self._simply(changes.refuse_extension, kind, identifier, door, now, perform)

    def pause(
        self, identifier: str, door: PartijId, now: datetime, perform: Perform | None = None
    ) -> Machtiging:
        """Nothing can be done with it, nor with the links below, until it is resumed."""
        return self._simply(changes.pause, Gebeurtenis.GEPAUZEERD, identifier, door, now, perform)

    def resume(
        self, identifier: str, door: PartijId, now: datetime, perform: Perform | None = None
    ) -> Machtiging:
        """Who paused it lets it go on."""
        return self._simply(changes.resume, Gebeurtenis.HERVAT, identifier, door, now, perform)

    def contest(
        self,
        identifier: str,
        reden: str | None,
        door: PartijId,
        now: datetime,
        perform: Perform | None = None,
    ) -> Machtiging:
        """Freeze it until it has been judged. `reden`: in the person's own words, kept sealed."""

        def change(session: Session, current: Machtiging) -> Machtiging:
            contested = changes.contest(current, door, now)
            number = secrets.token_urlsafe(16)
            sealed = self._seal.seal(reden, number) if reden else None
            rol = current.role_of(door) or Rol.VERTEGENWOORDIGDE
            zoekstore.add_contest(session, number, identifier, rol.value, sealed, now)
            return contested

        return self._change(identifier, door, Gebeurtenis.BETWIST, change, now, perform)

    def settle_contest(
        self, identifier: str, *, stands: bool, now: datetime, perform: Perform | None = None
    ) -> Machtiging:
        """The judgement of a contest, by who is appointed for it: it goes on as it was, or it ends."""

        def act(session: Session) -> Machtiging:
            current = self._require_locked(session, identifier)
            judged = changes.settle_contest(current, stands=stands, now=now)
            zoekstore.settle_contest(session, identifier, "blijft" if stands else "vervalt", now)
            kind = Gebeurtenis.BETWISTING_AFGEWEZEN if stands else Gebeurtenis.BEEINDIGD
            line = Regel(now, kind, SYSTEM, None if stands else "contested")
            self._write_down(session, judged, line, before=current)
            return judged

        return (perform or self._database.write)(act)

    def list_contests(
        self, na: str | None = None, limit: int = CONTESTS
    ) -> tuple[list[Betwisting], str | None]:
        """Contests that wait for a judgement, oldest first, and the cursor of the next page.

        Raises InvalidCursor.
        """
        after = paging.decode(na) if na else None
        found = self._database.read(lambda session: zoekstore.list_contests(session, after, limit + 1))
        page = [
            Betwisting(machtiging, op, Rol(rol), self._seal.open(reden, number) if reden else None)
            for number, machtiging, op, rol, reden in found[:limit]
        ]
        last = found[limit - 1] if len(found) > limit else None
        return page, paging.encode(last[2], last[0]) if last else None
