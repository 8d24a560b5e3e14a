"""The SQL of generations of shares: which were begun, how each ended, and what was carried over to it."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session, col, select

from keys.doelen import store
from keys.doelen.model import Generatie, GeneratieStand, Overdracht
from keys.doelen.tables import CommitmentRow, GeneratieRow, GeneratieStandRow, OverdrachtRow
from keys.kernel.pep.names import Context

FIRST = 1


def list_generations(session: Session) -> list[Generatie]:
    """All that were begun after the first, oldest first."""
    rows = session.exec(select(GeneratieRow).order_by(col(GeneratieRow.nummer))).all()
    found = []
    for row in rows:
        ended = session.get(GeneratieStandRow, row.nummer)
        stand = GeneratieStand.BEGONNEN if ended is None else GeneratieStand(ended.stand)
        found.append(Generatie(row.nummer, row.vorige, stand))
    return found


def in_use(session: Session) -> int:
    """The newest generation that is in use."""
    query = select(GeneratieStandRow.nummer).where(GeneratieStandRow.stand == GeneratieStand.INGEGAAN)
    return max(session.exec(query), default=FIRST)


def begun(session: Session) -> Generatie | None:
    """The one that is being prepared now."""
    return next((one for one in list_generations(session) if one.stand is GeneratieStand.BEGONNEN), None)


def add_generation(session: Session, generation: Generatie, now: datetime) -> None:
    """A generation that is being prepared."""
    session.add(GeneratieRow(nummer=generation.nummer, vorige=generation.vorige, begonnen_op=now))
    session.flush()


def end_preparation(session: Session, nummer: int, stand: GeneratieStand, now: datetime) -> None:
    """It is in use, or was given up."""
    session.add(GeneratieStandRow(nummer=nummer, stand=stand.value, vanaf=now))
    session.flush()


def list_carried(session: Session, generation: Generatie) -> list[Overdracht]:
    """All keys while it is being prepared; afterwards those that were carried over."""
    query = select(OverdrachtRow).where(OverdrachtRow.generatie == generation.nummer)
    proofs = {(row.domein, row.epoch): row.verklaring for row in session.exec(query).all()}
    stated = [_commitments(session, number) for number in (generation.vorige, generation.nummer)]
    found = []
    for key in store.list_all_keys(session):
        where = (str(key.context.domain), key.context.epoch)
        if where not in proofs and generation.stand is not GeneratieStand.BEGONNEN:
            continue
        before, after = (one.get(where, {}) for one in stated)
        found.append(Overdracht(key, before, after, proofs.get(where)))
    return found


def _commitments(session: Session, nummer: int) -> dict[tuple[str, int], dict[str, str]]:
    """All commitments in a generation, by domain and epoch, then by party."""
    found: dict[tuple[str, int], dict[str, str]] = {}
    query = select(CommitmentRow).where(CommitmentRow.generatie == nummer)
    for row in session.exec(query.order_by(col(CommitmentRow.partij))).all():
        found.setdefault((row.domein, row.epoch), {})[row.partij] = row.verklaring
    return found


def has_carried(session: Session, context: Context, nummer: int) -> bool:
    """Whether the context was carried over to a generation."""
    return session.get(OverdrachtRow, (str(context.domain), context.epoch, nummer)) is not None


def add_carried(session: Session, context: Context, nummer: int, proof: str, now: datetime) -> None:
    """A context that was carried over, with the proof."""
    session.add(
        OverdrachtRow(
            domein=str(context.domain),
            epoch=context.epoch,
            generatie=nummer,
            verklaring=proof,
            vastgelegd_op=now,
        )
    )
    session.flush()
