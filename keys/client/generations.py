"""Which generation of the parties' shares to ask for, as the registry publishes it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TypeVar

from keys.client.calling import Calling, PeerUnavailable, TranslationRefused
from keys.wire.generaties import GENERATION_UNKNOWN, GeneratiesView

T = TypeVar("T")

KEPT = timedelta(seconds=60)
FIRST = GeneratiesView(in_gebruik=1)


class Generations:
    """Asks the registry, at most once a minute, and when a party knows better. Thread-safe."""

    def __init__(self, calling: Calling, keys_url: str, clock: Callable[[], datetime]) -> None:
        self._calling = calling
        self._keys_url = keys_url
        self._clock = clock
        self._known: tuple[datetime, GeneratiesView] | None = None
        self._lock = threading.Lock()

    def usable(self, *, anew: bool = False) -> list[int]:
        """The one in use, then the one that it replaced, which a party may still work in.

        A registry from before there were generations has the first one. Raises PeerUnavailable.
        """
        now = self._clock()
        with self._lock:
            known = self._known
        if anew or known is None or not timedelta(0) <= now - known[0] < KEPT:
            try:
                found = self._calling.find(f"{self._keys_url}/v1/generaties")
            except PeerUnavailable:
                if known is None:
                    raise
            else:
                view = FIRST if found is None else GeneratiesView.model_validate(found)
                known = (now, view)
                with self._lock:
                    self._known = known
        assert known is not None  # noqa: S101 - found now, or known before
        view = known[1]
        before = [one.vorige for one in view.resultaten if one.nummer == view.in_gebruik]
        return [view.in_gebruik, *before]

    def first_usable(self, act: Callable[[int], T]) -> T:
        """What `act` gives in the newest generation that the parties accept. Raises what it raises."""
        tried: list[int] = []
        refusal = TranslationRefused(GENERATION_UNKNOWN)
        for anew in (False, True):
            for generation in self.usable(anew=anew):
                if generation in tried:
                    continue
                tried.append(generation)
                try:
                    return act(generation)
                except TranslationRefused as refused:
                    if refused.code != GENERATION_UNKNOWN:
                        raise
                    refusal = refused
        raise refusal
