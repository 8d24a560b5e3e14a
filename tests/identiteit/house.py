"""The real app of identiteit between the real keys (T1 and T2 in process) and two small peers.

The peers stand where `machtigen` and `rechten` stand: they publish keys, take log-out tokens, send
browsers to log in and trade codes, all over the same HTTP as in production. Any of them can be down.
"""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

import httpx2
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from fastapi import FastAPI
from fastapi.testclient import TestClient
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from identiteit.app import create_app
from identiteit.settings import Settings
from keys.app import create_app as create_keys
from keys.client import KeysBeheer, KeysClient
from keys.kernel.caller import assertion
from keys.kernel.inprocess import InProcessTransport, segment
from keys.kernel.jws import Jwks, SigningKey, sign, timestamp, verify
from keys.kernel.oidc.clients import ASSERTION_TYPE
from keys.kernel.pep import ActorKey, Ciphertext, Domain, Pseudonym, decrypt, encrypt
from keys.settings import Settings as KeysSettings
from tests.identiteit.people import ANJA, NOOR, POSTED

ORIGIN = "http://huis.test"
OWN = f"{ORIGIN}/identiteit"
OIN = "00000099000000001000"
DUO = "00000001003214345000"
OORSPRONG = Domain(f"oin:{OIN}:identiteit", "oorsprong")
WEERGAVE = Domain(f"oin:{OIN}:identiteit", "weergave")
MACHTIGEN = Domain(f"oin:{OIN}:machtigen", "machtigen")
STUDIE = Domain(f"oin:{DUO}:studiefinanciering", "studiefinanciering")
DIPLOMA = Domain(f"oin:{DUO}:diplomaregister", "diplomaregister")
REGISTERS = (STUDIE, DIPLOMA)


class Wires(InProcessTransport):
    """What connects the packages. Those named in `down` do not answer."""

    def __init__(self) -> None:
        super().__init__(ORIGIN)
        self.down: set[str] = set()

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        if segment(request.url.path) in self.down:
            raise httpx2.ConnectError("no answer", request=request)
        return super().handle_request(request)


@dataclass(frozen=True)
class Asked:
    """A request to log in as a peer makes it, and what it keeps."""

    parameters: dict[str, str]
    verifier: str


@dataclass
class Peer:
    """A package that sends people to log in."""

    client_id: str
    key: SigningKey = field(default_factory=SigningKey.generate)
    heard: list[str] = field(default_factory=list)

    @property
    def back(self) -> str:
        return f"{ORIGIN}/{self.client_id}/inloggen/terug"

    def app(self) -> Starlette:
        """Its own address: keys, and the back channel for log-out tokens."""

        async def sleutels(_request: Request) -> Response:
            return JSONResponse(Jwks.of(self.key).as_dict())

        async def uitloggen(request: Request) -> Response:
            form = parse_qs((await request.body()).decode())
            self.heard.append(form["logout_token"][0])
            return Response(status_code=200)

        base = f"/{self.client_id}"
        return Starlette(
            routes=[
                Route(f"{base}/sleutels", sleutels),
                Route(f"{base}/uitloggen/achterkanaal", uitloggen, methods=["POST"]),
            ]
        )

    def ask(self, **changes: str | None) -> Asked:
        """A good request, with changes; None takes a parameter away."""
        verifier = secrets.token_urlsafe(48)
        parameters: dict[str, str | None] = {
            "response_type": "code",
            "client_id": self.client_id,
            "redirect_uri": self.back,
            "scope": "openid",
            "state": secrets.token_urlsafe(12),
            "nonce": secrets.token_urlsafe(12),
            "code_challenge": create_s256_code_challenge(verifier),
            "code_challenge_method": "S256",
            **changes,
        }
        return Asked({name: value for name, value in parameters.items() if value is not None}, verifier)


