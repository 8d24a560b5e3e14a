"""What can be done with the registry. Every write is idempotent by its content: the same once more
gives what is there, something else under the same name is refused or becomes a new version."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlmodel import Session

from keys import events
from keys.doelen import endstore, rules, store
from keys.doelen.einden import Einden, require_in_use
from keys.doelen.errors import ShareGenerationUnknown
from keys.doelen.generaties import Generaties, require_new_names
from keys.doelen.model import Actor, DirectionFacts, Doel, DoelInhoud, DomainKey, Gebruiksgrond
from keys.doelen.rules import public_keys
from keys.errors import ActorEnded, Differs, UnknownActor, UnknownDoel, UnknownDomein, UnknownGebruiksgrond
from keys.kernel.database import Database
from keys.kernel.jws import Jwks
from keys.kernel.log import Log
from keys.kernel.pep.names import Context, Domain


class Doelen:
    """The registry over its database. A transcryptor uses the reading half of it."""

    def __init__(self, database: Database, log: Log) -> None:
        self._database = database
        self._log = log
        self.einden = Einden(database, log)
        self.generaties = Generaties(database, log)

    def register_actor(self, actor: Actor, now: datetime) -> tuple[Actor, bool]:
        """A new actor; whether it is new. One that was withdrawn stays so. Raises InvalidActor, Differs."""
        actor = rules.check_actor(replace(actor, jwks=public_keys(actor.jwks)))

        def act(session: Session) -> Actor | None:
            known = store.find_actor(session, actor.id)
            if known is None:
                store.add_actor(session, actor, now)
            elif replace(known, beeindigd_op=None) != actor:
                raise Differs
            return known

        known = self._database.write(act)
        if known is None:
            self._log.emit(events.ACTOR_REGISTERED, actor=actor.id)
        return known or actor, known is None

    def replace_actor_keys(self, actor_id: str, jwks: Mapping[str, Any], now: datetime) -> Actor:
        """Newer public keys for an actor. Raises UnknownActor, InvalidActor."""
        keys = public_keys(jwks)

        def act(session: Session) -> Actor:
            actor = store.find_actor(session, actor_id)
            if actor is None:
                raise UnknownActor
            if actor.jwks != keys:
                store.add_actor_keys(session, actor_id, keys, now)
            return replace(actor, jwks=keys)

        changed = self._database.write(act)
        self._log.emit(events.ACTOR_KEYS_REPLACED, actor=actor_id)
        return changed

    def publish_doel(self, inhoud: DoelInhoud, now: datetime) -> tuple[Doel, bool]:
        """A new version, or the one that says the same; whether it is new. Raises InvalidDoel."""

        def act(session: Session) -> tuple[Doel, bool]:
            current = store.find_doel(session, inhoud.id)
            doel = rules.publish(inhoud, current)
            if doel is not current:
                store.add_doel(session, doel, now)
            return doel, doel is not current

        doel, is_new = self._database.write(act)
        if is_new:
            self._log.emit(events.DOEL_PUBLISHED, doel=inhoud.id, versie=doel.versie)
        return doel, is_new

    def end_doel(self, doel_id: str, per: datetime, now: datetime) -> Doel:
        """End a purpose from `per` on. Ended earlier already: stays so. Raises UnknownDoel."""

        def act(session: Session) -> Doel:
            doel = store.find_doel(session, doel_id)
            if doel is None:
                raise UnknownDoel
            if doel.beeindigd_per is None:
                store.end_doel(session, doel, per, now)
                return replace(doel, beeindigd_per=per)
            return doel

        ended = self._database.write(act)
        self._log.emit(events.DOEL_ENDED, doel=doel_id)
        return ended

    def register_domein(self, domain: Domain, now: datetime) -> bool:
        """A new domain; whether it is new. Raises UnknownActor, UnknownDoel, InvalidDomein,
        SharesBeingRefreshed."""

        def act(session: Session) -> bool:
            if store.has_domein(session, domain):
                return False
            require_new_names(session)
            actor = store.find_actor(session, domain.actor)
            if actor is None:
                raise UnknownActor
            if actor.beeindigd_op is not None:
                raise ActorEnded
            if store.find_doel(session, domain.doel) is None:
                raise UnknownDoel
            rules.check_domein(domain, store.list_domeinen(session))
            store.add_domein(session, domain, now)
            return True

        is_new = self._database.write(act)
        if is_new:
            self._log.emit(events.DOMEIN_REGISTERED, domein=str(domain))
        return is_new

    def record_key(self, key: DomainKey, now: datetime) -> DomainKey:
        """Keep a public key whose certificates the caller of this method has verified.

        Raises UnknownDomein, ActorEnded, KeyRevoked; Differs when another key stands there for this epoch;
        SharesBeingRefreshed, and ShareGenerationUnknown when it was made in a generation not in use.
        """

        def act(session: Session) -> DomainKey:
            require_in_use(session, key.context)
            known = store.find_key(session, key.context)
            if known is not None:
                if known.public != key.public:
                    raise Differs
                return known
            require_new_names(session, key.generation)
            store.add_key(session, key, now)
            return key

        kept = self._database.write(act)
        self._log.emit(events.KEY_CERTIFIED, domein=str(key.context.domain), epoch=key.context.epoch)
        return kept

    def record_commitments(
        self, context: Context, generation: int, stated: Mapping[str, str], now: datetime
    ) -> None:
        """Keep what parties committed to (by party), which the caller of this method has verified.

        What a party stated first stays. Raises UnknownDomein; ShareGenerationUnknown for a generation that
        was never in use: what is stated in that one comes with its proofs.
        """
        if not self.generaties.was_in_use(generation):
            raise ShareGenerationUnknown

        def act(session: Session) -> list[str]:
            if not store.has_domein(session, context.domain):
                raise UnknownDomein
            known = store.list_commitments(session, context, generation)
            fresh = [party for party in stated if party not in known]
            for party in fresh:
                store.add_commitment(session, context, generation, party, stated[party], now)
            return fresh

        for party in self._database.write(act):
            self._log.emit(events.COMMITTED, partij=party, domein=str(context.domain), epoch=context.epoch)

    def list_commitments(self, context: Context, generation: int = 1) -> dict[str, str]:
        """The signed commitments for a domain and epoch in a generation of shares, by party."""
        return self._database.read(lambda session: store.list_commitments(session, context, generation))

    def committed_generations(self, context: Context) -> list[int]:
        """The generations for which somebody committed, oldest first."""
        return self._database.read(lambda session: store.committed_generations(session, context))

    def grant(self, grond: Gebruiksgrond, now: datetime) -> tuple[Gebruiksgrond, bool]:
        """Grant a direction; it gets an id here. Raises UnknownDomein, UnknownDoel, ActorEnded,
        InvalidGebruiksgrond."""
        grond = replace(rules.check_gebruiksgrond(grond), id=f"gg-{secrets.token_hex(12)}")

        def act(session: Session) -> tuple[Gebruiksgrond, bool]:
            if not all(store.has_domein(session, domain) for domain in (grond.van, grond.naar)):
                raise UnknownDomein
            if any(endstore.ended_at(session, one.actor) is not None for one in (grond.van, grond.naar)):
                raise ActorEnded
            if store.find_doel(session, grond.doel) is None:
                raise UnknownDoel
            for known in store.list_gebruiksgronden(session, str(grond.van), str(grond.naar), grond.doel):
                if replace(known, id=grond.id) == grond:
                    return known, False
            store.add_gebruiksgrond(session, grond, now)
            return grond, True

        granted, is_new = self._database.write(act)
        if is_new:
            names = {"van": str(grond.van), "naar": str(grond.naar), "doel": grond.doel}
            self._log.emit(events.GEBRUIKSGROND_GRANTED, gebruiksgrond=granted.id, **names)
        return granted, is_new

    def withdraw(self, grond_id: str, now: datetime) -> Gebruiksgrond:
        """Withdraw a ground of use at once; twice is once. Raises UnknownGebruiksgrond."""

        def act(session: Session) -> Gebruiksgrond:
            grond = store.find_gebruiksgrond(session, grond_id)
            if grond is None:
                raise UnknownGebruiksgrond
            if grond.ingetrokken_op is None:
                store.end_gebruiksgrond(session, grond_id, now)
                return replace(grond, ingetrokken_op=now)
            return grond

        withdrawn = self._database.write(act)
        self._log.emit(events.GEBRUIKSGROND_WITHDRAWN, gebruiksgrond=grond_id)
        return withdrawn

    def find_actor(self, actor_id: str) -> Actor | None:
        """An actor with its current keys."""
        return self._database.read(lambda session: store.find_actor(session, actor_id))

    def find_jwks(self, actor_id: str) -> Jwks | None:
        """The current public keys of an actor."""
        actor = self.find_actor(actor_id)
        return None if actor is None else Jwks.parse(actor.jwks)

    def find_doel(self, doel_id: str, versie: int | None = None) -> Doel | None:
        """A version of a purpose; without a number the newest."""
        return self._database.read(lambda session: store.find_doel(session, doel_id, versie))

    def has_domein(self, domain: Domain) -> bool:
        """Whether the domain is registered."""
        return self._database.read(lambda session: store.has_domein(session, domain))

    def list_keys(self, domain: Domain) -> list[DomainKey]:
        """The certified public keys of a domain. Raises UnknownDomein."""

        def ask(session: Session) -> list[DomainKey]:
            if not store.has_domein(session, domain):
                raise UnknownDomein
            return store.list_keys(session, domain)

        return self._database.read(ask)

    def direction_facts(
        self, actor: str, doel: str, van: Context, naar: Context, generation: int = 1
    ) -> DirectionFacts:
        """All that is registered about one request to translate, as of one moment."""
        return self._database.read(
            lambda session: store.direction_facts(session, actor, doel, van, naar, generation)
        )

    def list_gebruiksgronden(
        self, van: str | None, naar: str | None, doel: str | None
    ) -> list[Gebruiksgrond]:
        """Grounds of use, narrowed by what is given."""
        return self._database.read(lambda session: store.list_gebruiksgronden(session, van, naar, doel))

    def list_actors(self) -> list[Actor]:
        """All actors."""
        return self._database.read(store.list_actors)

    def list_doelen(self) -> list[Doel]:
        """The newest version of every purpose."""
        return self._database.read(store.list_doelen)

    def list_domeinen(self) -> list[Domain]:
        """All domains."""
        return self._database.read(store.list_domeinen)
