"""The registry over HTTP: everybody may read; the operator writes; an actor records its own keys.

Every write is idempotent by its content (201 when new, 200 when it stood there already), so that a
repeated `Idempotency-Key` needs nothing more.
"""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Response

from keys.api.views import actor_view, doel_inhoud, doel_view, domein_view, gebruiksgrond_view
from keys.deps import Keys, keys_of, require_actor, require_approvals, require_operator
from keys.doelen.model import Actor, Gebruiksgrond, Overschrijding, Rol
from keys.errors import (
    InvalidCommitment,
    InvalidDomein,
    InvalidGebruiksgrond,
    NotApproved,
    NotYours,
    UnknownActor,
    UnknownDoel,
    UnknownDomein,
)
from keys.kernel.caller import VerifiedCaller
from keys.kernel.pep.errors import PepError
from keys.kernel.pep.names import Context, Domain
from keys.pseudonyms.issue import certified
from keys.wire import doelen as wire
from keys.wire.verklaringen import InvalidStatement, compare_commitments, party_of_commitment

router = APIRouter(prefix="/keys")
Operator = Annotated[VerifiedCaller, Depends(require_operator)]
Caller = Annotated[VerifiedCaller, Depends(require_actor)]
Built = Annotated[Keys, Depends(keys_of)]


def _created(response: Response, is_new: bool) -> None:
    response.status_code = 201 if is_new else 200


@router.get("/v1/actoren")
def list_actors(keys: Built) -> dict[str, list[wire.ActorView]]:
    """All actors."""
    return {"resultaten": [actor_view(actor) for actor in keys.registry.list_actors()]}


@router.get("/v1/actoren/{actor}")
def find_actor(actor: str, keys: Built) -> wire.ActorView:
    """One actor."""
    found = keys.registry.find_actor(actor)
    if found is None:
        raise UnknownActor
    return actor_view(found)


@router.get("/v1/actoren/{actor}/sleutels")
def actor_keys(actor: str, keys: Built) -> dict[str, Any]:
    """The public keys of an actor, as a JSON Web Key Set."""
    found = keys.registry.find_actor(actor)
    if found is None:
        raise UnknownActor
    return found.jwks


@router.post("/v1/actoren", status_code=201)
def register_actor(given: wire.ActorIn, _: Operator, keys: Built, response: Response) -> wire.ActorView:
    """Register an actor."""
    require_approvals(keys, "actor", given.model_dump(), given.goedkeuringen)
    actor = Actor(given.oin, given.onderactor, given.naam, Rol(given.rol), given.jwks)
    registered, is_new = keys.registry.register_actor(actor, keys.now())
    _created(response, is_new)
    return actor_view(registered)


@router.put("/v1/actoren/{actor}/sleutels")
def replace_actor_keys(actor: str, given: wire.SleutelsIn, _: Operator, keys: Built) -> wire.ActorView:
    """Replace an actor's public keys."""
    require_approvals(keys, "sleutels", {"actor": actor, "jwks": given.jwks}, given.goedkeuringen)
    return actor_view(keys.registry.replace_actor_keys(actor, given.jwks, keys.now()))


@router.post("/v1/actoren/{actor}/beeindigen")
def end_actor(actor: str, _: Operator, keys: Built) -> wire.ActorView:
    """Withdraw an actor at once: no keys for it, no translation to or from its domains."""
    return actor_view(keys.registry.einden.end_actor(actor, keys.now()))


@router.post("/v1/actoren/{actor}/hertoelaten")
def readmit_actor(actor: str, given: wire.ActorIn, _: Operator, keys: Built) -> wire.ActorView:
    """Admit a withdrawn actor again: a registration like the first, with approvals where these are needed."""
    require_approvals(keys, "actor", given.model_dump(), given.goedkeuringen)
    again = Actor(given.oin, given.onderactor, given.naam, Rol(given.rol), given.jwks)
    if again.id != actor:
        raise UnknownActor
    return actor_view(keys.registry.einden.readmit_actor(again, keys.now()))


@router.get("/v1/doelen")
def list_doelen(keys: Built) -> dict[str, list[wire.DoelView]]:
    """The newest version of every purpose."""
    return {"resultaten": [doel_view(doel, keys.keys_url) for doel in keys.registry.list_doelen()]}


@router.get("/v1/doelen/{doel_id}")
def find_doel(doel_id: str, keys: Built) -> wire.DoelView:
    """The newest version of a purpose."""
    found = keys.registry.find_doel(doel_id)
    if found is None:
        raise UnknownDoel
    return doel_view(found, keys.keys_url)


@router.get("/v1/doelen/{doel_id}/v{versie}")
@router.get("/doelen/{doel_id}/v{versie}")
def find_doel_version(doel_id: str, versie: int, keys: Built) -> wire.DoelView:
    """One version of a purpose; `/keys/doelen/<id>/v<n>` is the URI that statements name."""
    found = keys.registry.find_doel(doel_id, versie) if 0 < versie < 2**31 else None
    if found is None:
        raise UnknownDoel
    return doel_view(found, keys.keys_url)


