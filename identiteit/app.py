"""Builds the app of identiteit: the only place that builds things."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx2
from fastapi import FastAPI
from fastapi.responses import JSONResponse

from identiteit import events
from identiteit.aanmelding.service import Tickets
from identiteit.api import balie as desk_api
from identiteit.api import gebeurtenissen, oidc_provider, personen, tickets
from identiteit.balie.service import Balie
from identiteit.deps import Clock, Services
from identiteit.errors import NotReady
from identiteit.gebeurtenissen.bezorging import Bezorging, Ontvanger
from identiteit.gebeurtenissen.service import Gebeurtenissen
from identiteit.inloggen.providers.simulated import SimulatedProvider
from identiteit.inloggen.service import Inloggen
from identiteit.personen.service import Personen
from identiteit.problems import STATUS
from identiteit.pushing import EventPush
from identiteit.settings import Settings
from identiteit.translation import Translation
from identiteit.upkeep import Upkeep
from identiteit.web import balie as desk_pages
from identiteit.web import inloggen as login_pages
from identiteit.web import mijn
from identiteit.weergave.service import Weergave
from keys.client import KeysClient
from keys.kernel import database as databases
from keys.kernel.caller import ReplayGuard
from keys.kernel.database import Database
from keys.kernel.jws import Jwks, RemoteJwks, SigningKey, load_or_generate
from keys.kernel.jws.keyfile import KeyFileRefused, open_to_others, secret_bytes
from keys.kernel.log import Log
from keys.kernel.oidc.browser import Cookies
from keys.kernel.pages import Pages
from keys.kernel.pep import Vault
from keys.kernel.problem import install

HERE = Path(__file__).parent


def create_app(settings: Settings, transport: httpx2.BaseTransport | None = None) -> FastAPI:
    """The app. `transport`: how peers are reached; None is the network."""
    databases.bring_up_to_date(settings.database_url, "identiteit", by_itself=not settings.production)
    http = httpx2.Client(transport=transport, timeout=10)
    app = _services(settings, http)
    api = FastAPI(
        title="identiteit",
        openapi_url="/identiteit/openapi.json",
        lifespan=_lifespan,
        docs_url=None,
        redoc_url=None,
    )
    api.state.services = app
    api.state.upkeep = Upkeep(app, http)
    app.pages.install(api)
    install(api, package="identiteit", table=STATUS, page=app.pages.error_page, log=app.log)
    for room in (
        oidc_provider, personen, gebeurtenissen, tickets, desk_api, login_pages, mijn, desk_pages,
    ):  # fmt: skip
        api.include_router(room.router)
    _add_operations(api, app)
    app.log.emit(events.STARTED, omgeving=settings.omgeving)
    return api


@asynccontextmanager
async def _lifespan(api: FastAPI) -> AsyncIterator[None]:
    yield
    app: Services = api.state.services
    app.database.close()
    app.log.close()


def open_log(settings: Settings) -> Log:
    """The operational log; key files that others may read are named in it (in production: refused)."""
    too_open = open_to_others(settings.sleutels_map, production=settings.production)
    log = Log("identiteit", settings.log_file)
    for file in too_open:
        log.emit(events.KEY_FILE_OPEN, file=file)
    return log


def _services(settings: Settings, http: httpx2.Client) -> Services:
    clock = Clock(settings.klok)
    database, key = Database(settings.database_url), _signing_key(settings)
    personen_room = Personen(database, Vault(_local_key(settings)))
    log = open_log(settings)
    translation = _translation(settings, key, http, clock, log)
    packages = _keys_of_packages(settings, http, clock)
    return Services(
        settings=settings,
        now=clock.now,
        database=database,
        key=key,
        personen=personen_room,
        inloggen=Inloggen(database),
        inlogmiddel=_simulated_provider(personen_room, settings),
        tickets=_tickets(settings, database, personen_room, translation, key),
        balie=_desk(settings, database, personen_room, translation, key),
        weergave=Weergave(
            database=database,
            personen=personen_room,
            open_display=translation.open_display,
            keys_of_issuer=packages["machtigen"].get,
            issuer=settings.machtigen_url,
            audience=settings.issuer,
            domain=settings.display_domain,
        ),
        gebeurtenissen=Gebeurtenissen(database, tuple(settings.ontvangers)),
        bezorging=_bezorging(settings, database, personen_room, translation, key, http, log),
        translation=translation,
        packages=packages,
        operators=Jwks.parse(_read_json(settings.beheer_jwks_file)),
        replays=ReplayGuard(clock.now),
        cookies=Cookies("identiteit", settings.secure),
        pages=_pages(settings),
        log=log,
    )


def _tickets(
    settings: Settings, database: Database, people: Personen, translation: Translation, key: SigningKey
) -> Tickets:
    return Tickets(
        database=database,
        personen=people,
        translate=translation.translate,
        key=key,
        issuer=settings.issuer,
    )


def _desk(
    settings: Settings, database: Database, people: Personen, translation: Translation, key: SigningKey
) -> Balie:
    return Balie(
        database=database,
        personen=people,
        translate=translation.translate,
        key=key,
        issuer=settings.issuer,
        audience=settings.machtigen_url,
        domain=settings.machtigen_domain,
    )


def _translation(
    settings: Settings, key: SigningKey, http: httpx2.Client, clock: Clock, log: Log
) -> Translation:
    client = KeysClient(
        actor=settings.actor,
        signing_key=key,
        keys_url=settings.keys_url,
        party_urls=settings.party_urls,
        http=http,
        clock=clock.now,
    )
    return Translation(client, settings.sleutels_map, settings.origin_domain, settings.display_domain, log)


def _bezorging(
    settings: Settings,
    database: Database,
    personen_room: Personen,
    translation: Translation,
    key: SigningKey,
    http: httpx2.Client,
    log: Log,
) -> Bezorging:
    def tell(*, ontvanger: str, volgnummer: int, fout: str, dood: bool) -> None:
        log.emit(events.EVENT_NOT_DELIVERED, ontvanger=ontvanger, volgnummer=volgnummer, fout=fout, dood=dood)

    return Bezorging(
        database=database,
        personen=personen_room,
        translate=translation.translate,
        key=key,
        issuer=settings.issuer,
        ontvangers=[
            Ontvanger(name, f"{url}/gebeurtenissen", url, domain)
            for name, (url, domain) in settings.ontvangers.items()
        ],
        push=EventPush(http),
        tell=tell,
    )


def _keys_of_packages(settings: Settings, http: httpx2.Client, clock: Clock) -> dict[str, RemoteJwks]:
    places = {"machtigen": settings.machtigen_url, "rechten": settings.rechten_url}
    return {name: RemoteJwks(f"{url}/sleutels", http, clock.now) for name, url in places.items()}


def _simulated_provider(personen_room: Personen, settings: Settings) -> SimulatedProvider:
    def find_demo(demo_id: str) -> str | None:
        persoon = personen_room.find_by_demo_id(demo_id)
        return persoon.id if persoon and persoon.overleden_op is None else None

    return SimulatedProvider(find_demo, production=settings.production)


def _pages(settings: Settings) -> Pages:
    ancestors = {url.rsplit("/", 1)[0] for url in (settings.machtigen_url, settings.rechten_url)}
    return Pages(
        package="identiteit",
        templates=HERE / "web" / "templates",
        translations=HERE / "web" / "vertalingen" / "en.po",
        frame_ancestors=sorted(ancestors),
    )


def _read_json(path: Path) -> object:
    return json.loads(path.read_text("utf-8"))


def _signing_key(settings: Settings) -> SigningKey:
    path = settings.sleutels_map / "ondertekening.jwk"
    if settings.production and not path.exists():
        raise KeyFileRefused(f"{path} is missing; in productie keys are not made by themselves")
    return load_or_generate(path, "ES256")


def _local_key(settings: Settings) -> bytes:
    return secret_bytes(settings.sleutels_map / "lokaal.key", may_make=not settings.production)


def _add_operations(api: FastAPI, app: Services) -> None:
    @api.get("/identiteit/health", include_in_schema=False)
    def health() -> dict[str, str]:
        return {"status": "ok"}

    @api.get("/identiteit/ready", include_in_schema=False)
    def ready() -> dict[str, str]:
        app.database.ping()
        if not app.translation.ready():
            raise NotReady
        return {"status": "ok"}

    @api.get("/endpoints.json", include_in_schema=False)
    def endpoints() -> JSONResponse:
        return JSONResponse({"identiteit": app.settings.issuer})
