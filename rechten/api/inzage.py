"""Inspection: the register's side (ticket and proof), and the composed answer for the logged-in person."""

from __future__ import annotations

from datetime import UTC, date
from typing import Annotated

from fastapi import APIRouter, Header, Query

from rechten.api.render import inzage_view
from rechten.deps import Person, Present, Tracing
from rechten.errors import InspectionOnBehalfNotOffered
from rechten.events import INSPECTED, OWN_ACT, UNREACHABLE
from rechten.inzage.handelen import EigenHandeling, Soort
from rechten.inzage.model import Overzicht, Periode
from rechten.inzage.service import Inzagevraag
from rechten.voorstellen.model import Betalingsvoorstel
from rechten.wire.inzage import (
    InzageIn,
    InzageView,
    OverzichtGebruikView,
    OverzichtGegevensView,
    RegisterGebruikView,
    RegisterGegevensView,
    RegisterRef,
)
from rechten.wire.storingen import EigenHandelingIn, GedaanView

router = APIRouter(prefix="/rechten/api/v1", tags=["inzage"])


@router.post("/registers/{register_id}/inzage")
def inspect(app: Present, trace: Tracing, register_id: str, body: InzageIn) -> InzageView:
    """What this register has about the ticket's person, and what happened with it."""
    opened = app.registers.require(register_id)
    now = app.now()
    vraag = Inzagevraag(
        ticket=body.ticket,
        bewijs=body.bewijs,
        url=app.inspection_url(register_id),
        periode=Periode.choose(body.van, body.tot, now.astimezone(UTC).date()),
        trace=trace,
    )
    inzage = app.inzien.inspect(opened, vraag, now)
    app.log.emit(INSPECTED, register=register_id)
    return inzage_view(opened, inzage, now)


@router.post("/registers/{register_id}/inzage/handelingen")
def act_on_own(
    app: Present,
    trace: Tracing,
    register_id: str,
    body: EigenHandelingIn,
    idempotency_key: Annotated[str | None, Header()] = None,
) -> GedaanView:
    """What the ticket's person does here about themself; the proof is aimed at this very address."""
    opened = app.registers.require(register_id)
    now = app.now()
    today = now.astimezone(UTC).date()
    vraag = Inzagevraag(
        ticket=body.ticket,
        bewijs=body.bewijs,
        url=f"{app.inspection_url(register_id)}/handelingen",
        periode=Periode(today, today),
        trace=trace,
    )
    voorstel = body.voorstel
    inhoud = Betalingsvoorstel(voorstel.bedrag_per_maand, voorstel.vanaf) if voorstel else None
    handeling = EigenHandeling(Soort(body.handeling), body.onderwerp, inhoud, idempotency_key)
    done = app.handelen.act(opened, vraag, handeling, now)
    app.log.emit(OWN_ACT, register=register_id, soort=handeling.soort.value)
    return GedaanView(**done)


@router.get("/inzage/gegevens")
def list_own_records(app: Present, person: Person, namens: str | None = None) -> OverzichtGegevensView:
    """What all registers hold about me."""
    _not_on_behalf(namens)
    today = app.now().astimezone(UTC).date()
    overzicht = compose(app, person, Periode(today, today))
    return OverzichtGegevensView(
        registers=[
            RegisterGegevensView(
                register_id=found.register,
                naam=dict(found.naam),
                gegevens=found.antwoord["gegevens"],
                voorstellen=found.antwoord.get("voorstellen", []),
            )
            for found in overzicht.antwoorden
        ],
        onbereikbaar=_silent(overzicht),
    )


@router.get("/inzage/gebruik")
def list_own_uses(
    app: Present,
    person: Person,
    van: Annotated[date | None, Query()] = None,
    tot: Annotated[date | None, Query()] = None,
    namens: str | None = None,
) -> OverzichtGebruikView:
    """What happened with my data in all registers, on the days `van` to `tot`."""
    _not_on_behalf(namens)
    periode = Periode.choose(van, tot, app.now().astimezone(UTC).date())
    overzicht = compose(app, person, periode)
    return OverzichtGebruikView(
        van=periode.van,
        tot=periode.tot,
        registers=[
            RegisterGebruikView(
                register_id=found.register,
                naam=dict(found.naam),
                gebruik=found.antwoord["gebruik"],
                storingen=found.antwoord.get("storingen", []),
            )
            for found in overzicht.antwoorden
        ],
        onbereikbaar=_silent(overzicht),
    )


def compose(app: Present, person: Person, periode: Periode) -> Overzicht:
    """Ask every register; note in the log which did not answer."""
    overzicht = app.samenstelling.compose(person.access_token, app.registers.list_all(), periode)
    for register, _ in overzicht.onbereikbaar:
        app.log.emit(UNREACHABLE, register=register)
    return overzicht


def _silent(overzicht: Overzicht) -> list[RegisterRef]:
    return [RegisterRef(register_id=register, naam=dict(naam)) for register, naam in overzicht.onbereikbaar]


def _not_on_behalf(namens: str | None) -> None:
    if namens is not None:
        raise InspectionOnBehalfNotOffered
