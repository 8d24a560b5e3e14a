"""The only SQL of status lists."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Session, col, select

from keys.kernel.database import UtcDateTime
from machtigen.bevoegdheidsverklaringen.model import Plaats
from machtigen.bevoegdheidsverklaringen.tables import StatuslijstRow, StatusvermeldingRow

TAKE = sa.text(
    "INSERT INTO statusvermelding (lijst, idx, ongeldig, afleiding, verloopt_op)"
    " VALUES (:lijst, :idx, :ongeldig, :afleiding, :verloopt_op) ON CONFLICT DO NOTHING"
).bindparams(
    sa.bindparam("ongeldig", type_=sa.Boolean()),
    sa.bindparam("afleiding", type_=sa.Boolean()),
    sa.bindparam("verloopt_op", type_=UtcDateTime()),
)

OPEN = sa.text(
    "INSERT INTO statuslijst (nummer, grootte, geopend_op, versie)"
    " VALUES (:nummer, :grootte, :geopend_op, 1) ON CONFLICT DO NOTHING"
).bindparams(sa.bindparam("geopend_op", type_=UtcDateTime()))


def take(session: Session, plaats: Plaats, verloopt_op: datetime, *, afleiding: bool = False) -> bool:
    """Claim an index; False when it is in use. A decoy is INVALID from the start."""
    done = session.connection().execute(
        TAKE,
        {
            "lijst": plaats.lijst,
            "idx": plaats.idx,
            "ongeldig": afleiding,
            "afleiding": afleiding,
            "verloopt_op": verloopt_op,
        },
    )
    return bool(done.rowcount == 1)


def flip(session: Session, plaatsen: Sequence[Plaats]) -> None:
    """Make these places INVALID and mark their lists as changed."""
    for plaats in plaatsen:
        session.connection().execute(
            sa.update(StatusvermeldingRow)
            .where(col(StatusvermeldingRow.lijst) == plaats.lijst, col(StatusvermeldingRow.idx) == plaats.idx)
            .values(ongeldig=True)
        )
    mark_changed(session, {plaats.lijst for plaats in plaatsen})


def mark_changed(session: Session, lijsten: Collection[int]) -> None:
    """Count up the version of these lists."""
    if lijsten:
        session.connection().execute(
            sa.update(StatuslijstRow)
            .where(col(StatuslijstRow.nummer).in_(lijsten))
            .values(versie=StatuslijstRow.versie + 1)
        )


def add_lijst(session: Session, nummer: int, grootte: int, now: datetime) -> None:
    """Open a list, unless another process just did."""
    session.connection().execute(OPEN, {"nummer": nummer, "grootte": grootte, "geopend_op": now})


def list_lijsten(session: Session) -> dict[int, int]:
    """Number → size of every list."""
    rows = session.exec(
        select(StatuslijstRow.nummer, StatuslijstRow.grootte).order_by(col(StatuslijstRow.nummer))
    )
    return dict(rows.all())


def find_lijst(session: Session, nummer: int) -> tuple[int, int] | None:
    """(size, version) of a list."""
    row = session.connection().execute(
        sa.text("SELECT grootte, versie FROM statuslijst WHERE nummer = :nummer"), {"nummer": nummer}
    )
    found = row.first()
    return (found[0], found[1]) if found else None


def list_invalid(session: Session, nummer: int) -> frozenset[int]:
    """The indices of a list that read INVALID."""
    query = select(StatusvermeldingRow.idx).where(
        col(StatusvermeldingRow.lijst) == nummer, col(StatusvermeldingRow.ongeldig).is_(True)
    )
    return frozenset(session.exec(query).all())


def count_used(session: Session, nummer: int) -> tuple[int, int]:
    """(indices in use, of which decoys)."""
    used = sa.func.count()
    decoys = sa.func.sum(sa.case((col(StatusvermeldingRow.afleiding).is_(True), 1), else_=0))
    row = (
        session.connection()
        .execute(sa.select(used, decoys).where(col(StatusvermeldingRow.lijst) == nummer))
        .one()
    )
    return int(row[0]), int(row[1] or 0)


def free_expired(session: Session, before: datetime) -> None:
    """Give back the indices of tokens that can no longer be presented."""
    expired = col(StatusvermeldingRow.verloopt_op) < before
    visible = session.exec(
        select(StatusvermeldingRow.lijst)
        .where(expired, col(StatusvermeldingRow.ongeldig).is_(True))
        .distinct()
    ).all()
    session.connection().execute(sa.delete(StatusvermeldingRow).where(expired))
    mark_changed(session, set(visible))
