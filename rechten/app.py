"""Builds rechten: the only place where its parts are put together."""

from __future__ import annotations

import contextlib
import json
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import httpx2
from fastapi import FastAPI

from keys.kernel.caller import PeerUnavailable, ReplayGuard
from keys.kernel.database import Database, bring_up_to_date
from keys.kernel.jws import Jwks, RemoteJwks, SigningKey, load_or_generate
from keys.kernel.jws.keyfile import open_to_others, secret_bytes
from keys.kernel.log import Log
from keys.kernel.oidc.relying_party import RelyingParty
from keys.kernel.pages import Pages
from keys.kernel.problem import install
from machtigen.verifier import Policy, Verifier
from rechten.api import beheer, gegevens, inzage, service, storingen, voorstellen, zelf
from rechten.deps import Clock, Services, inspection_url
from rechten.doelen.service import Doelen
from rechten.errors import RegisterNotReady
from rechten.events import (
    INSPECTION_REFUSED,
    KEY_FILE_OPEN,
    KEY_OBTAINED,
    STARTED,
    STORING_NOT_NOTED,
    STORING_OPENED,
    UPKEEP_FAILED,
)
from rechten.inzage.handelen import Handelen
from rechten.inzage.samenstellen import Samenstelling
from rechten.inzage.service import Inzien
from rechten.peers import CLIENT_ID, Addresses, KeysPeer, PagePeers
from rechten.problems import STATUS
from rechten.registers.levering import Leveringen
from rechten.registers.service import Plaatsen, Registers, list_ids
from rechten.registers.tickets import TicketVerifier
from rechten.sessies.service import Sessies
from rechten.settings import Settings
from rechten.toegang.bewijs import Bewijzen
from rechten.toegang.ingetrokken import Ingetrokken
from rechten.toegang.oordeel import Oordelen
from rechten.toegang.service import Toegang
from rechten.toegang.voorstel import Voorstelrecht
from rechten.voorstellen.beslissen import Beslissen
from rechten.web import handelen, inloggen, inzien

HTTP_TIMEOUT_S = 10
REGISTER_MIGRATIONS = "register_migrations"
UPKEEP_PAUSE = timedelta(minutes=5)
KEY_RETRY = timedelta(seconds=5)
WEB = Path(__file__).parent / "web"


def create_app(settings: Settings, transport: httpx2.BaseTransport | None = None) -> FastAPI:
    """The app of this package. `transport`: how peers are reached; None: over the network."""
    clock = Clock(settings.klok)
    http = httpx2.Client(transport=transport, timeout=HTTP_TIMEOUT_S, follow_redirects=False)
    prepare_databases(settings)
    services = assemble(settings, http, clock)

    @contextlib.asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        services.log.emit(STARTED, omgeving=settings.omgeving)
        yield
        services.samenstelling.close()
        services.registers.close()
        services.database.close()
        http.close()
        services.log.close()

    app = FastAPI(
        title="rechten",
        openapi_url="/rechten/openapi.json",
        docs_url=None,
        redoc_url=None,
        lifespan=lifespan,
    )
    app.state.services = services
    app.state.now = clock.now
    app.state.upkeep = Upkeep(services)
    app.state.endpoints = {"rechten": settings.own_url}
    app.state.pages = pages = make_pages(settings)
    app.state.relying_party = make_relying_party(settings, services.signing_key, http, clock)
    install(app, package="rechten", table=STATUS, page=pages.error_page, log=services.log)
    pages.install(app)
    for api in (beheer, gegevens, storingen, voorstellen, inzage, zelf, service):
        app.include_router(api.router)
    for page in (inloggen, inzien, handelen):
        app.include_router(page.router, include_in_schema=False)
    return app


def prepare_databases(settings: Settings) -> None:
    """The package's database and every register's, up to date. In production an operator does that.

    Raises MigrationsWait.
    """
    by_itself = not settings.production
    bring_up_to_date(settings.database_url, "rechten", by_itself=by_itself)
    database = Database(settings.database_url)
    try:
        known = list_ids(database)
    finally:
        database.close()
    for register in known:
        bring_up_to_date(settings.database_of(register), "rechten", REGISTER_MIGRATIONS, by_itself=by_itself)


def make_relying_party(
    settings: Settings, signing_key: SigningKey, http: httpx2.Client, clock: Clock
) -> RelyingParty:
    """How people log in: at `identiteit`."""
    return RelyingParty(
        issuer=settings.identiteit_url,
        client_id=CLIENT_ID,
        signing_key=signing_key,
        redirect_uri=f"{settings.own_url}/inloggen/terug",
        http=http,
        clock=clock.now,
    )


def make_pages(settings: Settings) -> Pages:
    """The pages; names of people come in frames from `identiteit`."""
    parts = urlsplit(settings.identiteit_url)
    return Pages(
        package="rechten",
        templates=WEB / "templates",
        translations=WEB / "vertalingen" / "en.po",
        frame_sources=[f"{parts.scheme}://{parts.netloc}"],
    )


def open_log(settings: Settings) -> Log:
    """The operational log; key files that others may read are named in it (in production: refused)."""
    too_open = open_to_others(settings.sleutels_map, production=settings.production)
    log = Log("rechten", settings.log_file)
    for file in too_open:
        log.emit(KEY_FILE_OPEN, file=file)
    return log


