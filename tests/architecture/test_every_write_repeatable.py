"""Every write over JSON takes an Idempotency-Key: one that does not, stands here with its reason."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from starlette.routing import Route

from machtigen.routes import API, PAGES, TOKEN_ROUTERS, TOKEN_ROUTES

READING = {"GET", "HEAD", "OPTIONS"}
API_PATH = "/machtigen/api/v1"
KEY = "Idempotency-Key"

# Why a call that is no GET takes no key.
EXCEPTIONS = {
    "/machtigen/api/v1/codes/inzien": "it looks; a code does not belong in an address",
    "/machtigen/api/v1/controle": "it looks; anybody may, and nobody is logged in",
    "/machtigen/api/v1/balie/opzoeken": "it looks; each look of a clerk is a line in the journal by itself",
    "/machtigen/api/v1/weergavetickets": "it changes nothing; a ticket is good once",
    "/machtigen/api/v1/tokeneindes": "it looks; a token does not belong in an address",
    "/machtigen/controle": "a page that looks, for whoever holds a print",
    "/machtigen/balie/registratie": "a page that shows a form to who comes with a ticket; nothing is kept",
    "/machtigen/balie/einde": "a page, as balie/registratie",
    "/machtigen/token": "OAuth: a code is exchanged once, and used twice ends its tokens (RFC 6749, 4.1.2)",
    "/machtigen/login/token": "OAuth, as /machtigen/token",
    "/machtigen/login/par": "OAuth: another request is another request_uri (RFC 9126)",
    "/machtigen/introspect": "OAuth: it looks (RFC 7662)",
    "/machtigen/revoke": "OAuth: doing it again changes nothing (RFC 7009)",
    "/machtigen/login/authorize": "OpenID Connect: it asks who somebody is (core, 3.1.2.1)",
    "/machtigen/login/userinfo": "OpenID Connect: it looks (core, 5.3.1)",
    "/machtigen/access/v1/evaluation": "AuthZEN: it asks; every question is a line in the log by itself",
    "/machtigen/access/v1/evaluations": "AuthZEN, as evaluation",
    "/machtigen/access/v1/search/subject": "AuthZEN, as evaluation",
    "/machtigen/access/v1/search/resource": "AuthZEN, as evaluation",
    "/machtigen/access/v1/search/action": "AuthZEN, as evaluation",
    "/machtigen/gebeurtenissen": "an event has a `jti` of its own, which is taken once (RFC 8935)",
    "/machtigen/uitloggen/achterkanaal": "a logout token; doing it again changes nothing",
}


def routes() -> Iterator[Route | APIRoute]:
    """What the whole app answers, without its static files."""
    for router in (*API, *PAGES, *TOKEN_ROUTERS):
        yield from (route for route in router.routes if isinstance(route, Route | APIRoute))
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None, routes=list(TOKEN_ROUTES))
    yield from (route for route in app.routes if isinstance(route, Route))


def writes() -> list[Route | APIRoute]:
    return [route for route in routes() if set(route.methods or ()) - READING]


def headers_of(dependant: Dependant) -> set[str]:
    own = {field.alias for field in dependant.header_params}
    return own.union(*(headers_of(one) for one in dependant.dependencies), set())


def fields_of(dependant: Dependant) -> set[str]:
    own = {field.alias for field in dependant.body_params}
    return own.union(*(fields_of(one) for one in dependant.dependencies), set())


def takes_key(route: Route | APIRoute) -> bool:
    return isinstance(route, APIRoute) and KEY in headers_of(route.dependant)


def is_form(route: Route | APIRoute) -> bool:
    """A form of a page, which carries the token of that page."""
    return isinstance(route, APIRoute) and "csrf_token" in fields_of(route.dependant)


@pytest.mark.parametrize("route", writes(), ids=lambda route: f"{min(route.methods)}-{route.path}")
def test_every_write_takes_a_key_or_is_a_form_or_has_a_reason(route: Route | APIRoute) -> None:
    allowed = takes_key(route) or route.path in EXCEPTIONS
    if not route.path.startswith(API_PATH):
        allowed = allowed or is_form(route)
    assert allowed, f"{route.path} takes no {KEY}"


def test_the_exceptions_exist_and_take_none() -> None:
    found = {route.path: route for route in writes()}
    assert set(EXCEPTIONS) - set(found) == set()
    assert [path for path in EXCEPTIONS if takes_key(found[path])] == []


def test_there_is_something_to_look_at() -> None:
    assert len([route for route in writes() if takes_key(route)]) >= 40


def test_the_key_stands_in_the_document() -> None:
    app = FastAPI()
    for router in (*API, *TOKEN_ROUTERS):
        app.include_router(router)
    named = {
        path
        for path, calls in app.openapi()["paths"].items()
        for call in calls.values()
        if any(one["name"] == KEY and one["in"] == "header" for one in call.get("parameters", ()))
    }
    assert {f"{API_PATH}/organisaties/{{name}}/uitnodigingen", f"{API_PATH}/instemmingen"} <= named
