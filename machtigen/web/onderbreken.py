"""Pause and resume, which can be undone; contest, which freezes until somebody has judged it."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse
from starlette.responses import Response

from machtigen.deps import Services, services
from machtigen.errors import AlreadyEnded
from machtigen.machtigingen import rules
from machtigen.machtigingen.model import ENDED, Machtiging
from machtigen.sessies.model import Sessie
from machtigen.web.namens import find_person, here, require_person
from machtigen.web.pagina import INVALID_FORM, describe, show
from machtigen.web.sessie import check_form, login_redirect
from machtigen.web.velden import Csrf, Identifier, read_lines

router = APIRouter(include_in_schema=False)
LONGEST_REASON = 2000
TOO_LONG = "Gebruik hoogstens 2000 tekens."
TEXTS = (TOO_LONG,)
Reason = Annotated[str, Form(max_length=20_000)]


@router.post("/machtigen/{identifier}/pauzeren")
def pause(request: Request, identifier: Identifier, csrf_token: Csrf = None) -> Response:
    """Nobody can use it, until I resume it."""
    person = require_person(request)
    check_form(person, csrf_token)
    app = services(request)
    perform = app.organisaties.noting(person.optreden, app.now())
    app.machtigingen.pause(identifier, person.partij, app.now(), perform)
    return RedirectResponse(f"{here(request)}/{identifier}?gedaan=gepauzeerd", 303)


@router.post("/machtigen/{identifier}/hervatten")
def resume(request: Request, identifier: Identifier, csrf_token: Csrf = None) -> Response:
    """It works again."""
    person = require_person(request)
    check_form(person, csrf_token)
    app = services(request)
    perform = app.organisaties.noting(person.optreden, app.now())
    app.machtigingen.resume(identifier, person.partij, app.now(), perform)
    return RedirectResponse(f"{here(request)}/{identifier}?gedaan=hervat", 303)


@router.get("/machtigen/{identifier}/betwisten")
def ask_to_contest(request: Request, identifier: Identifier) -> Response:
    """What contesting means, and why you do."""
    person = find_person(request)
    if person is None:
        return login_redirect(request)
    app = services(request)
    found = _contestable(app, identifier, person)
    if found is None:
        return RedirectResponse(f"{here(request)}/{identifier}", 303)
    return _page(request, person, found, "", None)


def _contestable(app: Services, identifier: str, person: Sessie) -> Machtiging | None:
    """The machtiging; None when this cannot be done with it. Raises NotFound, AlreadyEnded."""
    found, rol = app.machtigingen.require(identifier, person.partij)
    if isinstance(rules.status_at(found, app.now()), ENDED):
        raise AlreadyEnded
    return found if "betwisten" in rules.acties(found, rol, app.now()) else None


def _page(request: Request, person: Sessie, found: Machtiging, reden: str, fout: str | None) -> Response:
    shown = describe(services(request), person, [found])[0]
    values = {"machtiging": shown, "reden": reden, "fout": fout, "langste": LONGEST_REASON}
    return show(request, person, "betwisten.html", values, INVALID_FORM if fout else 200)


@router.post("/machtigen/{identifier}/betwisten")
def contest(
    request: Request, identifier: Identifier, reden: Reason = "", csrf_token: Csrf = None
) -> Response:
    """Freeze it, until it has been judged."""
    person = require_person(request)
    check_form(person, csrf_token)
    app = services(request)
    found = _contestable(app, identifier, person)
    if found is None:
        return RedirectResponse(f"{here(request)}/{identifier}", 303)
    words = read_lines(reden)
    if len(words) > LONGEST_REASON:
        return _page(request, person, found, words, TOO_LONG)
    perform = app.organisaties.noting(person.optreden, app.now())
    app.machtigingen.contest(identifier, words or None, person.partij, app.now(), perform)
    return RedirectResponse(f"{here(request)}/{identifier}?gedaan=betwist", 303)
