"""Changing a machtiging that stands, as one of its parties: narrow, extend, pause, contest, pass on."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from fastapi import APIRouter
from fastapi.responses import JSONResponse

from machtigen.api.machtigingen import addressee, changed, issued, moment
from machtigen.deps import Present, Repeat, Services, Writer, acting
from machtigen.diensten.model import Handeling, Niveau
from machtigen.herhalingen.service import Perform
from machtigen.machtigingen.dagen import end_of, start_of
from machtigen.machtigingen.model import Aanvraag, Inperking, Machtiging
from machtigen.machtigingen.rules import MAXIMUM_YEARS, last_moment, years_later
from machtigen.partijen.model import PartijId
from machtigen.sessies.model import Sessie
from machtigen.wire.machtiging import (
    BeperkenWire,
    BetwistenWire,
    DoorAanvraagWire,
    MachtigingWire,
    UitgegevenWire,
    VerlengenWire,
)

router = APIRouter(prefix="/machtigen/api/v1/machtigingen/{identifier}", tags=["machtigingen"])


def _clean(identifier: str) -> str:
    return identifier.replace("\x00", "")


def _inperking(body: BeperkenWire) -> Inperking:
    return Inperking(
        diensten=None if body.diensten is None else tuple(body.diensten),
        handelingen=None if body.handelingen is None else frozenset(map(Handeling, body.handelingen)),
        geldig_tot=None if body.geldig_tot is None else moment(body.geldig_tot, end_of),
        zaak=body.zaak,
        doelen=None if body.doelen is None else frozenset(body.doelen),
        min_niveau=body.min_niveau and Niveau(body.min_niveau),
        max_gebruik=body.max_gebruik,
    )


@router.post("/beperken", response_model=MachtigingWire)
def narrow(app: Present, person: Writer, repeat: Repeat, identifier: str, body: BeperkenWire) -> JSONResponse:
    """Less than before, at once: fewer services or actions, an earlier end, one case."""
    left = _inperking(body)

    def do(perform: Perform) -> Machtiging:
        return app.machtigingen.narrow(_clean(identifier), left, person.partij, app.now(), perform)

    return changed(app, repeat, person, do)


@router.post("/verlengen", response_model=MachtigingWire)
def extend(
    app: Present, person: Writer, repeat: Repeat, identifier: str, body: VerlengenWire
) -> JSONResponse:
    """Propose a later end; or agree to the one that the other side proposed, by naming the same."""
    until = moment(body.geldig_tot, end_of)

    def do(perform: Perform) -> Machtiging:
        return app.machtigingen.extend(
            _clean(identifier), until, person.partij, person.niveau, app.now(), perform
        )

    return changed(app, repeat, person, do)


@router.post("/verlenging/afwijzen", response_model=MachtigingWire)
def refuse_extension(app: Present, person: Writer, repeat: Repeat, identifier: str) -> JSONResponse:
    """Turn a proposal to extend down, or take my own back."""

    def do(perform: Perform) -> Machtiging:
        return app.machtigingen.refuse_extension(_clean(identifier), person.partij, app.now(), perform)

    return changed(app, repeat, person, do)


@router.post("/pauzeren", response_model=MachtigingWire)
def pause(app: Present, person: Writer, repeat: Repeat, identifier: str) -> JSONResponse:
    """Nothing can be done with it until I resume it."""

    def do(perform: Perform) -> Machtiging:
        return app.machtigingen.pause(_clean(identifier), person.partij, app.now(), perform)

    return changed(app, repeat, person, do)


@router.post("/hervatten", response_model=MachtigingWire)
def resume(app: Present, person: Writer, repeat: Repeat, identifier: str) -> JSONResponse:
    """Let it go on, as the one who paused it."""

    def do(perform: Perform) -> Machtiging:
        return app.machtigingen.resume(_clean(identifier), person.partij, app.now(), perform)

    return changed(app, repeat, person, do)


@router.post("/betwisten", response_model=MachtigingWire)
def contest(
    app: Present, person: Writer, repeat: Repeat, identifier: str, body: BetwistenWire
) -> JSONResponse:
    """Say that it is not right: nobody can use it until somebody has judged it."""

    def do(perform: Perform) -> Machtiging:
        return app.machtigingen.contest(_clean(identifier), body.reden, person.partij, app.now(), perform)

    return changed(app, repeat, person, do)


@router.post("/doormachtigen", response_model=UitgegevenWire)
def delegate(
    app: Present, person: Writer, repeat: Repeat, identifier: str, body: DoorAanvraagWire
) -> JSONResponse:
    """Pass it on, or a part of it: the answer holds the code for who may act in my place.

    `organisatie`: when it is mine to act for, I do; else it is the one to which I pass it on.
    """
    who, to = _for_whom(app, person, _clean(identifier), body.organisatie)
    asked = _passed_on(app, _clean(identifier), body, who.partij, app.now())
    asked = replace(asked, organisatie=addressee(app, to))
    return issued(
        app,
        repeat,
        who,
        lambda perform: app.machtigingen.delegate(
            _clean(identifier), asked, who.partij, who.niveau, app.now(), perform, mens=who.mens
        ),
        status=200,
    )


def _for_whom(
    app: Services, person: Sessie, identifier: str, organisatie: str | None
) -> tuple[Sessie, str | None]:
    """(who passes it on, the organisation to which) when `organisatie` may mean either. Raises NotFound."""
    found = app.machtigingen.find(identifier)
    if organisatie is None or person.optreden is not None or (found and found.role_of(person.partij)):
        named = app.organisaties.find(organisatie) if organisatie else None
        return person, None if named is not None and named.id == person.partij else organisatie
    return acting(app, person, organisatie), None


def _passed_on(
    app: Services, identifier: str, body: DoorAanvraagWire, door: PartijId, now: datetime
) -> Aanvraag:
    """What is asked, with what it leaves out taken from the link above. Raises NotFound."""
    above, _ = app.machtigingen.require(identifier, door)
    actions = above.handelingen if body.handelingen is None else {Handeling(one) for one in body.handelingen}
    start, end = body.geldig_van, body.geldig_tot
    longest = min(last_moment(above), years_later(now, MAXIMUM_YEARS))
    return Aanvraag(
        diensten=above.diensten if body.diensten is None else tuple(body.diensten),
        handelingen=frozenset(actions),
        geldig_van=max(now, above.geldig_van) if start is None else moment(start, start_of),
        geldig_tot=longest if end is None else moment(end, end_of),
        zaak=body.zaak or above.zaak,
        label=body.label,
        functie=body.functie,
        doelen=above.doelen if body.doelen is None else frozenset(body.doelen),
        min_niveau=Niveau(body.min_niveau) if body.min_niveau else above.min_niveau,
        max_gebruik=body.max_gebruik,
    )
