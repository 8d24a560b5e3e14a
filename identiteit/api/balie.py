"""The desk: the operator registers clerks; a clerk, logged in, gets tickets for who stands there."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from starlette.requests import Request

from identiteit import events
from identiteit.deps import Operator, Person, Present
from identiteit.errors import InvalidPerson
from identiteit.inloggen.rules import name_for_package
from identiteit.personen.model import Bsn
from identiteit.wire.balie import BalieticketsIn, EindeIn, MedewerkerIn, MedewerkerUit
from keys.kernel.pages import check_csrf

router = APIRouter(prefix="/identiteit/api/v1", tags=["balie"])


def read_bsn(text: str) -> Bsn | None:
    """The number; None when it cannot be one. Spaces and points are forgiven."""
    try:
        return Bsn(text.replace(" ", "").replace(".", ""))
    except ValueError:
        return None


def _required(text: str) -> Bsn:
    bsn = read_bsn(text)
    if bsn is None:
        raise InvalidPerson
    return bsn


@router.post("/baliemedewerkers", status_code=201)
def register_clerk(body: MedewerkerIn, app: Present, _caller: Operator) -> MedewerkerUit:
    """Let a person work at a desk; the ticket is for `machtigen`, which registers them too."""
    ticket = app.balie.register(_required(body.bsn), body.loket, app.now())
    app.log.emit(events.REGISTERED, soort="baliemedewerker")
    return MedewerkerUit(ticket=ticket)


@router.post("/baliemedewerkers/einde")
def end_clerk(body: EindeIn, app: Present, _caller: Operator) -> MedewerkerUit:
    """A person works at no desk any more; the ticket tells `machtigen` so."""
    ticket = app.balie.end(_required(body.bsn), app.now())
    app.log.emit(events.REGISTERED, soort="baliemedewerker-einde")
    return MedewerkerUit(ticket=ticket)


@router.post("/balietickets")
def desk_tickets(request: Request, body: BalieticketsIn, app: Present, sessie: Person) -> dict[str, Any]:
    """For a clerk: a ticket for each number, in order; `unknown-person` for who is not known."""
    check_csrf(sessie.csrf, request.headers.get("x-csrf-token"))
    found = app.balie.look_up(
        sessie.persoon_id,
        name_for_package("sid", sessie.sid, "machtigen"),
        [read_bsn(person.bsn) for person in body.personen],
        app.now(),
    )
    known = sum(one is not None for one in found)
    app.log.emit(events.TICKETS_ISSUED, soort="balie", aantal=known, mislukt=len(found) - known)
    return {
        "tickets": [
            {"volgnummer": number, "ticket": one.ticket}
            if one
            else {"volgnummer": number, "code": "unknown-person"}
            for number, one in enumerate(found)
        ]
    }
