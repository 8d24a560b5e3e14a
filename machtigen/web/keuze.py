"""A service lets someone in: the authorization endpoint, and the page "for whom do you act?".

The request is checked first and kept under a random id; then the person logs in where needed, chooses,
and goes back to the service with a code. A request whose client or redirect address is not registered
ends on a page here and is never sent anywhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated
from urllib.parse import quote, urlencode

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse
from starlette.responses import Response

from keys.client import TranslationRefused
from keys.kernel.oidc.server import AuthorizationRefused
from keys.kernel.pages import Pages
from machtigen.api.oauth_form import (
    NO_STORE,
    Pairs,
    read_form,
    read_pairs,
    single_values,
    verklaringsdienst,
)
from machtigen.bevoegdheidsverklaringen import rules
from machtigen.bevoegdheidsverklaringen.claims import BEHEER
from machtigen.bevoegdheidsverklaringen.errors import (
    AccessDenied,
    InteractionRequired,
    InvalidRequestUri,
    LoginRequired,
    ProtocolRefusal,
    TemporarilyUnavailable,
)
from machtigen.bevoegdheidsverklaringen.model import Inlog, Inlogverzoek, Keuze
from machtigen.bevoegdheidsverklaringen.opzet import Verklaringsdienst
from machtigen.bevoegdheidsverklaringen.verzoeken import REQUEST_URI, Wachtend
from machtigen.deps import Services, find_person, services
from machtigen.diensten.model import Dienst
from machtigen.errors import NotFound
from machtigen.machtigingen.hindernissen import OTHER_SERVICE, obstacles
from machtigen.machtigingen.keten import Keten
from machtigen.organisaties.model import Organisatie
from machtigen.partijen.model import is_organisation
from machtigen.sessies.model import Sessie
from machtigen.web.namens import HOME
from machtigen.web.opzoeken import explained, grounds_in_words, parties_of
from machtigen.web.pagina import A_MOMENT, name_frames
from machtigen.web.sessie import LOGIN_PATH, check_form

router = APIRouter(include_in_schema=False)
AUTHORIZE = "/machtigen/login/authorize"
CHOICE = "/machtigen/login/keuze"


@router.get(AUTHORIZE)
def authorize(request: Request) -> Response:
    """OIDC Core section 3.1.2.1."""
    return _authorize(request, request.url.query)


@router.post(AUTHORIZE)
async def authorize_by_form(request: Request) -> Response:
    """The same by POST: the request goes on as a GET, so that the session cookie comes along."""
    try:
        fields = await read_form(request)
    except ProtocolRefusal as error:
        return _page(request, error.error)
    return RedirectResponse(f"{AUTHORIZE}?{urlencode(fields)}", 303)


def _authorize(request: Request, query: str) -> Response:
    app = verklaringsdienst(request)
    now = app.now()
    try:
        verzoek = _read(app, read_pairs(query))
    except AuthorizationRefused as error:
        if error.redirect_to is None:
            return _page(request, error.error)
        return RedirectResponse(error.redirect_to, 303, headers=NO_STORE)
    except ProtocolRefusal as error:
        return _page(request, error.error)
    if verzoek.prompt == "none":
        missing = rules.must_log_in(verzoek, _inlog(find_person(request)), now, now)
        return _refuse(app, verzoek, LoginRequired.error if missing else InteractionRequired.error)
    return RedirectResponse(f"{CHOICE}/{app.verzoeken.wait(verzoek, now)}", 303)


def _read(app: Verklaringsdienst, pairs: Pairs) -> Inlogverzoek:
    """The request, pushed or in the address. Raises AuthorizationRefused; ProtocolRefusal for a page."""
    if any(name == "request_uri" for name, _ in pairs):
        return _pushed(app, single_values(pairs))
    checked = app.issuer.check_request(pairs)
    try:
        return app.autorisatie.read(checked)
    except ProtocolRefusal as error:
        raise app.issuer.refusal(checked.redirect_uri, error.error, checked.state) from error


def _pushed(app: Verklaringsdienst, params: Mapping[str, str]) -> Inlogverzoek:
    request_uri, client_id = params["request_uri"], params.get("client_id", "")
    if not request_uri.startswith(REQUEST_URI):
        raise InvalidRequestUri("the request_uri is not valid")
    return app.verzoeken.take_pushed(request_uri, client_id, app.now())


@router.get(CHOICE + "/{identifier}")
def show_choice(request: Request, identifier: str) -> Response:
    """For whom do you act? After a login at the level that the service asks."""
    app = verklaringsdienst(request)
    waiting = _require_waiting(app, identifier)
    person = find_person(request)
    inlog = _inlog(person)
    if person is None or inlog is None or rules.must_log_in(waiting.verzoek, inlog, waiting.sinds, app.now()):
        return _to_login(identifier, waiting, person)
    return _choice_page(request, identifier, waiting.verzoek, person, inlog)


@router.post(CHOICE + "/{identifier}")
def choose(
    request: Request,
    identifier: str,
    namens: Annotated[str | None, Form(max_length=200)] = None,
    annuleren: Annotated[str | None, Form(max_length=20)] = None,
    csrf_token: Annotated[str | None, Form(max_length=200)] = None,
) -> Response:
    """The choice: a code for the service, or back to it without one."""
    app = verklaringsdienst(request)
    now = app.now()
    waiting = _require_waiting(app, identifier)
    verzoek = waiting.verzoek
    person = find_person(request)
    inlog = _inlog(person)
    if person is None or inlog is None or rules.must_log_in(verzoek, inlog, waiting.sinds, now):
        return _to_login(identifier, waiting, person)
    check_form(person, csrf_token)
    if annuleren is not None:
        app.verzoeken.close(identifier, now)
        return _refuse(app, verzoek, AccessDenied.error)
    client = app.diensten.find_client(verzoek.client_id)
    if client is None:
        raise NotFound
    try:
        toekenning = app.verklaringen.award(verzoek, client, inlog, namens or "", now)
    except AccessDenied:
        return _choice_page(request, identifier, verzoek, person, inlog, impossible=True)
    except TranslationRefused:
        app.verzoeken.close(identifier, now)
        return _refuse(app, verzoek, TemporarilyUnavailable.error)
    code = app.verzoeken.answer(identifier, toekenning, now)
    if code is None:
        raise NotFound
    target = app.issuer.answer(verzoek.redirect_uri, verzoek.state, code)
    return RedirectResponse(target, 303, headers=NO_STORE)


def _require_waiting(app: Verklaringsdienst, identifier: str) -> Wachtend:
    waiting = app.verzoeken.find_waiting(identifier, app.now()) if len(identifier) <= 100 else None
    if waiting is None:
        raise NotFound
    return waiting


def _inlog(person: Sessie | None) -> Inlog | None:
    if person is None or person.by_token:
        return None
    return Inlog(person.partij, person.niveau, person.auth_time)


def _to_login(identifier: str, waiting: Wachtend, person: Sessie | None) -> RedirectResponse:
    """`opnieuw` also when there is a session: it is too low or too old, and identiteit must ask again."""
    back = quote(f"{CHOICE}/{identifier}", safe="")
    again = person is not None or waiting.verzoek.prompt == "login"
    acr = quote(waiting.verzoek.niveau.acr, safe="")
    return RedirectResponse(f"{LOGIN_PATH}?terug={back}&acr={acr}{'&opnieuw=true' if again else ''}", 303)


def _refuse(app: Verklaringsdienst, verzoek: Inlogverzoek, error: str) -> Response:
    """Back to the client without a code; 303, so that a posted form is not sent on."""
    refused = app.issuer.refusal(verzoek.redirect_uri, error, verzoek.state)
    return RedirectResponse(refused.redirect_to or "/", 303, headers=NO_STORE)


def _page(request: Request, error: str) -> Response:
    pages: Pages = request.app.state.pages
    return pages.error_page(request, 400, error.replace("_", "-"), AuthorizationRefused.title)


def _choice_page(
    request: Request,
    identifier: str,
    verzoek: Inlogverzoek,
    person: Sessie,
    inlog: Inlog,
    *,
    impossible: bool = False,
) -> Response:
    app = verklaringsdienst(request)
    dienst, client = app.diensten.find(verzoek.dienst), app.diensten.find_client(verzoek.client_id)
    if dienst is None or client is None:
        raise NotFound
    keuzes = app.verklaringen.choices(verzoek, inlog, app.now())
    pages: Pages = request.app.state.pages
    return pages.render(
        request,
        "keuze.html",
        {
            "hier": HOME,
            "actie": f"{CHOICE}/{identifier}",
            "dienst": dienst,
            "client": client,
            "organisaties": _organisations(request, keuzes),
            "onmogelijk": impossible,
            "beheert": BEHEER in verzoek.scope.split(),
            "laatste_dag": lambda end: end - A_MOMENT,
            "gronden": grounds_in_words(dienst),
            **_with_names(services(request), person, dienst, verzoek, keuzes),
        },
        status=409 if impossible else 200,
        csrf=person.csrf_token,
    )


def _with_names(
    house: Services, person: Sessie, dienst: Dienst, verzoek: Inlogverzoek, keuzes: tuple[Keuze, ...]
) -> dict[str, object]:
    """Each choice with frames of the names, who stands in between too, and each power that is no choice
    with why, for this person alone; None for names while they do not answer."""
    now, chosen = house.now(), {keuze.machtiging for keuze in keuzes}
    judged = [
        (keten, _obstacles(keten, dienst, verzoek, person, now))
        for keten in house.machtigingen.list_held(person.partij, now)
        if keten.id not in chosen
    ]
    cannot = [(keten, reasons) for keten, reasons in judged if reasons and OTHER_SERVICE not in reasons]
    shown = [partij for keuze in keuzes for partij in (keuze.vertegenwoordigde, *keuze.tussenpersonen)]
    frames = name_frames(house, person, [*shown, *parties_of([keten for keten, _ in cannot])])
    return {
        "keuzes": [
            (
                keuze,
                frames.take(keuze.vertegenwoordigde),
                [frames.take(partij) for partij in keuze.tussenpersonen],
            )
            for keuze in keuzes
        ],
        "kan_niet": explained(cannot, frames, person.partij, now),
        "elders": sum(OTHER_SERVICE in reasons for _, reasons in judged),
    }


def _obstacles(
    keten: Keten, dienst: Dienst, verzoek: Inlogverzoek, person: Sessie, now: datetime
) -> tuple[str, ...]:
    asked = verzoek.inperking
    return obstacles(
        keten, dienst, person.niveau, now,
        needed=verzoek.niveau, handelingen=asked.actions, zaak=asked.zaak,
    )  # fmt: skip


def _organisations(request: Request, keuzes: tuple[Keuze, ...]) -> dict[str, Organisatie]:
    """The organisations among those who are represented: their names are public."""
    house = services(request)
    parties = {one.vertegenwoordigde for one in keuzes if is_organisation(one.vertegenwoordigde)}
    found = {partij: house.organisaties.find(partij) for partij in parties}
    return {partij: one for partij, one in found.items() if one is not None}
