"""The only SQL of facts."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session, col, select

from machtigen.feiten.model import Feit, Vermelding
from machtigen.feiten.tables import FeitRow
from machtigen.partijen.model import PartijId
from machtigen.sealing import Seal


class FeitStore:
    """Reads and writes facts in a given transaction. The numbers of events are sealed on the way in."""

    def __init__(self, seal: Seal) -> None:
        self._seal = seal

    def _read(self, row: FeitRow) -> Vermelding:
        number = int(self._seal.open(row.orde, f"feit {row.partij}"))
        return Vermelding(PartijId(row.partij), Feit(row.feit), row.geldt, number, row.tot)

    def list_of(self, session: Session, partij: PartijId) -> list[Vermelding]:
        """Everything known of a party."""
        return [self._read(row) for row in session.exec(select(FeitRow).where(FeitRow.partij == partij))]

    def find(self, session: Session, partij: PartijId, feit: Feit) -> Vermelding | None:
        """What is known of one fact."""
        row = session.get(FeitRow, (partij, feit.value))
        return self._read(row) if row else None

    def keep(self, session: Session, vermelding: Vermelding) -> None:
        """Write down what is known now."""
        key = (vermelding.partij, vermelding.feit.value)
        row = session.get(FeitRow, key) or FeitRow(partij=key[0], feit=key[1], geldt=False, orde=b"")
        row.geldt, row.tot = vermelding.geldt, vermelding.tot
        row.orde = self._seal.seal(str(vermelding.volgnummer), f"feit {vermelding.partij}")
        session.add(row)
        session.flush()

    def over(self, session: Session, now: datetime, limit: int) -> list[Vermelding]:
        """Facts that time has ended while the row does not say so yet."""
        query = select(FeitRow).where(col(FeitRow.geldt).is_(True), col(FeitRow.tot) <= now).limit(limit)
        return [self._read(row) for row in session.exec(query)]
