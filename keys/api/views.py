"""From the words of the registry to the wire."""

from __future__ import annotations

from keys.doelen.model import Actor, Doel, DoelInhoud, Gebruiksgrond, Generatie, Overdracht
from keys.doelen.service import Doelen
from keys.kernel.pep.encoding import to_base64url
from keys.kernel.pep.names import Domain
from keys.wire.doelen import (
    ActorView,
    DoelIn,
    DoelView,
    DomeinView,
    GebruiksgrondView,
    SleutelView,
    ToezeggingenView,
)
from keys.wire.generaties import GeneratieView, NaamView


def actor_view(actor: Actor) -> ActorView:
    """An actor."""
    return ActorView(
        actor=actor.id,
        oin=actor.oin,
        onderactor=actor.onderactor,
        naam=actor.naam,
        rol=actor.rol.value,
        jwks=actor.jwks,
        beeindigd_op=actor.beeindigd_op,
    )


def doel_inhoud(given: DoelIn) -> DoelInhoud:
    """The content of a purpose from the wire."""
    values = given.model_dump(exclude={"goedkeuringen"})
    values["categorieen"] = tuple(given.categorieen)
    values["goedgekeurd_door"] = tuple(given.goedgekeurd_door)
    return DoelInhoud(**values)


def doel_view(doel: Doel, keys_url: str) -> DoelView:
    """A version of a purpose, with its address as its URI."""
    inhoud = doel.inhoud
    return DoelView(
        id=inhoud.id,
        versie=doel.versie,
        uri=f"{keys_url}/doelen/{inhoud.id}/v{doel.versie}",
        naam=inhoud.naam,
        uitleg=inhoud.uitleg,
        naam_en=inhoud.naam_en,
        uitleg_en=inhoud.uitleg_en,
        wettelijke_grondslag=inhoud.wettelijke_grondslag,
        avg_grondslag=inhoud.avg_grondslag,
        categorieen=list(inhoud.categorieen),
        bewaartermijn=inhoud.bewaartermijn,
        geldig_van=inhoud.geldig_van,
        geldig_tot=inhoud.geldig_tot,
        goedgekeurd_door=list(inhoud.goedgekeurd_door),
        beeindigd_per=doel.beeindigd_per,
        digest=doel.digest,
    )


def domein_view(registry: Doelen, domain: Domain) -> DomeinView:
    """A domain with its public keys and what the parties committed to. Raises UnknownDomein."""
    keys = registry.list_keys(domain)
    return DomeinView(
        domein=str(domain),
        sleutels=[
            SleutelView(
                epoch=key.context.epoch, publiek=to_base64url(key.public), bewijzen=list(key.certificates)
            )
            for key in keys
        ],
        toezeggingen=[
            ToezeggingenView(
                epoch=key.context.epoch,
                verklaringen=list(registry.list_commitments(key.context, generation).values()),
                generatie=generation,
            )
            for key in keys
            for generation in registry.committed_generations(key.context)
        ],
        ingetrokken=registry.einden.list_revoked(domain),
    )


def gebruiksgrond_view(grond: Gebruiksgrond) -> GebruiksgrondView:
    """A ground of use."""
    return GebruiksgrondView(
        id=grond.id,
        van=str(grond.van),
        naar=str(grond.naar),
        doel=grond.doel,
        geldig_van=grond.geldig_van,
        geldig_tot=grond.geldig_tot,
        max_per_dag=grond.max_per_dag,
        bij_overschrijding=grond.bij_overschrijding.value,
        ingetrokken_op=grond.ingetrokken_op,
    )


def generatie_view(generatie: Generatie) -> GeneratieView:
    """A generation of shares."""
    return GeneratieView(nummer=generatie.nummer, vorige=generatie.vorige, stand=generatie.stand.value)


def naam_view(overdracht: Overdracht) -> NaamView:
    """A name with what is recorded of it in both generations."""
    context = overdracht.key.context
    return NaamView(
        domein=str(context.domain),
        epoch=context.epoch,
        bewijzen=list(overdracht.key.certificates),
        toezeggingen_voor=list(overdracht.before.values()),
        toezeggingen_na=tuple(overdracht.after.values()),
        overdracht=overdracht.proof,
    )
