"""Gevolgen (consequences) of life events for facts and powers, within the transaction of the event."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session

from keys.kernel.database import Database
from machtigen.diensten.model import Grond
from machtigen.feiten.model import Feit, Vermelding
from machtigen.feiten.rules import OF_CHILDREN, Einde, bars, ends_after, ends_when
from machtigen.feiten.service import Feiten
from machtigen.machtigingen.model import Machtiging, Rol
from machtigen.machtigingen.service import Machtigingen
from machtigen.machtigingen.wettelijk import Spiegeling
from machtigen.ontvangst.model import RENEWAL, Bericht, Wijziging
from machtigen.ontvangst.rules import ends_of_the_past
from machtigen.ontvangst.store import Gespiegeld
from machtigen.partijen.model import PartijId
from machtigen.sealing import Seal

BATCH = 200
BY_SOURCE = "bron"  # why it ended, when the source does not say more


class Gevolgen:
    """Works on the rooms of facts and of machtigingen."""

    def __init__(self, database: Database, feiten: Feiten, machtigingen: Machtigingen, seal: Seal) -> None:
        self._database = database
        self._store = Gespiegeld(seal)
        self._feiten = feiten
        self._machtigingen = machtigingen

    def apply(self, session: Session, bericht: Bericht, now: datetime) -> None:
        """Everything that one event changes."""
        for change in bericht.wijzigingen:
            if isinstance(change.wat, Feit):
                self._fact(session, change.wat, change, bericht.volgnummer, now)
            elif change.partij is not None:
                self._power(session, change.wat, change.partij, change, bericht, now)

    def settle(self, now: datetime, limit: int = BATCH) -> int:
        """Facts that time has ended: what goes with them ends too."""
        if not self._database.read(lambda session: self._feiten.over(session, now, 1)):
            return 0

        def act(session: Session) -> int:
            found = self._feiten.over(session, now, limit)
            for one in found:
                ended = Vermelding(one.partij, one.feit, geldt=False, volgnummer=one.volgnummer)
                self._feiten.note(session, ended)
                self._end(session, one.partij, ends_after(one.feit), now)
            return len(found)

        return self._database.write(act)

    # -- facts -----------------------------------------------------------------------------------

    def _fact(self, session: Session, feit: Feit, change: Wijziging, volgnummer: int, now: datetime) -> None:
        said = Vermelding(change.persoon, feit, change.geldt, volgnummer, change.eindigt_op)
        if not self._feiten.note(session, said):
            if said.geldt and feit is not Feit.MINDERJARIG:  # it held for a while: what it ended stays ended
                self._end(session, change.persoon, ends_of_the_past(ends_when(feit)), now)
            return
        if not said.holds_at(now):
            if said.geldt:  # it came after the end that it tells of
                self._feiten.note(session, Vermelding(said.partij, feit, False, volgnummer))
            self._end(session, change.persoon, ends_after(feit), now)
            return
        self._end(session, change.persoon, ends_when(feit), now)
        if feit is Feit.MINDERJARIG and change.eindigt_op is not None:
            self._machtigingen.cap_leases(session, change.persoon, OF_CHILDREN, change.eindigt_op)

    def _end(self, session: Session, partij: PartijId, einden: tuple[Einde, ...], now: datetime) -> None:
        for einde in einden:
            rol = None
            if einde.als_vertegenwoordigde is not None:
                rol = Rol.VERTEGENWOORDIGDE if einde.als_vertegenwoordigde else Rol.VERTEGENWOORDIGER
            ended = self._machtigingen.end_all_of(
                session, partij, einde.reden, now, gronden=einde.gronden, rol=rol
            )
            self._offer(session, partij, ended, now)

    def _offer(self, session: Session, partij: PartijId, ended: list[Machtiging], now: datetime) -> None:
        """Who comes of age may let the parent go on, in one step."""
        if not self._feiten.came_of_age(session, partij, now):
            return
        for one in ended:
            if one.grond in OF_CHILDREN and one.vertegenwoordigde == partij:
                self._machtigingen.offer(session, one, now)

    # -- powers ----------------------------------------------------------------------------------

    def _power(
        self,
        session: Session,
        grond: Grond,
        partij: PartijId,
        change: Wijziging,
        bericht: Bericht,
        now: datetime,
    ) -> None:
        key = (grond.value, change.persoon, partij)
        renewal = bericht.soort == RENEWAL
        if not self._store.is_newest(session, key, bericht.volgnummer):
            return
        if not renewal:  # a renewal must not keep a late beginning from its effect
            self._store.note_last(session, key, bericht.volgnummer)
        if not change.geldt:
            reden = change.reden or BY_SOURCE
            self._machtigingen.end_by_law(session, change.persoon, partij, grond, reden, now)
            return
        if self._is_barred(session, grond, change.persoon, partij, now):
            return
        spiegeling = Spiegeling(
            vertegenwoordigde=change.persoon,
            vertegenwoordiger=partij,
            grond=grond,
            bron=change.bron,
            geldig_van=min(change.sinds or now, now),
            lease_tot=self._lease_tot(session, grond, change),
        )
        if renewal:
            self._machtigingen.renew_leases(session, [spiegeling], now)
            return
        mirrored = self._machtigingen.mirror(session, spiegeling, now)
        if change.in_onderzoek:
            self._machtigingen.freeze_by_law(session, mirrored, now)
        else:
            self._machtigingen.unfreeze_by_law(session, mirrored, now)

    def _lease_tot(self, session: Session, grond: Grond, change: Wijziging) -> datetime | None:
        """No longer than until the child comes of age, once that moment was told."""
        of_age = self._feiten.until(session, change.persoon, Feit.MINDERJARIG)
        ends = [change.lease_tot, of_age if grond in OF_CHILDREN else None]
        return min((end for end in ends if end is not None), default=None)

    def _is_barred(
        self, session: Session, grond: Grond, persoon: PartijId, partij: PartijId, now: datetime
    ) -> bool:
        """Whether what is known by now stands in the way of what this, perhaps late, event says."""
        if grond in OF_CHILDREN and self._feiten.came_of_age(session, persoon, now):
            return True
        of_both = (self._feiten.within(session, one, now) for one in (persoon, partij))
        return bars(grond, *of_both)
