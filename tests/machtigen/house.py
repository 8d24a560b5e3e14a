"""The app of machtigen with stand-ins for its neighbours that obey their real interfaces."""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2
from fastapi import FastAPI
from fastapi.testclient import TestClient

from keys.kernel.caller import PeerUnavailable, assertion
from keys.kernel.database import Database, migrate
from keys.kernel.jws import Jwks, SigningKey
from keys.kernel.log import Log
from keys.kernel.oidc.relying_party import LoginAttempt, LoginFailed, LoginResult
from keys.kernel.pep import ActorKey, Ciphertext, Domain, Pseudonym, decrypt, encrypt, group
from machtigen.app import install_web
from machtigen.assembly import assemble
from machtigen.deps import Services
from machtigen.diensten.model import Niveau
from machtigen.settings import Settings
from machtigen.upkeep import Upkeep
from machtigen.weergave.service import DomainKey
from tests.machtigen.world import CATALOGUE, NOW

ORIGIN = "http://127.0.0.1:8000"
OWN = f"{ORIGIN}/machtigen"


@dataclass
class TestClock:
    """A clock that stands still until a test moves it."""

    __test__ = False
    moment: datetime = NOW

    def now(self) -> datetime:
        return self.moment

    def forward(self, by: timedelta) -> None:
        self.moment += by


def actor_key(domain: str) -> ActorKey:
    """A fresh key of a domain, as its holder would have obtained it."""
    return ActorKey(Domain.parse(domain), 1, group().random_scalar())


class KeysSimulator:
    """Translates as `keys` would: same person, other domain, never the same ciphertext."""

    def __init__(self, source: ActorKey, target: ActorKey) -> None:
        self.source = source
        self.target = target
        self.calls: list[tuple[int, str, str]] = []
        self.traces: list[str | None] = []
        self.down = False

    def transcrypt(
        self, items: Sequence[Ciphertext], *, naar: Domain, doel: str, trace_id: str | None = None
    ) -> list[Ciphertext]:
        if self.down:
            raise PeerUnavailable("keys")
        self.traces.append(trace_id)
        self.calls.append((len(items), str(naar), doel))
        points = [decrypt(item, self.source).point for item in items]
        return [encrypt(Pseudonym(naar, point), self.target.public, self.target.epoch) for point in points]


class LoginSimulator:
    """A relying party whose provider answers as identiteit would, for the person that `next` names."""

    def __init__(self, key: ActorKey) -> None:
        self.key = key
        self.next: Mapping[str, Any] = {}
        self.begun: list[dict[str, str | None]] = []
        self.people: dict[str, Pseudonym] = {}

    def begin(
        self, return_to: str, acr_values: str | None = None, prompt: str | None = None
    ) -> tuple[str, LoginAttempt]:
        number = len(self.begun)
        self.begun.append({"return_to": return_to, "acr_values": acr_values, "prompt": prompt})
        attempt = LoginAttempt(f"state-{number}", f"nonce-{number}", f"verifier-{number}", return_to)
        return f"{ORIGIN}/identiteit/authorize?state={attempt.state}", attempt

    def finish(self, attempt: LoginAttempt, query: Mapping[str, str]) -> LoginResult:
        if query.get("state") != attempt.state or query.get("code") != "good":
            raise LoginFailed("code-refused")
        return LoginResult(dict(self.next), "header.payload.signature")

    def logout_url(self, id_token_hint: str, post_logout_redirect_uri: str) -> str:
        assert id_token_hint == "header.payload.signature"
        return f"{ORIGIN}/identiteit/uitloggen?terug={post_logout_redirect_uri}"

    def verify_logout_token(self, token: str) -> str:
        if not token.startswith("ended:"):
            raise LoginFailed("malformed")
        return token.removeprefix("ended:")

    def claims(self, person: str, niveau: Niveau) -> dict[str, Any]:
        """What identiteit says of someone who logs in: fresh `sub`, ciphertext for our domain."""
        if person not in self.people:
            self.people[person] = Pseudonym(self.key.domain, group().from_hash(secrets.token_bytes(64)))
        ciphertext = encrypt(self.people[person], self.key.public, self.key.epoch)
        return {
            "sub": f"random-{len(self.begun)}",
            "sid": f"sid-{person}",
            "acr": niveau.acr,
            "auth_time": int(NOW.timestamp()),
            "alt_sub": [ciphertext.to_alt_sub()],
        }


