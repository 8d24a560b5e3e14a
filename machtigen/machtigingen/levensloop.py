"""Levensloop (course of life): the acts on powers by law that follow from life events."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from sqlmodel import Session

from machtigen.diensten.model import Grond
from machtigen.machtigingen import store
from machtigen.machtigingen.inzicht import SYSTEM
from machtigen.machtigingen.model import STANDING, Betwist, Gebeurtenis, Machtiging, Regel, Rol
from machtigen.machtigingen.wettelijk import Wettelijk
from machtigen.partijen.model import PartijId

INVESTIGATION = "under-investigation"


class Levensloop(Wettelijk):
    """Each act is part of the transaction of the event that brings it about."""

    def unfreeze_by_law(self, session: Session, machtiging: Machtiging, now: datetime) -> None:
        """The source no longer has the data under investigation; what a person contested stays frozen."""
        status = machtiging.status
        contests = [
            line
            for line in store.list_history(session, machtiging.id)
            if line.gebeurtenis is Gebeurtenis.BETWIST
        ]
        if isinstance(status, Betwist) and contests and contests[-1].reden == INVESTIGATION:
            line = Regel(now, Gebeurtenis.BETWISTING_AFGEWEZEN, SYSTEM)
            self._write_down(session, replace(machtiging, status=status.was), line)

    def cap_leases(
        self, session: Session, partij: PartijId, gronden: Iterable[Grond], until: datetime
    ) -> None:
        """Powers for this party on these grounds are good no longer than until then."""
        for known in self._zoek.list_of_party(session, partij, gronden):
            mine = known.role_of(partij) is Rol.VERTEGENWOORDIGDE and isinstance(known.status, STANDING)
            if mine and known.lease_tot is not None and known.lease_tot > until:
                self._store.save(session, replace(known, lease_tot=until))

    def offer(self, session: Session, machtiging: Machtiging, now: datetime) -> None:
        """Offer the one who was represented to give this power themself, in one step."""
        partij = machtiging.vertegenwoordigde
        if not self.silent(session, partij):
            line = Regel(now, Gebeurtenis.AANBOD, SYSTEM)
            notice = {
                "machtiging": machtiging.id,
                "aan": partij,
                "rol": Rol.VERTEGENWOORDIGDE.value,
                "soort": line.gebeurtenis.value,
                "door": line.door,
                "op": line.op.isoformat(),
            }
            store.add_notice(session, notice, line.op)
