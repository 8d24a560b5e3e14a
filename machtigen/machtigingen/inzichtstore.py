"""The only SQL of what pages ask: what waits for someone, what stands, and the links of a chain."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from machtigen.machtigingen.model import Aangevraagd, Machtiging, Rol
from machtigen.machtigingen.store import STANDING_NAMES, MachtigingStore
from machtigen.machtigingen.tables import MachtigingRow
from machtigen.partijen.model import PartijId

OPEN = (*STANDING_NAMES, Aangevraagd.naam)


class Inzichtstore:
    """Reads machtigingen for their parties in a given transaction; locks nothing."""

    def __init__(self, rows: MachtigingStore) -> None:
        self._rows = rows

    def list_standing(
        self, session: Session, partij: PartijId, rol: Rol, after: str | None, limit: int
    ) -> list[Machtiging]:
        """What this party stands in, in this role, not ended and accepted; by id, after `after`."""
        side = (
            MachtigingRow.vertegenwoordigde
            if rol is Rol.VERTEGENWOORDIGDE
            else MachtigingRow.vertegenwoordiger
        )
        query = select(MachtigingRow).where(side == partij, col(MachtigingRow.status).in_(STANDING_NAMES))
        if after is not None:
            query = query.where(col(MachtigingRow.id) > after)
        return self._read(session, query.order_by(col(MachtigingRow.id)).limit(limit))

    def list_proposed(self, session: Session, partij: PartijId, limit: int) -> list[Machtiging]:
        """Those of this party with a proposal to extend, old ones too; newest first."""
        query = select(MachtigingRow).where(
            sa.or_(
                col(MachtigingRow.vertegenwoordigde) == partij, col(MachtigingRow.vertegenwoordiger) == partij
            ),
            col(MachtigingRow.status).in_(STANDING_NAMES),
            _is_there(MachtigingRow.voorstel),
        )
        return self._read(session, _newest(query, limit))

    def list_joint(self, session: Session, partij: PartijId, limit: int) -> list[Machtiging]:
        """Requests that ask for joint confirmation and name this party; newest first."""
        query = select(MachtigingRow).where(
            MachtigingRow.status == Aangevraagd.naam,
            _is_there(MachtigingRow.bevestiging),
            sa.cast(MachtigingRow.bevestiging, sa.String).contains(partij, autoescape=True),
        )
        return self._read(session, _newest(query, limit))

    def list_below(self, session: Session, identifiers: Sequence[str]) -> list[Machtiging]:
        """Links directly below these that have not ended, newest first."""
        query = select(MachtigingRow).where(
            col(MachtigingRow.boven).in_(identifiers), col(MachtigingRow.status).in_(OPEN)
        )
        return self._read(session, _newest(query, 100))

    def _read(self, session: Session, query: SelectOfScalar[MachtigingRow]) -> list[Machtiging]:
        return [self._rows.read(row) for row in session.exec(query)]


def _is_there(column: object) -> sa.ColumnElement[bool]:
    """A JSON column that is neither NULL nor the JSON value null."""
    text = sa.cast(column, sa.String)
    return sa.and_(text.is_not(None), text != "null")


def _newest(query: SelectOfScalar[MachtigingRow], limit: int) -> SelectOfScalar[MachtigingRow]:
    return query.order_by(col(MachtigingRow.gemaakt_op).desc(), col(MachtigingRow.id).desc()).limit(limit)
