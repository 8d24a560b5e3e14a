"""Powers that the law or a court gave, mirrored from their source, and what life changes by itself.

Users never create or revoke these. A mirrored power is a lease: it counts until `lease_tot`, and the
source renews it. It is registered at level hoog, for the source is a public register.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlmodel import Session

from machtigen.diensten.model import DienstId, Grond, Handeling, Niveau
from machtigen.machtigingen import rules
from machtigen.machtigingen.beperkingen import (
    AlleenDiensten,
    AlleenHandelingen,
    AlleenZaak,
    Beperking,
    Periode,
)
from machtigen.machtigingen.inzicht import SYSTEM
from machtigen.machtigingen.model import ENDED, Actief, Betwist, Gebeurtenis, Machtiging, Regel, Rol
from machtigen.machtigingen.vastleggen import Vastleggen, ended_by_itself
from machtigen.partijen.model import PartijId

LEASE = timedelta(hours=24)
FOR_EVER_YEARS = 100
MONEY = frozenset({Handeling.BETALEN})
ACTIONS: dict[Grond, frozenset[Handeling]] = {  # what a ground gives, where that is not everything
    Grond.MENTORSCHAP: frozenset(Handeling) - MONEY,  # care, not money (BW 1:453)
    Grond.EXECUTEUR: frozenset({Handeling.INFORMATIE_OPVRAGEN, Handeling.POST_ONTVANGEN, Handeling.BETALEN}),
}


@dataclass(frozen=True)
class Spiegeling:
    """Spiegeling (mirroring): what a source says: who may act for whom, on which ground, from when."""

    vertegenwoordigde: PartijId
    vertegenwoordiger: PartijId
    grond: Grond
    bron: str
    geldig_van: datetime
    functie: str | None = None
    leased: bool = True
    lease_tot: datetime | None = None  # until when the source vouches for it; at most `LEASE` from now

    def lease(self, now: datetime) -> datetime | None:
        """Until when it counts unless it is renewed."""
        if not self.leased:
            return None
        return now + LEASE if self.lease_tot is None else min(now + LEASE, self.lease_tot)


class Wettelijk(Vastleggen):
    """Wettelijk (by law): the acts of sources. Each that takes a session is part of the caller's act."""

    def mirror(self, session: Session, spiegeling: Spiegeling, now: datetime) -> Machtiging:
        """Write a power down, or renew the lease of the one that stands between the same two."""
        lease = spiegeling.lease(now)
        known = self._zoek.by_law(
            session, spiegeling.vertegenwoordigde, spiegeling.vertegenwoordiger, spiegeling.grond
        )
        if known is not None:
            renewed = replace(known, lease_tot=lease)
            self._store.save(session, renewed)
            return renewed
        actions = AlleenHandelingen(ACTIONS.get(spiegeling.grond, frozenset(Handeling)))
        return self._mirrored(session, spiegeling, (actions,), lease, now)

    def mirror_for_case(
        self,
        session: Session,
        spiegeling: Spiegeling,
        dienst: DienstId,
        handelingen: frozenset[Handeling],
        zaak: str,
        now: datetime,
    ) -> Machtiging:
        """A power in one case only; the one that stands for it already, when there is one."""
        parts = (AlleenDiensten((dienst,)), AlleenHandelingen(handelingen), AlleenZaak(zaak))
        held = self._samen.held_together(session, spiegeling.vertegenwoordigde, spiegeling.grond)
        for known in held:
            same_case = known.zaak == zaak and known.covers(dienst)
            if known.vertegenwoordiger == spiegeling.vertegenwoordiger and same_case:
                return known
        return self._mirrored(session, spiegeling, parts, None, now)

    def _mirrored(
        self,
        session: Session,
        spiegeling: Spiegeling,
        parts: tuple[Beperking, ...],
        lease: datetime | None,
        now: datetime,
    ) -> Machtiging:
        end = rules.years_later(now, FOR_EVER_YEARS)
        made = Machtiging(
            id=secrets.token_urlsafe(16),
            initiatief=Rol.VERTEGENWOORDIGDE,
            aanvrager=spiegeling.vertegenwoordigde,
            wederpartij=spiegeling.vertegenwoordiger,
            beperkingen=(*parts, Periode(spiegeling.geldig_van, end)),
            niveau=Niveau.HOOG,
            status=Actief(sinds=now),
            grond=spiegeling.grond,
            bron=spiegeling.bron,
            lease_tot=lease,
            functie=spiegeling.functie,
        )
        line = Regel(now, Gebeurtenis.VASTGELEGD, SYSTEM)
        self._begin(session, made, line)
        self.notify(session, made, line)
        return made

    def renew_leases(self, session: Session, pairs: Iterable[Spiegeling], now: datetime) -> int:
        """Renew what still stands; gives how many there were. What is not there is not made."""
        renewed = 0
        for pair in pairs:
            known = self._zoek.by_law(session, pair.vertegenwoordigde, pair.vertegenwoordiger, pair.grond)
            if known is not None:
                self._store.save(session, replace(known, lease_tot=pair.lease(now)))
                renewed += 1
        return renewed

    def freeze_by_law(self, session: Session, machtiging: Machtiging, now: datetime) -> None:
        """The source has the data under investigation: use is frozen until it says otherwise."""
        status = machtiging.status
        if isinstance(status, Actief):
            frozen = replace(machtiging, status=Betwist(now, Rol.VERTEGENWOORDIGDE, status))
            line = Regel(now, Gebeurtenis.BETWIST, SYSTEM, "under-investigation")
            self._write_down(session, frozen, line, before=machtiging)

    def end_by_law(
        self,
        session: Session,
        vertegenwoordigde: PartijId,
        vertegenwoordiger: PartijId,
        grond: Grond,
        reden: str,
        now: datetime,
    ) -> bool:
        """The source says that it ended; False when nothing stood."""
        known = self._zoek.by_law(session, vertegenwoordigde, vertegenwoordiger, grond)
        if known is not None:
            self._end(session, known, reden, now)
        return known is not None

    def end_all_of(
        self,
        session: Session,
        partij: PartijId,
        reden: str,
        now: datetime,
        *,
        gronden: Iterable[Grond] | None = None,
        rol: Rol | None = None,
    ) -> list[Machtiging]:
        """End what this party stands in (in `rol`, on `gronden`), and all links below; gives what ended."""
        ended = []
        for known in self._zoek.list_of_party(session, partij, gronden):
            fresh = self._store.find(session, known.id)  # a link above may just have ended it
            if fresh is None or (rol is not None and fresh.role_of(partij) is not rol):
                continue
            if not isinstance(fresh.status, ENDED):
                self._end(session, fresh, reden, now)
                ended.append(fresh)
        return ended

    def end_between(
        self,
        session: Session,
        vertegenwoordigde: PartijId,
        vertegenwoordiger: PartijId,
        reden: str,
        now: datetime,
    ) -> None:
        """End all that this one may do for that one, and all links below: who leaves an organisation."""

        def between(one: Machtiging) -> bool:
            sides = (one.party(Rol.VERTEGENWOORDIGDE), one.party(Rol.VERTEGENWOORDIGER))
            return sides == (vertegenwoordigde, vertegenwoordiger)

        self.end_where(session, vertegenwoordiger, between, reden, now)

    def end_where(
        self,
        session: Session,
        partij: PartijId,
        which: Callable[[Machtiging], bool],
        reden: str,
        now: datetime,
    ) -> None:
        """End those of this party for which `which` says so, and all links below."""
        for known in self._zoek.list_of_party(session, partij):
            fresh = self._store.find(session, known.id)  # a link above may just have ended it
            if fresh is not None and not isinstance(fresh.status, ENDED) and which(fresh):
                self._end(session, fresh, reden, now)

    def _end(self, session: Session, machtiging: Machtiging, reden: str, now: datetime) -> None:
        ended, line = ended_by_itself(machtiging, reden, now)
        self._write_down(session, ended, line)
