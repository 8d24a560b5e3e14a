"""The way of a person through the login of a service, with Authlib's client as the other side."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from typing import Any

import httpx2
from authlib.integrations.httpx_client import OAuth2Client
from authlib.oauth2.rfc7523 import PrivateKeyJWT

from keys.kernel.caller import assertion
from keys.kernel.jws import Jwks, verify
from tests.machtigen.token_house import OWN, REDIRECT, RSA, Service, TokenHouse, fields_of, scope_of

PORTAL = "portaal.duo.example.nl"


@dataclass
class Attempt:
    """What the service remembers of one login."""

    client: OAuth2Client
    url: str
    state: str
    nonce: str
    verifier: str


class Flow:
    """Plays service and browser against a TokenHouse."""

    def __init__(self, house: TokenHouse) -> None:
        self.house = house

    def oauth_client(self, service: Service, *, scope: str | None = None, **settings: Any) -> OAuth2Client:
        private = service.key.key
        client = OAuth2Client(
            service.client.client_id,
            private,
            token_endpoint_auth_method="private_key_jwt",
            scope=scope or scope_of(),
            redirect_uri=REDIRECT,
            code_challenge_method="S256",
            transport=self.house.transport,
            **settings,
        )
        client.register_client_auth_method(Assertion(self.house, service, f"{OWN}/login/token"))
        return client

    def begin(self, service: Service | None = None, *, scope: str | None = None, **extra: Any) -> Attempt:
        """The authorization request of a service."""
        client = self.oauth_client(service or self.house.duo, scope=scope)
        verifier, nonce = secrets.token_urlsafe(48), secrets.token_urlsafe(16)
        url, state = client.create_authorization_url(
            f"{OWN}/login/authorize", code_verifier=verifier, nonce=nonce, **extra
        )
        return Attempt(client, url, state, nonce, verifier)

    def choose(self, browser: httpx2.Client, url: str, namens: str | None) -> str:
        """Through the pages, submit the form; the address at the service the browser ends up at."""
        page = self.open(browser, url)
        return self.submit(browser, page, namens=namens)

    def open(self, browser: httpx2.Client, url: str) -> httpx2.Response:
        """Follow redirects as long as they stay in this house."""
        answer = browser.get(url)
        while answer.is_redirect and answer.headers["location"].startswith("/"):
            answer = browser.get(answer.headers["location"])
        return answer

    def submit(self, browser: httpx2.Client, page: httpx2.Response, **fields: str | None) -> str:
        answer = browser.post(action_of(page), data=form_of(page, **fields))
        assert answer.status_code == 303, answer.text
        return str(answer.headers["location"])

    def exchange(self, attempt: Attempt, location: str, **changes: Any) -> dict[str, Any]:
        """The code for tokens, by Authlib's client."""
        settings: dict[str, Any] = {
            "authorization_response": location,
            "state": attempt.state,
            "code_verifier": attempt.verifier,
        }
        return dict(attempt.client.fetch_token(f"{OWN}/login/token", **{**settings, **changes}))

    def tokens(
        self, browser: httpx2.Client, namens: str, service: Service | None = None, **extra: Any
    ) -> dict[str, Any]:
        """All of it: the token answer."""
        attempt = self.begin(service, **extra)
        return self.exchange(attempt, self.choose(browser, attempt.url, namens))

    def post(self, path: str, service: Service, **fields: Any) -> httpx2.Response:
        """A form to one of our endpoints, with the assertion of a service."""
        form = {**assertion_fields(self.house, service, f"{OWN}/login"), **fields}
        headers = form.pop("headers", {})
        return self.house.http.post(f"{OWN}{path}", data=form, headers=headers)

    def token_form(self, attempt: Attempt, location: str, **changes: Any) -> dict[str, Any]:
        form: dict[str, Any] = {
            "grant_type": "authorization_code",
            "code": fields_of(location)["code"],
            "redirect_uri": REDIRECT,
            "code_verifier": attempt.verifier,
        }
        form.update(changes)
        return {name: value for name, value in form.items() if value is not None}


class Assertion(PrivateKeyJWT):
    """Authlib's private_key_jwt on the clock of the tests."""

    def __init__(self, house: TokenHouse, service: Service, endpoint: str) -> None:
        self.house = house
        super().__init__(endpoint, alg=service.key.alg, headers={"kid": service.key.kid})

    def sign(self, auth: Any, token_endpoint: str) -> Any:
        now = int(self.house.now.timestamp())
        self.claims = {"iat": now, "exp": now + 60, "jti": secrets.token_urlsafe(24)}
        return super().sign(auth, token_endpoint)


def assertion_fields(house: TokenHouse, service: Service, audience: str) -> dict[str, str]:
    return {
        "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        "client_assertion": assertion(service.client.client_id, service.key, audience, house.now),
    }


def action_of(page: httpx2.Response) -> str:
    found = re.search(r'<form method="post" action="([^"]*keuze[^"]*)"', page.text)
    assert found, page.text
    return found.group(1)


def form_of(page: httpx2.Response, **fields: str | None) -> dict[str, str]:
    token = re.search(r'name="csrf_token" value="([^"]+)"', page.text)
    assert token, page.text
    form: dict[str, str | None] = {"csrf_token": token.group(1), **fields}
    return {name: value for name, value in form.items() if value is not None}


def choices_of(page: httpx2.Response) -> list[str]:
    return re.findall(r'name="namens" value="([^"]+)"', page.text)


def claims_of(token: str) -> dict[str, Any]:
    """The claims of a token of this house, its signature checked."""
    return verify(token, Jwks.of(RSA), typ=None)
