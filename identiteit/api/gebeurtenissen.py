"""Life events: taken in from sources; how their deliveries stand, for the operator and the receivers."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Header
from fastapi.responses import JSONResponse

from identiteit import events
from identiteit.deps import OPERATOR, Delivery, Present, Source
from identiteit.errors import NoReceiver
from identiteit.gebeurtenissen.invoer import from_wire
from identiteit.wire.gebeurtenis import GebeurtenisIn, HerleverenIn, StandenUit, StandUit

router = APIRouter(prefix="/identiteit/api/v1", tags=["gebeurtenissen"])
Key = Annotated[str | None, Header(alias="Idempotency-Key", min_length=1, max_length=200)]


@router.post("/gebeurtenissen", status_code=202)
def take_event(
    body: GebeurtenisIn, app: Present, caller: Source, idempotency_key: Key = None
) -> JSONResponse:
    """Take a life event in; it is kept, and in line for the receivers, before the answer leaves."""
    gebeurtenis = from_wire(body)
    kenmerk = f"sleutel:{idempotency_key}" if idempotency_key else None
    app.gebeurtenissen.take(gebeurtenis, caller.client_id, app.now(), kenmerk)
    app.log.emit(events.EVENT_TAKEN, soort=body.soort)
    return JSONResponse({"status": "ontvangen"}, status_code=202)


@router.get("/leveringen")
def deliveries(app: Present, caller: Delivery) -> StandenUit:
    """How the deliveries to each receiver stand; a receiver sees its own only."""
    found = [
        StandUit(
            ontvanger=one.ontvanger,
            laatste=one.laatste,
            afgehandeld=one.afgehandeld,
            wachtend=one.wachtend,
            dood=list(one.dood),
        )
        for one in app.gebeurtenissen.state()
        if caller.client_id in {OPERATOR, one.ontvanger}
    ]
    return StandenUit(resultaten=found)


@router.post("/leveringen/herleveren")
def deliver_again(body: HerleverenIn, app: Present, caller: Delivery) -> JSONResponse:
    """Deliver again what lies between two numbers, dead letters included."""
    asked = body.ontvanger if caller.client_id == OPERATOR else caller.client_id
    if asked not in app.settings.ontvangers or body.van > body.tot:
        raise NoReceiver
    number = app.gebeurtenissen.deliver_again(asked, body.van, body.tot, app.now())
    app.log.emit(events.EVENTS_AGAIN, ontvanger=asked, aantal=number)
    return JSONResponse({"aantal": number}, status_code=202)
