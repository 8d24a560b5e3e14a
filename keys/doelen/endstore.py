"""The SQL of what ended in the registry: revoked epochs, actors that were withdrawn and admitted again."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Session, col, select

from keys.doelen.model import Stand
from keys.doelen.tables import ActorStateRow, EpochEndRow
from keys.kernel.pep.names import Context, Domain


def revoked_epochs(session: Session, domain: Domain) -> list[int]:
    """The revoked epochs of a domain, oldest first."""
    query = select(EpochEndRow.epoch).where(EpochEndRow.domein == str(domain))
    return sorted(session.exec(query))


def is_revoked(session: Session, context: Context) -> bool:
    """Whether the epoch was revoked."""
    return session.get(EpochEndRow, (str(context.domain), context.epoch)) is not None


def revoke_epoch(session: Session, context: Context, now: datetime) -> None:
    """It is not used any more."""
    session.add(EpochEndRow(domein=str(context.domain), epoch=context.epoch, ingetrokken_op=now))
    session.flush()


def ended_at(session: Session, actor: str) -> datetime | None:
    """Since when an actor is withdrawn; None for one that is not, or not any more."""
    query = select(ActorStateRow).where(ActorStateRow.actor == actor)
    last = session.exec(query.order_by(col(ActorStateRow.nummer).desc())).first()
    return last.vanaf if last is not None and last.stand == Stand.BEEINDIGD else None


def first_end_since(session: Session, actors: Collection[str], moment: datetime) -> datetime | None:
    """When one of these actors was withdrawn for the first time from `moment` on, also if it was admitted
    again later: what was granted before that is not in force."""
    query = select(sa.func.min(ActorStateRow.vanaf)).where(
        col(ActorStateRow.actor).in_(sorted(actors)),
        ActorStateRow.stand == Stand.BEEINDIGD,
        ActorStateRow.vanaf >= moment,
    )
    return session.exec(query).one()


def set_state(session: Session, actor: str, stand: Stand, now: datetime) -> None:
    """A newer decision about an actor."""
    earlier = session.exec(select(ActorStateRow.nummer).where(ActorStateRow.actor == actor)).all()
    number = max(earlier, default=0) + 1
    session.add(ActorStateRow(actor=actor, nummer=number, stand=stand.value, vanaf=now))
    session.flush()
