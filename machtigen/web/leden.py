"""People in an organisation: let somebody in with a code, join with one, send away, leave."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse
from starlette.responses import Response

from machtigen.deps import Services, find_person, require_person, services
from machtigen.diensten.model import Niveau
from machtigen.errors import AlreadyAuthorised, CodeUnknown, LevelTooLow, NotFound, TooManyAttempts, WrongRole
from machtigen.herhalingen.model import Answer, Repeatable
from machtigen.herhalingen.service import Perform
from machtigen.organisaties import rules
from machtigen.organisaties.model import Beroepsregistratie, Lid, Lidrol, Organisatie, Uitgenodigd
from machtigen.sessies.model import Sessie
from machtigen.web.codes import Code
from machtigen.web.organisaties import LIST, clean, place_of
from machtigen.web.pagina import INVALID_FORM, name_frames, show
from machtigen.web.sessie import check_form, login_redirect
from machtigen.web.teksten import NIVEAUS, ROL_UITLEG, ROLLEN
from machtigen.web.velden import Csrf, Identifier, read_text

router = APIRouter(include_in_schema=False)
JOIN = "/machtigen/toetreden"
NO_FUNCTION = "Vul in wat deze persoon bij u doet."
NO_CHOICE = "Maak een keuze."
ALREADY = "U bent dat daar al."
TEXTS = (NO_FUNCTION, NO_CHOICE, ALREADY)
Typed = Annotated[str, Form(max_length=200)]


# -- joining -------------------------------------------------------------------------------------


@router.get(JOIN)
def enter(request: Request) -> Response:
    """Type the code of an organisation."""
    person = find_person(request)
    if person is None:
        return login_redirect(request)
    return show(request, person, "organisatie_code.html", {"fout": None, "getypt": ""})


@router.post(JOIN)
def view(request: Request, code: Code = "", csrf_token: Csrf = None) -> Response:
    """What I would join."""
    person = require_person(request)
    check_form(person, csrf_token)
    return _offer(request, person, code, None)


def _offer(request: Request, person: Sessie, code: str, fout: str | None) -> Response:
    app = services(request)
    try:
        found, organisatie = app.organisaties.view(code, person.partij, app.now())
    except (CodeUnknown, TooManyAttempts) as error:
        return _wrong_code(request, person, code, error.title)
    values = {
        "organisatie": organisatie,
        "rol": ROLLEN[found.rol] if found.rol else None,
        "functie": found.functie,
        "beroep": found.beroep,
        "niveau": NIVEAUS[Niveau.weakest(found.niveau, person.niveau)],
        "code": code,
        "fout": fout,
        "handelt": found.rol in rules.ACTING,
    }
    return show(request, person, "organisatie_toetreden.html", values, INVALID_FORM if fout else 200)


def _wrong_code(request: Request, person: Sessie, code: str, fout: str) -> Response:
    return show(request, person, "organisatie_code.html", {"fout": fout, "getypt": code}, INVALID_FORM)


@router.post(f"{JOIN}/bevestigen")
def join(request: Request, code: Code = "", csrf_token: Csrf = None) -> Response:
    """Join."""
    person = require_person(request)
    check_form(person, csrf_token)
    app = services(request)
    try:
        joined = app.organisaties.join(code, person.partij, person.niveau, app.now())
    except (CodeUnknown, TooManyAttempts) as error:
        return _wrong_code(request, person, code, error.title)
    except AlreadyAuthorised:
        return _offer(request, person, code, ALREADY)
    if isinstance(joined, Beroepsregistratie):
        return RedirectResponse(f"{LIST}?gedaan=ingeschreven", 303)
    return RedirectResponse(f"{place_of(joined.organisatie)}?gedaan=toegetreden", 303)


# -- letting in ----------------------------------------------------------------------------------


def _acting(request: Request, person: Sessie, naam: str) -> tuple[Lid, Organisatie]:
    app = services(request)
    own = app.organisaties.require_acting(clean(naam), person.partij)
    return own, app.organisaties.require(own.organisatie)


@router.get(LIST + "/{naam}/uitnodigen")
def begin(request: Request, naam: str) -> Response:
    """Whom do you let in, as what, for which function?"""
    person = find_person(request)
    if person is None:
        return login_redirect(request)
    own, organisatie = _acting(request, person, naam)
    return _form(request, person, own, organisatie, {}, {"rol": "", "functie": "", "niveau": "substantieel"})


def _form(
    request: Request,
    person: Sessie,
    own: Lid,
    organisatie: Organisatie,
    fouten: dict[str, str],
    getypt: dict[str, str],
) -> Response:
    app = services(request)
    highest = Niveau.weakest(own.niveau, person.niveau)
    known = {one.functie for one in app.organisaties.list_members(organisatie.id) if one.functie}
    values = {
        "organisatie": organisatie,
        "adres": place_of(organisatie),
        "rollen": [
            (rol.value, *ROL_UITLEG[rol]) for rol in ROL_UITLEG if rol in rules.INVITES.get(own.rol, ())
        ],
        "niveaus": [(one.value, NIVEAUS[one]) for one in Niveau if highest.reaches(one)],
        "bekend": sorted(known),
        "fouten": fouten,
        "getypt": getypt,
        "herhaalsleutel": secrets.token_urlsafe(16),
    }
    return show(request, person, "organisatie_uitnodigen.html", values, INVALID_FORM if fouten else 200)


@router.post(LIST + "/{naam}/uitnodigen")
def invite(
    request: Request,
    naam: str,
    rol: Typed = "",
    functie: Typed = "",
    niveau: Typed = "",
    herhaalsleutel: Annotated[str, Form(max_length=64)] = "",
    csrf_token: Csrf = None,
) -> Response:
    """Make the code, and show it; sending the form again shows the same one."""
    person = require_person(request)
    check_form(person, csrf_token)
    own, organisatie = _acting(request, person, naam)
    wanted = {"rol": rol, "functie": read_text(functie), "niveau": niveau}
    wrong = {} if wanted["functie"] else {"functie": NO_FUNCTION}
    wrong |= {} if rol in set(Lidrol) else {"rol": NO_CHOICE}
    wrong |= {} if niveau in set(Niveau) else {"niveau": NO_CHOICE}
    if wrong:
        return _form(request, person, own, organisatie, wrong, wanted)
    key = herhaalsleutel or secrets.token_urlsafe(16)
    asked = repr(sorted(wanted.items())).encode()
    repeat = Repeatable.of(person.partij, key, "POST", request.url.path, asked)
    try:
        receipt = _invite(services(request), person, own, wanted, repeat)
    except WrongRole as error:
        return _form(request, person, own, organisatie, {"rol": error.title}, wanted)
    except LevelTooLow as error:
        return _form(request, person, own, organisatie, {"niveau": error.title}, wanted)
    values = {
        "organisatie": organisatie,
        "adres": place_of(organisatie),
        "ontvangst": receipt.body,
        "code_tot": datetime.fromisoformat(receipt.body["tot"]),
    }
    return show(request, person, "organisatie_uitgenodigd.html", values, receipt.status)


def _invite(app: Services, person: Sessie, own: Lid, wanted: dict[str, str], repeat: Repeatable) -> Answer:
    rol, niveau = Lidrol(wanted["rol"]), Niveau(wanted["niveau"])

    def do(perform: Perform) -> Uitgenodigd:
        return app.organisaties.invite(own, rol, wanted["functie"], niveau, person.niveau, app.now(), perform)

    def render(made: Uitgenodigd) -> Answer:
        return Answer(201, {"code": made.code, "tot": made.uitnodiging.geldig_tot.isoformat(), **wanted})

    return app.herhalingen.once(repeat, app.now(), do, render)


# -- going out -----------------------------------------------------------------------------------


def _leaver(app: Services, own: Lid, identifier: str) -> Lid:
    """Whom it is about. Raises NotFound, WrongRole."""
    members = app.organisaties.list_members(own.organisatie)
    found = next((one for one in members if one.id == identifier), None)
    mine = found is not None and found.partij == own.partij
    if found is None or not (mine or rules.may_act(own)):
        raise NotFound
    rules.check_removes(found if mine else own, found)
    return found


@router.get(LIST + "/{naam}/leden/{identifier}/verwijderen")
def ask_to_remove(request: Request, naam: str, identifier: Identifier) -> Response:
    """Sure? What it means."""
    person = find_person(request)
    if person is None:
        return login_redirect(request)
    app = services(request)
    own = app.organisaties.require_member(clean(naam), person.partij)
    organisatie = app.organisaties.require(own.organisatie)
    lid = _leaver(app, own, identifier)
    values: dict[str, Any] = {
        "organisatie": organisatie,
        "adres": place_of(organisatie),
        "ik": lid.partij == person.partij,
        "lid": lid,
        "rol": ROLLEN[lid.rol],
        "naam": name_frames(app, person, [lid.partij]).take(lid.partij),
    }
    return show(request, person, "organisatie_verwijderen.html", values)


@router.post(LIST + "/{naam}/leden/{identifier}/verwijderen")
def remove(request: Request, naam: str, identifier: Identifier, csrf_token: Csrf = None) -> Response:
    """Send somebody away, or leave: all of theirs there ends at once."""
    person = require_person(request)
    check_form(person, csrf_token)
    app = services(request)
    own = app.organisaties.require_member(clean(naam), person.partij)
    organisatie = app.organisaties.require(own.organisatie)
    lid = _leaver(app, own, identifier)
    app.organisaties.remove(lid if lid.partij == own.partij else own, identifier, app.now())
    if lid.partij == person.partij:
        return RedirectResponse(f"{LIST}?gedaan=vertrokken", 303)
    return RedirectResponse(f"{place_of(organisatie)}?gedaan=verwijderd", 303)
