"""Token, pushed request, introspection, revocation and userinfo endpoints."""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from keys.kernel.caller import CallerRejected, bearer
from keys.kernel.oidc.server import AuthorizationRefused
from machtigen.api.oauth_form import CHALLENGE, NO_STORE, answer, post, refusal, verklaringsdienst
from machtigen.bevoegdheidsverklaringen.errors import (
    InvalidRequest,
    InvalidToken,
    ProtocolRefusal,
    UnauthorizedClient,
    UnsupportedGrantType,
)
from machtigen.bevoegdheidsverklaringen.introspectie import SIGNED_TYPE
from machtigen.bevoegdheidsverklaringen.opzet import Verklaringsdienst
from machtigen.bevoegdheidsverklaringen.verzoeken import PUSHED_LIVES

SIGNED_INTROSPECTION = f"application/{SIGNED_TYPE}"
JWT = "application/jwt"
PROOF = frozenset({"client_assertion", "client_assertion_type"})


def _required(form: dict[str, str], name: str) -> str:
    if not form.get(name):
        raise InvalidRequest(f"{name} is missing")
    return form[name]


def exchange_code(app: Verklaringsdienst, form: dict[str, str], _request: Request) -> Response:
    """RFC 6749 section 4.1.3, RFC 7636 section 4.5: a code becomes both tokens, once."""
    status, body, headers = app.issuer.token(form.items())
    if status == 401:
        headers = {**headers, "WWW-Authenticate": CHALLENGE}
    return answer(body, status, headers)


def client_credentials(app: Verklaringsdienst, form: dict[str, str], _request: Request) -> Response:
    """RFC 6749 section 4.4: a token for software that acts as itself and for nobody."""
    now = app.now()
    client = app.clients.require(form, now)
    if _required(form, "grant_type") != "client_credentials":
        raise UnsupportedGrantType("only client_credentials is given here")
    if client.redirect_uris:
        raise UnauthorizedClient("a client has one kind of grant")
    token, expires_in, scope = app.softwaretokens.issue(client, form.get("scope", ""), now)
    return answer({"access_token": token, "token_type": "Bearer", "expires_in": expires_in, "scope": scope})


def push_request(app: Verklaringsdienst, form: dict[str, str], _request: Request) -> Response:
    """RFC 9126: the client sends its request beforehand, proven to be its own."""
    now = app.now()
    client = app.clients.require(form, now)
    if "request_uri" in form:
        raise InvalidRequest("request_uri cannot be pushed")
    asked = {name: value for name, value in form.items() if name not in PROOF}
    try:
        checked = app.issuer.check_request({**asked, "client_id": client.client_id}.items())
    except AuthorizationRefused as error:
        return answer({"error": error.error}, 400)
    request_uri = app.verzoeken.push(app.autorisatie.read(checked), now)
    return answer({"request_uri": request_uri, "expires_in": int(PUSHED_LIVES.total_seconds())}, 201)


def introspect(app: Verklaringsdienst, form: dict[str, str], request: Request) -> Response:
    """RFC 7662, signed on request (RFC 9701)."""
    now = app.now()
    caller = app.clients.require(form, now)
    found = app.introspectie.answer(_required(form, "token"), caller, now)
    if SIGNED_INTROSPECTION in request.headers.get("accept", ""):
        signed = app.introspectie.sign_answer(found, caller, now)
        return Response(signed, media_type=SIGNED_INTROSPECTION, headers=NO_STORE)
    return answer(dict(found))


def revoke(app: Verklaringsdienst, form: dict[str, str], _request: Request) -> Response:
    """RFC 7009: 200 for every token, known or not."""
    now = app.now()
    caller = app.clients.require(form, now)
    app.introspectie.revoke(_required(form, "token"), caller, now)
    return Response(status_code=200, headers=NO_STORE)


async def userinfo(request: Request) -> Response:
    """OIDC Core section 5.3: JSON, or a JWT on `Accept: application/jwt`."""
    app = verklaringsdienst(request)
    now = app.now()
    try:
        token = bearer(request.headers.get("authorization"))
        found = await run_in_threadpool(app.introspectie.userinfo, token, now)
    except CallerRejected:
        return refusal(InvalidToken("the token is not valid"))
    except ProtocolRefusal as error:
        return refusal(error)
    if JWT in request.headers.get("accept", ""):
        return Response(app.introspectie.sign_userinfo(found, now), media_type=JWT, headers=NO_STORE)
    return answer(found)


ROUTES = [
    post("/machtigen/login/token", exchange_code),
    post("/machtigen/login/par", push_request),
    post("/machtigen/token", client_credentials),
    post("/machtigen/introspect", introspect),
    post("/machtigen/revoke", revoke),
    Route("/machtigen/login/userinfo", userinfo, methods=["GET", "POST"]),
]
