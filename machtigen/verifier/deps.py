"""Defaults a service gets when it brings none of its own; the only module here that reads the clock."""

from __future__ import annotations

from datetime import UTC, datetime

import httpx2

TIMEOUT_S = 5.0


def system_clock() -> datetime:
    """The present moment, aware, in UTC."""
    return datetime.now(UTC)


def default_http() -> httpx2.Client:
    """A client that follows no redirects and waits at most five seconds."""
    return httpx2.Client(timeout=TIMEOUT_S, follow_redirects=False)
