"""Agree or refuse, as one of those who decide jointly on a machtiging."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse
from starlette.responses import Response

from machtigen.deps import services
from machtigen.web.namens import here, require_person
from machtigen.web.sessie import check_form
from machtigen.web.velden import Csrf, Identifier

router = APIRouter(include_in_schema=False)


@router.post("/machtigen/{identifier}/medebevestigen")
def agree(request: Request, identifier: Identifier, csrf_token: Csrf = None) -> Response:
    """I agree too."""
    person = require_person(request)
    check_form(person, csrf_token)
    app = services(request)
    perform = app.organisaties.noting(person.optreden, app.now())
    app.machtigingen.agree(identifier, person.mens, person.niveau, app.now(), perform)
    return RedirectResponse(f"{here(request)}/{identifier}?gedaan=medebevestigd", 303)


@router.post("/machtigen/{identifier}/medeweigeren")
def refuse(request: Request, identifier: Identifier, csrf_token: Csrf = None) -> Response:
    """I do not agree, or no longer: then it ends."""
    person = require_person(request)
    check_form(person, csrf_token)
    app = services(request)
    perform = app.organisaties.noting(person.optreden, app.now())
    app.machtigingen.refuse_jointly(identifier, person.mens, app.now(), perform)
    return RedirectResponse(f"{here(request)}/{identifier}?gedaan=medegeweigerd", 303)
