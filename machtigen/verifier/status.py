"""Ask the issuer's status list whether a token still stands (Token Status List, section 8.3).

1. `uri` lies at the issuer's own origin, or at one the policy names.
2. The list is fetched with `Accept: application/statuslist+jwt` and kept for its `ttl`, at most
   `status_ttl_s`; `ttl` and `exp` in the list outrank any HTTP cache header.
3. It is a JWS of the issuer: `typ` statuslist+jwt, allowed algorithm, known key; `sub` equals `uri`;
   `iss`, where present, is the issuer; `iat` is not ahead; `exp` is not past.
4. Decompression stops at a bound. 5. An index outside the list refuses the token.
6. Any value but 0 (VALID) refuses it.

Unreachable and nothing usable cached → CouldNotCheck. An answer that is a list but a false one →
InvalidEvidence: no statement can be made and the token is rejected.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import httpx2

from keys.kernel.jws import InvalidJws, Jwks, check_times, verify
from keys.kernel.jws.signature import read_header
from machtigen.verifier.errors import CouldNotCheck, InvalidEvidence
from machtigen.verifier.fetching import Attempts, Unreachable, fetch
from machtigen.verifier.model import StatusResult
from machtigen.verifier.policy import Policy
from machtigen.verifier.statuslijst import VALID, MalformedList, OutOfRange, Statuslijst

MEDIA_TYPE = "application/statuslist+jwt"
TYP = "statuslist+jwt"
MAXIMUM_LISTS = 256  # an issuer has few; a forged URI must not fill memory (it cannot: it is signed)


@dataclass(frozen=True)
class _Kept:
    lijst: Statuslijst
    opgemaakt_op: datetime
    exp: datetime
    fresh_until: datetime


class StatusLists:
    """A cache of verified lists of one issuer. Thread-safe."""

    def __init__(
        self,
        issuer: str,
        http: httpx2.Client,
        clock: Callable[[], datetime],
        policy: Policy,
        find_keys: Callable[[str], Jwks],
    ) -> None:
        self._issuer = issuer
        self._http = http
        self._clock = clock
        self._policy = policy
        self._find_keys = find_keys
        self._origins = {_origin(issuer), *policy.status_origins}
        self._lock = threading.Lock()
        self._kept: dict[str, _Kept] = {}
        self._attempts: dict[str, Attempts] = {}

    def check(self, uri: str, index: int) -> StatusResult:
        """VALID → where and when that was said. Raises InvalidEvidence or CouldNotCheck."""
        if _origin(uri) not in self._origins:
            raise InvalidEvidence("status-list-elsewhere")
        with self._lock:
            now = self._clock()
            kept = self._current(uri, now)
        try:
            value = kept.lijst.get(index)
        except OutOfRange as error:
            raise InvalidEvidence("status-index-out-of-range") from error
        if value != VALID:
            raise InvalidEvidence("revoked")
        return StatusResult(uri, kept.opgemaakt_op, kept.exp, verouderd=now > kept.fresh_until)

    def _current(self, uri: str, now: datetime) -> _Kept:
        kept = self._kept.get(uri)
        if kept is not None and now <= kept.fresh_until:
            return kept
        attempts = self._attempts.setdefault(uri, Attempts(self._policy.retry_after_failure_s))
        if attempts.allowed(now):
            try:
                kept = self._fetch(uri, now)
                attempts.succeeded()
                self._keep(uri, kept)
                return kept
            except Unreachable:
                attempts.failed(now)
        grace = timedelta(seconds=self._policy.status_grace_s)
        if kept is not None and now <= min(kept.fresh_until + grace, kept.exp):
            return kept
        raise CouldNotCheck("status-list-unreachable")

    def _keep(self, uri: str, kept: _Kept) -> None:
        if len(self._kept) >= MAXIMUM_LISTS:
            self._kept.clear()
            self._attempts.clear()
        self._kept[uri] = kept

    def _fetch(self, uri: str, now: datetime) -> _Kept:
        limit = self._policy.maximum_document_bytes
        body, media_type = fetch(self._http, uri, accept=MEDIA_TYPE, maximum_bytes=limit)
        if media_type != MEDIA_TYPE:
            raise Unreachable("not a status list")
        try:
            token = body.decode("ascii").strip()
        except UnicodeDecodeError as error:
            raise InvalidEvidence("status-list-malformed") from error
        claims = self._verified(token, now)
        if claims.get("sub") != uri:
            raise InvalidEvidence("status-list-of-another-uri")
        if claims.get("iss", self._issuer) != self._issuer:
            raise InvalidEvidence("status-list-of-another-issuer")
        return self._read(claims, now)

    def _verified(self, token: str, now: datetime) -> dict[str, Any]:
        limit = self._policy.maximum_document_bytes
        try:
            kid = read_header(token, limit).get("kid")
            if not isinstance(kid, str):
                raise InvalidEvidence("status-list-unknown-key")
            keys = self._find_keys(kid)
            algorithms = self._policy.algorithms
            claims = verify(token, keys, typ=TYP, algorithms=algorithms, maximum_bytes=limit)
            if claims.get("iat") is None:
                raise InvalidEvidence("status-list-no-issue-time")
            timed = claims if claims.get("exp") is not None else {**claims, "exp": _default_exp(claims)}
            check_times(timed, now, leeway_s=self._policy.leeway_s)
        except InvalidJws as error:
            raise InvalidEvidence(f"status-list-{error.code}") from error
        except InvalidEvidence as error:
            code = error.code if error.code.startswith("status-list") else f"status-list-{error.code}"
            raise InvalidEvidence(code) from error
        return timed

    def _read(self, claims: dict[str, Any], now: datetime) -> _Kept:
        body = claims.get("status_list")
        if not isinstance(body, dict):
            raise InvalidEvidence("status-list-malformed")
        try:
            maximum = self._policy.maximum_list_bytes
            lijst = Statuslijst.decode(body.get("bits"), body.get("lst"), maximum)
        except MalformedList as error:
            raise InvalidEvidence("status-list-malformed") from error
        exp = datetime.fromtimestamp(claims["exp"], UTC)
        ttl = claims.get("ttl", self._policy.status_ttl_s)
        if isinstance(ttl, bool) or not isinstance(ttl, int | float) or not ttl > 0:
            raise InvalidEvidence("status-list-malformed")
        fresh = now + timedelta(seconds=min(float(ttl), self._policy.status_ttl_s))
        return _Kept(lijst, datetime.fromtimestamp(claims["iat"], UTC), exp, min(fresh, exp))


def _default_exp(claims: dict[str, Any]) -> object:
    """`exp` is optional in a list; without one it may be used for an hour after `iat`."""
    iat = claims.get("iat")
    return iat + 3_600 if isinstance(iat, int | float) and not isinstance(iat, bool) else iat


def _origin(uri: str) -> str:
    try:
        parts = urlsplit(uri)
        return f"{parts.scheme}://{parts.netloc}".lower()
    except ValueError:
        return ""
