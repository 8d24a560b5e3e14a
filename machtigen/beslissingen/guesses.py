"""The throttle on guesses: names that a caller was never given are counted, per client.

In memory, of one process: a name has 132 bits, so the count keeps watch and is not what protects them.
"""

from __future__ import annotations

import threading
from collections import deque
from datetime import datetime, timedelta

from machtigen.errors import TooManyGuesses

WINDOW = timedelta(hours=1)
MOST = 200


class Guesses:
    """Counts unknown names of the last hour."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._seen: dict[str, deque[datetime]] = {}

    def check(self, client_id: str, now: datetime) -> None:
        """Raises TooManyGuesses when this client asked for too many names that it was never given."""
        seen = self._seen.get(client_id)
        if seen is None:
            return
        with self._lock:
            while seen and seen[0] <= now - WINDOW:
                seen.popleft()
            if len(seen) >= MOST:
                raise TooManyGuesses

    def add(self, client_id: str, amount: int, now: datetime) -> None:
        """Note that so many names were unknown."""
        if amount:
            with self._lock:
                self._seen.setdefault(client_id, deque(maxlen=MOST)).extend([now] * min(amount, MOST))
