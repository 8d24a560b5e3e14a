"""Pages of the portal."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse
from starlette.responses import JSONResponse, Response

from demo_portaal import words
from demo_portaal.portal import Look, Portal
from demo_portaal.sessions import Session
from keys.kernel.oidc.browser import Cookies, new_secret
from keys.kernel.pages import Pages, check_csrf

router = APIRouter(include_in_schema=False)
HOME = "/portaal/"
DOSSIER = "/portaal/dossier"
LOGOUT = "/portaal/uitloggen"
ATTEMPT = "poging"
ATTEMPT_COOKIE_S = 900
SHOWN_OF_PID = 8  # characters: enough to tell people apart on a page, too few to be used as a key


@dataclass(frozen=True)
class WebParts:
    """What the pages are made with."""

    portal: Portal
    pages: Pages
    cookies: Cookies
    machtigen_url: str


def _parts(request: Request) -> WebParts:
    parts: WebParts = request.app.state.parts
    return parts


def _session(request: Request) -> Session | None:
    parts = _parts(request)
    return parts.portal.sessions.find(parts.cookies.read(request))


def _page(
    request: Request, template: str, values: dict[str, Any], session: Session | None, status: int = 200
) -> Response:
    wie = {"niveau": session.niveau, "uitloggen": LOGOUT} if session else None
    return _parts(request).pages.render(
        request, template, {**values, "wie": wie}, status=status, csrf=session.csrf if session else None
    )


@router.get("/portaal", include_in_schema=False)
def without_slash() -> Response:
    """The home page has a slash."""
    return RedirectResponse(HOME, 308)


@router.get(HOME)
def home(request: Request) -> Response:
    """The services of this portal, each with a button to log in."""
    parts = _parts(request)
    registration = parts.portal.require().registration
    values = {"portaal": registration, "machtigen_url": parts.machtigen_url}
    return _page(request, "portaal.html", values, _session(request))


@router.get("/portaal/inloggen")
def log_in(request: Request, dienst: str = "") -> Response:
    """Send the browser to log in. Several attempts of one browser may be on their way at once."""
    parts = _parts(request)
    browser = parts.cookies.read(request, ATTEMPT) or new_secret()
    answer = RedirectResponse(parts.portal.begin(dienst, browser), 303, headers={"Cache-Control": "no-store"})
    parts.cookies.set(answer, browser, ATTEMPT, ATTEMPT_COOKIE_S)
    return answer


@router.get("/portaal/inloggen/terug")
def come_back(request: Request) -> Response:
    """The browser is back with a code, or with an error of the issuer."""
    parts = _parts(request)
    query = dict(request.query_params)
    secret = parts.portal.finish(query, parts.cookies.read(request, ATTEMPT))
    parts.portal.sessions.close(parts.cookies.read(request))
    answer = RedirectResponse(DOSSIER, 303, headers={"Cache-Control": "no-store"})
    parts.cookies.set(answer, secret)
    return answer


@router.get(DOSSIER)
def show_dossier(request: Request) -> Response:
    """Who acts, for whom, what for, and the record; or one sentence about why not."""
    parts = _parts(request)
    session = _session(request)
    if session is None:
        return RedirectResponse(HOME, 303)
    look = parts.portal.look(session)
    registration = parts.portal.require().registration
    values = {
        "portaal": registration.naam,
        "dienst": {"id": session.dienst, "naam": registration.diensten[session.dienst]},
        "handelen": _acting(look),
        "uitkomst": look.outcome,
        "uitleg": words.OUTCOMES.get(look.outcome.code, words.OUTCOMES["refused"]),
        "woorden": words,
    }
    return _page(request, "dossier.html", values, session, look.outcome.status)


@router.post(LOGOUT)
def log_out(request: Request, csrf_token: Annotated[str | None, Form(max_length=200)] = None) -> Response:
    """End the session at this portal; logging in elsewhere stays as it is."""
    parts = _parts(request)
    session = _session(request)
    if session is not None:
        check_csrf(session.csrf, csrf_token)
        parts.portal.sessions.close(parts.cookies.read(request))
    answer = RedirectResponse(HOME, 303)
    parts.cookies.clear(answer)
    return answer


@router.get("/portaal/health")
def health() -> Response:
    """The process answers."""
    return JSONResponse({"status": "ok"})


@router.get("/portaal/ready")
def ready(request: Request) -> Response:
    """The registration is there; 503 `not-ready` until then."""
    _parts(request).portal.require()
    return JSONResponse({"status": "ok"})


def _acting(look: Look) -> dict[str, Any] | None:
    """Who acts for whom, as a page may show it: our own short pseudonyms, never names."""
    if look.wie is None or look.opened is None:
        return None
    return {
        "persoon": (look.opened.persoon.pid or "")[:SHOWN_OF_PID],
        "voor": (look.opened.vertegenwoordigde.pid or "")[:SHOWN_OF_PID],
        "zelf": look.wie.namens_zelf,
        "handelingen": [code for code in words.ACTIONS if code in look.wie.actions],
        "grond": look.wie.grond,
        "geldig_tot": look.wie.geldig_tot,
        "bewijs_tot": look.wie.verloopt_op,
        "niveau": words.LEVELS[look.wie.acr],
        "machtiging": look.wie.identifier,
        "doel": look.wie.doelen[0],
    }
