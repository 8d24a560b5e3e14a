"""The clerk's page: type the numbers of the documents, compare the names, go on to `machtigen`.

It works without JavaScript: the tickets travel in a form that the clerk sends on.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter
from fastapi.responses import RedirectResponse
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from identiteit import events
from identiteit.api.balie import read_bsn
from identiteit.api.oidc_provider import read_form
from identiteit.deps import Present, Services, find_session, services
from identiteit.errors import CallerNotAllowed, NotFound, NotLoggedIn, TooManyLookups
from identiteit.inloggen.model import Sessie
from identiteit.inloggen.rules import name_for_package
from keys.kernel.pages import CsrfRejected, check_csrf

router = APIRouter(prefix="/identiteit", include_in_schema=False)
# What the clerk came for → (who must be identified, in the words of `machtigen`, in this order).
ERRANDS: Mapping[str, tuple[str, ...]] = {
    "registratie": ("vertegenwoordigde", "vertegenwoordiger"),
    "einde": ("partij",),
}
UNKNOWN = "Wij vonden niemand met dit nummer. Kijk het nummer op het document nog eens na."
REFUSED = 422


def _page(
    request: Request, app: Services, sessie: Sessie, errand: str, values: Mapping[str, Any], status: int = 200
) -> Response:
    shown = {
        "taak": errand,
        "rollen": ERRANDS[errand],
        "adres": f"{app.settings.issuer}/balie/{errand}",
        "verder": f"{app.settings.machtigen_url}/balie/{errand}",
        "fout": None,
        "gevonden": None,
        **values,
    }
    return app.pages.render(
        request, "balie.html", shown, status=status, csrf=sessie.csrf, headers={"Cache-Control": "no-store"}
    )


def _require_errand(errand: str) -> None:
    if errand not in ERRANDS:
        raise NotFound


@router.get("/balie/{errand}")
def ask(request: Request, app: Present, errand: str) -> Response:
    """Which numbers stand on the documents? For clerks only."""
    _require_errand(errand)
    sessie = find_session(request)
    if sessie is None:  # whoever came from machtigen has a session here; begin there again
        return RedirectResponse(f"{app.settings.machtigen_url}/balie", 303)
    if app.balie.find_clerk(sessie.persoon_id) is None:
        raise CallerNotAllowed
    return _page(request, app, sessie, errand, {})


@router.post("/balie/{errand}")
async def look_up(request: Request, errand: str) -> Response:
    """Fields `bsn_<role>`: the names, to compare with the documents, and a form with the tickets."""
    _require_errand(errand)
    try:
        form = dict(await read_form(request))
    except ValueError as error:
        raise CsrfRejected from error
    return await run_in_threadpool(_look_up, services(request), request, errand, form)


def _look_up(app: Services, request: Request, errand: str, form: Mapping[str, str]) -> Response:
    sessie = find_session(request)
    if sessie is None:
        raise NotLoggedIn
    check_csrf(sessie.csrf, form.get("csrf_token"))
    numbers = [read_bsn(form.get(f"bsn_{rol}", "")) for rol in ERRANDS[errand]]
    sid = name_for_package("sid", sessie.sid, "machtigen")
    try:
        found = app.balie.look_up(sessie.persoon_id, sid, numbers, app.now())
    except TooManyLookups as error:
        app.log.emit(events.LOOKUPS_THROTTLED)
        return _page(request, app, sessie, errand, {"fout": error.title}, 429)
    known = [one for one in found if one is not None]
    app.log.emit(events.TICKETS_ISSUED, soort="balie", aantal=len(known), mislukt=len(found) - len(known))
    if len(known) < len(found):
        return _page(request, app, sessie, errand, {"fout": UNKNOWN}, REFUSED)
    return _page(request, app, sessie, errand, {"gevonden": list(zip(ERRANDS[errand], known, strict=True))})
