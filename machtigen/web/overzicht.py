"""The front page, and the inbox."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse
from starlette.responses import Response

from machtigen.berichten.model import Bericht
from machtigen.deps import Services, services
from machtigen.errors import NotFound
from machtigen.machtigingen import rules
from machtigen.machtigingen.model import Beeindigd, Gebeurtenis, Lijst, Rol
from machtigen.sessies.model import Sessie
from machtigen.web.instemming import shown
from machtigen.web.namens import find_person, here, require_person
from machtigen.web.organisaties import shown_membership
from machtigen.web.pagina import describe, name_frames, show
from machtigen.web.sessie import check_form, login_redirect
from machtigen.web.teksten import BERICHTEN, OTHER_BERICHT, STATUSFILTERS, reason_text
from machtigen.web.velden import Csrf
from machtigen.web.verlengen import a_year_later

router = APIRouter(include_in_schema=False)
SHOWN = 25
ROLFILTERS: dict[str, tuple[Rol | None, bool | None]] = {  # group: (role, given by people)
    "voor-mij": (Rol.VERTEGENWOORDIGDE, True),
    "voor-ander": (Rol.VERTEGENWOORDIGER, True),
    "wet": (None, False),
}
Cursor = Annotated[str | None, Query(max_length=1000)]
Word = Annotated[str, Query(max_length=20)]


@router.get("/machtigen")
def without_slash(request: Request) -> Response:
    """To the front page."""
    return RedirectResponse(f"{here(request)}/", 307)


@router.get("/machtigen/")
def front_page(
    request: Request, rol: Word = "", status: Word = "", na: Cursor = None, in_groep: Word = ""
) -> Response:
    """Who may act for me and for whom may I act; or, for who is not logged in, what this is.

    `na` is the cursor of the next page of one group, `in_groep`.
    """
    person = find_person(request)
    if person is None:
        return show(request, None, "welkom.html")
    app, now = services(request), services(request).now()
    shown = [rol] if rol in ROLFILTERS else list(ROLFILTERS)
    statuses, _ = STATUSFILTERS.get(status, (frozenset(), ""))
    found: dict[str, Lijst] = {}
    for group in shown:
        side, voluntary = ROLFILTERS[group]
        after = na if group == in_groep else None
        found[group] = app.machtigingen.list_for(
            person.partij, now, rol=side, vrijwillig=voluntary, statuses=statuses, na=after, limit=SHOWN
        )
    whole = not (na or rol or status)
    waiting = app.machtigingen.list_waiting(person.partij, now) if whole else []
    described = iter(
        describe(app, person, [*waiting, *(one for page in found.values() for one in page.resultaten)])
    )
    values = {
        **_jointly(app, person, whole=whole),
        "wacht": [next(described) for _ in waiting],
        "groepen": {group: [next(described) for _ in page.resultaten] for group, page in found.items()},
        "volgende": {group: _next(here(request), rol, status, group, page) for group, page in found.items()},
        "rol": rol if rol in ROLFILTERS else "",
        "toon": status if status in STATUSFILTERS else "",
        "filters": [(name, text) for name, (_, text) in STATUSFILTERS.items()],
    }
    return show(request, person, "overzicht.html", values)


def _jointly(app: Services, person: Sessie, *, whole: bool) -> dict[str, Any]:
    """Requests to use a power held together that wait for this person, and whether there are organisations.
    Both are a person's own, and no organisation's."""
    if not whole or person.optreden is not None:
        return {"instemmingen": [], "organisaties": []}
    found = app.instemmingen.list_for(person.partij, app.now())
    waits = [one for one in found if "instemmen" in one.acties]
    frames = name_frames(app, person, (one.instemming.vertegenwoordigde for one in waits))
    mine = app.organisaties.memberships(person.partij)
    return {
        "instemmingen": [shown(app, one, person.partij, frames) for one in waits],
        "organisaties": [shown_membership(*one) for one in mine],
    }


def _next(hier: str, rol: str, status: str, group: str, page: Lijst) -> str | None:
    if page.volgende is None:
        return None
    values = {"rol": rol, "status": status, "in_groep": group, "na": page.volgende}
    return f"{hier}/?{urlencode(values)}"


@router.get("/machtigen/berichten")
def inbox(request: Request, na: Cursor = None) -> Response:
    """My notices."""
    person = find_person(request)
    if person is None:
        return login_redirect(request)
    app = services(request)
    page = app.berichten.list_for(person.partij, na)
    notices = [_notice(app, person, bericht) for bericht in page.resultaten]
    return show(request, person, "berichten.html", {"berichten": notices, "volgende": page.volgende})


def _notice(app: Services, person: Sessie, bericht: Bericht) -> dict[str, Any]:
    """A notice with what can be done about it at once: renew in one step, see why it ended, authorise."""
    shown: dict[str, Any] = {
        "bericht": bericht,
        "tekst": BERICHTEN.get((bericht.soort, bericht.rol), OTHER_BERICHT),
        "reden": None,
        "verlengen_tot": None,
        "aanbod": None,
    }
    if bericht.soort is Gebeurtenis.AANBOD:
        shown["aanbod"] = "nieuw" if bericht.rol is Rol.VERTEGENWOORDIGDE else "verzoek"
    if bericht.soort not in {Gebeurtenis.HERINNERING, Gebeurtenis.BEEINDIGD}:
        return shown
    try:
        found, rol = app.machtigingen.require(bericht.machtiging, person.partij)
    except NotFound:
        return shown
    status = rules.status_at(found, app.now())
    if bericht.soort is Gebeurtenis.BEEINDIGD and isinstance(status, Beeindigd):
        shown["reden"] = reason_text(status.reden)
    renewable = "verlengen" in rules.acties(found, rol, app.now()) and found.voorstel is None
    if bericht.soort is Gebeurtenis.HERINNERING and renewable:
        shown["verlengen_tot"] = a_year_later(found, app.now())
    return shown


@router.post("/machtigen/berichten")
def mark_read(request: Request, csrf_token: Csrf = None) -> Response:
    """Mark all as read."""
    person = require_person(request)
    check_form(person, csrf_token)
    app = services(request)
    app.berichten.mark_read(person.partij, app.now())
    return RedirectResponse(f"{here(request)}/berichten", 303)
