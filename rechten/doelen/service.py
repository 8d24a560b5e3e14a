"""Find a purpose: asked of `keys`, remembered for half a minute, and for five when `keys` is away."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from keys.kernel.caller import PeerUnavailable
from rechten.doelen.model import Doel, DoelVersie

FRESH = timedelta(seconds=30)
STALE = timedelta(minutes=5)
CAPACITY = 1_000  # unknown ids are remembered too: they must not fill the memory


@dataclass(frozen=True)
class _Remembered:
    doel: Doel | None
    at: datetime


class Doelen:
    """`ask(id)` gives the current version or None; it raises PeerUnavailable when `keys` is away."""

    def __init__(self, ask: Callable[[str], Doel | None], clock: Callable[[], datetime]) -> None:
        self._ask = ask
        self._clock = clock
        self._known: dict[str, _Remembered] = {}
        self._lock = threading.Lock()

    def find(self, doel_id: str) -> Doel | None:
        """The purpose with this id, as registered half a minute ago at most. Raises PeerUnavailable."""
        now = self._clock()
        known = self._known.get(doel_id)
        if known is not None and timedelta(0) <= now - known.at <= FRESH:
            return known.doel
        try:
            doel = self._ask(doel_id)
        except PeerUnavailable:
            if known is not None and timedelta(0) <= now - known.at <= STALE:
                return known.doel
            raise
        with self._lock:
            if len(self._known) >= CAPACITY:
                self._known.clear()
            self._known[doel_id] = _Remembered(doel, now)
        return doel

    def require_version(self, doel_id: str) -> DoelVersie:
        """The version to name in a log line. Raises PeerUnavailable when it is not registered (yet)."""
        doel = self.find(doel_id)
        if doel is None:
            raise PeerUnavailable("purpose-not-registered")
        return doel.versie