def assemble(settings: Settings, http: httpx2.Client, clock: Clock) -> Services:
    """Everything that routes use."""
    key_file = settings.sleutels_map / "ondertekening.jwk"
    signing_key = SigningKey.load(key_file) if settings.production else load_or_generate(key_file)
    addresses = make_addresses(settings)
    log = open_log(settings)
    database = Database(settings.database_url)
    keys_peer = KeysPeer(addresses, signing_key, http, clock.now)
    page_peers = PagePeers(addresses, signing_key, http, clock.now, settings.inzage_timeout_s)
    doelen = Doelen(keys_peer.find_doel, clock.now)
    issuer_keys = RemoteJwks(f"{settings.identiteit_url}/jwks", http, clock.now)
    tickets = TicketVerifier(settings.identiteit_url, issuer_keys.get)
    replays = ReplayGuard(clock.now)
    session_key = secret_bytes(settings.sleutels_map / "sessie.key", may_make=not settings.production)
    bewijzen = make_bewijzen(settings, http, clock, keys_peer, replays)
    actor_url = f"{settings.keys_url}/v1/actoren"
    oordelen = make_oordelen(bewijzen, doelen, page_peers, actor_url, log)
    inzien = Inzien(tickets, doelen.require_version, lambda code: log.emit(INSPECTION_REFUSED, reason=code))
    return Services(
        own_url=settings.own_url,
        identiteit_url=settings.identiteit_url,
        now=clock.now,
        database=database,
        registers=Registers(database, places(settings, keys_peer)),
        leveringen=Leveringen(tickets, doelen.require_version),
        toegang=Toegang(oordelen),
        voorstelrecht=Voorstelrecht(oordelen),
        beslissen=Beslissen(doelen.require_version, actor_url),
        handelen=Handelen(inzien, doelen.require_version),
        inzien=inzien,
        samenstelling=make_samenstelling(settings, page_peers, clock),
        sessies=Sessies(database, session_key),
        signing_key=signing_key,
        operator_keys=Jwks.parse(json.loads(settings.beheer_jwks_file.read_text("utf-8"))),
        actor_keys=keys_peer.actor_keys,
        replays=replays,
        name_frames=page_peers.name_frames,
        log=log,
    )


def make_samenstelling(settings: Settings, peers: PagePeers, clock: Clock) -> Samenstelling:
    """The page's side of inspection."""
    return Samenstelling(
        fetch_ticket=peers.fetch_ticket,
        ask=peers.ask_register,
        act=peers.act_at_register,
        url_of=lambda register: inspection_url(settings.own_url, register),
        clock=clock.now,
        timeout_s=settings.inzage_timeout_s,
    )


def make_addresses(settings: Settings) -> Addresses:
    """Where the neighbours are, and where we are for them."""
    return Addresses(
        own=settings.own_url,
        identiteit=settings.identiteit_url,
        keys=settings.keys_url,
        machtigen=settings.machtigen_url,
        parties=settings.party_urls,
    )


def make_bewijzen(
    settings: Settings, http: httpx2.Client, clock: Clock, keys_peer: KeysPeer, replays: ReplayGuard
) -> Bewijzen:
    """What checks tokens and assertions."""

    def make_verifier(issuer: str, audience: str) -> Verifier:
        return Verifier(issuer=issuer, audience=audience, http=http, clock=clock.now, policy=Policy())

    return Bewijzen(
        issuers=(f"{settings.machtigen_url}/login", settings.machtigen_url),
        make_verifier=make_verifier,
        register_url=lambda register: f"{settings.own_url}/api/v1/registers/{register}",
        keys_url=settings.keys_url,
        keys_of=keys_peer.actor_keys,
        party_keys=keys_peer.party_keys,
        remember=replays.remember,
    )


def make_oordelen(bewijzen: Bewijzen, doelen: Doelen, peers: PagePeers, actor_url: str, log: Log) -> Oordelen:
    """What judges calls with a token, and notes those with a revoked one."""
    ingetrokken = Ingetrokken(
        bewijzen,
        doelen,
        peers.token_end,
        actor_url,
        opened=lambda register, trace: log.emit(STORING_OPENED, register=register, trace_id=trace),
        failed=lambda register, error: log.emit(STORING_NOT_NOTED, register=register, error=error),
    )
    return Oordelen(bewijzen, doelen, ingetrokken, actor_url)


def places(settings: Settings, keys_peer: KeysPeer) -> Plaatsen:
    """Where registers live."""
    return Plaatsen(
        sleutels_map=settings.sleutels_map,
        database_url=settings.database_of,
        bring_up_to_date=lambda url: bring_up_to_date(
            url, "rechten", REGISTER_MIGRATIONS, by_itself=not settings.production
        ),
        obtain=keys_peer.obtain_key,
        translate=keys_peer.translate_own,
        may_renumber=keys_peer.may_renumber,
        subject_type=lambda register: f"{settings.own_url}/id-typen/logtag/{register}",
        generate_keys=not settings.production,
    )


class Upkeep:
    """One round of background work: obtain keys of new registers, delete what has expired."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._swept: datetime | None = None
        self._tried: datetime | None = None

    def __call__(self) -> None:
        """Do what is due now."""
        now = self._services.now()
        if self._tried is None or now - self._tried >= KEY_RETRY:
            self._tried = now
            self._obtain_keys()
        if self._swept is None or now - self._swept >= UPKEEP_PAUSE:
            self._swept = now
            self._services.sessies.forget_expired(now)
            self._services.registers.forget_expired(now)

    def _obtain_keys(self) -> None:
        for opened in self._services.registers.without_key():
            try:
                opened.require_keys()
            except (RegisterNotReady, PeerUnavailable) as error:
                self._services.log.emit(UPKEEP_FAILED, part="keys", error=type(error).__name__)
            else:
                self._services.log.emit(KEY_OBTAINED, register=opened.register.id)
