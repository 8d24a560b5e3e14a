"""The issuer's public keys: found through its metadata, cached, and used for a while when it is down.

1. Metadata (`<issuer>/.well-known/openid-configuration`) is fetched once an hour; its `issuer` must
   be the one we were told (RFC 8414 section 3.3). With `jwks_uri` given it is never fetched.
2. The key set is fetched on first need and again after five minutes.
3. A key set that cannot be renewed is used until it is a day old; then nothing can be checked.
4. An unknown `kid` is a reason to fetch at once, at most every 30 s: a stream of invented `kid`s
   must not become a stream of requests. When that fetch fails the kid may be a new key:
   CouldNotCheck. When it succeeds and the kid is not there: refused.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import httpx2

from keys.kernel.jws import Jwks
from keys.kernel.jws.keyset import UnusableKey
from machtigen.verifier.errors import CouldNotCheck, InvalidEvidence
from machtigen.verifier.fetching import Attempts, Unreachable, fetch
from machtigen.verifier.policy import Policy

WELL_KNOWN = "/.well-known/openid-configuration"


class IssuerKeys:
    """Thread-safe. `clock` gives aware UTC."""

    def __init__(
        self,
        issuer: str,
        http: httpx2.Client,
        clock: Callable[[], datetime],
        policy: Policy,
        jwks_uri: str | None = None,
    ) -> None:
        self._issuer = issuer
        self._http = http
        self._clock = clock
        self._policy = policy
        self._fixed_uri = jwks_uri
        self._lock = threading.Lock()
        self._metadata_attempts = Attempts(policy.retry_after_failure_s)
        self._key_attempts = Attempts(policy.retry_after_failure_s)
        self._jwks_uri: str | None = jwks_uri
        self._metadata_at: datetime | None = None
        self._keys: Jwks | None = None
        self._fetched_at: datetime | None = None

    def find(self, kid: str) -> Jwks:
        """A key set that has `kid`. Raises InvalidEvidence `unknown-key`, or CouldNotCheck."""
        with self._lock:
            now = self._clock()
            keys = self._current(now)
            if keys.find(kid) is not None:
                return keys
            if self._fetched_at is not None and self._age(now) < self._policy.unknown_kid_refetch_s:
                raise InvalidEvidence("unknown-key")
            if not self._renew(now):
                raise CouldNotCheck("keys-unreachable")
            keys = self._current(now)
            if keys.find(kid) is None:
                raise InvalidEvidence("unknown-key")
            return keys

    def _age(self, now: datetime) -> float:
        return float("inf") if self._fetched_at is None else (now - self._fetched_at).total_seconds()

    def _current(self, now: datetime) -> Jwks:
        renewed = self._age(now) <= self._policy.keys_fresh_s or self._renew(now)
        if self._keys is None or (not renewed and self._age(now) > self._policy.keys_stale_s):
            raise CouldNotCheck("keys-unreachable" if self._jwks_uri else "issuer-unreachable")
        return self._keys

    def _renew(self, now: datetime) -> bool:
        """Try to fetch; True when the cached set is now fresh."""
        uri = self._locate(now)
        if uri is None or not self._key_attempts.allowed(now):
            return False
        try:
            body, _ = fetch(self._http, uri, accept="application/json", maximum_bytes=1_048_576)
            self._keys = Jwks.parse(json.loads(body))
        except (Unreachable, UnusableKey, ValueError, RecursionError):
            self._key_attempts.failed(now)
            return False
        self._fetched_at = now
        self._key_attempts.succeeded()
        return True

    def _locate(self, now: datetime) -> str | None:
        if self._fixed_uri is not None:
            return self._fixed_uri
        fresh = timedelta(seconds=self._policy.metadata_fresh_s)
        due = self._metadata_at is None or now - self._metadata_at > fresh
        if due and self._metadata_attempts.allowed(now):
            try:
                self._jwks_uri = self._read_metadata()
                self._metadata_at = now
                self._metadata_attempts.succeeded()
            except (Unreachable, ValueError, RecursionError):
                self._metadata_attempts.failed(now)
        return self._jwks_uri

    def _read_metadata(self) -> str:
        url = self._issuer.rstrip("/") + WELL_KNOWN
        body, _ = fetch(self._http, url, accept="application/json", maximum_bytes=1_048_576)
        document: Any = json.loads(body)
        if not isinstance(document, dict) or document.get("issuer") != self._issuer:
            raise Unreachable("metadata of another issuer")
        uri = document.get("jwks_uri")
        if not isinstance(uri, str) or urlsplit(uri).scheme not in {"https", urlsplit(self._issuer).scheme}:
            raise Unreachable("no jwks_uri")
        return uri
