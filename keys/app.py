"""The only place that builds things: one app with the registry, one or more transcryptors, or both."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

import httpx2
from fastapi import FastAPI
from sqlalchemy.exc import SQLAlchemyError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from keys import events
from keys.api import doelen, generaties, partijen
from keys.deps import Clock, Keys, RunningParty, read_operators
from keys.doelen.service import Doelen
from keys.kernel.database import Database
from keys.kernel.jws import Jwks
from keys.kernel.jws.keyfile import open_to_others
from keys.kernel.jws.keyset import UnusableKey
from keys.kernel.log import Log
from keys.kernel.problem import install, problem
from keys.preparation import (
    StartRefused,
    load_auditor,
    load_generations,
    load_party_keys,
    load_signing_key,
    prepare,
)
from keys.problems import STATUS
from keys.pseudonyms.issue import KeyIssuer
from keys.pseudonyms.service import Partij, Transcryptor
from keys.pseudonyms.shares import PARTIES
from keys.pseudonyms.store import PartijStore
from keys.settings import Settings
from keys.wire.certificaat import CertificateRule

SWEEP_EVERY = timedelta(seconds=60)
REFILL = 500  # zero-encryptions in one round: some thirty milliseconds


def create_app(settings: Settings, transport: httpx2.BaseTransport | None = None) -> FastAPI:
    """Build the app. `transport` is accepted like in every package and never used: keys calls nobody.

    Raises StartRefused with one sentence when something that must stand does not.
    """
    del transport
    prepare(settings)
    folders, production = map(settings.party_folder, settings.partijen), settings.omgeving == "productie"
    too_open = [file for folder in folders for file in open_to_others(folder, production=production)]
    log = Log("keys", settings.log_file)
    for file in too_open:
        log.emit(events.KEY_FILE_OPEN, file=file)
    databases = _Databases(settings)
    app = FastAPI(
        title="keys",
        version="1",
        docs_url=None,
        redoc_url=None,
        openapi_url="/keys/openapi.json" if settings.registry else None,
        lifespan=_lifespan,
    )
    app.state.keys = _build(settings, databases, log)
    app.state.now = app.state.keys.now
    app.state.upkeep = Upkeep(app.state.keys)

    def close() -> None:
        for running in app.state.keys.parties.values():
            running.partij.generations.close()
        databases.close()
        log.close()

    app.state.close = close
    if settings.registry:
        app.include_router(doelen.router)
        app.include_router(generaties.router)
    app.router.routes.extend([*partijen.routes(), *_status_routes(settings, databases, app.state.keys)])
    install(app, package="keys", table=STATUS, log=log)
    return app


class _Databases:
    """The registry's database and one for each party of this process."""

    def __init__(self, settings: Settings) -> None:
        self.registry = Database(settings.database_url)
        self.parties = {name: Database(settings.party_database_url(name)) for name in settings.partijen}

    def ping(self) -> None:
        """Raise when one cannot be reached."""
        for database in (self.registry, *self.parties.values()):
            database.ping()

    def close(self) -> None:
        """Let go of all."""
        for database in (self.registry, *self.parties.values()):
            database.close()


def _build(settings: Settings, databases: _Databases, log: Log) -> Keys:
    try:
        operators = read_operators(settings.beheer_jwks_file)
    except (OSError, ValueError, UnusableKey) as error:
        raise StartRefused(f"{settings.beheer_jwks_file} does not hold the operators' public keys") from error
    party_keys = load_party_keys(settings)
    registry = Doelen(databases.registry, log)
    running: dict[str, RunningParty] = {
        name: _party(settings, name, registry, PartijStore(databases.parties[name]), party_keys, log)
        for name in settings.partijen
    }
    addresses = {name: settings.party_url(name) for name in PARTIES}
    return Keys(
        registry=registry,
        keys_url=settings.keys_url,
        operators=operators,
        parties=running,
        party_urls={name: address for name, address in addresses.items() if address is not None},
        party_keys=party_keys,
        now=Clock(settings.klok).now,
        log=log,
        four_eyes=settings.four_eyes,
        certificates=CertificateRule(
            behind_proxy=settings.mtls_achter_proxy, required=settings.mtls_verplicht
        ),
    )


def _party(
    settings: Settings,
    name: str,
    registry: Doelen,
    store: PartijStore,
    party_keys: Mapping[str, Jwks],
    log: Log,
) -> RunningParty:
    generations = load_generations(settings, name, party_keys, registry, log)
    if generations.newest.throwaway:
        log.emit(events.THROWAWAY_SHARES, partij=name)
    partij = Partij(
        name=name,
        generations=generations,
        signing_key=load_signing_key(settings, name, party_keys.get(name)),
        parties=party_keys,
        registry=registry,
        store=store,
        log=log,
        audience=settings.keys_url,
        volume_parts=2 if settings.party_url("t3") else 1,
        auditor=load_auditor(settings),
        audit_term=timedelta(days=settings.audit_dagen),
        stock=settings.voorraad,
    )
    url = settings.party_url(name) or f"{settings.keys_url}/{name}"
    return RunningParty(partij, url, Transcryptor(partij), KeyIssuer(partij, url))


class Upkeep:
    """One round of background work: answers and auditor's copies whose term has ended are thrown away,
    each party goes over to shares that came into use, and its stock of zero-encryptions is filled."""

    def __init__(self, keys: Keys) -> None:
        self._keys = keys
        self._swept: datetime | None = None

    def __call__(self) -> None:
        """Do what is due; quick when nothing is."""
        for running in self._keys.parties.values():
            running.partij.generations.adopt_new()
            running.transcryptor.refill(REFILL)
        now = self._keys.now()
        if self._swept is not None and abs(now - self._swept) < SWEEP_EVERY:
            return
        self._swept = now
        for running in self._keys.parties.values():
            running.partij.store.sweep(now)


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    yield
    app.state.close()


def _status_routes(settings: Settings, databases: _Databases, keys: Keys) -> list[Route]:
    def health(_request: Request) -> Response:
        return JSONResponse({"status": "ok"})

    def ready(_request: Request) -> Response:
        try:
            databases.ping()
        except SQLAlchemyError:
            return problem(503, "not-ready", "De database antwoordt nu niet.")
        for running in keys.parties.values():
            running.partij.generations.ping()
        return JSONResponse({"status": "ok"})

    def endpoints(_request: Request) -> Response:
        parties = {name: settings.party_url(name) for name in PARTIES if settings.party_url(name)}
        return Response(json.dumps({"keys": settings.keys_url, **parties}), media_type="application/json")

    paths = [("/keys/health", health), ("/keys/ready", ready), ("/endpoints.json", endpoints)]
    for name in settings.partijen:
        paths += [(f"/keys/{name}/health", health), (f"/keys/{name}/ready", ready)]
    return [Route(path, endpoint, methods=["GET"]) for path, endpoint in paths]
