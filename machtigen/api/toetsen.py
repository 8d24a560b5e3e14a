"""Lookups for people: for whom may I act, who may act for me, and why something may or may not."""

from __future__ import annotations

import re
from typing import Annotated

from fastapi import APIRouter, Query

from machtigen.api.render import keten_wire, machtiging_wire
from machtigen.deps import Person, Present, Services
from machtigen.diensten.model import DienstId, Handeling, Niveau
from machtigen.errors import MalformedQuestion, NotFound
from machtigen.machtigingen import toets, uitleg
from machtigen.machtigingen.keten import Keten
from machtigen.machtigingen.model import Rol
from machtigen.machtigingen.toets import Toetsvraag
from machtigen.wire.dienst import HandelingWire
from machtigen.wire.machtiging import MachtigingenWire
from machtigen.wire.toets import ToetsWire, UitlegWire

router = APIRouter(prefix="/machtigen/api/v1", tags=["toets"])
SERVICE = re.compile(r"urn:uuid:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
ServiceId = Annotated[str, Query(max_length=100)]


def _service_id(text: str) -> DienstId:
    """Raises MalformedQuestion; whether there is such a service is another question."""
    if not SERVICE.fullmatch(text):
        raise MalformedQuestion
    return DienstId(text)


@router.get("/vertegenwoordigden")
def list_representable(app: Present, person: Person, dienst: ServiceId) -> MachtigingenWire:
    """For whom I may act at this service, now, at the level I am logged in; nobody for the same twice."""
    now = app.now()
    identifier = _service_id(dienst)
    found = app.machtigingen.list_representable(person.partij, identifier, now)
    known = app.diensten.find(identifier)
    needed = known.min_niveau if known else Niveau.LAAG
    usable = [
        keten
        for keten in found
        if toets.effective_level(keten, person.niveau).reaches(needed)
        and person.niveau.reaches(keten.effectief.min_niveau)
    ]
    shown = [keten_wire(one, now) for one in toets.without_doubles(usable)]
    return MachtigingenWire(resultaten=shown, volgende=None)


@router.get("/vertegenwoordigers")
def list_representatives(app: Present, person: Person, dienst: ServiceId) -> MachtigingenWire:
    """By which of my machtigingen somebody may act for me at this service, now; nobody is named."""
    now = app.now()
    known = app.diensten.find(_service_id(dienst))
    if known is None:
        return MachtigingenWire(resultaten=[], volgende=None)
    vraag = Toetsvraag(known, now)
    ketens = app.machtigingen.list_ketens_for(person.partij)
    given = {keten.schakels[-1].id for keten in ketens if not toets.refusals(keten, vraag)}
    mine = [app.machtigingen.require(identifier, person.partij)[0] for identifier in sorted(given)]
    shown = [machtiging_wire(one, person, now) for one in mine]
    shown.sort(key=lambda one: (one.geldig_van, one.id), reverse=True)
    return MachtigingenWire(resultaten=shown, volgende=None)


@router.get("/machtigingen/{identifier}/toets")
def check(
    app: Present,
    person: Person,
    identifier: str,
    dienst: ServiceId,
    handeling: HandelingWire | None = None,
    zaak: Annotated[str | None, Query(max_length=80)] = None,
) -> ToetsWire:
    """Whether this machtiging allows it at this service now, with every reason why not; and who could."""
    keten, rol = app.machtigingen.require_chain(identifier.replace("\x00", ""), person.partij)
    known = app.diensten.find(_service_id(dienst))
    if known is None:
        raise NotFound
    vraag = Toetsvraag(
        dienst=known,
        now=app.now(),
        handeling=Handeling(handeling) if handeling else None,
        niveau=person.niveau if rol is Rol.VERTEGENWOORDIGER else None,
        zaak=zaak,
    )
    reasons = [*toets.refusals(keten, vraag), *_about_others(app, keten, vraag)]
    return ToetsWire(
        toegestaan=not reasons,
        redenen=[_wire(one) for one in uitleg.explain(reasons)],
        bevoegd=[_wire(one) for one in uitleg.competent(reasons, keten.grond, known)],
    )


def _about_others(app: Services, keten: Keten, vraag: Toetsvraag) -> list[str]:
    """What the chain does not say: others must agree, or somebody in it has an opposite interest."""
    if keten.schakel.wederpartij is None:
        return []  # it is nobody's to use yet
    reasons = []
    if not app.instemmingen.for_use(keten, vraag.dienst, vraag.zaak, vraag.now)[0]:
        reasons.append("others-must-agree")
    if app.zaken.in_conflict(vraag.dienst.actor, vraag.zaak, keten.partijen[:-1]):
        reasons.append("conflict-of-interest")
    return reasons


def _wire(one: uitleg.Uitleg) -> UitlegWire:
    return UitlegWire(code=one.code, nl=one.nl, en=one.en)
