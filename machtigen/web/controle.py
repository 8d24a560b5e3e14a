"""For whoever holds a print of the desk: does it stand? No login; the code tells no names."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.responses import Response

from machtigen.api.balie import address_of
from machtigen.deps import find_person, services
from machtigen.errors import CodeUnknown, TooManyAttempts
from machtigen.web.balie import given
from machtigen.web.pagina import show

router = APIRouter(include_in_schema=False)
UNKNOWN = "Wij kennen deze code niet. Kijk na of u alles goed hebt overgenomen."
THROTTLED = "Er zijn te veel verkeerde codes ingevuld. Probeer het over een uur opnieuw."


@router.get("/machtigen/controle")
def ask(request: Request) -> Response:
    """Type the code. It is never taken from an address, where it would stay in a history."""
    return show(request, find_person(request), "controle.html", {"fout": None, "gevonden": None})


@router.post("/machtigen/controle")
def check(request: Request, code: Annotated[str, Form(max_length=100)] = "") -> Response:
    """What stands behind it. Nothing is changed, so there is no token of a page."""
    app, person = services(request), find_person(request)
    try:
        found = app.balie.check(code, address_of(request), app.now())
    except CodeUnknown:
        return show(request, person, "controle.html", {"fout": UNKNOWN, "gevonden": None}, 404)
    except TooManyAttempts:
        return show(request, person, "controle.html", {"fout": THROTTLED, "gevonden": None}, 429)
    values = {"fout": None, "gevonden": given(app, found.machtiging), "stand": found.stand}
    return show(request, person, "controle.html", values)
