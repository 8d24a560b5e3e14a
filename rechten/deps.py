"""What a request needs: the services, the moment, and who asks. The only module that reads the clock."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import Depends
from starlette.requests import Request

from keys.kernel.caller import CallerRejected, ReplayGuard, VerifiedCaller, bearer, verify_caller
from keys.kernel.database import Database
from keys.kernel.jws import Jwks, SigningKey
from keys.kernel.log import Log
from keys.kernel.oidc.browser import Cookies
from keys.kernel.pages import check_csrf
from keys.kernel.starting.klok import klok_offset
from keys.wire.trace import Trace, continue_trace
from rechten.errors import CallerNotAllowed, NotLoggedIn, RegisterUnknown
from rechten.inzage.handelen import Handelen
from rechten.inzage.samenstellen import Samenstelling
from rechten.inzage.service import Inzien
from rechten.registers.geopend import OpenRegister
from rechten.registers.levering import Leveringen
from rechten.registers.model import Bron
from rechten.registers.service import Registers
from rechten.sessies.model import Sessie
from rechten.sessies.service import Sessies
from rechten.toegang.service import Toegang
from rechten.toegang.voorstel import Voorstelrecht
from rechten.voorstellen.beslissen import Beslissen

OPERATOR = "beheer"


class Clock:
    """The present, moved by the setting KLOK."""

    def __init__(self, klok: str | None) -> None:
        self._offset: timedelta = klok_offset(klok, datetime.now(UTC))

    def now(self) -> datetime:
        """The present moment, aware, in UTC."""
        return datetime.now(UTC) + self._offset


# [(identifier of a machtiging, audience)] → addresses of frames with a name; None: there is none to show
FindNameFrames = Callable[[Sequence[tuple[str, str]]], list[str | None]]


@dataclass
class Services:
    """Everything a route may use; made in `app.py` and kept at `app.state.services`."""

    own_url: str
    identiteit_url: str
    now: Callable[[], datetime]
    database: Database
    registers: Registers
    leveringen: Leveringen
    toegang: Toegang
    voorstelrecht: Voorstelrecht
    beslissen: Beslissen
    handelen: Handelen
    inzien: Inzien
    samenstelling: Samenstelling
    sessies: Sessies
    signing_key: SigningKey
    operator_keys: Jwks
    actor_keys: Callable[[str], Jwks | None]
    replays: ReplayGuard
    name_frames: FindNameFrames
    log: Log

    @property
    def secure(self) -> bool:
        """Whether this package is served over https."""
        return urlsplit(self.own_url).scheme == "https"

    def inspection_url(self, register: str) -> str:
        """The address of a register's inspection interface, at which proofs must be aimed."""
        return inspection_url(self.own_url, register)


def inspection_url(own_url: str, register: str) -> str:
    """The address of a register's inspection interface, under the base address of this package."""
    return f"{own_url}/api/v1/registers/{register}/inzage"


def services(request: Request) -> Services:
    """The services of this app."""
    found: Services = request.app.state.services
    return found


def find_person(request: Request) -> Sessie | None:
    """The session of this request's cookie; None when there is none."""
    app = services(request)
    secret = Cookies("rechten", app.secure).read(request)
    return app.sessies.find(secret, app.now()) if secret else None


def require_person(request: Request) -> Sessie:
    """The session of this request. Raises NotLoggedIn."""
    person = find_person(request)
    if person is None:
        raise NotLoggedIn
    return person


def require_operator(request: Request) -> VerifiedCaller:
    """The operator, proven by its assertion. Raises CallerRejected, CallerNotAllowed."""
    app = services(request)
    caller = _verify(request, lambda client: app.operator_keys if client == OPERATOR else None)
    if caller.client_id != OPERATOR:
        raise CallerNotAllowed
    return caller


def require_bron(request: Request) -> Bron:
    """The registered source that calls. Raises CallerRejected."""
    app = services(request)

    def keys_of(client_id: str) -> Jwks | None:
        bron = app.registers.find_bron(client_id)
        return Jwks.parse(bron.jwks) if bron else None

    bron = app.registers.find_bron(_verify(request, keys_of).client_id)
    if bron is None:
        raise CallerRejected("unknown-caller")
    return bron


@dataclass(frozen=True)
class Caller:
    """Who looks after what happens at a register: its own actor, or the operator (`actor` None)."""

    opened: OpenRegister
    actor: str | None


def require_actor_or_operator(request: Request, register_id: str) -> Caller:
    """The register's own actor or the operator, proven by its assertion for this package or this register.

    Raises CallerRejected, PeerUnavailable; RegisterUnknown also when it is another actor's register.
    """
    app = services(request)

    def keys_of(client_id: str) -> Jwks | None:
        return app.operator_keys if client_id == OPERATOR else app.actor_keys(client_id)

    audience = (app.own_url, f"{app.own_url}/api/v1/registers/{register_id}")
    actor = _verify(request, keys_of, audience).client_id
    opened = app.registers.require(register_id)
    if actor not in {OPERATOR, opened.register.actor}:
        raise RegisterUnknown
    return Caller(opened, None if actor == OPERATOR else actor)


def require_own_actor(request: Request, register_id: str) -> OpenRegister:
    """The register, for its own actor. Raises as above; CallerNotAllowed for the operator."""
    caller = require_actor_or_operator(request, register_id)
    if caller.actor is None:
        raise CallerNotAllowed
    return caller.opened


def require_writer(request: Request) -> Sessie:
    """The session of a request that changes something, which shows the page's token.

    Raises NotLoggedIn, CsrfRejected.
    """
    person = require_person(request)
    check_csrf(person.csrf_token, request.headers.get("x-csrf-token"))
    return person


def read_trace(request: Request) -> Trace:
    """The processing that this call belongs to (header `traceparent`), or a new one."""
    return continue_trace(request.headers.get("traceparent"))


def _verify(
    request: Request, keys_of: Callable[[str], Jwks | None], audience: Sequence[str] | None = None
) -> VerifiedCaller:
    app = services(request)
    return verify_caller(
        bearer(request.headers.get("authorization")),
        keys_of=keys_of,
        audience=audience or app.own_url,
        now=app.now(),
        remember=app.replays.remember,
    )


Present = Annotated[Services, Depends(services)]
Person = Annotated[Sessie, Depends(require_person)]
Operator = Annotated[VerifiedCaller, Depends(require_operator)]
Leverancier = Annotated[Bron, Depends(require_bron)]
Writer = Annotated[Sessie, Depends(require_writer)]
ActorOrOperator = Annotated[Caller, Depends(require_actor_or_operator)]
OwnActor = Annotated[OpenRegister, Depends(require_own_actor)]
Tracing = Annotated[Trace, Depends(read_trace)]
