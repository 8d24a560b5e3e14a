"""OpenID Provider towards our own packages. Tokens carry a pseudonym, never a BSN or a name."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl

from authlib.oauth2.rfc6749 import InvalidGrantError
from fastapi import APIRouter
from fastapi.responses import JSONResponse, RedirectResponse
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from identiteit import events
from identiteit.deps import Present, Services, find_session, services
from identiteit.errors import NotLoggedIn
from identiteit.inloggen.model import Code, Inlogwens, Sessie
from identiteit.inloggen.rules import UnusableParameter, name_for_package, read_wish, suffices
from keys.kernel.jws import Jwks, sign, timestamp
from keys.kernel.oidc.browser import new_secret
from keys.kernel.oidc.clients import RegisteredClient
from keys.kernel.oidc.metadata import openid_metadata
from keys.kernel.oidc.server import (
    AuthorizationRefused,
    CodeView,
    Issuer,
    oauth_error,
)

router = APIRouter(prefix="/identiteit", tags=["openid"])

AltSub = tuple[dict[str, Any], ...]

ID_TOKEN_LIVES = timedelta(seconds=300)
CLAIMS = ("iss", "sub", "aud", "exp", "iat", "nbf", "jti", "nonce", "sid", "acr", "auth_time", "alt_sub")


class ProviderBackend:
    """What Authlib's server asks of this package."""

    def __init__(self, app: Services) -> None:
        self._app = app
        self.issuer = app.settings.issuer
        self.token_endpoint = f"{self.issuer}/token"

    def now(self) -> datetime:
        """The clock of the package."""
        return self._app.now()

    def find_client(self, client_id: str) -> RegisteredClient | None:
        """`machtigen` and `rechten`; nobody else."""
        urls = {"machtigen": self._app.settings.machtigen_url, "rechten": self._app.settings.rechten_url}
        url = urls.get(client_id)
        if url is None:
            return None
        keys = self._app.packages[client_id]
        return RegisteredClient(
            client_id, (f"{url}/inloggen/terug",), keys.get, lambda scope: scope == "openid"
        )

    def remember_jti(self, jti: str, exp: datetime) -> bool:
        """False when a client assertion was used before."""
        return self._app.replays.remember(jti, exp)

    def find_code(self, code: str, client_id: str) -> CodeView | None:
        """The code of this client."""
        found = self._app.inloggen.find_code(code, client_id, self.now())
        return CodeView(found.redirect_uri, found.scope, found.code_challenge) if found else None

    def issue(self, code: str, client_id: str) -> dict[str, Any]:
        """Spend the code: an ID token, and for `rechten` the access token for tickets."""
        now = self.now()
        found = self._app.inloggen.find_code(code, client_id, now)
        if found is None:
            raise InvalidGrantError
        try:
            token = self._app.inloggen.spend_code(code, found, client_id == "rechten", now)
        except NotLoggedIn as error:
            raise InvalidGrantError from error
        return {
            "access_token": token or new_secret(),  # RFC 6749 wants one; for `machtigen` it opens nothing
            "token_type": "Bearer",
            "expires_in": int(ID_TOKEN_LIVES.total_seconds()),
            "scope": found.scope,
            "id_token": sign(id_token_claims(self.issuer, found, now), self._app.key, typ="JWT"),
        }


def id_token_claims(issuer: str, code: Code, now: datetime) -> dict[str, Any]:
    """Claims of an ID token: `sub` and `sid` differ per session and package; the rest is its own."""
    claims: dict[str, Any] = {
        "iss": issuer,
        "sub": name_for_package("sub", code.sid, code.client_id),
        "aud": code.client_id,
        "iat": timestamp(now),
        "nbf": timestamp(now),
        "exp": timestamp(now + ID_TOKEN_LIVES),
        "jti": secrets.token_urlsafe(24),
        "nonce": code.nonce,
        "sid": name_for_package("sid", code.sid, code.client_id),
        "acr": code.acr,
        "auth_time": timestamp(code.auth_op),
    }
    return {**claims, "alt_sub": list(code.alt_sub)} if code.alt_sub else claims


def issuer(app: Services) -> Issuer:
    """The endpoints by Authlib."""
    return Issuer(ProviderBackend(app))


def translate(app: Services, wens: Inlogwens, persoon_id: str) -> AltSub:
    """The `alt_sub` of a person for the package that asks; only `machtigen` gets one.

    Raises PeerUnavailable, TranslationRefused: then nothing is issued.
    """
    if wens.client_id != "machtigen":
        return ()
    seeds = app.personen.seeds([persoon_id])
    found = app.translation.translate(seeds, app.settings.machtigen_domain, "inloggen")
    return tuple(ciphertext.to_alt_sub() for ciphertext in found)