@router.post("/v1/doelen", status_code=201)
def publish_doel(given: wire.DoelIn, _: Operator, keys: Built, response: Response) -> wire.DoelView:
    """Publish a version of a purpose."""
    named = require_approvals(keys, "doel", given.model_dump(), given.goedkeuringen)
    if not named <= set(given.goedgekeurd_door):
        raise NotApproved
    doel, is_new = keys.registry.publish_doel(doel_inhoud(given), keys.now())
    _created(response, is_new)
    return doel_view(doel, keys.keys_url)


@router.post("/v1/doelen/{doel_id}/beeindigen")
def end_doel(doel_id: str, given: wire.EindeIn, _: Operator, keys: Built) -> wire.DoelView:
    """End a purpose from a moment on."""
    return doel_view(keys.registry.end_doel(doel_id, given.per, keys.now()), keys.keys_url)


@router.get("/v1/domeinen")
def list_domeinen(keys: Built) -> dict[str, list[str]]:
    """All domains, by name."""
    return {"resultaten": [str(domain) for domain in keys.registry.list_domeinen()]}


@router.get("/v1/domeinen/{domein}")
def find_domein(domein: str, keys: Built) -> wire.DomeinView:
    """A domain and its certified public keys."""
    domain = _known_domain(domein)
    return domein_view(keys.registry, domain)


@router.post("/v1/domeinen", status_code=201)
def register_domein(given: wire.DomeinIn, _: Operator, keys: Built, response: Response) -> wire.DomeinView:
    """Register a domain."""
    try:
        domain = Domain.parse(given.domein)
    except PepError as error:
        raise InvalidDomein from error
    _created(response, keys.registry.register_domein(domain, keys.now()))
    return domein_view(keys.registry, domain)


@router.post("/v1/domeinen/{domein}/sleutels")
def record_key(domein: str, given: wire.SleutelIn, caller: Caller, keys: Built) -> wire.DomeinView:
    """Record the public key of one's own domain, on the word of two transcryptors."""
    domain = _known_domain(domein)
    if domain.actor != caller.client_id:
        raise NotYours
    key = certified(Context(domain, given.epoch), tuple(given.bewijzen), keys.party_keys)
    keys.registry.record_key(key, keys.now())
    return domein_view(keys.registry, domain)


@router.post("/v1/domeinen/{domein}/sleutels/{epoch}/intrekken")
def revoke_epoch(domein: str, epoch: int, _: Operator, keys: Built) -> wire.DomeinView:
    """Revoke an epoch of a domain at once: its key is lost, or in wrong hands."""
    domain = _known_domain(domein)
    try:
        context = Context(domain, epoch)
    except PepError as error:
        raise UnknownDomein from error
    keys.registry.einden.revoke_epoch(context, keys.now())
    return domein_view(keys.registry, domain)


@router.post("/v1/domeinen/{domein}/toezeggingen")
def record_commitments(domein: str, given: wire.ToezeggingenIn, _: Caller, keys: Built) -> wire.DomeinView:
    """Record what parties committed to: each statement is a party's own, and none contradicts another."""
    context = Context(_known_domain(domein), given.epoch)
    try:
        stated = {
            party_of_commitment(token, keys.party_keys, context, given.generatie): token
            for token in given.verklaringen
        }
        known = keys.registry.list_commitments(context, given.generatie)
        compare_commitments([*known.values(), *stated.values()], keys.party_keys, context, given.generatie)
    except InvalidStatement as error:
        raise InvalidCommitment from error
    keys.registry.record_commitments(context, given.generatie, stated, keys.now())
    return domein_view(keys.registry, context.domain)


@router.get("/v1/gebruiksgronden")
def list_gebruiksgronden(
    keys: Built, van: str | None = None, naar: str | None = None, doel: str | None = None
) -> dict[str, list[wire.GebruiksgrondView]]:
    """Grounds of use, withdrawn ones too; narrowed by what is given."""
    found = keys.registry.list_gebruiksgronden(van, naar, doel)
    return {"resultaten": [gebruiksgrond_view(grond) for grond in found]}


@router.post("/v1/gebruiksgronden", status_code=201)
def grant(
    given: wire.GebruiksgrondIn, _: Operator, keys: Built, response: Response
) -> wire.GebruiksgrondView:
    """Grant one direction for one purpose."""
    try:
        van, naar = Domain.parse(given.van), Domain.parse(given.naar)
    except PepError as error:
        raise InvalidGebruiksgrond from error
    grond = Gebruiksgrond(
        id="",
        van=van,
        naar=naar,
        doel=given.doel,
        geldig_van=given.geldig_van,
        geldig_tot=given.geldig_tot,
        max_per_dag=given.max_per_dag,
        bij_overschrijding=Overschrijding(given.bij_overschrijding),
    )
    granted, is_new = keys.registry.grant(grond, keys.now())
    _created(response, is_new)
    return gebruiksgrond_view(granted)


@router.post("/v1/gebruiksgronden/{grond_id}/intrekken")
def withdraw(grond_id: str, _: Operator, keys: Built) -> wire.GebruiksgrondView:
    """Withdraw a ground of use at once."""
    return gebruiksgrond_view(keys.registry.withdraw(grond_id, keys.now()))


def _known_domain(text: str) -> Domain:
    try:
        return Domain.parse(text)
    except PepError as error:
        raise UnknownDomein from error
