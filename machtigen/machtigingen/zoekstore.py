"""The only SQL that looks for machtigingen: chains up and down, and what time asks attention for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlmodel import Session, col, select

from keys.kernel.database import UtcDateTime
from machtigen.diensten.model import DienstId, Grond
from machtigen.machtigingen.keten import Keten, is_for_all_clients, reaches
from machtigen.machtigingen.model import Aangevraagd, Actief, Betwist, Machtiging
from machtigen.machtigingen.store import STANDING_NAMES, MachtigingStore, overdue, wait_for_pair
from machtigen.machtigingen.tables import BetwistingRow, MachtigingDienstRow, MachtigingRow
from machtigen.partijen.model import PartijId

NOTE_USE = sa.text(
    "UPDATE machtiging SET gebruikt = gebruikt + 1, gebruikt_op = :now"
    " WHERE id = :id AND status = 'actief' AND geldig_van <= :now AND geldig_tot > :now"
    " AND (lease_tot IS NULL OR lease_tot > :now) AND (max_gebruik IS NULL OR gebruikt < max_gebruik)"
).bindparams(sa.bindparam("now", type_=UtcDateTime()))


def note_use(session: Session, identifier: str, now: datetime) -> bool:
    """Count a use; False when it may not be used at this moment. Until the transaction ends the row is ours:
    who ends it waits, and who was first is seen."""
    done = session.connection().execute(NOTE_USE, {"id": identifier, "now": now})
    return bool(done.rowcount == 1)


def _depth(identifier: str, above: Mapping[str, str | None]) -> int:
    depth, link = 0, above.get(identifier)
    while link is not None and depth < len(above):
        depth, link = depth + 1, above.get(link)
    return depth


class Zoekstore:
    """Looks for machtigingen in a given transaction."""

    def __init__(self, rows: MachtigingStore) -> None:
        self._rows = rows

    def ketens(
        self, session: Session, vertegenwoordiger: PartijId, dienst: DienstId, now: datetime, maximum: int
    ) -> list[Keten]:
        """Chains of at most `maximum` links that begin with this representative, newest first.

        Whether they count at the service is for the rules to say.
        """
        held = self._held(session, vertegenwoordiger, dienst, now)
        return [keten for link in held for keten in self._upward(session, (link,), dienst, now, maximum)]

    def _held(
        self, session: Session, vertegenwoordiger: PartijId, dienst: DienstId, now: datetime
    ) -> list[Machtiging]:
        """Active links in their period, for this service or bound to none."""
        for_service = sa.exists().where(
            col(MachtigingDienstRow.machtiging_id) == col(MachtigingRow.id),
            col(MachtigingDienstRow.dienst_id) == dienst,
        )
        query = (
            select(MachtigingRow)
            .where(
                MachtigingRow.vertegenwoordiger == vertegenwoordiger,
                MachtigingRow.status == Actief.naam,
                col(MachtigingRow.geldig_van) <= now,
                col(MachtigingRow.geldig_tot) > now,
                sa.or_(for_service, col(MachtigingRow.grond) != Grond.MACHTIGING.value),
            )
            .order_by(col(MachtigingRow.gemaakt_op).desc(), col(MachtigingRow.id).desc())
        )
        return [self._rows.read(row) for row in session.exec(query)]

    def _upward(
        self,
        session: Session,
        links: tuple[Machtiging, ...],
        dienst: DienstId,
        now: datetime,
        maximum: int,
    ) -> list[Keten]:
        top = links[-1]
        if len(links) > maximum:
            return []
        if top.boven is not None:
            parent = self._rows.find(session, top.boven)
            return [] if parent is None else self._upward(session, (*links, parent), dienst, now, maximum)
        found = [Keten(links)]
        if is_for_all_clients(top):
            for parent in self._held(session, top.vertegenwoordigde, dienst, now):
                if parent.id not in {link.id for link in links} and reaches(top, parent):
                    found += self._upward(session, (*links, parent), dienst, now, maximum)
        return found

    def parents(self, session: Session, identifier: str | None, *, lock: bool = False) -> list[Machtiging]:
        """This link and those above it, nearest first. `lock`: taken from the top down, so that two acts
        on one chain wait for each other in one order."""
        found: list[Machtiging] = []
        while identifier is not None and len(found) < 16:
            link = self._rows.find(session, identifier)
            if link is None:
                break
            found.append(link)
            identifier = link.boven
        if not lock:
            return found
        locked = {one.id: self._rows.find(session, one.id, lock=True) for one in reversed(found)}
        return [fresh for one in found if (fresh := locked[one.id]) is not None]

    def below(self, session: Session, identifier: str) -> list[Machtiging]:
        """All links below that have not ended, top down, each locked."""
        found: list[Machtiging] = []
        level: Sequence[str] = [identifier]
        names = (*STANDING_NAMES, Aangevraagd.naam)
        while level:
            query = (
                select(MachtigingRow)
                .where(col(MachtigingRow.boven).in_(level), col(MachtigingRow.status).in_(names))
                .order_by(col(MachtigingRow.id))
                .with_for_update()
                .execution_options(populate_existing=True)
            )
            links = [self._rows.read(row) for row in session.exec(query)]
            found += links
            level = [link.id for link in links]
        return found

    def by_law(
        self, session: Session, vertegenwoordigde: PartijId, vertegenwoordiger: PartijId, grond: Grond
    ) -> Machtiging | None:
        """The power on this ground between these two that stands, locked. Two acts of sources about the same
        two wait for each other, also when nothing stands."""
        wait_for_pair(session, (vertegenwoordigde, vertegenwoordiger))
        query = (
            select(MachtigingRow)
            .where(
                MachtigingRow.vertegenwoordigde == vertegenwoordigde,
                MachtigingRow.vertegenwoordiger == vertegenwoordiger,
                MachtigingRow.grond == grond.value,
                col(MachtigingRow.status).in_(STANDING_NAMES),
            )
            .with_for_update()
        )
        row = session.exec(query).first()
        return self._rows.read(row) if row else None

    def list_of_party(
        self, session: Session, partij: PartijId, gronden: Iterable[Grond] | None = None
    ) -> list[Machtiging]:
        """All that has not ended and in which this party stands on either side, locked."""
        query = select(MachtigingRow).where(
            sa.or_(
                col(MachtigingRow.vertegenwoordigde) == partij, col(MachtigingRow.vertegenwoordiger) == partij
            ),
            col(MachtigingRow.status).in_((*STANDING_NAMES, Aangevraagd.naam)),
        )
        if gronden is not None:
            query = query.where(col(MachtigingRow.grond).in_([grond.value for grond in gronden]))
        rows = list(session.exec(query.order_by(col(MachtigingRow.id))))
        above = {row.id: row.boven for row in rows}
        depth = {row.id: _depth(row.id, above) for row in rows}
        ids = sorted(above, key=lambda one: (depth[one], one))  # from the top down, as every act locks
        found = [self._rows.find(session, one, lock=True) for one in ids]
        return [one for one in found if one is not None]

    def list_overdue(self, session: Session, now: datetime, limit: int) -> list[Machtiging]:
        """Those that time has ended while the row does not say so yet, in the order in which it did: a link
        that outlasts the one above ended with that."""
        waits = col(MachtigingRow.status) == Aangevraagd.naam
        end = sa.case((waits, col(MachtigingRow.code_geldig_tot)), else_=col(MachtigingRow.geldig_tot))
        query = select(MachtigingRow).where(overdue(now)).order_by(end, col(MachtigingRow.id)).limit(limit)
        return [self._rows.read(row) for row in session.exec(query.with_for_update(skip_locked=True))]

    def list_unused(self, session: Session, before: datetime, limit: int) -> list[Machtiging]:
        """Given by people, and not used since `before`."""
        last = sa.func.coalesce(col(MachtigingRow.gebruikt_op), col(MachtigingRow.status_op))
        query = select(MachtigingRow).where(
            MachtigingRow.status == Actief.naam,
            MachtigingRow.grond == Grond.MACHTIGING.value,
            last <= before,
            col(MachtigingRow.geldig_van) <= before,
        )
        query = query.order_by(col(MachtigingRow.id)).limit(limit).with_for_update(skip_locked=True)
        return [self._rows.read(row) for row in session.exec(query)]

    def take_reminders(
        self, session: Session, now: datetime, reminders: Sequence[int], limit: int
    ) -> list[Machtiging]:
        """Given by people, and a reminder is due that was not given; each is marked with the last one due.

        `reminders`: days before the end, longest first. What was made after the moment of its reminder is
        marked only: those people have just agreed on the end.
        """
        query = select(MachtigingRow).where(_to_remind(now, reminders)).order_by(col(MachtigingRow.id))
        found = []
        for row in session.exec(query.limit(limit).with_for_update(skip_locked=True)):
            row.herinnerd = min(days for days in reminders if row.geldig_tot <= now + timedelta(days=days))
            session.add(row)
            if row.gemaakt_op < row.geldig_tot - timedelta(days=row.herinnerd):
                found.append(self._rows.read(row))
        return found

    @staticmethod
    def any_to_remind(session: Session, now: datetime, reminders: Sequence[int]) -> bool:
        """Whether a reminder may be due: a first look, that changes nothing."""
        query = select(MachtigingRow.id).where(_to_remind(now, reminders)).limit(1)
        return session.exec(query).first() is not None


def _to_remind(now: datetime, reminders: Sequence[int]) -> sa.ColumnElement[bool]:
    reminded, end = col(MachtigingRow.herinnerd), col(MachtigingRow.geldig_tot)
    due = [
        sa.and_(end <= now + timedelta(days=days), sa.or_(reminded.is_(None), reminded > days))
        for days in reminders
    ]
    standing = sa.and_(
        col(MachtigingRow.status) == Actief.naam, col(MachtigingRow.grond) == Grond.MACHTIGING.value
    )
    return sa.and_(standing, end > now, sa.or_(*due))


def forget_reminders(session: Session, identifier: str) -> None:
    """A later end is agreed: the reminders come again."""
    row = session.get_one(MachtigingRow, identifier)
    row.herinnerd = None
    session.add(row)


def add_contest(
    session: Session, identifier: str, machtiging: str, rol: str, reden: bytes | None, now: datetime
) -> None:
    """Keep why somebody contests a machtiging, sealed."""
    session.add(BetwistingRow(id=identifier, machtiging_id=machtiging, op=now, rol=rol, reden=reden))


def settle_contest(session: Session, machtiging: str, besluit: str, now: datetime) -> None:
    """Write down how the open contest was judged."""
    query = select(BetwistingRow).where(
        BetwistingRow.machtiging_id == machtiging, col(BetwistingRow.besluit).is_(None)
    )
    for row in session.exec(query):
        row.besluit, row.besluit_op = besluit, now
        session.add(row)


def list_contests(
    session: Session, after: tuple[datetime, str] | None, limit: int
) -> list[tuple[str, str, datetime, str, bytes | None]]:
    """Contests that freeze a machtiging, oldest first: (id, machtiging, since, role, sealed reason).

    One that a party ended meanwhile needs no judgement any more.
    """
    query = select(BetwistingRow).where(
        BetwistingRow.machtiging_id == MachtigingRow.id,
        MachtigingRow.status == Betwist.naam,
        col(BetwistingRow.besluit).is_(None),
    )
    if after is not None:
        place = sa.tuple_(col(BetwistingRow.op), col(BetwistingRow.id))
        query = query.where(place > sa.tuple_(sa.literal(after[0], UtcDateTime()), after[1]))
    query = query.order_by(col(BetwistingRow.op), col(BetwistingRow.id)).limit(limit)
    return [(row.id, row.machtiging_id, row.op, row.rol, row.reden) for row in session.exec(query)]
