"""DUO-Studiefinanciering's side of the story: an OpenID client by Authlib, verification, reading.

Nothing of a server is imported here: Authlib's client, `machtigen.verifier` and plain HTTP, with the
keys in the client's own folder.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx2
from authlib.integrations.httpx_client import OAuth2Client
from authlib.oauth2.rfc7523 import PrivateKeyJWT
from joserfc import jwk, jwt
from visitor import Page, UnexpectedAnswer, Visitor

from machtigen.verifier import Verifier, Vertegenwoordiging
from machtigen.verifier.pseudonyms import OpenedVertegenwoordiging, Opener

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


class _Proof(PrivateKeyJWT):  # type: ignore[misc]  # Authlib has no types
    """private_key_jwt (RFC 7523) on the clock of the installation."""

    def __init__(self, endpoint: str, alg: str, kid: str, clock: Callable[[], datetime]) -> None:
        super().__init__(endpoint, alg=alg, headers={"kid": kid})
        self._clock = clock

    def sign(self, auth: Any, token_endpoint: str) -> Any:
        """The assertion for one request."""
        now = int(self._clock().timestamp())
        self.claims = {"iat": now, "exp": now + 60, "jti": secrets.token_urlsafe(24)}
        return super().sign(auth, token_endpoint)


@dataclass
class Login:
    """What the service remembers of one login on its way."""

    client: OAuth2Client
    url: str
    state: str
    nonce: str
    verifier: str


class Service:
    """One registered client, from its folder under `DATA/demo-clients`."""

    def __init__(self, folder: Path, http: httpx2.Client, clock: Callable[[], datetime]) -> None:
        self.about: dict[str, Any] = json.loads((folder / "client.json").read_text("utf-8"))
        self._key = json.loads((folder / "jwk.json").read_text("utf-8"))
        self._http = http
        self._clock = clock
        self._opener = Opener.from_folder(folder) if (folder / "domein.json").exists() else None
        self.issuer = str(self.about["issuer"])
        answer = http.get(f"{self.issuer}/.well-known/openid-configuration")
        self.metadata: dict[str, Any] = answer.raise_for_status().json()
        self.verifier = Verifier(issuer=self.issuer, audience=self.about["audience"], http=http, clock=clock)

    @property
    def redirect_uri(self) -> str:
        """The loopback address that any OpenID client may use."""
        return str(self.about["redirect_uris"][-1])

    def begin(self, dienst: str) -> Login:
        """An authorization request for one service (`urn:uuid:…`), with PKCE, state and nonce."""
        endpoint = self.metadata["token_endpoint"]
        client = OAuth2Client(
            self.about["client_id"],
            jwk.import_key(self._key),
            token_endpoint_auth_method="private_key_jwt",
            scope=f"openid {dienst}",
            redirect_uri=self.redirect_uri,
            code_challenge_method="S256",
        )
        client.register_client_auth_method(_Proof(endpoint, self._key["alg"], self._key["kid"], self._clock))
        verifier, nonce = secrets.token_urlsafe(48), secrets.token_urlsafe(24)
        url, state = client.create_authorization_url(
            self.metadata["authorization_endpoint"], code_verifier=verifier, nonce=nonce
        )
        return Login(client, url, state, nonce, verifier)

    def choices(self, person: Visitor, login: Login) -> Page:
        """The page that asks the person for whom they act."""
        answer = person.open(login.url, stop_at=self.redirect_uri)
        if answer.status_code != 200:
            raise UnexpectedAnswer(f"the page with the choice gave {answer.status_code}")
        return Page(str(answer.request.url), answer.text)

    def choose(self, person: Visitor, login: Login, page: Page, namens: str) -> dict[str, Any]:
        """Submit the choice and turn the code into tokens; the ID token is checked."""
        form = page.form_with("namens")
        answer = person.submit(form, {"namens": namens}, stop_at=self.redirect_uri)
        if not answer.is_redirect:
            raise UnexpectedAnswer(f"the choice gave {answer.status_code}")
        tokens = dict(
            login.client.fetch_token(
                self.metadata["token_endpoint"],
                authorization_response=answer.headers["location"],
                state=login.state,
                code_verifier=login.verifier,
            )
        )
        self._check_id_token(tokens["id_token"], login.nonce)
        return tokens

    def _check_id_token(self, token: str, nonce: str) -> None:
        keys = jwk.KeySet.import_key_set(self._http.get(self.metadata["jwks_uri"]).raise_for_status().json())
        allowed = self.metadata["id_token_signing_alg_values_supported"]
        claims = jwt.decode(token, keys, algorithms=allowed).claims
        said = (claims.get("iss"), claims.get("aud"), claims.get("nonce"))
        if said != (self.issuer, self.about["client_id"], nonce):
            raise UnexpectedAnswer("the ID token is not for this login")

    def open(self, verified: Vertegenwoordiging) -> OpenedVertegenwoordiging:
        """The service's own pseudonyms of both parties."""
        if self._opener is None:
            raise UnexpectedAnswer("this client has no key of its domain")
        return self._opener.open(verified)

    def read(self, rechten: str, token: str, doel: str, traceparent: str) -> httpx2.Response:
        """Read the register of this service for a purpose."""
        url = f"{rechten}/api/v1/registers/{self.about['register']}/gegevens"
        headers = {"Authorization": f"Bearer {token}", "traceparent": traceparent}
        return self._http.get(url, params={"doel": doel}, headers=headers)

    def introspect(self, token: str) -> dict[str, Any]:
        """Ask the issuer whether a token is good right now (RFC 7662)."""
        now = int(self._clock().timestamp())
        claims = {
            "iss": self.about["client_id"],
            "sub": self.about["client_id"],
            "aud": self.issuer,
            "iat": now,
            "exp": now + 60,
            "jti": secrets.token_urlsafe(24),
        }
        header = {"alg": self._key["alg"], "kid": self._key["kid"]}
        assertion = jwt.encode(header, claims, jwk.import_key(self._key), algorithms=[self._key["alg"]])
        form = {"token": token, "client_assertion_type": ASSERTION_TYPE, "client_assertion": assertion}
        answer = self._http.post(self.metadata["introspection_endpoint"], data=form)
        document: dict[str, Any] = answer.raise_for_status().json()
        return document
