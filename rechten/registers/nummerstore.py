"""The SQL of renumbering: under which version of the domain persons are stored, and moving them."""

from __future__ import annotations

from dataclasses import dataclass, field

import sqlalchemy as sa
from sqlmodel import Session, col, select

from rechten.registers.tables import BetrokkeneRow, NummeringRow

ONLY = 1
_BEGIN = sa.text("INSERT INTO nummering (id, versie) VALUES (:id, :versie) ON CONFLICT DO NOTHING")


@dataclass(frozen=True)
class Opgeslagen:
    """Opgeslagen (stored): a person as the row has it."""

    pid: str = field(repr=False)
    zoekpid: str = field(repr=False)
    versie: int
    verpakt: bytes = field(repr=False)
    zaad: bytes = field(repr=False)


def begin(session: Session, versie: int) -> None:
    """Note the version that the register begins with; one that is noted stays."""
    session.execute(_BEGIN, {"id": ONLY, "versie": versie})


def number(session: Session) -> int:
    """The version to store persons under. Held until the end of the transaction: it cannot change under
    an act that adds a person."""
    query = select(NummeringRow.versie).where(NummeringRow.id == ONLY).with_for_update(read=True)
    return session.exec(query).one()


def set_number(session: Session, versie: int) -> None:
    """Store persons under a newer version from now on; waits for acts that add persons."""
    row = session.exec(select(NummeringRow).where(NummeringRow.id == ONLY).with_for_update()).one()
    row.versie = max(row.versie, versie)
    session.add(row)


def has_older(session: Session, versie: int) -> bool:
    """Whether a person is still stored under an older version."""
    query = select(BetrokkeneRow.pid).where(BetrokkeneRow.versie < versie).limit(1)
    return session.exec(query).first() is not None


def list_older(session: Session, versie: int, limit: int) -> list[Opgeslagen]:
    """Persons that are stored under one older version, the oldest version first."""
    query = select(BetrokkeneRow).where(BetrokkeneRow.versie < versie)
    rows = session.exec(query.order_by(col(BetrokkeneRow.versie), col(BetrokkeneRow.pid)).limit(limit)).all()
    return [
        Opgeslagen(row.pid, row.zoekpid, row.versie, row.verpakt, row.zaad)
        for row in rows
        if row.versie == rows[0].versie
    ]


def move(session: Session, before: Opgeslagen, after: Opgeslagen) -> bool:
    """Store a person under the newer version. False: somebody else did so before."""
    statement = (
        sa.update(BetrokkeneRow)
        .where(col(BetrokkeneRow.pid) == before.pid, col(BetrokkeneRow.versie) == before.versie)
        .values(zoekpid=after.zoekpid, versie=after.versie, verpakt=after.verpakt, zaad=after.zaad)
    )
    return bool(session.connection().execute(statement).rowcount)
