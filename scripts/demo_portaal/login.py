"""Logging in at `machtigen`: authorization code with PKCE, by Authlib's OAuth client.

Discovery (OpenID Connect Discovery 1.0), PKCE S256 (RFC 7636), `state` and `nonce` of 256 bits, `iss`
in the answer (RFC 9207), `private_key_jwt` (RFC 7523) on the portal's own clock. The ID token says
that this login is ours (signature, `iss`, `aud`, times, `nonce`); what somebody may do stands in the
representation token beside it, which the SDK verifies.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import httpx2
from authlib.integrations.httpx_client import OAuth2Client, OAuthError
from authlib.oauth2.rfc7523 import PrivateKeyJWT

from demo_portaal.errors import AccessDenied, CodeRefused, IdTokenRefused, IssuerUnavailable, LoginRefused
from demo_portaal.registration import Registration
from keys.kernel.caller import assertion
from keys.kernel.jws import InvalidJws, PeerUnavailable, RemoteJwks, check_audience, check_times, verify
from keys.kernel.jws.signature import read_header

METADATA_LIVES = timedelta(minutes=5)
ID_TOKEN_LIVES_S = 300
TIMEOUT_S = 10


@dataclass(frozen=True)
class Attempt:
    """One login on its way. `browser` is the hash of the cookie of the browser that began it."""

    dienst: str
    browser: str = field(repr=False)
    state: str = field(repr=False)
    nonce: str = field(repr=False)
    verifier: str = field(repr=False)


@dataclass(frozen=True)
class Tokens:
    """What the code became: the verified claims of the ID token, and the representation token."""

    claims: Mapping[str, Any] = field(repr=False)
    representation: str = field(repr=False)


class _Proof(PrivateKeyJWT):  # type: ignore[misc]  # Authlib has no types
    """Authlib's private_key_jwt, signed with our key at our time."""

    def __init__(self, registration: Registration, clock: Callable[[], datetime]) -> None:
        super().__init__()
        self._registration = registration
        self._clock = clock

    def sign(self, auth: Any, token_endpoint: str) -> str:
        """The assertion for one request."""
        return assertion(auth.client_id, self._registration.key, token_endpoint, self._clock())


class Login:
    """The portal's side of the authorization code flow with one issuer. Thread-safe."""

    def __init__(
        self,
        registration: Registration,
        redirect_uri: str,
        transport: httpx2.BaseTransport,
        clock: Callable[[], datetime],
    ) -> None:
        self._registration = registration
        self._redirect_uri = redirect_uri
        self._transport = transport
        self._clock = clock
        self._http = httpx2.Client(transport=transport, timeout=TIMEOUT_S)
        self._metadata: dict[str, Any] = {}
        self._fetched: datetime | None = None
        self._jwks: RemoteJwks | None = None

    def begin(self, dienst: str, browser: str) -> tuple[str, Attempt]:
        """(address to send the browser to, attempt to keep). Raises IssuerUnavailable."""
        attempt = Attempt(
            dienst=dienst,
            browser=browser,
            state=secrets.token_urlsafe(32),
            nonce=secrets.token_urlsafe(32),
            verifier=secrets.token_urlsafe(48),
        )
        url, _ = self._client(dienst).create_authorization_url(
            self._endpoint("authorization_endpoint"),
            state=attempt.state,
            code_verifier=attempt.verifier,
            nonce=attempt.nonce,
        )
        return str(url), attempt

    def finish(self, attempt: Attempt, answer: Mapping[str, str]) -> Tokens:
        """The answer that the browser brought back for this attempt, checked and traded for tokens.

        Raises AccessDenied, LoginRefused, CodeRefused, IdTokenRefused, IssuerUnavailable.
        """
        if answer.get("iss") != self._registration.issuer:
            raise LoginRefused
        if "error" in answer:
            raise AccessDenied if answer["error"] == "access_denied" else LoginRefused
        if not answer.get("code"):
            raise LoginRefused
        token = self._trade(attempt, answer["code"])
        id_token, representation = token.get("id_token"), token.get("access_token")
        if not isinstance(id_token, str) or not isinstance(representation, str):
            raise IdTokenRefused
        claims = self._verify(id_token)
        if claims.get("nonce") != attempt.nonce:
            raise IdTokenRefused
        return Tokens(claims, representation)

    def _client(self, dienst: str) -> OAuth2Client:
        """A client for one login: Authlib keeps the last token in it, so it is never shared."""
        client = OAuth2Client(
            self._registration.client_id,
            token_endpoint_auth_method="private_key_jwt",
            scope=f"openid {dienst}",
            redirect_uri=self._redirect_uri,
            code_challenge_method="S256",
            transport=self._transport,
            timeout=TIMEOUT_S,
        )
        client.register_client_auth_method(_Proof(self._registration, self._clock))
        return client

    def _trade(self, attempt: Attempt, code: str) -> dict[str, Any]:
        try:
            return dict(
                self._client(attempt.dienst).fetch_token(
                    self._endpoint("token_endpoint"),
                    grant_type="authorization_code",
                    code=code,
                    code_verifier=attempt.verifier,
                )
            )
        except OAuthError as error:
            raise CodeRefused from error
        except (httpx2.HTTPError, ValueError) as error:
            raise IssuerUnavailable from error

    def _verify(self, id_token: str) -> dict[str, Any]:
        try:
            kid = read_header(id_token).get("kid")
            claims = verify(id_token, self._keys(kid if isinstance(kid, str) else None), typ=None)
            check_audience(claims, self._registration.client_id)
            check_times(claims, self._clock(), max_age_s=ID_TOKEN_LIVES_S)
        except InvalidJws as error:
            raise IdTokenRefused from error
        except PeerUnavailable as error:
            raise IssuerUnavailable from error
        if claims.get("iss") != self._registration.issuer:
            raise IdTokenRefused
        return claims

    def _keys(self, kid: str | None) -> Any:
        if self._jwks is None:
            self._jwks = RemoteJwks(self._endpoint("jwks_uri"), self._http, self._clock)
        return self._jwks.get(kid)

    def _endpoint(self, name: str) -> str:
        now = self._clock()
        if self._fetched is None or now - self._fetched > METADATA_LIVES:
            self._discover(now)
        value = self._metadata.get(name)
        if not isinstance(value, str):
            raise IssuerUnavailable
        return value

    def _discover(self, now: datetime) -> None:
        issuer = self._registration.issuer
        try:
            answer = self._http.get(f"{issuer}/.well-known/openid-configuration")
            answer.raise_for_status()
            document = answer.json()
        except (httpx2.HTTPError, ValueError) as error:
            raise IssuerUnavailable from error
        if not isinstance(document, dict) or document.get("issuer") != issuer:
            raise IssuerUnavailable
        self._metadata = document
        self._fetched = now
