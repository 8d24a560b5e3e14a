"""Discovery documents, at the address of each issuer and at the path-inserted place at the root."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from machtigen.api.oauth_form import verklaringsdienst
from machtigen.bevoegdheidsverklaringen.metadata import login_metadata, token_metadata

KEEP = {"Cache-Control": "public, max-age=604800", "Access-Control-Allow-Origin": "*"}


async def login_document(request: Request) -> Response:
    """The issuer of logins."""
    app = verklaringsdienst(request)
    return JSONResponse(login_metadata(app.own_url, app.algorithm), headers=KEEP)


async def token_document(request: Request) -> Response:
    """The issuer of tokens for software."""
    app = verklaringsdienst(request)
    return JSONResponse(token_metadata(app.own_url, app.algorithm), headers=KEEP)


ROUTES = [
    Route(path, login_document)
    for path in (
        "/machtigen/login/.well-known/openid-configuration",
        "/machtigen/login/.well-known/oauth-authorization-server",
        "/.well-known/openid-configuration/machtigen/login",
        "/.well-known/oauth-authorization-server/machtigen/login",
    )
] + [
    Route(path, token_document)
    for path in (
        "/machtigen/.well-known/oauth-authorization-server",
        "/.well-known/oauth-authorization-server/machtigen",
    )
]
