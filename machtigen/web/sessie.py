"""Logging in and out: to identiteit and back, and its word that a session ended there."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import RedirectResponse
from starlette.responses import Response

from keys.kernel.oidc.browser import new_secret
from keys.kernel.oidc.relying_party import LoginAttempt, LoginFailed
from keys.kernel.pages import check_csrf
from keys.kernel.pep import Ciphertext, PepError
from machtigen.deps import Services, find_person, require_person, services
from machtigen.diensten.model import Niveau
from machtigen.events import LOGGED_IN, LOGGED_OUT, LOGIN_REFUSED
from machtigen.sessies.model import (
    ATTEMPT_LIFETIME,
    LIFETIME,
    Ingelogd,
    Inlogpoging,
    Sessie,
    safe_return,
)
from machtigen.web.moments import from_timestamp

__all__ = ["check_form", "login_redirect", "require_person", "router"]

router = APIRouter(include_in_schema=False)
LOGIN_PATH = "/machtigen/inloggen"
ATTEMPT = "poging"  # the cookie that binds a login on its way to this browser


def login_redirect(request: Request, return_to: str | None = None) -> RedirectResponse:
    """Send someone without a session to log in, and back to this page afterwards."""
    target = return_to
    if target is None:
        query = request.url.query
        target = request.url.path + (f"?{query}" if query else "")
    return RedirectResponse(f"{LOGIN_PATH}?terug={quote(safe_return(target), safe='')}", 303)


def check_form(person: Sessie, given: str | None) -> None:
    """The form carries the token of this session's pages. Raises CsrfRejected."""
    check_csrf(person.csrf_token, given)


@router.get(LOGIN_PATH)
def log_in(
    request: Request,
    terug: Annotated[str | None, Query(max_length=2000)] = None,
    acr: Annotated[str | None, Query(max_length=100)] = None,
    opnieuw: bool = False,
) -> Response:
    """To identiteit. `acr`: the level that is needed; `opnieuw`: log in again, also with a session there."""
    app = services(request)
    url, attempt = request.app.state.relying_party.begin(
        safe_return(terug),
        acr_values=acr if Niveau.from_acr(acr) else None,
        prompt="login" if opnieuw else None,
    )
    browser = app.cookies.read(request, ATTEMPT) or new_secret()
    kept = Inlogpoging(attempt.state, attempt.nonce, attempt.verifier, attempt.return_to)
    app.sessies.begin(kept, browser, app.now())
    response = RedirectResponse(url, 303)
    app.cookies.set(response, browser, ATTEMPT, int(ATTEMPT_LIFETIME.total_seconds()))
    return response


@router.get(f"{LOGIN_PATH}/terug")
def come_back(request: Request) -> Response:
    """From identiteit: check what it says, open a session, go on. Raises LoginFailed."""
    app = services(request)
    query = dict(request.query_params)
    try:
        attempt = _resume(request, query.get("state", ""))
        result = request.app.state.relying_party.finish(attempt, query)
        person = _admit(app, result.claims, result.id_token)
    except LoginFailed as error:
        app.log.emit(LOGIN_REFUSED, reason=error.reason)
        raise
    secret = app.sessies.open(person, app.now(), replaces=app.cookies.read(request))
    app.log.emit(LOGGED_IN, niveau=person.niveau.value)
    response = RedirectResponse(safe_return(attempt.return_to), 303)
    app.cookies.set(response, secret, max_age_s=int(LIFETIME.total_seconds()))
    return response


def _resume(request: Request, state: str) -> LoginAttempt:
    app = services(request)
    browser = app.cookies.read(request, ATTEMPT)
    kept = app.sessies.resume(state, browser, app.now()) if browser and len(state) <= 200 else None
    if kept is None:
        raise LoginFailed("no-attempt")
    return LoginAttempt(kept.state, kept.nonce, kept.verifier, kept.return_to)


def _admit(app: Services, claims: dict[str, Any], id_token: str) -> Ingelogd:
    """Open the pseudonym that identiteit signed for us, and know the party by it."""
    niveau, sid = Niveau.from_acr(claims.get("acr")), claims.get("sid")
    key = app.domain_key.get()
    entries = claims.get("alt_sub")
    ours = (
        [entry for entry in entries if _is_for(entry, str(key.domain))] if isinstance(entries, list) else []
    )
    if niveau is None or not isinstance(sid, str) or len(ours) != 1:
        raise LoginFailed("claims")
    try:
        pseudonym = app.domain_key.open(Ciphertext.from_alt_sub(ours[0]))
    except PepError as error:
        raise LoginFailed("ciphertext") from error
    now = app.now()
    return Ingelogd(
        partij=app.partijen.admit(pseudonym, now),
        niveau=niveau,
        auth_time=from_timestamp(claims.get("auth_time"), now),
        sid=sid,
        id_token=id_token,
    )


def _is_for(entry: object, domain: str) -> bool:
    return isinstance(entry, dict) and entry.get("aud") == domain


@router.post("/machtigen/uitloggen")
def log_out(request: Request, csrf_token: Annotated[str | None, Form()] = None) -> Response:
    """End the session here, then at identiteit, which tells the other packages."""
    app = services(request)
    person = find_person(request)
    home = f"{app.own_url}/"
    if person is None:
        return RedirectResponse(home, 303)
    check_form(person, csrf_token)
    secret = app.cookies.read(request)
    id_token = app.sessies.close(secret, app.now()) if secret else None
    app.log.emit(LOGGED_OUT, by="person")
    target = request.app.state.relying_party.logout_url(id_token, home) if id_token else home
    response = RedirectResponse(target, 303)
    app.cookies.clear(response)
    return response


@router.post("/machtigen/uitloggen/achterkanaal")
def log_out_by_identiteit(request: Request, logout_token: Annotated[str, Form(max_length=8192)]) -> Response:
    """OpenID Connect Back-Channel Logout 1.0 section 2.5: end the sessions of this `sid`."""
    app = services(request)
    sid = request.app.state.relying_party.verify_logout_token(logout_token)
    if app.sessies.close_by_sid(sid):
        app.log.emit(LOGGED_OUT, by="identiteit")
    return Response(status_code=200, headers={"Cache-Control": "no-store"})
