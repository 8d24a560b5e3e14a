"""Log in and log out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter
from fastapi.responses import RedirectResponse
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from identiteit import events
from identiteit.api.oidc_provider import complete, open_login_page, read_form, translate
from identiteit.deps import Present, Services, find_session, services
from identiteit.errors import AttemptGone, LoginRefused
from identiteit.inloggen.model import Niveau, Poging, Sessie
from identiteit.inloggen.rules import name_for_package
from keys.kernel.jws import InvalidJws, Jwks, verify
from keys.kernel.oidc.server import add_parameters
from keys.kernel.pages import CsrfRejected, check_csrf

router = APIRouter(prefix="/identiteit", include_in_schema=False)

REFUSED = "Met deze gegevens kunt u niet inloggen. Kies een persoon en een niveau uit de lijst."
TOO_LOW = "Voor deze dienst is een hoger niveau nodig. Kies een hoger niveau."


def _login_page(
    app: Services, request: Request, poging: Poging, error: str | None = None, status: int = 200
) -> Response:
    minimum = poging.wens.minimum if poging.wens else Niveau.LAAG
    values = {
        "poging": poging,
        "mensen": app.personen.list_demo(),
        "niveaus": [niveau.value for niveau in Niveau if niveau.rank >= minimum.rank],
        "gekozen": Niveau.SUBSTANTIEEL.value if minimum.rank < 2 else Niveau.HOOG.value,
        "fout": error,
        "adres": f"{app.settings.issuer}/inloggen?poging={poging.id}",
    }
    return app.pages.render(request, "inloggen.html", values, status=status, csrf=poging.csrf)


@router.get("/inloggen")
def login_page(request: Request, app: Present, poging: str | None = None) -> Response:
    """The login page of an attempt; without one, a new attempt for our own page."""
    if poging is None:
        return open_login_page(app, request, None)
    found = app.inloggen.require_attempt(poging, app.cookies.read(request, "browser"), app.now())
    return _login_page(app, request, found)


@router.post("/inloggen")
async def log_in(request: Request, poging: str = "") -> Response:
    """The login form: fields `persoon` and `niveau`."""
    try:
        form = dict(await read_form(request))
    except ValueError as error:
        raise AttemptGone from error
    return await run_in_threadpool(_log_in, services(request), request, poging, form)


def _log_in(app: Services, request: Request, identifier: str, form: Mapping[str, str]) -> Response:
    now = app.now()
    poging = app.inloggen.require_attempt(identifier, app.cookies.read(request, "browser"), now)
    check_csrf(poging.csrf, form.get("csrf_token"))
    try:
        proven = app.inlogmiddel.prove(form)
    except LoginRefused:
        app.log.emit(events.LOGIN_REFUSED, reason="unknown")
        return _login_page(app, request, poging, REFUSED, 422)
    if poging.wens is not None and proven.niveau.rank < poging.wens.minimum.rank:
        app.log.emit(events.LOGIN_REFUSED, reason="level")
        return _login_page(app, request, poging, TOO_LOW, 422)
    # First what may fail: as long as `keys` is away the page stays open for another try.
    alt_sub = translate(app, poging.wens, proven.persoon_id) if poging.wens else ()
    previous = app.cookies.read(request)
    secret, sessie = app.inloggen.log_in(poging, proven.persoon_id, proven.niveau, previous, now)
    app.log.emit(events.LOGGED_IN, niveau=sessie.niveau.value)
    if poging.wens is None:
        answer: Response = RedirectResponse(f"{app.settings.issuer}/", status_code=303)
    else:
        answer = complete(app, poging.wens, sessie, alt_sub)
    app.cookies.set(answer, secret)
    return answer


@router.get("/uitloggen")
def log_out_by_package(
    request: Request,
    app: Present,
    id_token_hint: str | None = None,
    post_logout_redirect_uri: str | None = None,
    state: str | None = None,
) -> Response:
    """RP-Initiated Logout 1.0: ends the session that the ID token names, in this browser.

    Without a hint that fits, a page asks whether to log out.
    """
    sessie = find_session(request)
    back = _allowed_return(app, post_logout_redirect_uri)
    if sessie is not None and not _names_session(app, id_token_hint, sessie):
        values = {"uitloggen": f"{app.settings.issuer}/uitloggen"}
        return app.pages.render(request, "uitloggen.html", values, csrf=sessie.csrf)
    if sessie is not None:
        _end(app, sessie.sid)
    target = back or f"{app.settings.issuer}/uitgelogd"
    answer = RedirectResponse(add_parameters(target, {"state": state}) if state and back else target, 303)
    app.cookies.clear(answer)
    return answer


@router.post("/uitloggen")
async def log_out(request: Request) -> Response:
    """Log out from our own page."""
    try:
        form = dict(await read_form(request))
    except ValueError as error:
        raise CsrfRejected from error
    return await run_in_threadpool(_log_out, services(request), request, form)


def _log_out(app: Services, request: Request, form: Mapping[str, str]) -> Response:
    sessie = find_session(request)
    if sessie is not None:
        check_csrf(sessie.csrf, form.get("csrf_token"))
        _end(app, sessie.sid)
    answer = RedirectResponse(f"{app.settings.issuer}/uitgelogd", status_code=303)
    app.cookies.clear(answer)
    return answer


@router.get("/uitgelogd")
def logged_out(request: Request, app: Present) -> Response:
    """What it means to be logged out."""
    return app.pages.render(request, "uitgelogd.html", {"inloggen": f"{app.settings.issuer}/inloggen"})


def _end(app: Services, sid: str) -> None:
    told = app.inloggen.log_out(sid, app.now())
    app.log.emit(events.LOGGED_OUT, partijen=told)


def _names_session(app: Services, id_token: str | None, sessie: Sessie) -> bool:
    """Whether this is an ID token of ours, expired or not, of this session."""
    if id_token is None:
        return False
    try:
        claims: dict[str, Any] = verify(id_token, Jwks.of(app.key), typ="JWT")
    except InvalidJws:
        return False
    package = claims.get("aud")
    return isinstance(package, str) and claims.get("sid") == name_for_package("sid", sessie.sid, package)


def _allowed_return(app: Services, uri: str | None) -> str | None:
    allowed = {f"{app.settings.machtigen_url}/", f"{app.settings.rechten_url}/"}
    return uri if uri in allowed else None
