"""The only SQL of cases."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session, select

from machtigen.diensten.model import DienstId
from machtigen.partijen.model import PartijId
from machtigen.zaken.model import Zaak
from machtigen.zaken.tables import WederpartijRow, ZaakRow


def find(session: Session, actor: str, kenmerk: str, *, lock: bool = False) -> Zaak | None:
    """The case of this actor under this reference."""
    query = select(ZaakRow).where(ZaakRow.actor == actor, ZaakRow.kenmerk == kenmerk)
    row = session.exec(query.with_for_update() if lock else query).first()
    if row is None:
        return None
    against = session.exec(select(WederpartijRow.partij).where(WederpartijRow.zaak_id == row.id))
    return Zaak(
        id=row.id,
        actor=row.actor,
        kenmerk=row.kenmerk,
        dienst=DienstId(row.dienst),
        betrokkene=PartijId(row.betrokkene),
        wederpartijen=frozenset(PartijId(one) for one in against),
        gemeld_op=row.gemeld_op,
        gesloten_op=row.gesloten_op,
    )


def add(session: Session, zaak: Zaak) -> None:
    """Store a new case."""
    session.add(
        ZaakRow(
            id=zaak.id,
            actor=zaak.actor,
            kenmerk=zaak.kenmerk,
            dienst=zaak.dienst,
            betrokkene=zaak.betrokkene,
            gemeld_op=zaak.gemeld_op,
        )
    )
    session.flush()
    for partij in sorted(zaak.wederpartijen):
        session.add(WederpartijRow(zaak_id=zaak.id, partij=partij))


def close(session: Session, identifier: str, now: datetime) -> None:
    """It is closed."""
    row = session.get_one(ZaakRow, identifier)
    row.gesloten_op = now
    session.add(row)
