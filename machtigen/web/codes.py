"""I have a code: see exactly what I would accept, then accept or decline."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import RedirectResponse
from starlette.responses import Response

from machtigen.deps import services
from machtigen.errors import AlreadyAuthorised, CodeUnknown, LevelTooLow, NoCapacity, TooManyAttempts
from machtigen.machtigingen.errors import ConflictOfInterest, JointConfirmationPending, NotAMember
from machtigen.web.namens import find_person, here, require_person
from machtigen.web.pagina import describe, show
from machtigen.web.sessie import check_form, login_redirect

router = APIRouter(include_in_schema=False)
INVALID_FORM = 422
NOT_BY_YOU = (
    AlreadyAuthorised, ConflictOfInterest, JointConfirmationPending, LevelTooLow, NoCapacity, NotAMember,
)  # fmt: skip
Code = Annotated[str, Form(max_length=100)]
Csrf = Annotated[str | None, Form()]


@router.get("/machtigen/code")
def enter(request: Request, code: Annotated[str, Query(max_length=0)] = "") -> Response:
    """Type the code. It is never taken from an address, where it would stay in a history."""
    person = find_person(request)
    if person is None:
        return login_redirect(request)
    return show(request, person, "code.html", {"fout": None, "getypt": code})


@router.post("/machtigen/code")
def view(request: Request, code: Code = "", csrf_token: Csrf = None) -> Response:
    """What I would accept."""
    person = require_person(request)
    check_form(person, csrf_token)
    app = services(request)
    try:
        found = app.machtigingen.view(code, person.partij, app.now())
    except (CodeUnknown, TooManyAttempts) as error:
        return show(request, person, "code.html", {"fout": error.title, "getypt": code}, INVALID_FORM)
    shown = describe(app, person, [found])[0]
    return show(request, person, "aanbod.html", {"machtiging": shown, "code": code, "fout": None})


@router.post("/machtigen/code/bevestigen")
def confirm(request: Request, code: Code = "", csrf_token: Csrf = None) -> Response:
    """Accept."""
    person = require_person(request)
    check_form(person, csrf_token)
    app = services(request)
    try:
        perform = app.organisaties.noting(person.optreden, app.now())
        machtiging = app.machtigingen.confirm(
            code, person.partij, person.niveau, app.now(), perform, person.mens
        )
    except (CodeUnknown, TooManyAttempts) as error:
        return show(request, person, "code.html", {"fout": error.title, "getypt": code}, INVALID_FORM)
    except NOT_BY_YOU as error:
        found = app.machtigingen.view(code, person.partij, app.now())
        values = {"machtiging": describe(app, person, [found])[0], "code": code, "fout": error.title}
        return show(request, person, "aanbod.html", values, INVALID_FORM)
    return RedirectResponse(f"{here(request)}/{machtiging.id}?gedaan=bevestigd", 303)


@router.post("/machtigen/code/weigeren")
def decline(request: Request, code: Code = "", csrf_token: Csrf = None) -> Response:
    """Decline."""
    person = require_person(request)
    check_form(person, csrf_token)
    app = services(request)
    try:
        perform = app.organisaties.noting(person.optreden, app.now())
        machtiging = app.machtigingen.decline(code, person.partij, app.now(), perform)
    except (CodeUnknown, TooManyAttempts) as error:
        return show(request, person, "code.html", {"fout": error.title, "getypt": code}, INVALID_FORM)
    return RedirectResponse(f"{here(request)}/{machtiging.id}?gedaan=geweigerd", 303)
