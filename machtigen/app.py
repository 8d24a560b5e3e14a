"""Builds machtigen: the only place where its parts are made and put together."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import httpx2
from fastapi import FastAPI

from keys.client import KeysClient, OwnKeys
from keys.kernel import problem
from keys.kernel.database import Database, bring_up_to_date
from keys.kernel.jws import Jwks, RemoteJwks, SigningKey, load_or_generate
from keys.kernel.jws.keyfile import KeyFileRefused, open_to_others, secret_bytes
from keys.kernel.log import Log
from keys.kernel.oidc.relying_party import RelyingParty
from keys.kernel.pages import Pages
from keys.kernel.pages.rendering import Link
from keys.kernel.pep import Domain, KeyRing
from machtigen.api.authzen_kort import Kort
from machtigen.assembly import assemble
from machtigen.beslissingen import opzet as beslissingen
from machtigen.bevoegdheidsverklaringen import opzet
from machtigen.bevoegdheidsverklaringen.pairwise import Pairwise
from machtigen.deps import OPERATOR, RECHTEN, Clock, Services
from machtigen.events import KEY_FILE_OPEN, STARTED
from machtigen.ontvangst.afzender import over_http
from machtigen.problems import STATUS
from machtigen.routes import API, PAGES, TOKEN_ROUTERS, TOKEN_ROUTES
from machtigen.sessies.model import by_token
from machtigen.settings import Settings
from machtigen.upkeep import Upkeep
from machtigen.weergave.service import DomainKey

HERE = Path(__file__).parent
TIMEOUT_S = 10.0
NAVIGATION = (
    Link("/machtigen/", "Mijn machtigingen"),
    Link("/machtigen/nieuw", "Iemand machtigen"),
    Link("/machtigen/code", "Ik heb een code"),
    Link("/machtigen/berichten", "Berichten"),
)


def signing_key(settings: Settings, name: str, alg: str) -> SigningKey:
    """A signing key from the folder of keys; in development a fresh one where there is none.

    Raises KeyFileRefused in production.
    """
    path = settings.sleutels_map / name
    if settings.production and not path.exists():
        raise KeyFileRefused(f"{path} is missing")
    return load_or_generate(path, alg)


def open_database(settings: Settings) -> Database:
    """The database, up to date. In production it is migrated by hand: `python -m machtigen migrate`."""
    bring_up_to_date(settings.database_url, "machtigen", by_itself=not settings.production)
    return Database(settings.database_url)


def caller_keys(
    settings: Settings, http: httpx2.Client, now: Callable[..., object]
) -> Callable[[str], Jwks | None]:
    """Whose assertions are believed: the operator's, from a file, and rechten's, from its address."""
    operator = Jwks.parse(json.loads(settings.beheer_jwks_file.read_text("utf-8")))
    rechten = RemoteJwks(f"{settings.rechten_url}/sleutels", http, now)  # type: ignore[arg-type]  # the clock

    def keys_of(client_id: str) -> Jwks | None:
        if client_id == OPERATOR:
            return operator
        return rechten.get() if client_id == RECHTEN else None

    return keys_of


def build_services(
    settings: Settings, database: Database, http: httpx2.Client, clock: Clock, key: SigningKey, log: Log
) -> Services:
    """The rooms and what they need of the neighbours."""
    domain = Domain.parse(settings.domain)
    client = KeysClient(
        actor=settings.actor,
        signing_key=key,
        keys_url=settings.keys_url,
        party_urls=settings.party_urls,
        http=http,
        clock=clock.now,
    )
    own_keys = OwnKeys(KeyRing(settings.sleutels_map / "domein-machtigen.json"), client, domain)
    domain_key = DomainKey(own_keys.get, own_keys.open)
    callers = caller_keys(settings, http, clock.now)
    identiteit = RemoteJwks(f"{settings.identiteit_url}/jwks", http, clock.now)
    afzender = over_http(settings.identiteit_url, key, http, clock.now)
    return assemble(
        settings, database, clock, key, log, client, domain_key, callers, afzender, identiteit.get
    )


def create_app(settings: Settings, transport: httpx2.BaseTransport | None = None) -> FastAPI:
    """The app of machtigen. `transport`: how neighbours are reached; None is the network."""
    clock = Clock(settings.klok)
    too_open = open_to_others(settings.sleutels_map, production=settings.production)
    log = Log("machtigen", settings.log_file)
    for file in too_open:
        log.emit(KEY_FILE_OPEN, file=file)
    http = httpx2.Client(transport=transport, timeout=TIMEOUT_S)
    database = open_database(settings)
    key = signing_key(settings, "ondertekening.jwk", "ES256")
    tokens_key = signing_key(settings, "tokens.jwk", "PS256")
    app = _new_app(database, http, log)
    app.state.services = build_services(settings, database, http, clock, key, log)
    app.state.now = clock.now
    app.state.database = database
    app.state.jwks = Jwks.of(key, tokens_key)
    app.state.endpoints = {"machtigen": settings.own_url}
    app.state.relying_party = RelyingParty(
        issuer=settings.identiteit_url,
        client_id="machtigen",
        signing_key=key,
        redirect_uri=f"{settings.own_url}/inloggen/terug",
        http=http,
        clock=clock.now,
    )
    app.state.upkeep = Upkeep(app.state.services)
    install_tokens(app, settings, database, tokens_key)
    install_web(app, settings, log)
    app.add_middleware(Kort, beslissingen=app.state.beslissingen)  # what is added last stands first
    log.emit(STARTED, omgeving=settings.omgeving)
    return app


def _new_app(database: Database, http: httpx2.Client, log: Log) -> FastAPI:
    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        yield
        http.close()
        database.close()
        log.close()

    return FastAPI(
        title="machtigen",
        description="Powers of representation: give, accept, use, see and end them.",
        openapi_url="/machtigen/openapi.json",
        docs_url=None,
        redoc_url=None,
        lifespan=lifespan,
    )


def install_tokens(app: FastAPI, settings: Settings, database: Database, key: SigningKey) -> None:
    """The rooms of tokens and of their use, on top of the others."""
    rooms: Services = app.state.services
    names = Pairwise(secret_bytes(settings.sleutels_map / "pairwise.key", may_make=not settings.production))
    tokens = opzet.assemble(
        own_url=settings.own_url,
        database=database,
        token_key=key,
        pairwise=names,
        diensten=rooms.diensten,
        partijen=rooms.partijen,
        machtigingen=rooms.machtigingen,
        translator=rooms.translator,
        own_key=rooms.domain_key.get,
        now=rooms.now,
        instemmingen=rooms.instemmingen,
        zaken=rooms.zaken,
    )
    app.state.verklaringen = tokens
    tokens.verklaringen.own_actions = rooms.feiten.own_actions
    rooms.find_by_identifier = tokens.find_machtiging
    rooms.find_token_end = tokens.introspectie.ended
    rooms.resolve_bearer = lambda token, now: by_token(tokens.introspectie.person(token, now))
    app.state.upkeep.parts["tokens"] = tokens.verklaringen.upkeep
    app.state.beslissingen = beslissingen.assemble(
        database=database,
        tokens=tokens,
        token_key=key,
        pairwise=names,
        machtigingen=rooms.machtigingen,
        own_acts=rooms.feiten.own_actions,
        may_use=tokens.verklaringen.may_use,
    )
    app.router.routes.extend(TOKEN_ROUTES)
    for router in TOKEN_ROUTERS:
        app.include_router(router)


def install_web(app: FastAPI, settings: Settings, log: Log) -> None:
    """Pages, routes and refusals. `/machtigen/{id}` matches much: it comes last."""
    pages = Pages(
        package="machtigen",
        templates=HERE / "web" / "templates",
        translations=HERE / "web" / "vertalingen" / "en.po",
        frame_sources=[settings.identiteit_url.removesuffix("/identiteit")],
        navigation=NAVIGATION,
    )
    app.state.pages = pages
    problem.install(app, package="machtigen", table=STATUS, page=pages.error_page, log=log)
    pages.install(app)
    for router in (*API, *PAGES):
        app.include_router(router)
