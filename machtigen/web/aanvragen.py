"""A new machtiging in steps: which services, which actions, how long, check, receipt with the code.

The same steps serve three courses: `/machtigen/nieuw` gives a power, `/machtigen/verzoek` asks for one,
`/machtigen/{id}/doormachtigen` passes one on, or a part of it.
"""

from __future__ import annotations

import secrets
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from starlette.responses import Response

from machtigen.deps import Services, services
from machtigen.diensten.model import Dienst, DienstId, Niveau
from machtigen.errors import InvalidMachtiging, LevelTooLow
from machtigen.herhalingen.model import Answer, Repeatable
from machtigen.herhalingen.service import Perform
from machtigen.machtigingen.dagen import day_of
from machtigen.machtigingen.model import Aanvraag, Rol, Uitgegeven
from machtigen.machtigingen.rules import (
    DEFAULT_PERIOD,
    MAXIMUM_YEARS,
    last_moment,
    needed_niveau,
    years_later,
)
from machtigen.sessies.model import Sessie
from machtigen.web.beschrijving import A_MOMENT, purposes_of, show_purpose
from machtigen.web.keuzes import (
    Choices,
    Chosen,
    ChosenForm,
    Gang,
    Grenzen,
    LimitsForm,
    Text,
    aanvraag_of,
    gang_of,
)
from machtigen.web.namens import find_person, require_person
from machtigen.web.pagina import INVALID_FORM, by_provider, login_higher, show
from machtigen.web.sessie import check_form, login_redirect
from machtigen.web.teksten import HANDELINGEN
from machtigen.web.velden import Csrf

router = APIRouter(include_in_schema=False)
BAD_DATE = "Vul een goede datum in."
PASS_ON = "/machtigen/{identifier}/doormachtigen"


def _common(app: Services, gang: Gang, chosen: Choices) -> dict[str, Any]:
    known = app.diensten.find_many(chosen.diensten)
    diensten = [known[DienstId(one)] for one in chosen.diensten if one in known]
    return {
        "soort": gang.soort,
        "basis": gang.basis,
        "gekozen": chosen,
        "diensten": diensten,
        "aanbieders": by_provider(app, diensten),
        "fout": None,
    }


@router.get("/machtigen/nieuw")
@router.get("/machtigen/verzoek")
@router.get(PASS_ON)
def choose_services(
    request: Request, chosen: Chosen, zoek: Text = "", na: Text = "", leeg: bool = False
) -> Response:
    """Step 1: search and choose services, of as many providers as one likes."""
    person = find_person(request)
    if person is None:
        return login_redirect(request)
    app, gang = services(request), gang_of(request, person)
    found, volgende = _findable(app, gang, zoek, na)
    if gang.boven and not chosen.diensten and "zoek" not in request.query_params:
        offered = tuple(str(one.id) for one in found if gang.boven.diensten and gang.offers(one))
        chosen = Choices(offered, chosen.handelingen, chosen.van, chosen.tot)
    values = _common(app, gang, chosen) | {
        "zoek": zoek,
        "gevonden": by_provider(app, (one for one in found if one.id not in chosen.diensten)),
        "machtigbaar": {one.id for one in found if gang.offers(one)},
        "volgende": volgende,
        "verder": f"{gang.basis}/handelingen",
    }
    if leeg:
        values["fout"] = "Kies ten minste één dienst."
    return show(request, person, "nieuw_dienst.html", values)


def _findable(app: Services, gang: Gang, zoek: str, na: str) -> tuple[list[Dienst], str | None]:
    """Services to choose from, and the cursor of the next page; by law: only those it counts at."""
    if gang.boven is not None and gang.boven.diensten:
        known = app.diensten.find_many(gang.boven.diensten)
        return [known[one] for one in gang.boven.diensten if one in known], None
    page = app.diensten.list(zoek, na or None, 20)
    found = [one for one in page.resultaten if gang.boven is None or gang.offers(one)]
    return found, page.volgende


