"""For whom somebody does something on a page: for themself, or for an organisation that the address names.

The pages below `/machtigen/` stand a second time below `/machtigen/namens/{organisatie}/`. The address says
it, and not the session: two tabs may act for two organisations, and no form does so by surprise.
"""

from __future__ import annotations

from urllib.parse import quote

from fastapi import APIRouter
from fastapi.routing import APIRoute
from starlette.requests import Request

from machtigen import deps
from machtigen.sessies.model import Sessie

HOME = "/machtigen"
NAMENS = f"{HOME}/namens"


def _named(request: Request) -> str | None:
    name: str | None = request.path_params.get("organisatie")
    return name


def here(request: Request) -> str:
    """What the addresses of these pages begin with, without a slash at its end."""
    name = _named(request)
    return HOME if name is None else f"{NAMENS}/{quote(name, safe=':')}"


def find_person(request: Request) -> Sessie | None:
    """Who looks, acting for whom the address names; None for who is not logged in. Raises NotFound: an
    organisation that is not there, or not theirs to act for."""
    person = deps.find_person(request)
    return None if person is None else deps.acting(deps.services(request), person, _named(request))


def require_person(request: Request) -> Sessie:
    """The same. Raises NotLoggedIn."""
    return deps.acting(deps.services(request), deps.require_person(request), _named(request))


def for_organisations(router: APIRouter) -> APIRouter:
    """The same pages, for an organisation."""
    made = APIRouter(include_in_schema=False)
    for route in router.routes:
        if isinstance(route, APIRoute):
            path = route.path.replace(HOME, NAMENS + "/{organisatie}", 1)
            made.add_api_route(path, route.endpoint, methods=sorted(route.methods or ()))
    return made
