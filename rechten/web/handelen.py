"""The forms on the page: answer a storing, file or withdraw a proposal; then back to the page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Form
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from keys.kernel.pages import check_csrf
from rechten.api.zelf import act
from rechten.deps import Present, require_person
from rechten.errors import NotLoggedIn
from rechten.web.inloggen import login_address
from rechten.web.inzien import INZAGE
from rechten.wire.basis import Slug
from rechten.wire.storingen import Id

router = APIRouter(prefix="/rechten/inzage/registers/{register_id}")

Csrf = Annotated[str | None, Form()]


@router.post("/storingen/{storing_id}")
def answer_storing(
    request: Request,
    app: Present,
    register_id: Slug,
    storing_id: Id,
    antwoord: Annotated[Literal["bevestigen", "tegenspreken"], Form()],
    csrf_token: Csrf = None,
) -> Response:
    """It is restored for me; or it is not."""
    handeling = {"handeling": f"storing-{antwoord}", "onderwerp": storing_id}
    return _done(request, app, register_id, handeling, csrf_token, "storing")


@router.post("/voorstellen")
def file(
    request: Request,
    app: Present,
    register_id: Slug,
    verplichting: Annotated[Id, Form()],
    bedrag_per_maand: Annotated[int, Form(ge=1, le=1_000_000)],
    csrf_token: Csrf = None,
) -> Response:
    """File a proposal about an obligation of mine."""
    inhoud = {"bedrag_per_maand": bedrag_per_maand}
    handeling = {"handeling": "voorstel-indienen", "onderwerp": verplichting, "voorstel": inhoud}
    return _done(request, app, register_id, handeling, csrf_token, "voorstel")


@router.post("/voorstellen/{voorstel_id}/intrekken")
def withdraw(
    request: Request, app: Present, register_id: Slug, voorstel_id: Id, csrf_token: Csrf = None
) -> Response:
    """Withdraw a proposal."""
    handeling = {"handeling": "voorstel-intrekken", "onderwerp": voorstel_id}
    return _done(request, app, register_id, handeling, csrf_token, "intrekken")


def _done(
    request: Request,
    app: Present,
    register_id: str,
    handeling: Mapping[str, Any],
    csrf: str | None,
    gedaan: str,
) -> Response:
    try:
        person = require_person(request)
        check_csrf(person.csrf_token, csrf)
        act(app, person, register_id, handeling)
    except NotLoggedIn:
        return RedirectResponse(login_address(INZAGE), status_code=303)
    return RedirectResponse(f"{INZAGE}?gedaan={gedaan}", status_code=303)
