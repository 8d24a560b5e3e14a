"""Generations of the shares over HTTP: everybody may read; the operator begins, brings what parties state,
and has a generation go into use. What parties state is checked here before any of it is kept."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Response

from keys.api.views import generatie_view, naam_view
from keys.deps import Keys, keys_of, require_operator
from keys.doelen.errors import InvalidCarry, NamesNotCarried
from keys.doelen.generaties import Carried
from keys.kernel.caller import VerifiedCaller
from keys.kernel.pep.errors import PepError
from keys.kernel.pep.names import Context, Domain
from keys.wire import generaties as wire
from keys.wire.transcrypties import MAXIMUM_GENERATION
from keys.wire.verklaringen import InvalidStatement, party_of_commitment

router = APIRouter(prefix="/keys")
Operator = Annotated[VerifiedCaller, Depends(require_operator)]
Built = Annotated[Keys, Depends(keys_of)]


@router.get("/v1/generaties")
def list_generations(keys: Built) -> wire.GeneratiesView:
    """Which generation of shares is in use, and all that were begun after the first."""
    found = [generatie_view(one) for one in keys.registry.generaties.list_all()]
    begun = next((one.nummer for one in found if one.stand == "begonnen"), None)
    in_use = keys.registry.generaties.in_use()
    return wire.GeneratiesView(in_gebruik=in_use, begonnen=begun, resultaten=tuple(found))


@router.get("/v1/generaties/{nummer}")
def find_generation(nummer: int, keys: Built) -> wire.VerversingView:
    """A generation with all names that go, or went, to it."""
    generation, carried = keys.registry.generaties.find(min(nummer, MAXIMUM_GENERATION + 1))
    return wire.VerversingView(
        nummer=generation.nummer,
        vorige=generation.vorige,
        stand=generation.stand.value,
        namen=[naam_view(one) for one in carried],
    )


@router.post("/v1/generaties", status_code=201)
def begin(given: wire.GeneratieIn, _: Operator, keys: Built, response: Response) -> wire.GeneratieView:
    """Begin to replace all shares: until this is done or given up there are no new domains and keys."""
    begun, is_new = keys.registry.generaties.begin(given.nummer, keys.now())
    response.status_code = 201 if is_new else 200
    return generatie_view(begun)


@router.post("/v1/generaties/{nummer}/overdrachten")
def record_carried(nummer: int, given: wire.OverdrachtenIn, _: Operator, keys: Built) -> wire.GeneratieView:
    """Record what parties state about some names, once all of it was found to hold."""
    generation, names = keys.registry.generaties.find(min(nummer, MAXIMUM_GENERATION + 1))
    certificates = {one.key.context: one.key.certificates for one in names}
    pair = (generation.vorige, generation.nummer)
    carried = [_verified(one, certificates, pair, keys) for one in given.namen]
    keys.registry.generaties.record(nummer, carried, keys.now())
    return generatie_view(generation)


@router.post("/v1/generaties/{nummer}/ingaan")
def enter(nummer: int, _: Operator, keys: Built) -> wire.GeneratieView:
    """Have a generation go into use: every name was carried over, with its proof."""
    return generatie_view(keys.registry.generaties.enter(min(nummer, MAXIMUM_GENERATION + 1), keys.now()))


@router.post("/v1/generaties/{nummer}/afbreken")
def give_up(nummer: int, _: Operator, keys: Built) -> wire.GeneratieView:
    """Give up a generation that is not in use yet; the one before goes on."""
    return generatie_view(keys.registry.generaties.give_up(min(nummer, MAXIMUM_GENERATION + 1), keys.now()))


def _verified(
    given: wire.OverdrachtIn, known: dict[Context, tuple[str, ...]], pair: tuple[int, int], keys: Keys
) -> Carried:
    parties = keys.party_keys
    try:
        context = Context(Domain.parse(given.domein), given.epoch)
        if context not in known:
            raise NamesNotCarried
        before, after = (
            {party_of_commitment(token, parties, context, number): token for token in tokens}
            for number, tokens in zip(pair, (given.toezeggingen_voor, given.toezeggingen_na), strict=True)
        )
        old, new = (
            [*keys.registry.list_commitments(context, number).values(), *stated.values()]
            for number, stated in zip(pair, (before, after), strict=True)
        )
        naam = wire.read_naam(context, known[context], old, parties, pair[0])
        wire.check_carried(naam, new, given.overdracht, parties, pair)
    except (PepError, InvalidStatement) as error:
        raise InvalidCarry from error
    return Carried(context, before, after, given.overdracht)
