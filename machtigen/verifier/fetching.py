"""Fetch one document of the issuer: bounded, without redirects, never twice in quick succession."""

from __future__ import annotations

from datetime import datetime, timedelta

import httpx2


class Unreachable(Exception):
    """No usable answer came; whether something cached may be used is the caller's decision."""


def fetch(http: httpx2.Client, url: str, *, accept: str, maximum_bytes: int) -> tuple[bytes, str]:
    """The body (at most `maximum_bytes`) and media type of a 200 answer. Raises Unreachable."""
    body = bytearray()
    try:
        with http.stream("GET", url, headers={"Accept": accept}, follow_redirects=False) as answer:
            if answer.status_code != httpx2.codes.OK:
                raise Unreachable(f"status {answer.status_code}")
            for chunk in answer.iter_bytes():
                body += chunk
                if len(body) > maximum_bytes:
                    raise Unreachable("too large")
            media_type = answer.headers.get("content-type", "").split(";")[0].strip().lower()
    except (httpx2.HTTPError, httpx2.InvalidURL, httpx2.StreamError) as error:
        raise Unreachable("no answer") from error
    return bytes(body), media_type


class Attempts:
    """When was this last tried, and may it be tried again?"""

    def __init__(self, pause_s: int) -> None:
        self._pause = timedelta(seconds=pause_s)
        self._failed_at: datetime | None = None

    def allowed(self, now: datetime) -> bool:
        """False within the pause after a failure, so that an outage is not made worse."""
        return self._failed_at is None or not timedelta(0) <= now - self._failed_at < self._pause

    def failed(self, now: datetime) -> None:
        """Take note of a failure."""
        self._failed_at = now

    def succeeded(self) -> None:
        """Forget earlier failures."""
        self._failed_at = None