def complete(app: Services, wens: Inlogwens, sessie: Sessie, alt_sub: AltSub) -> Response:
    """Answer a wish with a code."""
    code = Code(
        client_id=wens.client_id,
        redirect_uri=wens.redirect_uri,
        scope=wens.scope,
        nonce=wens.nonce,
        code_challenge=wens.code_challenge,
        sid=sessie.sid,
        acr=sessie.niveau.acr,
        auth_op=sessie.auth_op,
        alt_sub=alt_sub,
    )
    secret = app.inloggen.give_code(code, app.now())
    return RedirectResponse(issuer(app).answer(wens.redirect_uri, wens.state, secret), status_code=303)


def start(app: Services, request: Request, parameters: list[tuple[str, str]]) -> Response:
    """A request to log in: answered from the session at hand, or by the login page."""
    provider = issuer(app)
    try:
        asked = provider.check_request(parameters)
        try:
            wens = read_wish(
                asked.client_id,
                asked.redirect_uri,
                asked.scope,
                asked.state,
                asked.nonce,
                asked.code_challenge,
                asked.parameters,
            )
        except UnusableParameter as error:
            raise provider.refusal(asked.redirect_uri, "invalid_request", asked.state) from error
        sessie = find_session(request)
        if sessie is not None and suffices(sessie, wens, app.now()):
            return complete(app, wens, sessie, translate(app, wens, sessie.persoon_id))
        if wens.nooit_tonen:
            raise provider.refusal(wens.redirect_uri, "login_required", wens.state)
    except AuthorizationRefused as refused:
        app.log.emit(events.AUTHORIZE_REFUSED, error=refused.error)
        if refused.redirect_to is None:
            raise
        return RedirectResponse(refused.redirect_to, status_code=303)
    return open_login_page(app, request, wens)


def open_login_page(app: Services, request: Request, wens: Inlogwens | None) -> Response:
    """Send the browser to a login page of its own."""
    browser = app.cookies.read(request, "browser") or new_secret()
    poging = app.inloggen.open_attempt(wens, browser, app.now())
    answer = RedirectResponse(f"{app.settings.issuer}/inloggen?poging={poging.id}", status_code=303)
    app.cookies.set(answer, browser, "browser", max_age_s=86_400)
    return answer


@router.get("/.well-known/openid-configuration")
def configuration(app: Present) -> JSONResponse:
    """Discovery document."""
    base = app.settings.issuer
    document = openid_metadata(
        issuer=base,
        authorization_endpoint=f"{base}/authorize",
        token_endpoint=f"{base}/token",
        jwks_uri=f"{base}/jwks",
        end_session_endpoint=f"{base}/uitloggen",
        signing_algorithms=[app.key.alg],
        claims=CLAIMS,
        backchannel_logout_supported=True,
        backchannel_logout_session_supported=True,
        prompt_values_supported=["none", "login"],
    )
    return JSONResponse(document, headers={"Cache-Control": "max-age=300"})


@router.get("/jwks")
def jwks(app: Present) -> JSONResponse:
    """Our public keys."""
    return JSONResponse(Jwks.of(app.key).as_dict(), headers={"Cache-Control": "max-age=300"})


@router.get("/authorize")
def authorize(request: Request, app: Present) -> Response:
    """Authorization endpoint."""
    return start(app, request, list(request.query_params.multi_items()))


@router.post("/authorize")
async def authorize_by_form(request: Request) -> Response:
    """Authorization endpoint, parameters in a form (OpenID Connect Core 3.1.2.1)."""
    try:
        parameters = await read_form(request)
    except ValueError as error:
        raise AuthorizationRefused("invalid_request") from error
    return await run_in_threadpool(start, services(request), request, parameters)


@router.post("/token")
async def token(request: Request) -> JSONResponse:
    """Token endpoint."""
    app = services(request)
    try:
        parameters = await read_form(request)
    except ValueError:
        status, body, headers = oauth_error(400, "invalid_request")
    else:
        status, body, headers = await run_in_threadpool(issuer(app).token, parameters)
    return JSONResponse(body, status_code=status, headers=headers)


async def read_form(request: Request) -> list[tuple[str, str]]:
    """Parameters of an urlencoded body, in order. Raises ValueError."""
    body = (await request.body()).decode("ascii")
    return parse_qsl(body, keep_blank_values=True, max_num_fields=100, errors="strict")
