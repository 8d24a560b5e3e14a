"""One machtiging: what it gives, its history, and ending it. Registered last: `/machtigen/{id}`."""

from __future__ import annotations

import re
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import RedirectResponse
from starlette.responses import Response

from machtigen.deps import find_person, services
from machtigen.errors import AlreadyEnded, NotFound
from machtigen.machtigingen import rules
from machtigen.machtigingen.model import ENDED
from machtigen.web.pagina import describe, show
from machtigen.web.sessie import check_form, login_redirect, require_person
from machtigen.web.teksten import DOOR, GEBEURTENISSEN

router = APIRouter(include_in_schema=False)
IDENTIFIER = re.compile(r"[A-Za-z0-9_-]{22}")
DONE = frozenset({"bevestigd", "geweigerd", "ingetrokken", "opgezegd"})


def identifier_of(identifier: str) -> str:
    """The id in the address. Raises NotFound for what cannot be one, before anybody is sent to log in."""
    if not IDENTIFIER.fullmatch(identifier):
        raise NotFound
    return identifier


def einde_of(request: Request) -> str:
    """How it ends: the last part of the address."""
    return request.url.path.rsplit("/", 1)[1]


Identifier = Annotated[str, Depends(identifier_of)]
Einde = Annotated[str, Depends(einde_of)]


@router.get("/machtigen/{identifier}")
def detail(request: Request, identifier: Identifier, gedaan: str = "") -> Response:
    """Everything about one machtiging to which I am a party."""
    person = find_person(request)
    if person is None:
        return login_redirect(request)
    app = services(request)
    found, _ = app.machtigingen.require(identifier, person.partij)
    lines = app.machtigingen.history(identifier, person.partij, app.now())
    values = {
        "machtiging": describe(app, person, [found])[0],
        "geschiedenis": [
            {"op": line.op, "tekst": GEBEURTENISSEN[line.gebeurtenis], "door": DOOR[line.door]}
            for line in lines
        ],
        "gedaan": gedaan if gedaan in DONE else "",
    }
    return show(request, person, "machtiging.html", values)


@router.get("/machtigen/{identifier}/intrekken")
@router.get("/machtigen/{identifier}/opzeggen")
def ask_to_end(request: Request, identifier: Identifier, einde: Einde) -> Response:
    """Sure? What ending it means."""
    person = find_person(request)
    if person is None:
        return login_redirect(request)
    app = services(request)
    found, rol = app.machtigingen.require(identifier, person.partij)
    if einde not in rules.acties(found, rol, app.now()):
        if isinstance(rules.status_at(found, app.now()), ENDED):
            raise AlreadyEnded
        return RedirectResponse(f"/machtigen/{identifier}", 303)
    values = {"machtiging": describe(app, person, [found])[0], "einde": einde}
    return show(request, person, "beeindigen.html", values)


@router.post("/machtigen/{identifier}/intrekken")
@router.post("/machtigen/{identifier}/opzeggen")
def end(
    request: Request, identifier: Identifier, einde: Einde, csrf_token: Annotated[str | None, Form()] = None
) -> Response:
    """End it, at once."""
    person = require_person(request)
    check_form(person, csrf_token)
    app = services(request)
    if einde == "intrekken":
        app.machtigingen.revoke(identifier, person.partij, app.now())
        return RedirectResponse(f"/machtigen/{identifier}?gedaan=ingetrokken", 303)
    app.machtigingen.renounce(identifier, person.partij, app.now())
    return RedirectResponse(f"/machtigen/{identifier}?gedaan=opgezegd", 303)
