"""What a request needs: the services, the moment, and who asks. The only module that reads the clock."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Annotated

from fastapi import Depends
from starlette.requests import Request

from identiteit.aanmelding.service import Tickets
from identiteit.balie.service import Balie
from identiteit.errors import CallerNotAllowed, NotLoggedIn
from identiteit.gebeurtenissen.bezorging import Bezorging
from identiteit.gebeurtenissen.service import Gebeurtenissen
from identiteit.inloggen.model import Sessie
from identiteit.inloggen.providers import Inlogmiddel
from identiteit.inloggen.service import Inloggen
from identiteit.personen.service import Personen
from identiteit.settings import Settings
from identiteit.translation import Translation
from identiteit.weergave.service import Weergave
from keys.kernel.caller import ReplayGuard, VerifiedCaller, bearer, verify_caller
from keys.kernel.database import Database
from keys.kernel.jws import Jwks, RemoteJwks, SigningKey
from keys.kernel.log import Log
from keys.kernel.oidc.browser import Cookies
from keys.kernel.pages import Pages
from keys.kernel.starting.klok import klok_offset

OPERATOR = "beheer"
RECHTEN = "rechten"


class Clock:
    """The present, moved by the setting KLOK."""

    def __init__(self, klok: str | None) -> None:
        self._offset: timedelta = klok_offset(klok, datetime.now(UTC))

    def now(self) -> datetime:
        """The present moment, aware, in UTC."""
        return datetime.now(UTC) + self._offset


@dataclass
class Services:
    """Everything a route may use; made in `app.py` and kept at `app.state.services`."""

    settings: Settings
    now: Callable[[], datetime]
    database: Database
    key: SigningKey
    personen: Personen
    inloggen: Inloggen
    inlogmiddel: Inlogmiddel
    tickets: Tickets
    balie: Balie
    weergave: Weergave
    gebeurtenissen: Gebeurtenissen
    bezorging: Bezorging
    translation: Translation
    packages: dict[str, RemoteJwks]
    operators: Jwks
    replays: ReplayGuard
    cookies: Cookies
    pages: Pages
    log: Log

    def caller_keys(self, client_id: str) -> Jwks | None:
        """Keys of the operator, of the packages, and of registered sources."""
        if client_id == OPERATOR:
            return self.operators
        if client_id in self.packages:
            return self.packages[client_id].get()
        return self.tickets.keys_of_source(client_id)


def services(request: Request) -> Services:
    """The services of this app."""
    found: Services = request.app.state.services
    return found


def find_session(request: Request) -> Sessie | None:
    """The session of this browser, if any."""
    app = services(request)
    return app.inloggen.find(app.cookies.read(request), app.now())


def require_session(request: Request) -> Sessie:
    """The session of this browser. Raises NotLoggedIn."""
    sessie = find_session(request)
    if sessie is None:
        raise NotLoggedIn
    return sessie


def verified(request: Request, token: str) -> VerifiedCaller:
    """Who signed an assertion for us. Raises CallerRejected, PeerUnavailable."""
    app = services(request)
    return verify_caller(
        token,
        keys_of=app.caller_keys,
        audience=app.settings.issuer,
        now=app.now(),
        remember=app.replays.remember,
    )


def require_operator(request: Request) -> VerifiedCaller:
    """The operator. Raises CallerRejected, CallerNotAllowed."""
    caller = verified(request, bearer(request.headers.get("authorization")))
    if caller.client_id != OPERATOR:
        raise CallerNotAllowed
    return caller


def require_source(request: Request) -> VerifiedCaller:
    """A registered source. Raises CallerRejected, CallerNotAllowed."""
    caller = verified(request, bearer(request.headers.get("authorization")))
    if caller.client_id in {OPERATOR, *services(request).packages}:
        raise CallerNotAllowed
    return caller


def require_inspection(request: Request) -> Sessie:
    """The session of a person for whom `rechten` asks: its assertion, and the session's token.

    Raises CallerRejected, CallerNotAllowed, NotLoggedIn.
    """
    caller = verified(request, request.headers.get("x-client-assertion", ""))
    if caller.client_id != RECHTEN:
        raise CallerNotAllowed
    app = services(request)
    token = bearer(request.headers.get("authorization"))
    return app.inloggen.session_of_token(token, RECHTEN, app.now())


def require_delivery(request: Request) -> VerifiedCaller:
    """The operator, or a package that receives events. Raises CallerRejected, CallerNotAllowed."""
    caller = verified(request, bearer(request.headers.get("authorization")))
    if caller.client_id not in {OPERATOR, *services(request).settings.ontvangers}:
        raise CallerNotAllowed
    return caller


Present = Annotated[Services, Depends(services)]
Person = Annotated[Sessie, Depends(require_session)]
Operator = Annotated[VerifiedCaller, Depends(require_operator)]
Source = Annotated[VerifiedCaller, Depends(require_source)]
Delivery = Annotated[VerifiedCaller, Depends(require_delivery)]
Inspection = Annotated[Sessie, Depends(require_inspection)]
