"""The front page, and the inbox."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import RedirectResponse
from starlette.responses import Response

from machtigen.deps import find_person, services
from machtigen.machtigingen.model import Rol
from machtigen.web.pagina import describe, show
from machtigen.web.sessie import check_form, login_redirect, require_person
from machtigen.web.teksten import BERICHTEN, OTHER_BERICHT

router = APIRouter(include_in_schema=False)
SHOWN = 25


@router.get("/machtigen")
def without_slash() -> Response:
    """To the front page."""
    return RedirectResponse("/machtigen/", 307)


@router.get("/machtigen/")
def front_page(
    request: Request,
    na_voor_mij: Annotated[str | None, Query(max_length=1000)] = None,
    na_voor_ander: Annotated[str | None, Query(max_length=1000)] = None,
) -> Response:
    """Who may act for me and for whom may I act; or, for who is not logged in, what this is."""
    person = find_person(request)
    if person is None:
        return show(request, None, "welkom.html")
    app, now = services(request), services(request).now()
    for_me = app.machtigingen.list_for(
        person.partij, now, rol=Rol.VERTEGENWOORDIGDE, na=na_voor_mij, limit=SHOWN
    )
    by_me = app.machtigingen.list_for(
        person.partij, now, rol=Rol.VERTEGENWOORDIGER, na=na_voor_ander, limit=SHOWN
    )
    shown = describe(app, person, [*for_me.resultaten, *by_me.resultaten])
    values = {
        "voor_mij": [one for one in shown if one["ik_word_vertegenwoordigd"]],
        "voor_ander": [one for one in shown if not one["ik_word_vertegenwoordigd"]],
        "volgende_voor_mij": for_me.volgende,
        "volgende_voor_ander": by_me.volgende,
    }
    return show(request, person, "overzicht.html", values)


@router.get("/machtigen/berichten")
def inbox(request: Request, na: Annotated[str | None, Query(max_length=1000)] = None) -> Response:
    """My notices."""
    person = find_person(request)
    if person is None:
        return login_redirect(request)
    page = services(request).berichten.list_for(person.partij, na)
    notices = [
        {"bericht": bericht, "tekst": BERICHTEN.get((bericht.soort, bericht.rol), OTHER_BERICHT)}
        for bericht in page.resultaten
    ]
    return show(request, person, "berichten.html", {"berichten": notices, "volgende": page.volgende})


@router.post("/machtigen/berichten")
def mark_read(request: Request, csrf_token: Annotated[str | None, Form()] = None) -> Response:
    """Mark all as read."""
    person = require_person(request)
    check_form(person, csrf_token)
    app = services(request)
    app.berichten.mark_read(person.partij, app.now())
    return RedirectResponse("/machtigen/berichten", 303)
