"""The only SQL of the registry: rows to and from the words of `model`. Each function gets a session."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from keys.doelen import endstore, rules
from keys.doelen.model import (
    Actor,
    DirectionFacts,
    Doel,
    DoelInhoud,
    DomainKey,
    Gebruiksgrond,
    Overschrijding,
    Rol,
)
from keys.doelen.tables import (
    ActorKeysRow,
    ActorRow,
    CommitmentRow,
    DoelEndRow,
    DoelRow,
    DomainKeyRow,
    DomeinRow,
    GebruiksgrondEndRow,
    GebruiksgrondRow,
)
from keys.kernel.pep.names import Context, Domain


def find_actor(session: Session, actor: str) -> Actor | None:
    """The actor with its newest keys."""
    row = session.get(ActorRow, actor)
    if row is None:
        return None
    keys = session.exec(
        select(ActorKeysRow).where(ActorKeysRow.actor == actor).order_by(col(ActorKeysRow.nummer).desc())
    ).first()
    jwks = dict(keys.jwks) if keys else {"keys": []}
    ended = endstore.ended_at(session, actor)
    return Actor(row.oin, row.onderactor, row.naam, Rol(row.rol), jwks, ended)


def list_actors(session: Session) -> list[Actor]:
    """All actors, by id."""
    names = session.exec(select(ActorRow.actor).order_by(col(ActorRow.actor))).all()
    return [actor for actor in (find_actor(session, name) for name in names) if actor is not None]


def add_actor(session: Session, actor: Actor, now: datetime) -> None:
    """A new actor with its first keys."""
    session.add(
        ActorRow(
            actor=actor.id,
            oin=actor.oin,
            onderactor=actor.onderactor,
            naam=actor.naam,
            rol=actor.rol.value,
            geregistreerd_op=now,
        )
    )
    session.flush()
    add_actor_keys(session, actor.id, actor.jwks, now)


def add_actor_keys(session: Session, actor: str, jwks: dict[str, Any], now: datetime) -> None:
    """Newer keys, which replace the earlier ones."""
    earlier = session.exec(select(ActorKeysRow.nummer).where(ActorKeysRow.actor == actor)).all()
    session.add(ActorKeysRow(actor=actor, nummer=max(earlier, default=0) + 1, jwks=jwks, vanaf=now))
    session.flush()


def find_doel(session: Session, doel_id: str, versie: int | None = None) -> Doel | None:
    """A version of a purpose; without a number the newest."""
    query = select(DoelRow).where(DoelRow.id == doel_id).order_by(col(DoelRow.versie).desc())
    if versie is not None:
        query = query.where(DoelRow.versie == versie)
    row = session.exec(query).first()
    return None if row is None else _doel(session, row)


def list_doelen(session: Session) -> list[Doel]:
    """The newest version of every purpose, by id."""
    rows = session.exec(select(DoelRow).order_by(col(DoelRow.id), col(DoelRow.versie))).all()
    newest = {row.id: row for row in rows}
    return [_doel(session, row) for row in newest.values()]


def add_doel(session: Session, doel: Doel, now: datetime) -> None:
    """A new version."""
    inhoud = rules.content(doel.inhoud)
    session.add(
        DoelRow(id=doel.inhoud.id, versie=doel.versie, inhoud=inhoud, digest=doel.digest, gepubliceerd_op=now)
    )
    session.flush()


def end_doel(session: Session, doel: Doel, per: datetime, now: datetime) -> None:
    """An end date for this version and those before it."""
    session.add(DoelEndRow(id=doel.inhoud.id, versie=doel.versie, per=per, vastgelegd_op=now))
    session.flush()


def list_domeinen(session: Session) -> list[Domain]:
    """All registered domains, by name."""
    names = session.exec(select(DomeinRow.domein).order_by(col(DomeinRow.domein))).all()
    return [Domain.parse(name) for name in names]


def has_domein(session: Session, domain: Domain) -> bool:
    """Whether the domain is registered."""
    return session.get(DomeinRow, str(domain)) is not None


def add_domein(session: Session, domain: Domain, now: datetime) -> None:
    """A new domain."""
    session.add(DomeinRow(domein=str(domain), actor=domain.actor, geregistreerd_op=now))
    session.flush()


def find_key(session: Session, context: Context) -> DomainKey | None:
    """The certified public key of a context."""
    row = session.get(DomainKeyRow, (str(context.domain), context.epoch))
    return None if row is None else DomainKey(context, row.publiek, tuple(row.bewijzen))


def list_keys(session: Session, domain: Domain) -> list[DomainKey]:
    """The certified public keys of a domain, by epoch."""
    rows = session.exec(
        select(DomainKeyRow).where(DomainKeyRow.domein == str(domain)).order_by(col(DomainKeyRow.epoch))
    ).all()
    return [DomainKey(Context(domain, row.epoch), row.publiek, tuple(row.bewijzen)) for row in rows]


def list_all_keys(session: Session) -> list[DomainKey]:
    """All certified public keys, by domain and epoch."""
    rows = session.exec(
        select(DomainKeyRow).order_by(col(DomainKeyRow.domein), col(DomainKeyRow.epoch))
    ).all()
    return [
        DomainKey(Context(Domain.parse(row.domein), row.epoch), row.publiek, tuple(row.bewijzen))
        for row in rows
    ]


def add_key(session: Session, key: DomainKey, now: datetime) -> None:
    """A newly certified public key."""
    session.add(
        DomainKeyRow(
            domein=str(key.context.domain),
            epoch=key.context.epoch,
            publiek=key.public,
            bewijzen=list(key.certificates),
            vastgelegd_op=now,
        )
    )
    session.flush()


def find_gebruiksgrond(session: Session, grond_id: str) -> Gebruiksgrond | None:
    """One ground of use."""
    row = session.get(GebruiksgrondRow, grond_id)
    return None if row is None else _gebruiksgrond(session, row)


def list_gebruiksgronden(
    session: Session, van: str | None = None, naar: str | None = None, doel: str | None = None
) -> list[Gebruiksgrond]:
    """Grounds of use, withdrawn ones too, oldest first; narrowed by what is given."""
    query = select(GebruiksgrondRow).order_by(col(GebruiksgrondRow.verleend_op), col(GebruiksgrondRow.id))
    for column, wanted in (
        (GebruiksgrondRow.van, van),
        (GebruiksgrondRow.naar, naar),
        (GebruiksgrondRow.doel, doel),
    ):
        if wanted is not None:
            query = query.where(col(column) == wanted)
    return [_gebruiksgrond(session, row) for row in session.exec(query).all()]


def add_gebruiksgrond(session: Session, grond: Gebruiksgrond, now: datetime) -> None:
    """A new ground of use."""
    session.add(
        GebruiksgrondRow(
            id=grond.id,
            van=str(grond.van),
            naar=str(grond.naar),
            doel=grond.doel,
            geldig_van=grond.geldig_van,
            geldig_tot=grond.geldig_tot,
            max_per_dag=grond.max_per_dag,
            bij_overschrijding=grond.bij_overschrijding.value,
            verleend_op=now,
        )
    )
    session.flush()


def end_gebruiksgrond(session: Session, grond_id: str, now: datetime) -> None:
    """It holds no longer."""
    session.add(GebruiksgrondEndRow(id=grond_id, ingetrokken_op=now))
    session.flush()


def list_commitments(session: Session, context: Context, generation: int) -> dict[str, str]:
    """The signed commitments for a domain and epoch in a generation of shares, by party."""
    rows = session.exec(
        select(CommitmentRow)
        .where(CommitmentRow.domein == str(context.domain), CommitmentRow.epoch == context.epoch)
        .where(CommitmentRow.generatie == generation)
        .order_by(col(CommitmentRow.partij))
    )
    return {row.partij: row.verklaring for row in rows}


def committed_generations(session: Session, context: Context) -> list[int]:
    """The generations for which somebody committed, oldest first."""
    query = select(CommitmentRow.generatie).where(
        CommitmentRow.domein == str(context.domain), CommitmentRow.epoch == context.epoch
    )
    return sorted(set(session.exec(query)))


def add_commitment(
    session: Session, context: Context, generation: int, party: str, token: str, now: datetime
) -> None:
    """What a party committed to."""
    session.add(
        CommitmentRow(
            domein=str(context.domain),
            epoch=context.epoch,
            generatie=generation,
            partij=party,
            verklaring=token,
            vastgelegd_op=now,
        )
    )
    session.flush()


def direction_facts(
    session: Session, actor: str, doel: str, van: Context, naar: Context, generation: int = 1
) -> DirectionFacts:
    """All that is registered about one request to translate, in a generation of shares."""
    return DirectionFacts(
        ended=frozenset(
            one
            for one in {van.domain.actor, naar.domain.actor}
            if endstore.ended_at(session, one) is not None
        ),
        revoked=frozenset(context for context in (van, naar) if endstore.is_revoked(session, context)),
        actor=find_actor(session, actor),
        doel=find_doel(session, doel),
        gebruiksgronden=tuple(list_gebruiksgronden(session, str(van.domain), str(naar.domain), doel)),
        van_key=find_key(session, van),
        naar_key=find_key(session, naar),
        van_commitments=tuple(list_commitments(session, van, generation).values()),
        naar_commitments=tuple(list_commitments(session, naar, generation).values()),
    )


def _doel(session: Session, row: DoelRow) -> Doel:
    ends = session.exec(
        select(DoelEndRow.per).where(DoelEndRow.id == row.id, col(DoelEndRow.versie) >= row.versie)
    ).all()
    values = dict(row.inhoud)
    for name in ("geldig_van", "geldig_tot"):
        values[name] = datetime.fromisoformat(values[name]) if values[name] else None
    for name in ("categorieen", "goedgekeurd_door"):
        values[name] = tuple(values[name])
    return Doel(DoelInhoud(**values), row.versie, row.digest, min(ends, default=None))


def _gebruiksgrond(session: Session, row: GebruiksgrondRow) -> Gebruiksgrond:
    own = session.get(GebruiksgrondEndRow, row.id)
    van, naar = Domain.parse(row.van), Domain.parse(row.naar)
    of_actor = endstore.first_end_since(session, {van.actor, naar.actor}, row.verleend_op)
    ends = [end for end in (own.ingetrokken_op if own else None, of_actor) if end is not None]
    return Gebruiksgrond(
        id=row.id,
        van=van,
        naar=naar,
        doel=row.doel,
        geldig_van=row.geldig_van,
        geldig_tot=row.geldig_tot,
        max_per_dag=row.max_per_dag,
        bij_overschrijding=Overschrijding(row.bij_overschrijding),
        ingetrokken_op=min(ends, default=None),
    )
