"""Attempts to log in, and sessions, in memory: a restart of this demo portal ends them all.

Cookies carry a secret of 256 bits; only its hash is kept here. What has its time behind it is
forgotten, and the oldest goes when there is no room.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Generic, TypeVar

from demo_portaal.login import Attempt
from keys.kernel.oidc.browser import new_secret, secret_hash
from keys.kernel.pages import new_csrf

ATTEMPT_LIVES = timedelta(minutes=15)
SESSION_LIVES = timedelta(minutes=30)
CAPACITY = 10_000

Kept = TypeVar("Kept")


@dataclass(frozen=True)
class Session:
    """A person who came back from the login, with the token that says what they may do."""

    dienst: str
    token: str = field(repr=False)
    niveau: str
    csrf: str = field(repr=False, default_factory=new_csrf)


class _Shelf(Generic[Kept]):
    """Values by name, each for a limited time. Thread-safe."""

    def __init__(self, lives: timedelta, clock: Callable[[], datetime]) -> None:
        self._lives = lives
        self._clock = clock
        self._lock = threading.Lock()
        self._kept: dict[str, tuple[datetime, Kept]] = {}

    def put(self, name: str, value: Kept) -> None:
        now = self._clock()
        with self._lock:
            self._kept = {key: entry for key, entry in self._kept.items() if entry[0] > now}
            if len(self._kept) >= CAPACITY:
                del self._kept[next(iter(self._kept))]
            self._kept[name] = (now + self._lives, value)

    def find(self, name: str) -> Kept | None:
        with self._lock:
            until, value = self._kept.get(name, (None, None))
        return value if until is not None and until > self._clock() else None

    def remove(self, name: str) -> Kept | None:
        """The value, for the one caller that removes it."""
        with self._lock:
            until, value = self._kept.pop(name, (None, None))
        return value if until is not None and until > self._clock() else None


class Sessions:
    """Attempts by their `state`, sessions by the hash of their cookie."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._attempts: _Shelf[Attempt] = _Shelf(ATTEMPT_LIVES, clock)
        self._sessions: _Shelf[Session] = _Shelf(SESSION_LIVES, clock)

    def keep(self, attempt: Attempt) -> None:
        """Remember a login on its way."""
        self._attempts.put(attempt.state, attempt)

    def take(self, state: str, browser: str | None) -> Attempt | None:
        """The attempt with this `state`, once, and only for the browser (cookie) that began it."""
        found = self._attempts.find(state)
        if found is None or browser is None or found.browser != secret_hash(browser):
            return None
        return self._attempts.remove(state)

    def open(self, session: Session) -> str:
        """Keep a session; the secret for its cookie."""
        secret = new_secret()
        self._sessions.put(secret_hash(secret), session)
        return secret

    def find(self, secret: str | None) -> Session | None:
        """The session of this cookie, while it lasts."""
        return self._sessions.find(secret_hash(secret)) if secret else None

    def close(self, secret: str | None) -> None:
        """End the session of this cookie."""
        if secret:
            self._sessions.remove(secret_hash(secret))