@dataclass
class House:
    """The app, its services and its neighbours."""

    app: FastAPI
    services: Services
    settings: Settings
    clock: TestClock
    keys: KeysSimulator
    login: LoginSimulator
    operator: SigningKey
    rechten: SigningKey
    signing_key: SigningKey
    upkeep: Upkeep
    log_file: Path
    identiteit: SigningKey
    clients: list[TestClient] = field(default_factory=list)

    def browser(self) -> TestClient:
        """A browser with cookies of its own, that does not follow redirects."""
        client = TestClient(
            self.app, base_url=ORIGIN, follow_redirects=False, headers={"Accept": "text/html"}
        )
        self.clients.append(client)
        return client

    def log_in(
        self, person: str, niveau: Niveau = Niveau.SUBSTANTIEEL, client: TestClient | None = None
    ) -> Person:
        """Someone logs in through identiteit; gives their browser."""
        browser = client or self.browser()
        to = browser.get("/machtigen/inloggen?terug=/machtigen/")
        state = parse_qs(urlsplit(to.headers["location"]).query)["state"][0]
        self.login.next = self.login.claims(person, niveau)
        back = browser.get(f"/machtigen/inloggen/terug?state={state}&code=good")
        assert back.status_code == 303, back.text
        page = browser.get("/machtigen/").text
        found = re.search(r'<meta name="csrf-token" content="([^"]+)">', page)
        assert found is not None
        return Person(browser, found.group(1))

    def as_operator(self, path: str, body: object) -> httpx2.Response:
        """The operator registers something."""
        return self.as_caller("beheer", self.operator, path, body)

    def as_caller(self, client_id: str, key: SigningKey, path: str, body: object) -> httpx2.Response:
        """A package or operator calls with a fresh assertion."""
        token = assertion(client_id, key, OWN, self.clock.now())
        return self.browser().post(path, json=body, headers={"Authorization": f"Bearer {token}"})


@dataclass
class Person:
    """A logged-in person's browser and the token of their pages."""

    browser: TestClient
    csrf: str

    def get(self, path: str) -> httpx2.Response:
        return self.browser.get(path)

    def api(self, path: str, body: object = None, **headers: str) -> httpx2.Response:
        """A JSON request as a page's script would send it."""
        sent = {
            "X-CSRF-Token": self.csrf,
            **{name.replace("_", "-"): value for name, value in headers.items()},
        }
        return self.browser.post(f"/machtigen/api/v1{path}", json=body, headers=sent)

    def form(self, path: str, **values: str | list[str]) -> httpx2.Response:
        """A submitted form."""
        return self.browser.post(path, data={"csrf_token": self.csrf, **values})


def build(folder: Path, database_url: str) -> House:
    """The whole app on a fresh database, with the services of `world`."""
    operator, rechten, key = SigningKey.generate(), SigningKey.generate(), SigningKey.generate()
    identiteit = SigningKey.generate()
    jwks_file = folder / "beheer.jwks.json"
    jwks_file.write_text(json.dumps(Jwks.of(operator).as_dict()))
    settings = Settings(
        public_url=ORIGIN, database_url=database_url, sleutels_map=folder / "sleutels", klok=None,
        beheer_jwks_file=jwks_file, log_file=folder / "log.jsonl", identiteit_url=f"{ORIGIN}/identiteit",
        keys_url=f"{ORIGIN}/keys", rechten_url=f"{ORIGIN}/rechten", t1_url=f"{ORIGIN}/keys/t1",
        t2_url=f"{ORIGIN}/keys/t2",
    )  # fmt: skip
    migrate(database_url, "machtigen")
    database, clock, log = Database(database_url), TestClock(), Log("machtigen", settings.log_file)
    own, display = actor_key(settings.domain), actor_key(settings.display_domain)
    translator = KeysSimulator(own, display)
    callers = {"beheer": Jwks.of(operator), "rechten": Jwks.of(rechten), "stranger": Jwks.of(key)}
    services = assemble(
        settings, database, clock, key, log, translator, DomainKey(lambda: own), callers.get,  # type: ignore[arg-type]  # a clock that tests move
        identiteit_keys=lambda _kid: Jwks.of(identiteit),
    )  # fmt: skip
    for dienst in CATALOGUE:
        services.diensten.register(dienst, NOW)
    app = FastAPI(title="machtigen", openapi_url="/machtigen/openapi.json")
    login = LoginSimulator(own)
    app.state.services, app.state.relying_party, app.state.database = services, login, database
    app.state.now, app.state.jwks = clock.now, Jwks.of(key)
    app.state.endpoints = {"machtigen": OWN}
    install_web(app, settings, log)
    return House(
        app, services, settings, clock, translator, login, operator, rechten, key, Upkeep(services),
        folder / "log.jsonl", identiteit,
    )  # fmt: skip


def close(house: House) -> None:
    """Let go of files and threads."""
    for client in house.clients:
        client.close()
    house.app.state.database.close()
    house.services.log.close()
