"""Which epochs of a domain may be used now, as the registry publishes them."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from urllib.parse import quote

from keys.client.calling import Calling, PeerUnavailable
from keys.kernel.pep import Domain
from keys.wire.doelen import DomeinView

KEPT = timedelta(seconds=60)


class Epochs:
    """Asks the registry, at most once a minute for each domain. Thread-safe."""

    def __init__(self, calling: Calling, keys_url: str, clock: Callable[[], datetime]) -> None:
        self._calling = calling
        self._keys_url = keys_url
        self._clock = clock
        self._known: dict[Domain, tuple[datetime, DomeinView]] = {}
        self._lock = threading.Lock()

    def usable(self, domain: Domain) -> list[int]:
        """The certified epochs that were not revoked, oldest first; none for an unknown domain.

        Raises PeerUnavailable when the registry does not answer and never did.
        """
        return self.overview(domain)[0]

    def newest(self, domain: Domain) -> int:
        """The epoch to encrypt or translate to; the first free one while no key may be used."""
        usable, free = self.overview(domain)
        return usable[-1] if usable else free

    def overview(self, domain: Domain) -> tuple[list[int], int]:
        """What `usable` gives, and the first free epoch: the one after all that were ever certified or
        revoked. Both from one answer of the registry: when another process of the same actor certifies its
        first key between two answers, the second one's free epoch is a key that nobody asked for."""
        view = self._view(domain)
        if view is None:
            return [], 1
        certified, revoked = {key.epoch for key in view.sleutels}, set(view.ingetrokken)
        return sorted(certified - revoked), max(certified | revoked, default=0) + 1

    def forget(self, domain: Domain) -> None:
        """Ask again next time: a party knows better."""
        with self._lock:
            self._known.pop(domain, None)

    def _view(self, domain: Domain) -> DomeinView | None:
        now = self._clock()
        with self._lock:
            known = self._known.get(domain)
        if known is not None and timedelta(0) <= now - known[0] < KEPT:
            return known[1]
        try:
            found = self._calling.find(f"{self._keys_url}/v1/domeinen/{quote(str(domain), safe='')}")
        except PeerUnavailable:
            if known is None:
                raise
            return known[1]
        if found is None:
            return None
        view = DomeinView.model_validate(found)
        if view.sleutels:  # a domain without a key gets one soon: that is not kept
            with self._lock:
                self._known[domain] = (now, view)
        return view
