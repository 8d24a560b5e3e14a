"""A package that sends people to log in at an OpenID Provider and takes them back.

Code flow with PKCE S256 (RFC 7636), `state`, `nonce`, `iss` in the answer (RFC 9207) and
`private_key_jwt` (RFC 7523). Endpoints come from the issuer's discovery document.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, ClassVar
from urllib.parse import urlencode

import httpx2
from authlib.oauth2.rfc7636 import create_s256_code_challenge

from keys.kernel.caller import PeerUnavailable, assertion
from keys.kernel.jws import InvalidJws, RemoteJwks, SigningKey, check_audience, check_times, verify
from keys.kernel.jws.signature import read_header
from keys.kernel.oidc.clients import ASSERTION_TYPE

METADATA_LIVES = timedelta(minutes=5)
ID_TOKEN_LIVES_S = 300
LOGOUT_EVENT = "http://schemas.openid.net/event/backchannel-logout"


class LoginFailed(Exception):
    """Coming back from the login did not fit. `reason` is for the log; the person starts again."""

    code: ClassVar[str] = "login-failed"
    title: ClassVar[str] = "Het inloggen is niet gelukt. Begin opnieuw."

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class LoginAttempt:
    """What must fit when the person comes back. Kept server-side under a short-lived cookie."""

    state: str = field(repr=False)
    nonce: str = field(repr=False)
    verifier: str = field(repr=False)
    return_to: str


@dataclass(frozen=True)
class LoginResult:
    """A login that was verified: the claims of the ID token, and the access token if any."""

    claims: dict[str, Any] = field(repr=False)
    id_token: str = field(repr=False)
    access_token: str | None = field(repr=False, default=None)


class RelyingParty:
    """A client of one issuer. `issuer` is its address as in its discovery document."""

    def __init__(
        self,
        *,
        issuer: str,
        client_id: str,
        signing_key: SigningKey,
        redirect_uri: str,
        http: httpx2.Client,
        clock: Callable[[], datetime],
        scope: str = "openid",
    ) -> None:
        self.issuer = issuer
        self.client_id = client_id
        self._key = signing_key
        self._redirect_uri = redirect_uri
        self._http = http
        self._clock = clock
        self._scope = scope
        self._metadata: dict[str, Any] | None = None
        self._fetched: datetime | None = None
        self._jwks: RemoteJwks | None = None

    def begin(
        self, return_to: str, acr_values: str | None = None, prompt: str | None = None
    ) -> tuple[str, LoginAttempt]:
        """(address to send the browser to, attempt to keep). Raises PeerUnavailable."""
        attempt = LoginAttempt(
            state=secrets.token_urlsafe(24),
            nonce=secrets.token_urlsafe(24),
            verifier=secrets.token_urlsafe(48),
            return_to=return_to,
        )
        parameters = {
            "response_type": "code",
            "client_id": self.client_id,
            "redirect_uri": self._redirect_uri,
            "scope": self._scope,
            "state": attempt.state,
            "nonce": attempt.nonce,
            "code_challenge": create_s256_code_challenge(attempt.verifier),
            "code_challenge_method": "S256",
        }
        if acr_values:
            parameters["acr_values"] = acr_values
        if prompt:
            parameters["prompt"] = prompt
        return f"{self._endpoint('authorization_endpoint')}?{urlencode(parameters)}", attempt

    def finish(self, attempt: LoginAttempt, query: Mapping[str, str]) -> LoginResult:
        """Check the answer, trade the code, verify the ID token. Raises LoginFailed, PeerUnavailable."""
        if not secrets.compare_digest(query.get("state", "").encode(), attempt.state.encode()):
            raise LoginFailed("state-differs")
        if query.get("iss") != self.issuer:
            raise LoginFailed("other-issuer")
        if "error" in query or not query.get("code"):
            raise LoginFailed("refused-by-issuer")
        answer = self._trade(query["code"], attempt)
        id_token = answer.get("id_token")
        if not isinstance(id_token, str):
            raise LoginFailed("no-id-token")
        claims = self._verify(id_token, typ=None)
        if claims.get("nonce") != attempt.nonce:
            raise LoginFailed("nonce-differs")
        access_token = answer.get("access_token")
        return LoginResult(claims, id_token, access_token if isinstance(access_token, str) else None)

    def logout_url(self, id_token_hint: str, post_logout_redirect_uri: str) -> str:
        """Where to send the browser to log out at the issuer too (RP-Initiated Logout 1.0)."""
        parameters = {
            "id_token_hint": id_token_hint,
            "client_id": self.client_id,
            "post_logout_redirect_uri": post_logout_redirect_uri,
        }
        return f"{self._endpoint('end_session_endpoint')}?{urlencode(parameters)}"

    def verify_logout_token(self, token: str) -> str:
        """The `sid` that a logout token ends (Back-Channel Logout 1.0 section 2.6). Raises LoginFailed."""
        claims = self._verify(token, typ="logout+jwt")
        events = claims.get("events")
        if not isinstance(events, Mapping) or LOGOUT_EVENT not in events or "nonce" in claims:
            raise LoginFailed("no-logout-event")
        sid = claims.get("sid")
        if not isinstance(sid, str) or not isinstance(claims.get("jti"), str):
            raise LoginFailed("no-session")
        return sid

    def _trade(self, code: str, attempt: LoginAttempt) -> dict[str, Any]:
        endpoint = self._endpoint("token_endpoint")
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self._redirect_uri,
            "code_verifier": attempt.verifier,
            "client_id": self.client_id,
            "client_assertion_type": ASSERTION_TYPE,
            "client_assertion": assertion(self.client_id, self._key, endpoint, self._clock()),
        }
        try:
            answer = self._http.post(endpoint, data=form, headers={"Accept": "application/json"})
            body = answer.json()
        except (httpx2.HTTPError, ValueError) as error:
            raise PeerUnavailable("token endpoint") from error
        if answer.status_code >= 500:
            raise PeerUnavailable("token endpoint")
        if answer.status_code != 200 or not isinstance(body, dict):
            raise LoginFailed("code-refused")
        return body

    def _verify(self, token: str, typ: str | None) -> dict[str, Any]:
        try:
            kid = read_header(token).get("kid")
            claims = verify(token, self._keys(kid if isinstance(kid, str) else None), typ=typ)
            check_audience(claims, self.client_id)
            check_times(claims, self._clock(), max_age_s=ID_TOKEN_LIVES_S)
        except InvalidJws as error:
            raise LoginFailed(error.code) from error
        if claims.get("iss") != self.issuer:
            raise LoginFailed("other-issuer")
        return claims

    def _keys(self, kid: str | None) -> Any:
        if self._jwks is None:
            self._jwks = RemoteJwks(self._endpoint("jwks_uri"), self._http, self._clock)
        return self._jwks.get(kid)

    def _endpoint(self, name: str) -> str:
        now = self._clock()
        if self._metadata is None or self._fetched is None or now - self._fetched > METADATA_LIVES:
            self._discover(now)
        value = (self._metadata or {}).get(name)
        if not isinstance(value, str):
            raise PeerUnavailable("discovery")
        return value

    def _discover(self, now: datetime) -> None:
        try:
            answer = self._http.get(f"{self.issuer}/.well-known/openid-configuration")
            answer.raise_for_status()
            document = answer.json()
        except (httpx2.HTTPError, ValueError) as error:
            if self._metadata is None:
                raise PeerUnavailable("discovery") from error
            return
        if not isinstance(document, dict) or document.get("issuer") != self.issuer:
            raise PeerUnavailable("discovery")
        self._metadata = document
        self._fetched = now