@router.get("/machtigen/nieuw/handelingen")
@router.get("/machtigen/verzoek/handelingen")
@router.get(f"{PASS_ON}/handelingen")
def choose_actions(request: Request, chosen: Chosen, leeg: bool = False) -> Response:
    """Step 2: choose actions that all chosen services know."""
    person = find_person(request)
    if person is None:
        return login_redirect(request)
    gang = gang_of(request, person)
    values = _common(services(request), gang, chosen)
    if not values["diensten"]:
        return choose_services(request, chosen, leeg=True)
    shared = gang.actions(values["diensten"])
    values["opties"] = [
        {"waarde": key.value, "tekst": text, "uitleg": hint, "gekozen": key.value in chosen.handelingen}
        for key, (text, hint) in HANDELINGEN.items()
        if key in shared
    ]
    if leeg:
        values["fout"] = "Kies ten minste één handeling."
    return show(request, person, "nieuw_handelingen.html", values)


@router.get("/machtigen/nieuw/periode")
@router.get("/machtigen/verzoek/periode")
@router.get(f"{PASS_ON}/periode")
def choose_period(request: Request, chosen: Chosen) -> Response:
    """Step 3: choose the period; there is always an end."""
    person = find_person(request)
    if person is None:
        return login_redirect(request)
    if not chosen.handelingen:
        return choose_actions(request, chosen, leeg=True)
    return _period_page(request, person, gang_of(request, person), chosen, None)


def _period_page(request: Request, person: Sessie, gang: Gang, chosen: Choices, fout: str | None) -> Response:
    app = services(request)
    today = day_of(app.now())
    latest = day_of(years_later(app.now(), MAXIMUM_YEARS)) - timedelta(days=1)
    if gang.boven is not None:
        latest = min(latest, day_of(last_moment(gang.boven) - A_MOMENT))
    end = min(today + DEFAULT_PERIOD - timedelta(days=1), latest)
    values = _common(app, gang, chosen) | {
        "van": chosen.van or today.isoformat(),
        "tot": chosen.tot or end.isoformat(),
        "vandaag": today.isoformat(),
        "uiterlijk": latest.isoformat(),
        "fout": fout,
    }
    return show(request, person, "nieuw_periode.html", values, INVALID_FORM if fout else 200)


@router.get("/machtigen/nieuw/controle")
@router.get("/machtigen/verzoek/controle")
@router.get(f"{PASS_ON}/controle")
def check(request: Request, chosen: Chosen) -> Response:
    """Step 4: everything once more, before anything is made; here one may limit it further."""
    person = find_person(request)
    if person is None:
        return login_redirect(request)
    return _check_page(request, person, gang_of(request, person), chosen, Grenzen())


def _check_page(request: Request, person: Sessie, gang: Gang, chosen: Choices, limits: Grenzen) -> Response:
    app = services(request)
    values = _common(app, gang, chosen)
    asked = aanvraag_of(chosen, gang, Grenzen(), values["diensten"])
    if asked is None:
        return _period_page(request, person, gang, chosen, BAD_DATE)
    try:
        checked = app.machtigingen.check(
            asked, person.partij, gang.rol, person.niveau, app.now(), gang.boven_id
        )
    except LevelTooLow as error:
        return _level_page(request, person, gang, values, error.title)
    except InvalidMachtiging as error:
        return _period_page(request, person, gang, chosen, error.title)
    values |= {
        "handelingen": [HANDELINGEN[key] for key in HANDELINGEN if key in checked.handelingen],
        "geldig_van": checked.geldig_van,
        "laatste_dag": checked.geldig_tot - A_MOMENT,
        "herhaalsleutel": secrets.token_urlsafe(16),
        "grenzen": limits,
        **_offered_limits(gang, values["diensten"], checked.min_niveau, person.niveau),
    }
    return show(request, person, "nieuw_controle.html", values, INVALID_FORM if limits.fouten else 200)


