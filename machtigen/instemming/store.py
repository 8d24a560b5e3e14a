"""The only SQL of agreement."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from machtigen.diensten.model import DienstId, Grond, Handeling
from machtigen.instemming.model import Instemming
from machtigen.instemming.tables import InstemmingRow, StemRow
from machtigen.partijen.model import PartijId


def _read(session: Session, row: InstemmingRow) -> Instemming:
    votes = session.exec(select(StemRow).where(StemRow.instemming_id == row.id).order_by(col(StemRow.op)))
    return Instemming(
        id=row.id,
        machtiging=row.machtiging,
        vertegenwoordigde=PartijId(row.vertegenwoordigde),
        verzoeker=PartijId(row.verzoeker),
        grond=Grond(row.grond),
        dienst=DienstId(row.dienst),
        handelingen=frozenset(Handeling(value) for value in row.handelingen),
        zaak=row.zaak,
        nodig=row.nodig,
        aantal=row.aantal,
        gevraagd_op=row.gevraagd_op,
        geldig_tot=row.geldig_tot,
        stemmen=tuple((PartijId(vote.partij), vote.op) for vote in votes),
        gebruikt=row.gebruikt,
        geeindigd_op=row.geeindigd_op,
        einde=row.einde,
    )


def add(session: Session, instemming: Instemming) -> None:
    """Store a new request, with the votes that it begins with."""
    session.add(
        InstemmingRow(
            id=instemming.id,
            machtiging=instemming.machtiging,
            vertegenwoordigde=instemming.vertegenwoordigde,
            verzoeker=instemming.verzoeker,
            grond=instemming.grond.value,
            dienst=instemming.dienst,
            handelingen=sorted(instemming.handelingen),
            zaak=instemming.zaak,
            nodig=instemming.nodig,
            aantal=instemming.aantal,
            gevraagd_op=instemming.gevraagd_op,
            geldig_tot=instemming.geldig_tot,
        )
    )
    session.flush()
    for who, op in instemming.stemmen:
        add_vote(session, instemming.id, who, op)


def add_vote(session: Session, identifier: str, partij: PartijId, now: datetime) -> None:
    """Somebody is for it."""
    session.add(StemRow(instemming_id=identifier, partij=partij, op=now))
    session.flush()


def find(session: Session, identifier: str, *, lock: bool = False) -> Instemming | None:
    """The request with this id."""
    row = session.get(InstemmingRow, identifier, with_for_update=lock or None)
    return _read(session, row) if row else None


def end(session: Session, instemming: Instemming) -> None:
    """Store that it ended, and why."""
    row = session.get_one(InstemmingRow, instemming.id)
    row.geeindigd_op, row.einde = instemming.geeindigd_op, instemming.einde
    session.add(row)


def spend(session: Session, identifier: str, now: datetime) -> bool:
    """Count a use; False when it does not count any longer. Of two at once one is first."""
    spent = session.connection().execute(
        sa.update(InstemmingRow)
        .where(
            col(InstemmingRow.id) == identifier,
            col(InstemmingRow.geeindigd_op).is_(None),
            col(InstemmingRow.geldig_tot) > now,
            col(InstemmingRow.gebruikt) < col(InstemmingRow.aantal),
        )
        .values(gebruikt=col(InstemmingRow.gebruikt) + 1)
    )
    return bool(spent.rowcount == 1)


def list_of(session: Session, verzoeker: PartijId, now: datetime) -> list[Instemming]:
    """What this person asked and has not ended by itself at `now`, newest first."""
    query = select(InstemmingRow).where(
        InstemmingRow.verzoeker == verzoeker, col(InstemmingRow.geldig_tot) > now
    )
    return [_read(session, row) for row in session.exec(_newest(query))]


def list_about(session: Session, vertegenwoordigden: Collection[PartijId], now: datetime) -> list[Instemming]:
    """What is asked about these people, newest first."""
    query = select(InstemmingRow).where(
        col(InstemmingRow.vertegenwoordigde).in_(vertegenwoordigden), col(InstemmingRow.geldig_tot) > now
    )
    return [_read(session, row) for row in session.exec(_newest(query))]


def _newest(query: SelectOfScalar[InstemmingRow]) -> SelectOfScalar[InstemmingRow]:
    return query.order_by(col(InstemmingRow.gevraagd_op).desc(), col(InstemmingRow.id).desc()).limit(100)
