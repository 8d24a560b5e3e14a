"""Pages for clerks: record a paper, approve what another recorded, end what somebody wants ended.

Who is at the desk, a clerk says at `identiteit`, which sends a form with tickets here; no page of ours ever
holds a number or a name. Everything works without JavaScript.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse
from starlette.responses import Response

from keys.client import TranslationRefused
from keys.kernel.caller import PeerUnavailable
from machtigen.balie import rules
from machtigen.balie.model import Registratie
from machtigen.deps import Services, find_person, services
from machtigen.diensten.model import Grond, Handeling
from machtigen.errors import InvalidMachtiging, LevelTooLow, NotFound
from machtigen.events import NAME_UNAVAILABLE
from machtigen.machtigingen.dagen import end_of, start_of
from machtigen.machtigingen.model import Aanvraag, Machtiging
from machtigen.machtigingen.rules import last_moment
from machtigen.sessies.model import Sessie
from machtigen.web.pagina import A_MOMENT, show
from machtigen.web.sessie import check_form, login_redirect, require_person
from machtigen.web.teksten import HANDELINGEN, STANDEN
from machtigen.web.velden import Identifier

router = APIRouter(include_in_schema=False)
INVALID_FORM = 422
Ticket = Annotated[str, Form(max_length=8192)]
Short = Annotated[str, Form(max_length=100)]
Csrf = Annotated[str | None, Form()]
NOTHING_TYPED: dict[str, Any] = {
    "dienst": (), "handeling": (), "van": "", "tot": "", "zaak": "", "scan": "",
    "gelegitimeerd": "", "zoek": "",
}  # fmt: skip


def _frames(app: Services, person: Sessie, found: Registratie) -> list[str]:
    """Addresses of frames with the names of both, in their order; empty when they cannot be had now."""
    try:
        tickets = app.weergave.tickets(person.partij, list(found.papier.partijen), app.now())
    except (PeerUnavailable, TranslationRefused) as error:
        app.log.emit(NAME_UNAVAILABLE, reason=type(error).__name__)
        return []
    return [f"{app.identiteit_url}/weergave?ticket={quote(ticket, safe='')}" for ticket in tickets]


def _described(app: Services, person: Sessie, found: Registratie) -> dict[str, Any]:
    asked, stand = found.papier.aanvraag, rules.stand_at(found, app.now())
    known = app.diensten.find_many(asked.diensten)
    return {
        "id": found.id,
        "op": found.op,
        "loket": found.loket,
        "stand": stand.naam,
        "stand_tekst": STANDEN[stand.naam],
        "eigen": found.door == person.partij,
        "diensten": [known[one] for one in known if one in asked.diensten],
        "handelingen": [HANDELINGEN[one] for one in HANDELINGEN if one in asked.handelingen],
        "geldig_van": asked.geldig_van,
        "laatste_dag": asked.geldig_tot - A_MOMENT,
        "zaak": asked.zaak,
        "scan": found.papier.scan,
        "gelegitimeerd": found.papier.gelegitimeerd,
    }


def given(app: Services, machtiging: Machtiging) -> dict[str, Any]:
    """What a machtiging gives, for a print or for who checks one."""
    known = app.diensten.find_many(machtiging.diensten)
    return {
        "id": machtiging.id,
        "diensten": [known[one] for one in known if one in machtiging.diensten],
        "handelingen": [HANDELINGEN[one] for one in HANDELINGEN if one in machtiging.handelingen],
        "geldig_van": machtiging.geldig_van,
        "laatste_dag": last_moment(machtiging) - A_MOMENT,
        "zaak": machtiging.zaak,
    }


@router.get("/machtigen/balie")
def desk(request: Request) -> Response:
    """What waits, and where a clerk begins."""
    person = find_person(request)
    if person is None:
        return login_redirect(request)
    app = services(request)
    waiting = app.balie.list_waiting(person, app.now())
    values = {
        "wachtend": [_described(app, person, one) for one in waiting],
        "registreren": f"{app.identiteit_url}/balie/registratie",
        "beeindigen": f"{app.identiteit_url}/balie/einde",
    }
    return show(request, person, "balie.html", values)


@router.post("/machtigen/balie/registratie")
def begin(
    request: Request, ticket_vertegenwoordigde: Ticket = "", ticket_vertegenwoordiger: Ticket = ""
) -> Response:
    """From `identiteit`, with two tickets: copy what the paper says. Nothing is done yet, so no token."""
    person = require_person(request)
    services(request).balie.require_clerk(person)
    return _paper_page(request, person, (ticket_vertegenwoordigde, ticket_vertegenwoordiger), NOTHING_TYPED)


def _paper_page(
    request: Request,
    person: Sessie,
    tickets: tuple[str, str],
    typed: dict[str, Any],
    fout: str | None = None,
) -> Response:
    app = services(request)
    chosen = app.diensten.find_many(typed["dienst"])
    found = [*chosen.values(), *app.diensten.list(typed["zoek"], None, 50).resultaten]
    offered = {one.id: one for one in found if one.machtigbaar and Grond.MACHTIGING in one.gronden}
    values = {
        "tickets": tickets,
        "getypt": typed,
        "gekozen": set(chosen),
        "diensten": list(offered.values()),
        "handelingen": [
            {"value": one.value, "label": text, "checked": one.value in typed["handeling"]}
            for one, (text, _) in HANDELINGEN.items()
        ],
        "fout": fout,
    }
    return show(request, person, "balie_papier.html", values, INVALID_FORM if fout else 200)


@router.post("/machtigen/balie/papier")
def record(
    request: Request,
    ticket_vertegenwoordigde: Ticket = "",
    ticket_vertegenwoordiger: Ticket = "",
    dienst: Annotated[list[str] | None, Form(max_length=50)] = None,
    handeling: Annotated[list[str] | None, Form(max_length=5)] = None,
    van: Annotated[str, Form(max_length=20)] = "",
    tot: Annotated[str, Form(max_length=20)] = "",
    zaak: Annotated[str, Form(max_length=80)] = "",
    scan: Short = "",
    gelegitimeerd: Annotated[str, Form(max_length=5)] = "",
    zoek: Short = "",
    zoeken: Annotated[str, Form(max_length=5)] = "",
    csrf_token: Csrf = None,
) -> Response:
    """Record the paper; with `zoeken` only look for services."""
    person = require_person(request)
    check_form(person, csrf_token)
    app = services(request)
    app.balie.require_clerk(person)
    tickets = (ticket_vertegenwoordigde, ticket_vertegenwoordiger)
    typed = {
        "dienst": dienst or [], "handeling": handeling or [], "van": van, "tot": tot, "zaak": zaak,
        "scan": scan, "gelegitimeerd": gelegitimeerd, "zoek": zoek,
    }  # fmt: skip
    if zoeken:
        return _paper_page(request, person, tickets, typed)
    asked = _aanvraag(typed)
    if asked is None:
        return _paper_page(request, person, tickets, typed, "Vul een goede datum in.")
    try:
        made = app.balie.record(asked, tickets, scan, person, app.now(), gelegitimeerd=gelegitimeerd == "ja")
    except (InvalidMachtiging, LevelTooLow) as error:
        return _paper_page(request, person, tickets, typed, error.title)
    return RedirectResponse(f"/machtigen/balie/registraties/{made.id}?gedaan=vastgelegd", 303)


def _aanvraag(typed: dict[str, Any]) -> Aanvraag | None:
    try:
        return Aanvraag(
            diensten=tuple(typed["dienst"]),
            handelingen=frozenset(Handeling(value) for value in typed["handeling"]),
            geldig_van=start_of(date.fromisoformat(typed["van"])) if typed["van"] else None,
            geldig_tot=end_of(date.fromisoformat(typed["tot"])),
            zaak=typed["zaak"].strip() or None,
        )
    except (ValueError, OverflowError):
        return None


@router.get("/machtigen/balie/registraties/{identifier}")
def look(request: Request, identifier: Identifier, gedaan: str = "") -> Response:
    """What another clerk recorded, with the names by `identiteit`: approve it or not."""
    person = find_person(request)
    if person is None:
        return login_redirect(request)
    app = services(request)
    found = app.balie.require(identifier, person)
    values = {
        "registratie": _described(app, person, found),
        "namen": _frames(app, person, found),
        "gedaan": gedaan if gedaan in {"vastgelegd", "afgekeurd"} else "",
    }
    return show(request, person, "balie_registratie.html", values)


@router.post("/machtigen/balie/registraties/{identifier}/{besluit}")
def decide(request: Request, identifier: Identifier, besluit: str, csrf_token: Csrf = None) -> Response:
    """Approve: the print follows at once, for its code is shown this once. Or refuse."""
    person = require_person(request)
    check_form(person, csrf_token)
    app = services(request)
    if besluit == "goedkeuren":
        made = app.balie.approve(identifier, person, app.now())
        values = {"machtiging": given(app, made.machtiging), "code": made.code, "opnieuw": False}
        return show(request, person, "balie_afdruk.html", values | _place(app))
    if besluit == "afkeuren":
        app.balie.refuse(identifier, person, app.now())
        return RedirectResponse(f"/machtigen/balie/registraties/{identifier}?gedaan=afgekeurd", 303)
    raise NotFound


def _place(app: Services) -> dict[str, str]:
    return {"controle": f"{app.own_url}/controle"}


@router.post("/machtigen/balie/einde")
def begin_to_end(request: Request, ticket_partij: Ticket = "") -> Response:
    """From `identiteit`, with one ticket: which machtiging, and what to do with it."""
    person = require_person(request)
    services(request).balie.require_clerk(person)
    return show(request, person, "balie_einde.html", {"ticket": ticket_partij, "fout": None, "getypt": ""})


@router.post("/machtigen/balie/hulp")
def help_who_stands_there(
    request: Request,
    ticket_partij: Ticket = "",
    machtiging: Short = "",
    doen: Annotated[str, Form(max_length=20)] = "",
    csrf_token: Csrf = None,
) -> Response:
    """End it, or print it anew. One that is not of the person at the desk does not exist."""
    person = require_person(request)
    check_form(person, csrf_token)
    app = services(request)
    identifier = machtiging.replace("\x00", "").strip()
    try:
        if doen == "afdrukken":
            found, code = app.balie.print_again(identifier, ticket_partij, person, app.now())
            values = {"machtiging": given(app, found), "code": code, "opnieuw": True}
            return show(request, person, "balie_afdruk.html", values | _place(app))
        ended = app.balie.end(identifier, ticket_partij, person, app.now())
    except NotFound:
        values = {
            "ticket": ticket_partij,
            "fout": "Dit kenmerk hoort niet bij een machtiging van deze persoon.",
            "getypt": identifier,
        }
        return show(request, person, "balie_einde.html", values, 404)
    return show(request, person, "balie_beeindigd.html", {"machtiging": given(app, ended)})
