"""What ends in the registry, and what that stops. An end is a row of its own: nothing is deleted.

    epoch of a domain revoked    no key of it is issued, nothing is translated to or from it
    actor withdrawn              the same for all its domains; its grounds of use count as ended

Published facts stay readable: who received something earlier can still check it.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sqlmodel import Session

from keys import events
from keys.doelen import endstore, rules, store
from keys.doelen.model import Actor, Stand
from keys.errors import ActorEnded, Differs, KeyRevoked, UnknownActor, UnknownDomein
from keys.kernel.database import Database
from keys.kernel.log import Log
from keys.kernel.pep.names import Context, Domain


class Einden:
    """Ends, over the registry's database."""

    def __init__(self, database: Database, log: Log) -> None:
        self._database = database
        self._log = log

    def revoke_epoch(self, context: Context, now: datetime) -> None:
        """Revoke an epoch at once, also one that has no key yet; twice is once. Raises UnknownDomein."""

        def act(session: Session) -> None:
            if not store.has_domein(session, context.domain):
                raise UnknownDomein
            if not endstore.is_revoked(session, context):
                endstore.revoke_epoch(session, context, now)

        self._database.write(act)
        self._log.emit(events.EPOCH_REVOKED, domein=str(context.domain), epoch=context.epoch)

    def require_in_use(self, context: Context) -> None:
        """Raise UnknownDomein, ActorEnded, KeyRevoked unless keys of this context may be made and used."""
        self._database.read(lambda session: require_in_use(session, context))

    def list_revoked(self, domain: Domain) -> list[int]:
        """The revoked epochs of a domain."""
        return self._database.read(lambda session: endstore.revoked_epochs(session, domain))

    def end_actor(self, actor_id: str, now: datetime) -> Actor:
        """Withdraw an actor at once; twice is once. Raises UnknownActor."""

        def act(session: Session) -> Actor:
            actor = store.find_actor(session, actor_id)
            if actor is None:
                raise UnknownActor
            if actor.beeindigd_op is not None:
                return actor
            endstore.set_state(session, actor_id, Stand.BEEINDIGD, now)
            return replace(actor, beeindigd_op=now)

        ended = self._database.write(act)
        self._log.emit(events.ACTOR_ENDED, actor=actor_id)
        return ended

    def readmit_actor(self, actor: Actor, now: datetime) -> Actor:
        """Admit a withdrawn actor again, with these keys. Its grounds are granted anew. One that was not
        withdrawn stays as it is. Raises UnknownActor, InvalidActor; Differs for another name or role."""
        actor = rules.check_actor(replace(actor, jwks=rules.public_keys(actor.jwks)))

        def act(session: Session) -> None:
            known = store.find_actor(session, actor.id)
            if known is None:
                raise UnknownActor
            if replace(known, jwks=actor.jwks, beeindigd_op=None) != actor:
                raise Differs
            if known.beeindigd_op is None:
                return
            if known.jwks != actor.jwks:
                store.add_actor_keys(session, actor.id, actor.jwks, now)
            endstore.set_state(session, actor.id, Stand.HERTOEGELATEN, now)

        self._database.write(act)
        self._log.emit(events.ACTOR_READMITTED, actor=actor.id)
        return actor


def require_in_use(session: Session, context: Context) -> None:
    """Raise UnknownDomein, ActorEnded, KeyRevoked unless keys of this context may be made and used."""
    if not store.has_domein(session, context.domain):
        raise UnknownDomein
    if endstore.ended_at(session, context.domain.actor) is not None:
        raise ActorEnded
    if endstore.is_revoked(session, context):
        raise KeyRevoked
