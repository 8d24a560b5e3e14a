"""A later end: one side proposes it, the other says yes or no in one step."""

from __future__ import annotations

from datetime import datetime, timedelta

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse
from starlette.responses import Response

from machtigen.deps import Services, services
from machtigen.errors import (
    AlreadyEnded,
    InvalidMachtiging,
    LevelTooLow,
    MachtigenError,
    NothingProposed,
)
from machtigen.machtigingen import changes, rules
from machtigen.machtigingen.dagen import day_of, end_of
from machtigen.machtigingen.model import ENDED, Machtiging
from machtigen.machtigingen.rules import DEFAULT_PERIOD, MAXIMUM_YEARS, last_moment, years_later
from machtigen.sessies.model import Sessie
from machtigen.web.beschrijving import A_MOMENT
from machtigen.web.keuzes import Short
from machtigen.web.namens import find_person, here, require_person
from machtigen.web.pagina import INVALID_FORM, describe, login_higher, show
from machtigen.web.sessie import check_form, login_redirect
from machtigen.web.velden import Csrf, Identifier, read_last_day

router = APIRouter(include_in_schema=False)
BAD_DATE = "Vul een goede datum in."
CHANGED = "Het voorstel is intussen veranderd. Bekijk het opnieuw."
TEXTS = (BAD_DATE, CHANGED)


def a_year_later(found: Machtiging, now: datetime) -> str | None:
    """The last day when a year is added, at most five years from now; None when that is no later."""
    latest = day_of(years_later(now, MAXIMUM_YEARS)) - timedelta(days=1)
    day = min(day_of(last_moment(found) - A_MOMENT + DEFAULT_PERIOD), latest)
    return day.isoformat() if end_of(day) > last_moment(found) else None


def _extendable(app: Services, identifier: str, person: Sessie) -> Machtiging | None:
    """The machtiging; None when this cannot be done with it. Raises NotFound, AlreadyEnded."""
    found, rol = app.machtigingen.require(identifier, person.partij)
    if isinstance(rules.status_at(found, app.now()), ENDED):
        raise AlreadyEnded
    return found if "verlengen" in rules.acties(found, rol, app.now()) else None


@router.get("/machtigen/{identifier}/verlengen")
def ask(request: Request, identifier: Identifier) -> Response:
    """Until when?"""
    person = find_person(request)
    if person is None:
        return login_redirect(request)
    app = services(request)
    found = _extendable(app, identifier, person)
    if found is None:
        return RedirectResponse(f"{here(request)}/{identifier}", 303)
    return _page(request, person, found, a_year_later(found, app.now()) or "", None)


def _page(
    request: Request, person: Sessie, found: Machtiging, tot: str, error: MachtigenError | str | None
) -> Response:
    app = services(request)
    now = app.now()
    values = {
        "machtiging": describe(app, person, [found])[0],
        "tot": tot,
        "vanaf": day_of(last_moment(found) - A_MOMENT + timedelta(days=1)).isoformat(),
        "uiterlijk": (day_of(years_later(now, MAXIMUM_YEARS)) - timedelta(days=1)).isoformat(),
        "fout": error.title if isinstance(error, MachtigenError) else error,
        "inloggen": None,
    }
    if isinstance(error, LevelTooLow):
        values["inloggen"] = login_higher(found.min_niveau, f"{here(request)}/{found.id}/verlengen")
    return show(request, person, "verlengen.html", values, INVALID_FORM if error else 200)


@router.post("/machtigen/{identifier}/verlengen")
def propose(request: Request, identifier: Identifier, tot: Short = "", csrf_token: Csrf = None) -> Response:
    """Propose it; the same day as the other side proposed is a yes."""
    person = require_person(request)
    check_form(person, csrf_token)
    app = services(request)
    found = _extendable(app, identifier, person)
    if found is None:
        return RedirectResponse(f"{here(request)}/{identifier}", 303)
    end = read_last_day(tot)
    if end is None:
        return _page(request, person, found, tot, BAD_DATE)
    return _extend(request, person, found, end, tot)


def _extend(request: Request, person: Sessie, found: Machtiging, end: datetime, tot: str) -> Response:
    app = services(request)
    now = app.now()
    perform = app.organisaties.noting(person.optreden, now)
    try:
        done = app.machtigingen.extend(found.id, end, person.partij, person.niveau, now, perform)
    except (InvalidMachtiging, LevelTooLow) as error:
        return _page(request, person, found, tot, error)
    gedaan = "verlengd" if done.voorstel is None else "verlenging-gevraagd"
    return RedirectResponse(f"{here(request)}/{found.id}?gedaan={gedaan}", 303)


@router.post("/machtigen/{identifier}/verlengen/antwoord")
def answer(
    request: Request,
    identifier: Identifier,
    antwoord: Short = "",
    tot: Short = "",
    csrf_token: Csrf = None,
) -> Response:
    """Yes or no to what the other side proposed; or take one's own proposal back.

    `tot` is the moment that was shown: a yes to a proposal that changed meanwhile is no yes.
    """
    person = require_person(request)
    check_form(person, csrf_token)
    app = services(request)
    found, _ = app.machtigingen.require(identifier, person.partij)
    proposed = changes.open_proposal(found, app.now())
    if antwoord != "ja":
        perform = app.organisaties.noting(person.optreden, app.now())
        app.machtigingen.refuse_extension(identifier, person.partij, app.now(), perform)
        return RedirectResponse(f"{here(request)}/{identifier}?gedaan=verlenging-afgewezen", 303)
    if proposed is None:
        raise NothingProposed
    day = day_of(proposed.geldig_tot - A_MOMENT).isoformat()
    if tot != proposed.geldig_tot.isoformat() or proposed.door is found.role_of(person.partij):
        return _page(request, person, found, day, CHANGED)
    return _extend(request, person, found, proposed.geldig_tot, day)
