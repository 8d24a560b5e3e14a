"""A new machtiging in steps: which service, which actions, how long, check, receipt with the code.

The same steps serve both sides: `/machtigen/nieuw` gives a power, `/machtigen/verzoek` asks for one.
Choices travel in the address (services and dates, nothing personal); free text only in the last form.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Form, Query, Request
from starlette.responses import Response

from machtigen.deps import Services, find_person, services
from machtigen.diensten.model import Dienst, Grond, Handeling
from machtigen.errors import InvalidMachtiging, LevelTooLow
from machtigen.herhalingen.model import Answer, Repeatable
from machtigen.herhalingen.service import Perform
from machtigen.machtigingen.dagen import day_of, end_of, start_of
from machtigen.machtigingen.model import Aanvraag, Rol, Uitgegeven
from machtigen.machtigingen.rules import DEFAULT_PERIOD, MAXIMUM_YEARS, years_later
from machtigen.sessies.model import Sessie
from machtigen.web.pagina import show
from machtigen.web.sessie import check_form, login_redirect, require_person
from machtigen.web.teksten import HANDELINGEN

router = APIRouter(include_in_schema=False)
ROLLEN = {"nieuw": Rol.VERTEGENWOORDIGDE, "verzoek": Rol.VERTEGENWOORDIGER}
INVALID_FORM = 422
Text = Annotated[str, Query(max_length=200)]
Many = Annotated[list[str] | None, Query(max_length=50)]


@dataclass(frozen=True)
class Choices:
    """What was chosen so far."""

    diensten: tuple[str, ...]
    handelingen: tuple[str, ...]
    van: str
    tot: str

    def query(self, **more: str) -> str:
        """As the query of the next address."""
        pairs = [("dienst", value) for value in self.diensten]
        pairs += [("handeling", value) for value in self.handelingen]
        pairs += [(name, value) for name, value in (("van", self.van), ("tot", self.tot)) if value]
        return urlencode([*pairs, *more.items()])


def soort_of(request: Request) -> str:
    """Which of the two: the second part of the address."""
    return request.url.path.split("/")[2]


def from_query(dienst: Many = None, handeling: Many = None, van: Text = "", tot: Text = "") -> Choices:
    """Choices from the address."""
    return Choices(tuple(dict.fromkeys(dienst or ())), tuple(dict.fromkeys(handeling or ())), van, tot)


Chosen = Annotated[Choices, Depends(from_query)]
Soort = Annotated[str, Depends(soort_of)]


def _common(app: Services, soort: str, chosen: Choices) -> dict[str, Any]:
    known = app.diensten.find_many(chosen.diensten)
    return {
        "soort": soort,
        "basis": f"/machtigen/{soort}",
        "gekozen": chosen,
        "diensten": [known[key] for key in known if key in chosen.diensten],
        "fout": None,
    }


def _offered(dienst: Dienst) -> bool:
    return dienst.machtigbaar and Grond.MACHTIGING in dienst.gronden


@router.get("/machtigen/nieuw")
@router.get("/machtigen/verzoek")
def choose_services(
    request: Request, soort: Soort, chosen: Chosen, zoek: Text = "", na: Text = "", leeg: bool = False
) -> Response:
    """Step 1: search and choose services."""
    person = find_person(request)
    if person is None:
        return login_redirect(request)
    app = services(request)
    page = app.diensten.list(zoek, na or None, 20)
    values = _common(app, soort, chosen) | {
        "zoek": zoek,
        "gevonden": [dienst for dienst in page.resultaten if dienst.id not in chosen.diensten],
        "machtigbaar": {dienst.id for dienst in page.resultaten if _offered(dienst)},
        "volgende": page.volgende,
        "verder": f"/machtigen/{soort}/handelingen",
    }
    if leeg:
        values["fout"] = "Kies ten minste één dienst."
    return show(request, person, "nieuw_dienst.html", values)


@router.get("/machtigen/nieuw/handelingen")
@router.get("/machtigen/verzoek/handelingen")
def choose_actions(request: Request, soort: Soort, chosen: Chosen, leeg: bool = False) -> Response:
    """Step 2: choose actions that all chosen services know."""
    person = find_person(request)
    if person is None:
        return login_redirect(request)
    values = _common(services(request), soort, chosen)
    if not values["diensten"]:
        return choose_services(request, soort, chosen, leeg=True)
    shared = frozenset.intersection(*(dienst.handelingen for dienst in values["diensten"]))
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
def choose_period(request: Request, soort: Soort, chosen: Chosen) -> Response:
    """Step 3: choose the period; there is always an end."""
    person = find_person(request)
    if person is None:
        return login_redirect(request)
    if not chosen.handelingen:
        return choose_actions(request, soort, chosen, leeg=True)
    return _period_page(request, person, soort, chosen, None)


def _period_page(request: Request, person: Sessie, soort: str, chosen: Choices, fout: str | None) -> Response:
    app = services(request)
    today = day_of(app.now())
    values = _common(app, soort, chosen) | {
        "van": chosen.van or today.isoformat(),
        "tot": chosen.tot or (today + DEFAULT_PERIOD - timedelta(days=1)).isoformat(),
        "vandaag": today.isoformat(),
        "uiterlijk": (day_of(years_later(app.now(), MAXIMUM_YEARS)) - timedelta(days=1)).isoformat(),
        "fout": fout,
    }
    return show(request, person, "nieuw_periode.html", values, INVALID_FORM if fout else 200)


def _aanvraag(chosen: Choices, zaak: str = "", label: str = "") -> Aanvraag | None:
    """The request; None when a date or an action cannot be read."""
    try:
        return Aanvraag(
            diensten=chosen.diensten,
            handelingen=frozenset(Handeling(value) for value in chosen.handelingen),
            geldig_van=start_of(date.fromisoformat(chosen.van)) if chosen.van else None,
            geldig_tot=end_of(date.fromisoformat(chosen.tot)),
            zaak=zaak.strip()[:80] or None,
            label=label.strip()[:80] or None,
        )
    except (ValueError, OverflowError):
        return None


@router.get("/machtigen/nieuw/controle")
@router.get("/machtigen/verzoek/controle")
def check(request: Request, soort: Soort, chosen: Chosen) -> Response:
    """Step 4: everything once more, before anything is made."""
    person = find_person(request)
    if person is None:
        return login_redirect(request)
    return _check_page(request, person, soort, chosen)


def _check_page(request: Request, person: Sessie, soort: str, chosen: Choices) -> Response:
    app = services(request)
    asked = _aanvraag(chosen)
    if asked is None:
        return _period_page(request, person, soort, chosen, "Vul een goede datum in.")
    values = _common(app, soort, chosen)
    try:
        checked = app.machtigingen.check(asked, person.partij, ROLLEN[soort], person.niveau, app.now())
    except LevelTooLow as error:
        needed = max((dienst.min_niveau for dienst in values["diensten"]), key=lambda niveau: niveau.rank)
        back = f"/machtigen/{soort}/controle?{chosen.query()}"
        login = "/machtigen/inloggen?" + urlencode({"terug": back, "acr": needed.acr, "opnieuw": "1"})
        values |= {"fout": error.title, "inloggen": login, "nodig": needed.value}
        return show(request, person, "nieuw_niveau.html", values, INVALID_FORM)
    except InvalidMachtiging as error:
        return _period_page(request, person, soort, chosen, error.title)
    values |= {
        "handelingen": [HANDELINGEN[key] for key in HANDELINGEN if key in checked.handelingen],
        "geldig_van": checked.geldig_van,
        "laatste_dag": checked.geldig_tot - timedelta(microseconds=1),
        "herhaalsleutel": secrets.token_urlsafe(16),
    }
    return show(request, person, "nieuw_controle.html", values)


@router.post("/machtigen/nieuw")
@router.post("/machtigen/verzoek")
def make(
    request: Request,
    soort: Soort,
    dienst: Annotated[list[str] | None, Form(max_length=50)] = None,
    handeling: Annotated[list[str] | None, Form(max_length=5)] = None,
    van: Annotated[str, Form(max_length=20)] = "",
    tot: Annotated[str, Form(max_length=20)] = "",
    zaak: Annotated[str, Form(max_length=80)] = "",
    label: Annotated[str, Form(max_length=80)] = "",
    herhaalsleutel: Annotated[str, Form(max_length=64)] = "",
    csrf_token: Annotated[str | None, Form()] = None,
) -> Response:
    """Make it, and show the receipt with the code. Sending the form again shows the same receipt."""
    person = require_person(request)
    check_form(person, csrf_token)
    chosen = from_query(dienst, handeling, van, tot)
    asked = _aanvraag(chosen, zaak, label)
    if asked is None:
        return _period_page(request, person, soort, chosen, "Vul een goede datum in.")
    form = "\n".join((chosen.query(), zaak, label)).encode()
    key = herhaalsleutel or secrets.token_urlsafe(16)
    repeat = Repeatable.of(person.partij, key, "POST", request.url.path, form)
    try:
        receipt = _make(services(request), person, ROLLEN[soort], asked, repeat)
    except InvalidMachtiging as error:
        return _period_page(request, person, soort, chosen, error.title)
    except LevelTooLow:
        return _check_page(request, person, soort, chosen)
    values = _common(services(request), soort, chosen) | {
        "ontvangst": receipt.body,
        "code_tot": datetime.fromisoformat(receipt.body["code_tot"]),
    }
    return show(request, person, "nieuw_ontvangst.html", values, receipt.status)


def _make(app: Services, person: Sessie, rol: Rol, asked: Aanvraag, repeat: Repeatable) -> Answer:
    now = app.now()
    verb = app.machtigingen.grant if rol is Rol.VERTEGENWOORDIGDE else app.machtigingen.ask

    def do(perform: Perform) -> Uitgegeven:
        return verb(asked, person.partij, person.niveau, now, perform)

    def render(issued: Uitgegeven) -> Answer:
        until = getattr(issued.machtiging.status, "code_geldig_tot", now)
        body = {"id": issued.machtiging.id, "code": issued.code, "code_tot": until.isoformat()}
        return Answer(201, body)

    return app.herhalingen.once(repeat, now, do, render)
