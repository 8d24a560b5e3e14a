"""Who is calling: actors and packages prove themselves with a signed assertion on every request.

    Authorization: Bearer <compact JWS, typ client-authentication+jwt>
    claims: iss = sub = client id, aud = base address of the callee, iat, exp <= iat + 60 s, jti

The form is that of RFC 7523 section 3 (`private_key_jwt`), used on our own JSON interfaces as it is
at token endpoints. Gives: the caller holds the registered key, now, for this callee, once.
Does not give: integrity of the request body (what matters is signed by itself, such as a permit).
"""

from __future__ import annotations

import re
import secrets
import threading
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

from keys.kernel.jws import (
    InvalidJws,
    Jwks,
    PeerUnavailable,
    SigningKey,
    check_audience,
    check_times,
    sign,
    timestamp,
    verify,
)
from keys.kernel.jws.signature import unverified_claims

__all__ = [
    "CallerRejected",
    "Oin",
    "PeerUnavailable",
    "ReplayGuard",
    "VerifiedCaller",
    "assertion",
    "bearer",
    "verify_caller",
]

TYP = "client-authentication+jwt"
LIFETIME = timedelta(seconds=60)
MAXIMUM_LIFETIME_S = 300
JTI_LENGTHS = range(16, 129)
ID_LENGTHS = range(1, 201)


class CallerRejected(Exception):
    """The caller did not prove who it is. One answer outside (401); `reason` is for the log."""

    code: ClassVar[str] = "caller-rejected"
    title: ClassVar[str] = "De aanvrager heeft niet bewezen wie hij is."

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class VerifiedCaller:
    """A caller whose assertion held. Made by `verify_caller` only."""

    client_id: str
    jti: str
    claims: dict[str, Any]


@dataclass(frozen=True)
class Oin:
    """Organisatie-identificatienummer: 20 digits (Logius, OIN-stelsel)."""

    value: str

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[0-9]{20}", self.value):
            raise ValueError("an OIN has 20 digits")

    def __str__(self) -> str:
        return self.value


class ReplayGuard:
    """Remembers used `jti`s in memory until they expire; for one process.

    `remember` answers False when the value was seen before. At most `capacity` live values: when
    it is full of unexpired ones, new ones are refused rather than old ones forgotten.
    """

    def __init__(self, clock: Callable[[], datetime], capacity: int = 200_000) -> None:
        self._clock = clock
        self._capacity = capacity
        self._seen: dict[str, float] = {}
        self._swept = 0.0
        self._lock = threading.Lock()

    def remember(self, jti: str, exp: datetime) -> bool:
        """Take note of `jti` until `exp`. False: it was used before, or there is no room."""
        with self._lock:
            now = self._clock().timestamp()
            if now - self._swept > MAXIMUM_LIFETIME_S or len(self._seen) >= self._capacity:
                self._seen = {key: until for key, until in self._seen.items() if until > now}
                self._swept = now
            if jti in self._seen or len(self._seen) >= self._capacity:
                return False
            self._seen[jti] = exp.timestamp() + LIFETIME.total_seconds()
            return True


def assertion(
    client_id: str, key: SigningKey, audience: str, now: datetime, *, claims: dict[str, Any] | None = None
) -> str:
    """A fresh assertion for one request to `audience`; lives 60 s. `claims` adds our own claims."""
    registered = {
        "iss": client_id,
        "sub": client_id,
        "aud": audience,
        "iat": timestamp(now),
        "exp": timestamp(now + LIFETIME),
        "jti": secrets.token_urlsafe(24),
    }
    return sign({**(claims or {}), **registered}, key, typ=TYP)


def bearer(header: str | None) -> str:
    """The token of an `Authorization: Bearer` header (RFC 6750 section 2.1). Raises CallerRejected."""
    scheme, _, token = (header or "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise CallerRejected("no-bearer")
    return token.strip()


def verify_caller(
    token: str,
    *,
    keys_of: Callable[[str], Jwks | None],
    audience: str | Collection[str],
    now: datetime,
    remember: Callable[[str, datetime], bool],
    typ: str | None = TYP,
    maximum_lifetime_s: int = MAXIMUM_LIFETIME_S,
) -> VerifiedCaller:
    """Check an assertion and say who calls. Raises CallerRejected; PeerUnavailable from `keys_of`.

    `keys_of` gives the registered keys of a client id, or None; `remember(jti, exp)` answers False
    on replay. `typ=None` accepts assertions of plain OAuth clients, which set no or another `typ`, and
    often live an hour.
    """
    try:
        client_id = unverified_claims(token).get("iss")
        if not isinstance(client_id, str) or not client_id.isprintable() or len(client_id) not in ID_LENGTHS:
            raise CallerRejected("no-issuer")
        keys = keys_of(client_id)
        if keys is None:
            raise CallerRejected("unknown-caller")
        claims = verify(token, keys, typ=typ)
        check_audience(claims, audience)
        check_times(claims, now, max_age_s=maximum_lifetime_s)
    except InvalidJws as error:
        raise CallerRejected(error.code) from error
    jti = claims.get("jti")
    if claims.get("sub") != client_id or claims.get("iss") != client_id:
        raise CallerRejected("subject-differs")
    if not isinstance(jti, str) or len(jti) not in JTI_LENGTHS:
        raise CallerRejected("no-jti")
    if not remember(f"{client_id} {jti}", datetime.fromtimestamp(claims["exp"], UTC)):
        raise CallerRejected("replayed")
    return VerifiedCaller(client_id=client_id, jti=jti, claims=claims)