@dataclass
class Browser:
    """A browser with cookies of its own, that does not follow redirects by itself."""

    client: TestClient

    def get(self, path: str, **more: Any) -> httpx2.Response:
        return self.client.get(path, **more)

    def authorize(self, asked: Asked) -> httpx2.Response:
        return self.client.get("/identiteit/authorize", params=asked.parameters)

    def submit(self, page: str, **fields: str) -> httpx2.Response:
        """Fill in the log-in form at `page`."""
        shown = self.client.get(page)
        assert shown.status_code == 200, shown.text
        return self.client.post(page, data={"csrf_token": csrf_of(shown.text), **fields})

    def log_in(
        self, persoon: str = "noor", niveau: str = "substantieel", asked: Asked | None = None
    ) -> httpx2.Response:
        """Log in, for a package that asked or for our own page; gives the last redirect."""
        to = self.authorize(asked) if asked else self.client.get("/identiteit/inloggen")
        assert to.status_code == 303, to.text
        return self.submit(to.headers["location"], persoon=persoon, niveau=niveau)


def csrf_of(page: str) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert found is not None
    return found.group(1)


def answer_of(redirect: httpx2.Response) -> dict[str, str]:
    """The parameters of a redirect."""
    assert redirect.status_code == 303, redirect.text
    return dict(parse_qsl(urlsplit(redirect.headers["location"]).query))


@dataclass
class LoggedIn:
    """Someone who logged in for a package, and what the package got."""

    browser: Browser
    tokens: dict[str, Any]
    claims: dict[str, Any]


