"""The only SQL of the register of use: insert and select, nothing else."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Session, col, select

from machtigen.diensten.model import DienstId, Handeling
from machtigen.gebruik.model import Gebruik
from machtigen.gebruik.tables import GebruikRow, GebruikSchakelRow
from machtigen.partijen.model import PartijId


def add(session: Session, gebruik: Gebruik) -> None:
    """Write one line; the flush makes sure that it is refused now, not at the commit."""
    session.add(
        GebruikRow(
            jti=gebruik.jti,
            op=gebruik.op,
            persoon=gebruik.persoon,
            vertegenwoordigde=gebruik.vertegenwoordigde,
            machtiging=gebruik.machtiging,
            identifier=gebruik.identifier,
            sector=gebruik.sector,
            client_id=gebruik.client_id,
            dienst=gebruik.dienst,
            handelingen=[handeling.value for handeling in gebruik.handelingen],
            doelen=list(gebruik.doelen),
            functie=gebruik.functie,
        )
    )
    for link in gebruik.schakels:
        session.add(GebruikSchakelRow(jti=gebruik.jti, machtiging=link))
    session.flush()


def list_of(session: Session, machtiging: str, before: int | None, limit: int) -> list[tuple[int, Gebruik]]:
    """At most `limit` numbered lines that rest on a machtiging, newest first, older than `before`."""
    as_link = select(GebruikSchakelRow.jti).where(GebruikSchakelRow.machtiging == machtiging)
    query = (
        select(GebruikRow)
        .where(sa.or_(col(GebruikRow.machtiging) == machtiging, col(GebruikRow.jti).in_(as_link)))
        .order_by(col(GebruikRow.volgnummer).desc())
        .limit(limit)
    )
    if before is not None:
        query = query.where(col(GebruikRow.volgnummer) < before)
    return [(row.volgnummer or 0, _gebruik(row)) for row in session.exec(query)]


def count_by_functie(session: Session, machtiging: str) -> list[tuple[str | None, int, datetime]]:
    """(function, how often, when last) of what rests on a machtiging, the last used first."""
    as_link = select(GebruikSchakelRow.jti).where(GebruikSchakelRow.machtiging == machtiging)
    last = sa.func.max(GebruikRow.op)
    query = (
        sa.select(col(GebruikRow.functie), sa.func.count(), last)
        .where(sa.or_(col(GebruikRow.machtiging) == machtiging, col(GebruikRow.jti).in_(as_link)))
        .group_by(col(GebruikRow.functie))
        .order_by(last.desc())
    )
    return [(functie, aantal, op) for functie, aantal, op in session.execute(query)]


def list_own(
    session: Session, persoon: PartijId, before: int | None, limit: int
) -> list[tuple[int, Gebruik]]:
    """At most `limit` numbered lines of who acted for themself, newest first, older than `before`."""
    query = (
        select(GebruikRow)
        .where(GebruikRow.persoon == persoon, col(GebruikRow.machtiging).is_(None))
        .order_by(col(GebruikRow.volgnummer).desc())
        .limit(limit)
    )
    if before is not None:
        query = query.where(col(GebruikRow.volgnummer) < before)
    return [(row.volgnummer or 0, _gebruik(row)) for row in session.exec(query)]


def list_parties(session: Session, sector: str) -> list[PartijId]:
    """Everybody whom the lines of this actor name."""
    acted = select(GebruikRow.persoon).where(GebruikRow.sector == sector).distinct()
    represented = select(GebruikRow.vertegenwoordigde).where(GebruikRow.sector == sector).distinct()
    found = {*session.exec(acted), *session.exec(represented)}
    return sorted(PartijId(one) for one in found if one is not None)


def find_by_identifier(session: Session, identifier: str, sector: str) -> Gebruik | None:
    """The newest line in which a service knows a machtiging by this name."""
    query = (
        select(GebruikRow)
        .where(GebruikRow.identifier == identifier, GebruikRow.sector == sector)
        .order_by(col(GebruikRow.volgnummer).desc())
        .limit(1)
    )
    row = session.exec(query).first()
    return _gebruik(row) if row else None


def find_any_by_identifier(session: Session, identifier: str) -> Gebruik | None:
    """The newest line with this name, whichever the service (names are pairwise, so there is one)."""
    query = (
        select(GebruikRow)
        .where(GebruikRow.identifier == identifier)
        .order_by(col(GebruikRow.volgnummer).desc())
        .limit(1)
    )
    row = session.exec(query).first()
    return _gebruik(row) if row else None


def _gebruik(row: GebruikRow) -> Gebruik:
    return Gebruik(
        jti=row.jti,
        op=row.op,
        persoon=PartijId(row.persoon),
        vertegenwoordigde=None if row.vertegenwoordigde is None else PartijId(row.vertegenwoordigde),
        machtiging=row.machtiging,
        identifier=row.identifier,
        sector=row.sector,
        client_id=row.client_id,
        dienst=DienstId(row.dienst),
        handelingen=tuple(Handeling(value) for value in row.handelingen),
        doelen=tuple(row.doelen),
        functie=row.functie,
    )
