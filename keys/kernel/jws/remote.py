"""The key set of a peer, fetched from its `jwks_uri` and kept for a while."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime, timedelta

import httpx2

from keys.kernel.jws.keyset import Jwks, UnusableKey

REFETCH_UNKNOWN_KID = timedelta(seconds=30)
MAXIMUM_STALE = timedelta(hours=24)


class PeerUnavailable(Exception):
    """A peer did not answer, or answered with something that is no answer. Worth trying again."""

    code = "peer-unavailable"
    title = "Een onderdeel dat nodig is antwoordt nu niet. Probeer het straks opnieuw."


class RemoteJwks:
    """Fetches on first need, again after `max_age_s`, and for an unknown `kid` at most every 30 s.

    A set that cannot be renewed is used for at most a day: keys are public and signatures on
    short-lived statements, so a short outage of the peer need not stop its neighbours.
    """

    def __init__(
        self, url: str, http: httpx2.Client, clock: Callable[[], datetime], max_age_s: int = 300
    ) -> None:
        self._url = url
        self._http = http
        self._clock = clock
        self._max_age = timedelta(seconds=max_age_s)
        self._lock = threading.Lock()
        self._keys: Jwks | None = None
        self._fetched: datetime | None = None
        self._tried: datetime | None = None

    def get(self, kid: str | None = None) -> Jwks:
        """The set; fetched anew when it is old or lacks `kid`. Raises PeerUnavailable."""
        with self._lock:
            now = self._clock()
            if self._keys is None or self._fetched is None or now - self._fetched > self._max_age:
                self._renew(now)
            elif kid is not None and self._keys.find(kid) is None and self._may_retry(now):
                self._renew(now)
            if self._keys is None:
                raise PeerUnavailable("jwks")
            return self._keys

    def _may_retry(self, now: datetime) -> bool:
        return self._tried is None or now - self._tried > REFETCH_UNKNOWN_KID

    def _renew(self, now: datetime) -> None:
        self._tried = now
        try:
            answer = self._http.get(self._url, headers={"Accept": "application/json"})
            answer.raise_for_status()
            self._keys = Jwks.parse(answer.json())
            self._fetched = now
        except (httpx2.HTTPError, UnusableKey, ValueError) as error:
            if self._fetched is None or now - self._fetched > MAXIMUM_STALE:
                self._keys = None
                raise PeerUnavailable("jwks") from error
