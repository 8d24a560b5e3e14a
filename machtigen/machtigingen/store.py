"""The only SQL of machtigingen: rows to values and back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Session, col, select

from keys.kernel.database import Database
from keys.kernel.gebeurtenis import Handler, add, deliver
from machtigen.diensten.model import Grond, Niveau
from machtigen.machtigingen import geschiedenisstore
from machtigen.machtigingen.beperkingen import from_stored, to_stored
from machtigen.machtigingen.model import (
    STANDING,
    Aangevraagd,
    Actief,
    Betwist,
    Gepauzeerd,
    Ingetrokken,
    Machtiging,
    Regel,
    Rol,
    Verlopen,
)
from machtigen.machtigingen.rules import last_moment
from machtigen.machtigingen.stored import (
    joint_from,
    joint_to,
    proposal_from,
    proposal_to,
    reason_of,
    status_from,
)
from machtigen.machtigingen.tables import (
    CodePogingRow,
    MachtigingDienstRow,
    MachtigingKringRow,
    MachtigingRow,
    UitgaandRow,
)
from machtigen.partijen.model import PartijId
from machtigen.sealing import Seal

STANDING_NAMES = tuple(state.naam for state in STANDING)


class MachtigingStore:
    """Reads and writes machtigingen in a given transaction. Labels are sealed on the way in."""

    def __init__(self, seal: Seal) -> None:
        self._seal = seal

    def read(self, row: MachtigingRow) -> Machtiging:
        """The value of a row."""
        initiatief = Rol(row.initiatief)
        parties = {
            Rol.VERTEGENWOORDIGDE: row.vertegenwoordigde,
            Rol.VERTEGENWOORDIGER: row.vertegenwoordiger,
        }
        answered = parties[initiatief.other]
        code = (row.code_hash, row.code_geldig_tot)
        return Machtiging(
            id=row.id,
            initiatief=initiatief,
            aanvrager=PartijId(parties[initiatief] or ""),
            wederpartij=PartijId(answered) if answered else None,
            beperkingen=from_stored(row.beperkingen),
            niveau=Niveau(row.niveau),
            status=status_from(row.status, row.status_op, row.status_door, row.status_reden, code),
            label=self._seal.open(row.label, row.id) if row.label else None,
            grond=Grond(row.grond),
            boven=row.boven,
            bron=row.bron,
            lease_tot=row.lease_tot,
            gebruikt=row.gebruikt,
            voorstel=proposal_from(row.voorstel),
            bevestiging=joint_from(row.bevestiging),
            kanaal=row.kanaal,
            functie=row.functie,
            gericht_aan=PartijId(row.gericht_aan) if row.gericht_aan else None,
            gericht_functie=row.gericht_functie,
        )

    def find(self, session: Session, identifier: str, *, lock: bool = False) -> Machtiging | None:
        """The machtiging with this id; `lock` keeps others from changing it in this transaction."""
        row = session.get(MachtigingRow, identifier, with_for_update=lock or None)
        return self.read(row) if row else None

    def find_by_code(self, session: Session, code_hash: bytes) -> Machtiging | None:
        """The open request with this code."""
        row = session.exec(select(MachtigingRow).where(MachtigingRow.code_hash == code_hash)).first()
        return self.read(row) if row else None

    def add(self, session: Session, machtiging: Machtiging, now: datetime) -> None:
        """Store a new machtiging."""
        row = MachtigingRow(
            id=machtiging.id,
            initiatief=machtiging.initiatief.value,
            beperkingen=[],
            geldig_van=machtiging.geldig_van,
            geldig_tot=machtiging.geldig_tot,
            grond=machtiging.grond.value,
            niveau=machtiging.niveau.value,
            boven=machtiging.boven,
            bron=machtiging.bron,
            kanaal=machtiging.kanaal,
            functie=machtiging.functie,
            gericht_aan=machtiging.gericht_aan,
            gericht_functie=machtiging.gericht_functie,
            label=self._seal.seal(machtiging.label, machtiging.id) if machtiging.label else None,
            status=machtiging.status.naam,
            status_op=now,
            gemaakt_op=now,
        )
        self._fill(row, machtiging)
        session.add(row)
        session.flush()
        for dienst in machtiging.diensten:
            session.add(MachtigingDienstRow(machtiging_id=machtiging.id, dienst_id=dienst))

    def save(self, session: Session, machtiging: Machtiging) -> None:
        """Store the new state of a machtiging."""
        row = session.get_one(MachtigingRow, machtiging.id)
        row.niveau = machtiging.niveau.value
        self._fill(row, machtiging)
        session.add(row)

    @staticmethod
    def _fill(row: MachtigingRow, machtiging: Machtiging) -> None:
        status = machtiging.status
        row.beperkingen = to_stored(machtiging.beperkingen)
        row.geldig_van = machtiging.geldig_van
        row.geldig_tot = last_moment(machtiging)
        row.max_gebruik = machtiging.max_gebruik
        row.lease_tot = machtiging.lease_tot
        row.voorstel = proposal_to(machtiging.voorstel)
        row.bevestiging = joint_to(machtiging.bevestiging)
        row.vertegenwoordigde = machtiging.party(Rol.VERTEGENWOORDIGDE)
        row.vertegenwoordiger = machtiging.party(Rol.VERTEGENWOORDIGER)
        row.status = status.naam
        row.status_op = status.sinds if isinstance(status, Actief) else status.op
        by = status.door if isinstance(status, Ingetrokken | Gepauzeerd | Betwist) else None
        row.status_door = by.value if by is not None else None
        row.status_reden = reason_of(status)
        row.code_hash = status.code_hash if isinstance(status, Aangevraagd) else None
        row.code_geldig_tot = status.code_geldig_tot if isinstance(status, Aangevraagd) else None

    def between(self, session: Session, one: PartijId, other: PartijId) -> list[Machtiging]:
        """The machtigingen stored as active between these two, in either direction.

        Until the transaction ends nobody else gets this answer about the same two: of two acts that
        each add one, the second sees the first.
        """
        pair = (one, other)
        wait_for_pair(session, pair)
        query = select(MachtigingRow).where(
            col(MachtigingRow.vertegenwoordigde).in_(pair),
            col(MachtigingRow.vertegenwoordiger).in_(pair),
            col(MachtigingRow.status).in_(STANDING_NAMES),
        )
        return [self.read(row) for row in session.exec(query)]

    def waiting_of(self, session: Session, partij: PartijId, rol: Rol) -> list[Machtiging]:
        """The open requests that this party made in this role, whether or not time has ended them. Two acts
        that each add one for the same party wait for each other."""
        wait_for_pair(session, (partij, partij))
        query = select(MachtigingRow).where(
            _of(partij, rol), MachtigingRow.initiatief == rol.value, MachtigingRow.status == Aangevraagd.naam
        )
        return [self.read(row) for row in session.exec(query)]

    def list_for(
        self,
        session: Session,
        partij: PartijId,
        *,
        rol: Rol | None,
        statuses: frozenset[str],
        vrijwillig: bool | None,
        after: tuple[datetime, str] | None,
        limit: int,
        now: datetime,
        ends_by: datetime | None = None,
    ) -> list[tuple[datetime, Machtiging]]:
        """Machtigingen of a party, newest first, each with when it was made; statuses as at `now`.

        `ends_by`: only those that stand and end by then.
        """
        query = select(MachtigingRow).where(_of(partij, rol))
        if ends_by is not None:
            end = col(MachtigingRow.geldig_tot)
            standing = col(MachtigingRow.status).in_(STANDING_NAMES)
            query = query.where(standing, end > now, end <= ends_by)
        if statuses:
            query = query.where(_in_status(statuses, now))
        if vrijwillig is not None:
            by_people = col(MachtigingRow.grond) == Grond.MACHTIGING.value
            query = query.where(by_people if vrijwillig else sa.not_(by_people))
        if after is not None:
            made, identifier = after
            query = query.where(
                sa.or_(
                    col(MachtigingRow.gemaakt_op) < made,
                    sa.and_(col(MachtigingRow.gemaakt_op) == made, col(MachtigingRow.id) < identifier),
                )
            )
        query = query.order_by(col(MachtigingRow.gemaakt_op).desc(), col(MachtigingRow.id).desc()).limit(
            limit
        )
        return [(row.gemaakt_op, self.read(row)) for row in session.exec(query)]


def wait_for_pair(session: Session, pair: tuple[PartijId, PartijId]) -> None:
    """Until the transaction ends nobody else passes here for the same two, or for the same one twice."""
    connection = session.connection()
    if connection.dialect.name == "postgresql":  # SQLite has one writer
        names = "\n".join(sorted(pair))
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(sa.func.hashtextextended(names, 0))))


def _of(partij: PartijId, rol: Rol | None) -> sa.ColumnElement[bool]:
    represented = col(MachtigingRow.vertegenwoordigde) == partij
    representing = col(MachtigingRow.vertegenwoordiger) == partij
    if rol is Rol.VERTEGENWOORDIGER:
        return representing
    concerned = sa.exists().where(
        col(MachtigingKringRow.machtiging_id) == col(MachtigingRow.id),
        col(MachtigingKringRow.partij) == partij,
    )
    return sa.or_(represented, representing, concerned) if rol is None else sa.or_(represented, concerned)


def overdue(now: datetime) -> sa.ColumnElement[bool]:
    """Those that time has ended while the row does not say so yet."""
    return sa.or_(
        sa.and_(col(MachtigingRow.status).in_(STANDING_NAMES), col(MachtigingRow.geldig_tot) <= now),
        sa.and_(col(MachtigingRow.status) == Aangevraagd.naam, col(MachtigingRow.code_geldig_tot) <= now),
    )


def _in_status(statuses: frozenset[str], now: datetime) -> sa.ColumnElement[bool]:
    stored = sa.and_(col(MachtigingRow.status).in_(sorted(statuses)), sa.not_(overdue(now)))
    return sa.or_(stored, overdue(now)) if Verlopen.naam in statuses else stored


def add_history(session: Session, identifier: str, regel: Regel) -> None:
    """Add a line to the history, behind the last one."""
    geschiedenisstore.add_line(session, identifier, regel)


def list_history(session: Session, identifier: str) -> list[Regel]:
    """The history of a machtiging, oldest first."""
    return [line.regel for line in geschiedenisstore.list_lines(session, identifier)]


def add_attempt(session: Session, partij: PartijId, now: datetime) -> None:
    """Note a wrong code."""
    session.add(CodePogingRow(partij=partij, op=now))


def count_attempts(session: Session, since: datetime, partij: PartijId | None = None) -> int:
    """How many wrong codes were tried since then, by this person or by all."""
    query = select(sa.func.count()).select_from(CodePogingRow).where(col(CodePogingRow.op) > since)
    if partij is not None:
        query = query.where(CodePogingRow.partij == partij)
    return session.exec(query).one()


def any_attempt_before(session: Session, before: datetime) -> bool:
    """Whether there are attempts that no longer count."""
    query = select(CodePogingRow).where(col(CodePogingRow.op) <= before).limit(1)
    return session.exec(query).first() is not None


def forget_attempts(session: Session, before: datetime) -> None:
    """Throw away the attempts that no longer count."""
    session.execute(sa.delete(CodePogingRow).where(col(CodePogingRow.op) <= before))


def add_notice(session: Session, payload: Mapping[str, str], now: datetime) -> None:
    """Put a notice in the outbox."""
    add(session, UitgaandRow, "bericht", payload, now)


def deliver_notices(database: Database, handlers: Mapping[str, Handler], now: datetime) -> int:
    """Hand the waiting notices to their handlers; gives how many were delivered."""
    return deliver(database, UitgaandRow, handlers, now)