class House:
    """The system, furnished with Noor and Anja."""

    def __init__(self, folder: Path, database_url: str | None = None) -> None:
        self.folder = folder
        self.database_url = database_url or f"sqlite:///{folder}/identiteit/identiteit.db"
        self.wires = Wires()
        self.operator, self.source = SigningKey.generate(), SigningKey.generate()
        self.registers = {domain: SigningKey.generate() for domain in REGISTERS}
        self.machtigen, self.rechten = Peer("machtigen"), Peer("rechten")
        self.peers = {"machtigen": self.machtigen, "rechten": self.rechten}
        for name in ("identiteit", "keys"):
            (folder / name).mkdir(parents=True)
        self.jwks_file = folder / "beheer.jwks.json"
        self.jwks_file.write_text(json.dumps(Jwks.of(self.operator).as_dict()))
        self.keys_app = self._keys()
        self.app: FastAPI = create_app(self.settings(), self.wires)
        self.services = self.app.state.services
        self.wires.apps.update(
            {"keys": self.keys_app, "identiteit": self.app}
            | {name: self.peer_app(peer) for name, peer in self.peers.items()}
        )
        self.wires.start()
        self.http = httpx2.Client(transport=self.wires, base_url=ORIGIN)
        self.clients: list[TestClient] = []
        self._furnish()

    def peer_app(self, peer: Peer) -> Any:
        """What stands at the address of a peer."""
        return peer.app()

    def settings(self, **changes: Any) -> Settings:
        values: dict[str, Any] = {
            "public_url": ORIGIN,
            "database_url": self.database_url,
            "klok": None,
            "sleutels_map": self.folder / "identiteit",
            "beheer_jwks_file": self.jwks_file,
            "log_file": self.folder / "identiteit.jsonl",
            "machtigen_url": f"{ORIGIN}/machtigen",
            "rechten_url": f"{ORIGIN}/rechten",
            "keys_url": f"{ORIGIN}/keys",
            "t1_url": f"{ORIGIN}/keys/t1",
            "t2_url": f"{ORIGIN}/keys/t2",
        }
        return Settings(**{**values, **changes})

    def _keys(self) -> FastAPI:
        return create_keys(
            KeysSettings(
                public_url=ORIGIN,
                database_url=f"sqlite:///{self.folder}/keys/keys.db",
                klok=None,
                sleutels_map=self.folder / "keys",
                beheer_jwks_file=self.jwks_file,
                log_file=self.folder / "keys.jsonl",
            )
        )

    def _furnish(self) -> None:
        beheer = KeysBeheer(f"{ORIGIN}/keys", self.operator, self.http, self.now)
        signing = {OORSPRONG: self.services.key, MACHTIGEN: self.machtigen.key, **self.registers}
        for domain, key in signing.items():
            oin, onderactor = domain.actor.split(":")[1:]
            rol = onderactor if oin == OIN else "register"
            beheer.register_actor(oin, onderactor, onderactor, rol, Jwks.of(key))
        for doel in ("inloggen", "gebeurtenissen", "balie", "naam-tonen", "eigen-inzage", "aanmelding"):
            beheer.publish_doel(_purpose(doel))
        for domain in (*signing, WEERGAVE):
            beheer.publish_doel(_purpose(domain.doel))
            beheer.register_domein(domain)
        start = self.now() - timedelta(hours=1)
        for van, naar, doel in (
            (OORSPRONG, MACHTIGEN, "inloggen"),
            (OORSPRONG, MACHTIGEN, "balie"),
            (OORSPRONG, MACHTIGEN, "gebeurtenissen"),
            (OORSPRONG, WEERGAVE, "naam-tonen"),
            (MACHTIGEN, WEERGAVE, "naam-tonen"),
            *((OORSPRONG, register, "eigen-inzage") for register in REGISTERS),
            *((OORSPRONG, register, "aanmelding") for register in REGISTERS),
        ):
            beheer.grant(van, naar, doel, start, bij_overschrijding="alarm")
        self.actor_keys: dict[Domain, ActorKey] = {
            domain: self.keys_client(domain.actor, key).obtain_key(domain)
            for domain, key in signing.items()
            if domain != OORSPRONG
        }
        for persoon in (NOOR, ANJA):
            assert self.call("beheer", self.operator, "personen", POSTED[persoon]).status_code == 201
        body = {"client_id": "duo", "jwks": Jwks.of(self.source).as_dict()}
        assert self.call("beheer", self.operator, "bronnen", body).status_code == 201
        self.app.state.upkeep()

    def keys_client(self, actor: str, key: SigningKey) -> KeysClient:
        return KeysClient(
            actor=actor,
            signing_key=key,
            keys_url=f"{ORIGIN}/keys",
            party_urls={name: f"{ORIGIN}/keys/{name}" for name in ("t1", "t2")},
            http=self.http,
            clock=self.now,
        )

    def now(self) -> datetime:
        """The present of identiteit."""
        moment: datetime = self.services.now()
        return moment

    @contextmanager
    def later(self, by: timedelta) -> Iterator[None]:
        """The clock of identiteit runs ahead; keys and the peers stay where they are."""
        clock = self.services.now.__self__
        clock._offset += by
        try:
            yield
        finally:
            clock._offset -= by

    @contextmanager
    def without(self, *names: str) -> Iterator[None]:
        """These do not answer for a while."""
        self.wires.down.update(names)
        try:
            yield
        finally:
            self.wires.down.difference_update(names)

    def browser(self) -> Browser:
        client = TestClient(
            self.app, base_url=ORIGIN, follow_redirects=False, headers={"Accept": "text/html"}
        )
        self.clients.append(client)
        return Browser(client)

    def call(
        self, client_id: str, key: SigningKey, path: str, body: object, audience: str = OWN
    ) -> httpx2.Response:
        """A signed call of the JSON interface."""
        token = assertion(client_id, key, audience, self.now())
        return self.http.post(
            f"/identiteit/api/v1/{path}",
            content=json.dumps(body),
            headers={"Authorization": f"Bearer {token}", "Content-Type": "application/json"},
        )

    # OpenID Connect as a peer speaks it

    def trade(
        self,
        peer: Peer,
        asked: Asked,
        code: str | None,
        *,
        key: SigningKey | None = None,
        claims: dict[str, Any] | None = None,
        **changes: str | None,
    ) -> httpx2.Response:
        """Trade a code at the token endpoint; None takes a field away."""
        token = assertion(peer.client_id, key or peer.key, f"{OWN}/token", self.now(), claims=claims)
        form: dict[str, str | None] = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": peer.back,
            "code_verifier": asked.verifier,
            "client_id": peer.client_id,
            "client_assertion_type": ASSERTION_TYPE,
            "client_assertion": token,
            **changes,
        }
        fields = {name: value for name, value in form.items() if value is not None}
        return self.http.post(
            "/identiteit/token",
            content=urlencode(fields),
            headers={"Content-Type": "application/x-www-form-urlencoded"},
        )

    def code_for(
        self, peer: Peer, persoon: str = "noor", browser: Browser | None = None, niveau: str = "substantieel"
    ) -> tuple[Asked, str, Browser]:
        """(request, code, browser) after a fresh log-in."""
        browser = browser or self.browser()
        asked = peer.ask()
        return asked, answer_of(browser.log_in(persoon, niveau, asked))["code"], browser

    def log_in_at(
        self, peer: Peer, persoon: str = "noor", browser: Browser | None = None, niveau: str = "substantieel"
    ) -> LoggedIn:
        """The whole code flow for a package."""
        asked, code, browser = self.code_for(peer, persoon, browser, niveau)
        return self.finish(peer, asked, code, browser)

    def finish(self, peer: Peer, asked: Asked, code: str, browser: Browser) -> LoggedIn:
        answer = self.trade(peer, asked, code)
        assert answer.status_code == 200, answer.text
        tokens = answer.json()
        return LoggedIn(browser, tokens, self.verified(tokens["id_token"]))

    def verified(self, token: str, typ: str = "JWT") -> dict[str, Any]:
        """Claims of what identiteit signed, by the keys that it publishes."""
        return verify(token, Jwks.parse(self.http.get("/identiteit/jwks").json()), typ=typ)

    # names and tickets

    def opened(self, entry: dict[str, Any]) -> Pseudonym:
        """What the receiver of an `alt_sub` entry reads in it."""
        ciphertext = Ciphertext.from_alt_sub(entry)
        return decrypt(ciphertext, self.actor_keys[ciphertext.domain])

    def for_display(self, person: Pseudonym) -> Ciphertext:
        """What `machtigen` does to show a name: translate its own pseudonym to the domain of names."""
        own = encrypt(person, self.actor_keys[MACHTIGEN].public)
        client = self.keys_client(MACHTIGEN.actor, self.machtigen.key)
        return client.transcrypt([own], naar=WEERGAVE, doel="naam-tonen")[0]

    def name_ticket(
        self,
        viewer: Pseudonym,
        shown: Pseudonym,
        *,
        key: SigningKey | None = None,
        typ: str = "weergaveticket+jwt",
        **changes: Any,
    ) -> str:
        """A ticket for a name as `machtigen` signs it; None takes a claim away."""
        now = self.now()
        claims = {
            "iss": f"{ORIGIN}/machtigen",
            "aud": OWN,
            "jti": secrets.token_urlsafe(16),
            "iat": timestamp(now),
            "exp": timestamp(now) + 120,
            **changes,
        }
        claims.setdefault("kijker", self.for_display(viewer).to_alt_sub())
        claims.setdefault("getoond", self.for_display(shown).to_alt_sub())
        present = {name: value for name, value in claims.items() if value is not None}
        return sign(present, key or self.machtigen.key, typ=typ)

    def inspection(
        self,
        token: str,
        registers: list[str],
        *,
        jwk: dict[str, Any] | None = None,
        caller: tuple[str, SigningKey] | None = None,
    ) -> httpx2.Response:
        """`rechten` asks for tickets with the access token of a session."""
        client_id, key = caller or ("rechten", self.rechten.key)
        body = {"registers": registers, "cnf": {"jwk": jwk or SigningKey.generate().public_jwk()}}
        headers = {
            "Authorization": f"Bearer {token}",
            "X-Client-Assertion": assertion(client_id, key, OWN, self.now()),
        }
        return self.http.post("/identiteit/api/v1/inzagetickets", json=body, headers=headers)

    def log_text(self) -> str:
        return (self.folder / "identiteit.jsonl").read_text()

    def close(self) -> None:
        for client in self.clients:
            client.close()
        self.http.close()
        self.wires.close()
        self.services.database.close()
        self.services.log.close()
        self.keys_app.state.close()


def _purpose(identifier: str) -> dict[str, Any]:
    return {
        "id": identifier,
        "naam": f"Doel {identifier}",
        "uitleg": "Waarvoor dit dient.",
        "wettelijke_grondslag": "Wet studiefinanciering 2000, artikel 1.1",
        "avg_grondslag": "avg-6-1-e",
        "categorieen": ["inschrijving"],
        "bewaartermijn": "P7Y",
        "geldig_van": datetime.now(UTC) - timedelta(days=1),
        "goedgekeurd_door": ["Jansen", "De Vries"],
    }