def _offered_limits(gang: Gang, diensten: list[Dienst], floor: Niveau, own: Niveau) -> dict[str, Any]:
    """What may be limited further: levels above what is needed anyway, purposes where there are several."""
    above = gang.boven
    doelen = [one for one in purposes_of(diensten) if above is None or one in (above.doelen or {one})]
    highest = own if gang.rol is Rol.VERTEGENWOORDIGDE else Niveau.HOOG
    return {
        "vaste_zaak": above.zaak if above else None,
        "niveaus": [one.value for one in Niveau if one.rank > floor.rank and highest.reaches(one)],
        "doelen": [(one, show_purpose(one)) for one in doelen],
    }


def _level_page(request: Request, person: Sessie, gang: Gang, values: dict[str, Any], fout: str) -> Response:
    needed = needed_niveau(values["diensten"])
    link = login_higher(needed, f"{gang.basis}/controle?{values['gekozen'].query()}")
    values |= {"fout": fout, "inloggen": link, "nodig": needed.value}
    return show(request, person, "nieuw_niveau.html", values, INVALID_FORM)


@router.post("/machtigen/nieuw")
@router.post("/machtigen/verzoek")
@router.post(PASS_ON)
def make(
    request: Request,
    chosen: ChosenForm,
    limits: LimitsForm,
    herhaalsleutel: Annotated[str, Form(max_length=64)] = "",
    csrf_token: Csrf = None,
) -> Response:
    """Make it, and show the receipt with the code. Sending the form again shows the same receipt."""
    person = require_person(request)
    check_form(person, csrf_token)
    app, gang = services(request), gang_of(request, person)
    values = _common(app, gang, chosen)
    limits = limits.checked(values["diensten"])
    asked = aanvraag_of(chosen, gang, limits, values["diensten"])
    if asked is None:
        return _period_page(request, person, gang, chosen, BAD_DATE)
    if limits.fouten:
        return _check_page(request, person, gang, chosen, limits)
    key = herhaalsleutel or secrets.token_urlsafe(16)
    repeat = Repeatable.of(person.mens, key, "POST", request.url.path, repr((chosen, limits)).encode())
    try:
        functie = limits.functie if person.optreden else ""
        receipt = _make(app, person, gang, asked, functie or None, repeat)
    except LevelTooLow as error:
        wrong = {"min_niveau": error.title} if limits.min_niveau else {}
        return _check_page(request, person, gang, chosen, replace(limits, fouten=wrong))
    except InvalidMachtiging as error:
        return _period_page(request, person, gang, chosen, error.title)
    values |= {
        "ontvangst": receipt.body,
        "code_tot": datetime.fromisoformat(receipt.body["code_tot"]),
    }
    return show(request, person, "nieuw_ontvangst.html", values, receipt.status)


def _make(
    app: Services, person: Sessie, gang: Gang, asked: Aanvraag, functie: str | None, repeat: Repeatable
) -> Answer:
    now = app.now()

    def do(plain: Perform) -> Uitgegeven:
        perform = app.organisaties.noting(person.optreden, now, plain)
        if gang.boven_id is not None:
            return app.machtigingen.delegate(
                gang.boven_id, asked, person.partij, person.niveau, now, perform, functie, person.mens
            )
        if gang.rol is Rol.VERTEGENWOORDIGDE:
            own = replace(asked, functie=functie)
            return app.machtigingen.grant(own, person.partij, person.niveau, now, perform, person.mens)
        return app.machtigingen.ask(asked, person.partij, person.niveau, now, perform)

    def render(issued: Uitgegeven) -> Answer:
        until = getattr(issued.machtiging.status, "code_geldig_tot", now)
        body = {"id": issued.machtiging.id, "code": issued.code, "code_tot": until.isoformat()}
        return Answer(201, body)

    return app.herhalingen.once(repeat, now, do, render)
