"""Log in through `identiteit`, log out here and there, and be logged out from there."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Form
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from keys.kernel.caller import PeerUnavailable
from keys.kernel.oidc import relying_party as oidc
from keys.kernel.oidc.browser import Cookies
from keys.kernel.pages import check_csrf, new_csrf
from rechten.deps import Present, Services
from rechten.errors import LoginFailed, LogoutRefused
from rechten.events import LOGGED_IN, LOGGED_OUT, LOGIN_REFUSED
from rechten.sessies.model import ATTEMPT_LIFETIME, Inlogpoging, Sessie
from rechten.sessies.service import safe_return

router = APIRouter(prefix="/rechten")

ATTEMPT = "poging"
NIVEAUS = {"low": "laag", "substantial": "substantieel", "high": "hoog"}


def cookies(app: Services) -> Cookies:
    """The cookies of this package."""
    return Cookies("rechten", app.secure)


def login_address(path: str) -> str:
    """Where to send a browser that must log in first and then go on to `path`."""
    return f"/rechten/inloggen?terug={quote(path, safe='')}"


@router.get("/inloggen")
def begin(request: Request, app: Present, terug: str | None = None) -> Response:
    """Send the browser to `identiteit`."""
    party: oidc.RelyingParty = request.app.state.relying_party
    address, attempt = party.begin(safe_return(terug))
    poging = Inlogpoging(attempt.state, attempt.nonce, attempt.verifier, attempt.return_to)
    response = RedirectResponse(address, status_code=303)
    secret = app.sessies.begin(poging, app.now())
    cookies(app).set(response, secret, ATTEMPT, int(ATTEMPT_LIFETIME.total_seconds()))
    return response


@router.get("/inloggen/terug")
def finish(request: Request, app: Present) -> Response:
    """Take the browser back: the answer must fit the attempt that this browser began."""
    party: oidc.RelyingParty = request.app.state.relying_party
    secret = cookies(app).read(request, ATTEMPT)
    poging = app.sessies.resume(secret, app.now()) if secret else None
    try:
        if poging is None:
            raise oidc.LoginFailed("no-attempt")
        attempt = oidc.LoginAttempt(poging.state, poging.nonce, poging.verifier, poging.return_to)
        result = party.finish(attempt, request.query_params)
        if result.access_token is None:
            raise oidc.LoginFailed("no-access-token")
    except oidc.LoginFailed as error:
        app.log.emit(LOGIN_REFUSED, reason=error.reason)
        raise LoginFailed from error
    earlier = cookies(app).read(request)
    if earlier:
        app.sessies.close(earlier, app.now())
    sid = result.claims.get("sid")
    sessie = Sessie(new_csrf(), result.access_token, result.id_token, _niveau(result.claims.get("acr")))
    response = RedirectResponse(poging.return_to, status_code=303)
    cookies(app).set(response, app.sessies.open(sessie, sid if isinstance(sid, str) else None, app.now()))
    cookies(app).clear(response, ATTEMPT)
    app.log.emit(LOGGED_IN)
    return response


@router.post("/uitloggen")
def log_out(request: Request, app: Present, csrf_token: Annotated[str | None, Form()] = None) -> Response:
    """End the session here, and go to `identiteit` to end it there."""
    party: oidc.RelyingParty = request.app.state.relying_party
    secret = cookies(app).read(request)
    sessie = app.sessies.find(secret, app.now())
    address = "/rechten/"
    if secret and sessie is not None:
        check_csrf(sessie.csrf_token, csrf_token)
        app.sessies.close(secret, app.now())
        app.log.emit(LOGGED_OUT, by="person")
        try:
            address = party.logout_url(sessie.id_token, f"{app.own_url}/")
        except PeerUnavailable:
            address = "/rechten/"  # the session here has ended all the same
    response = RedirectResponse(address, status_code=303)
    cookies(app).clear(response)
    return response


@router.post("/uitloggen/achterkanaal")
def log_out_from_issuer(request: Request, app: Present, logout_token: Annotated[str, Form()]) -> Response:
    """`identiteit` ended a session: so does it here (OpenID Connect Back-Channel Logout 1.0)."""
    party: oidc.RelyingParty = request.app.state.relying_party
    try:
        sid = party.verify_logout_token(logout_token)
    except oidc.LoginFailed as error:
        raise LogoutRefused from error
    app.sessies.end_by_sid(sid)
    app.log.emit(LOGGED_OUT, by="identiteit")
    return Response(status_code=200, headers={"Cache-Control": "no-store"})


def _niveau(acr: object) -> str:
    """The level as people call it; the lowest where the claim is unknown to us."""
    return NIVEAUS.get(str(acr).rpartition("/")[2], "laag")
