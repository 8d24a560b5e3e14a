"""The only SQL of joint powers: who holds one together, and who may see what waits for them."""

from __future__ import annotations

from collections.abc import Collection

import sqlalchemy as sa
from sqlmodel import Session, col, select

from machtigen.diensten.model import Grond
from machtigen.machtigingen.model import Machtiging
from machtigen.machtigingen.store import STANDING_NAMES, MachtigingStore
from machtigen.machtigingen.tables import MachtigingKringRow, MachtigingRow
from machtigen.partijen.model import PartijId


class Samenstore:
    """Reads and writes circles in a given transaction."""

    def __init__(self, rows: MachtigingStore) -> None:
        self._rows = rows

    def held_together(self, session: Session, vertegenwoordigde: PartijId, grond: Grond) -> list[Machtiging]:
        """What stands for this party on this ground and is no link below another, paused and contested
        ones included; by id."""
        query = select(MachtigingRow).where(
            MachtigingRow.vertegenwoordigde == vertegenwoordigde,
            MachtigingRow.grond == grond.value,
            col(MachtigingRow.boven).is_(None),
            col(MachtigingRow.status).in_(STANDING_NAMES),
        )
        return [self._rows.read(row) for row in session.exec(query.order_by(col(MachtigingRow.id)))]

    def represented_by(self, session: Session, partij: PartijId) -> set[PartijId]:
        """For whom something stands by which this party may act."""
        query = select(MachtigingRow.vertegenwoordigde).where(
            MachtigingRow.vertegenwoordiger == partij, col(MachtigingRow.status).in_(STANDING_NAMES)
        )
        return {PartijId(one) for one in session.exec(query) if one is not None}

    def standing(self, session: Session, partij: PartijId) -> list[Machtiging]:
        """What stands and has this party on either side; locks nothing."""
        query = select(MachtigingRow).where(
            sa.or_(
                col(MachtigingRow.vertegenwoordigde) == partij, col(MachtigingRow.vertegenwoordiger) == partij
            ),
            col(MachtigingRow.status).in_(STANDING_NAMES),
        )
        return [self._rows.read(row) for row in session.exec(query)]

    def is_concerned(self, session: Session, machtiging: str, partij: PartijId) -> bool:
        """Whether this party is one of those who decide on it."""
        return session.get(MachtigingKringRow, (machtiging, partij)) is not None

    def add_circle(self, session: Session, machtiging: str, kring: Collection[PartijId]) -> None:
        """Let these see it."""
        for partij in kring:
            session.add(MachtigingKringRow(machtiging_id=machtiging, partij=partij))

    def forget(self, session: Session, machtiging: str, partij: PartijId | None = None) -> None:
        """This party, or nobody any longer, sees it as one who decides on it."""
        gone = sa.delete(MachtigingKringRow).where(col(MachtigingKringRow.machtiging_id) == machtiging)
        if partij is not None:
            gone = gone.where(col(MachtigingKringRow.partij) == partij)
        session.connection().execute(gone)

    def concerned(self, session: Session, partij: PartijId) -> list[str]:
        """What this party is one of the deciders on; by id."""
        query = select(MachtigingKringRow.machtiging_id).where(MachtigingKringRow.partij == partij)
        return sorted(session.exec(query))
