"""What a request needs: the services, the moment, and who asks. The only module that reads the clock."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import Depends, Header, Query
from starlette.requests import Request

from keys.kernel.caller import CallerRejected, ReplayGuard, VerifiedCaller, bearer, verify_caller
from keys.kernel.jws import Jwks
from keys.kernel.jws.keyset import UnusableKey
from keys.kernel.log import Log
from keys.kernel.oidc.browser import Cookies
from keys.kernel.pages import check_csrf
from keys.kernel.starting.klok import klok_offset
from machtigen.balie.service import Balie
from machtigen.berichten.service import Berichten
from machtigen.diensten.model import Client, Niveau
from machtigen.diensten.service import Diensten
from machtigen.errors import CallerNotAllowed, NotLoggedIn
from machtigen.feiten.service import Feiten
from machtigen.gebruik.service import Gebruiken
from machtigen.herhalingen.model import Repeatable
from machtigen.herhalingen.service import Herhalingen
from machtigen.instemming.service import Instemmingen
from machtigen.machtigingen.service import Machtigingen
from machtigen.machtigingen.zegels import Zegels
from machtigen.ontvangst.service import Ontvangst
from machtigen.organisaties.service import Organisaties
from machtigen.partijen.model import Optreden
from machtigen.partijen.service import Partijen
from machtigen.sessies.model import Sessie
from machtigen.sessies.service import Sessies
from machtigen.translation import Translator
from machtigen.weergave.service import DomainKey, Weergave
from machtigen.zaken.service import Zaken

OPERATOR = "beheer"
RECHTEN = "rechten"


class Clock:
    """The present, moved by the setting KLOK."""

    def __init__(self, klok: str | None) -> None:
        self._offset: timedelta = klok_offset(klok, datetime.now(UTC))

    def now(self) -> datetime:
        """The present moment, aware, in UTC."""
        return datetime.now(UTC) + self._offset


ResolveBearer = Callable[[str, datetime], Sessie | None]
FindByIdentifier = Callable[[str, str], str | None]
FindTokenEnd = Callable[[str], datetime | None]


@dataclass
class Services:
    """Everything a route may use; made in `app.py` and kept at `app.state.services`.

    Three hooks are filled by the rooms above: `resolve_bearer(token, now)` gives the person of a
    Bearer token with scope `machtigingen`; `find_by_identifier(identifier, audience)` gives the id
    of the machtiging that a token named so towards that audience; `find_token_end(token)` gives the
    moment at which a token of ours was ended early.
    """

    own_url: str
    identiteit_url: str
    now: Callable[[], datetime]
    diensten: Diensten
    partijen: Partijen
    sessies: Sessies
    machtigingen: Machtigingen
    zegels: Zegels
    balie: Balie
    feiten: Feiten
    ontvangst: Ontvangst
    berichten: Berichten
    gebruiken: Gebruiken
    organisaties: Organisaties
    instemmingen: Instemmingen
    zaken: Zaken
    herhalingen: Herhalingen
    weergave: Weergave
    domain_key: DomainKey
    translator: Translator
    caller_keys: Callable[[str], Jwks | None]
    replays: ReplayGuard
    log: Log
    resolve_bearer: ResolveBearer = field(default=lambda _token, _now: None)
    find_by_identifier: FindByIdentifier = field(default=lambda _identifier, _audience: None)
    find_token_end: FindTokenEnd = field(default=lambda _token: None)

    @property
    def cookies(self) -> Cookies:
        """The cookies of this package."""
        return Cookies("machtigen", urlsplit(self.own_url).scheme == "https")


def services(request: Request) -> Services:
    """The services of this app."""
    found: Services = request.app.state.services
    return found


def find_person(request: Request) -> Sessie | None:
    """The session of this request, by Bearer token or by cookie; None when there is none."""
    app = services(request)
    header = request.headers.get("authorization")
    if header is not None:
        try:
            return app.resolve_bearer(bearer(header), app.now())
        except CallerRejected:
            return None
    secret = app.cookies.read(request)
    return app.sessies.find(secret, app.now()) if secret else None


def require_person(request: Request) -> Sessie:
    """The session of this request. Raises NotLoggedIn."""
    person = find_person(request)
    if person is None:
        raise NotLoggedIn
    return person


def require_writer(request: Request) -> Sessie:
    """The session of a request that changes something: it shows the page's token, or it has no page.

    Raises NotLoggedIn, CsrfRejected. A Bearer token is not sent by browsers by themselves.
    """
    person = require_person(request)
    if not person.by_token:
        check_csrf(person.csrf_token, request.headers.get("x-csrf-token"))
    return person


def require_caller(request: Request, *allowed: str) -> VerifiedCaller:
    """The package or operator that calls, proven by its assertion.

    Raises CallerRejected, CallerNotAllowed.
    """
    app = services(request)
    caller = verify_caller(
        bearer(request.headers.get("authorization")),
        keys_of=app.caller_keys,
        audience=app.own_url,
        now=app.now(),
        remember=app.replays.remember,
    )
    if caller.client_id not in allowed:
        raise CallerNotAllowed
    return caller


def require_client(request: Request) -> Client:
    """The registered client of a service that calls, proven by its assertion for this package.

    Raises CallerRejected.
    """
    app = services(request)

    def keys_of(client_id: str) -> Jwks | None:
        known = app.diensten.find_client(client_id)
        try:
            return Jwks.parse(known.jwks) if known else None
        except UnusableKey:
            return None

    token = bearer(request.headers.get("authorization"))
    now, remember = app.now(), app.replays.remember
    caller = verify_caller(token, keys_of=keys_of, audience=app.own_url, now=now, remember=remember, typ=None)
    client = app.diensten.find_client(caller.client_id)
    if client is None:
        raise CallerRejected("unknown-client")
    return client


def require_operator(request: Request) -> VerifiedCaller:
    """The operator."""
    return require_caller(request, OPERATOR)


def require_rechten(request: Request) -> VerifiedCaller:
    """The package `rechten`."""
    return require_caller(request, RECHTEN)


async def _repeatable_body(request: Request) -> bytes:
    return await request.body()


Sent = Annotated[bytes, Depends(_repeatable_body)]
Key = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        description="1 to 255 visible signs. The same request with the same key within a day is done once, "
        "and gets the first answer again.",
    ),
]


def _repeatable(request: Request, body: bytes, key: str | None, who: str) -> Repeatable | None:
    if key is None:
        return None
    organisatie = request.query_params.get("organisatie")
    path = request.url.path if organisatie is None else f"{request.url.path}?organisatie={organisatie}"
    return Repeatable.of(who, key, request.method, path, body)


def repeatable(request: Request, body: Sent, key: Key = None) -> Repeatable | None:
    """The request as one that may be repeated: it carries an Idempotency-Key. Keys are per person."""
    return None if key is None else _repeatable(request, body, key, require_person(request).partij)


AsOrganisation = Annotated[
    str | None, Query(max_length=100, description="id or slug of the organisation for which I act")
]


def acting(app: Services, person: Sessie, organisatie: str | None) -> Sessie:
    """The same person, acting for an organisation when one is named. Raises NotFound: not theirs.

    What they register there is at most at the level at which they were let in.
    """
    if organisatie is None:
        return person
    lid = app.organisaties.require_acting(organisatie.replace("\x00", ""), person.mens)
    optreden = Optreden(lid.organisatie, lid.partij, lid.rol.value, lid.functie)
    niveau = Niveau.weakest(person.niveau, lid.niveau)
    return replace(person, partij=lid.organisatie, niveau=niveau, optreden=optreden)


def acting_person(request: Request, organisatie: AsOrganisation = None) -> Sessie:
    """Who asks, for themself or for the organisation that the address names."""
    return acting(services(request), require_person(request), organisatie)


def acting_writer(request: Request, organisatie: AsOrganisation = None) -> Sessie:
    """The same, for a request that changes something."""
    return acting(services(request), require_writer(request), organisatie)


Present = Annotated[Services, Depends(services)]
Human = Annotated[Sessie, Depends(require_person)]  # for oneself only
HumanWriter = Annotated[Sessie, Depends(require_writer)]
Person = Annotated[Sessie, Depends(acting_person)]
Writer = Annotated[Sessie, Depends(acting_writer)]
Operator = Annotated[VerifiedCaller, Depends(require_operator)]
ServiceClient = Annotated[Client, Depends(require_client)]
Rechten = Annotated[VerifiedCaller, Depends(require_rechten)]
Repeat = Annotated[Repeatable | None, Depends(repeatable)]


def repeatable_by_operator(
    request: Request, caller: Operator, body: Sent, key: Key = None
) -> Repeatable | None:
    """The same, of the operator."""
    return _repeatable(request, body, key, f"caller:{caller.client_id}")


def repeatable_by_client(
    request: Request, client: ServiceClient, body: Sent, key: Key = None
) -> Repeatable | None:
    """The same, of the client of a service."""
    return _repeatable(request, body, key, f"client:{client.client_id}")


OperatorRepeat = Annotated[Repeatable | None, Depends(repeatable_by_operator)]
ClientRepeat = Annotated[Repeatable | None, Depends(repeatable_by_client)]
