"""The road from identiteit to machtigen: a proxy that loses, doubles, delays or holds up what is pushed.

Everything else that identiteit asks passes as it is. A plan is made by the kind of event, so that what the
system says by itself (a lease that is renewed) does not use up what was meant for another.
"""

from __future__ import annotations

import base64
import http.client
import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum, auto
from typing import Any
from urllib.parse import urlsplit

from tests.separation.recording import Forwarding, listening

EVENTS = "/machtigen/gebeurtenissen"
ACKNOWLEDGED = 202
STANDS_STILL_AT_MOST_S = 60


class Fate(StrEnum):
    """What happens to one push."""

    ARRIVE = auto()
    LOSE = auto()  # it does not arrive; the sender gets no answer
    SWALLOW = auto()  # it does not arrive; the sender is told that it did
    UNANSWERED = auto()  # it arrives; the sender gets no answer
    DOUBLE = auto()  # two copies arrive at the same moment
    DELAY = auto()  # the sender is told that it arrived; it is brought when another has passed it
    HALFWAY = auto()  # half of it arrives, then it stands still until `go_on`
    ANSWER_HELD = auto()  # it arrives; the answer stands still until `go_on`, and is then lost


@dataclass(frozen=True)
class Passage:
    """One push: the number and kind of its event, what was to happen, and what machtigen answered."""

    number: int
    kind: str
    fate: Fate
    status: int | None


class Road:
    """What is planned, and what passed, in order of arrival."""

    def __init__(self) -> None:
        self.url = ""
        self.passed: list[Passage] = []
        self._since = 0
        self._plan: dict[str, list[Fate]] = {}
        self._behind: dict[str, str] = {}
        self._kept: dict[str, list[Callable[[], object]]] = {}
        self._lock = threading.Lock()
        self._still = threading.Event()
        self._go = threading.Event()

    def clear(self) -> None:
        """Nothing is planned any more; `met` counts from now on."""
        self._since = len(self.passed)
        self._plan.clear()
        self._still.clear()
        self._go.clear()

    def plan(self, kind: str, *fates: Fate) -> None:
        """What happens to the next pushes of this kind; those after them arrive."""
        self._plan[kind] = list(fates)

    def delay(self, kind: str, behind: str) -> None:
        """Keep what is pushed of this kind, asked again or not, until one of the kind `behind` has passed."""
        self._kept[kind] = []
        self._behind[kind] = behind

    def met(self, kind: str, fate: Fate) -> int:
        """How often this happened to an event of this kind."""
        return sum(one.kind == kind and one.fate is fate for one in self.passed[self._since :])

    def numbers(self) -> set[int]:
        """The numbers that machtigen acknowledged, ever."""
        return {one.number for one in self.passed if one.status == ACKNOWLEDGED}

    def arrivals(self) -> list[str]:
        """The kinds of what machtigen acknowledged since `clear`, in order, copies too."""
        return [one.kind for one in self.passed[self._since :] if one.status == ACKNOWLEDGED]

    def something_stands_still(self) -> bool:
        """Whether a push is held up now."""
        return self._still.is_set() and not self._go.is_set()

    def go_on(self) -> None:
        """What stands still goes on."""
        self._go.set()

    # -- for the handler -------------------------------------------------------------------------

    def fate_of(self, kind: str) -> Fate:
        with self._lock:
            if kind in self._behind:
                return Fate.DELAY
            planned = self._plan.get(kind)
            return planned.pop(0) if planned else Fate.ARRIVE

    def stand_still(self) -> None:
        self._still.set()
        self._go.wait(STANDS_STILL_AT_MOST_S)

    def note(self, passage: Passage) -> None:
        with self._lock:
            self.passed.append(passage)

    def keep(self, kind: str, bring: Callable[[], object]) -> None:
        with self._lock:
            self._kept[kind].append(bring)

    def bring_behind(self, passed: str) -> None:
        with self._lock:
            kinds = [kind for kind, behind in self._behind.items() if behind == passed]
            due = [bring for kind in kinds for bring in self._kept.pop(kind)]
            for kind in kinds:
                del self._behind[kind]
        for bring in due:
            bring()


def told(token: bytes) -> tuple[int, str]:
    """The number and the kind of the event that a token carries; its signature is for machtigen to check."""
    payload = token.split(b".")[1]
    claims: dict[str, Any] = json.loads(base64.urlsafe_b64decode(payload + b"=" * (-len(payload) % 4)))
    (body,) = claims["events"].values()
    return int(claims["volgnummer"]), str(body["soort"])


Found = tuple[http.client.HTTPResponse, bytes] | None


class _OnTheRoad(Forwarding):
    road: Road

    def meet(self, body: bytes) -> None:
        if not self.path.endswith(EVENTS):
            super().meet(body)
            return
        if not self._somebody_is_there():  # what is planned is for a push that could arrive
            self.close_connection = True
            return
        number, kind = told(body)
        fate = self.road.fate_of(kind)

        def bring() -> Found:
            found = self.ask(body, self.road.stand_still if fate is Fate.HALFWAY else None)
            self.road.note(Passage(number, kind, fate, found[0].status if found else None))
            return found

        if fate in {Fate.LOSE, Fate.SWALLOW, Fate.DELAY}:
            self.road.note(Passage(number, kind, fate, None))
        if fate is Fate.LOSE:
            self.close_connection = True
        elif fate is Fate.SWALLOW:
            self._pretend()
        elif fate is Fate.DELAY:
            self.road.keep(kind, bring)
            self._pretend()
        else:
            self._brought(fate, kind, bring)

    def _brought(self, fate: Fate, kind: str, bring: Callable[[], Found]) -> None:
        copy = threading.Thread(target=bring, daemon=True)
        if fate is Fate.DOUBLE:
            copy.start()
        found = bring()
        if fate is Fate.DOUBLE:
            copy.join()
        if fate is Fate.ANSWER_HELD:
            self.road.stand_still()
        if found is not None and found[0].status == ACKNOWLEDGED:
            self.road.bring_behind(kind)
        if found is None or fate in {Fate.UNANSWERED, Fate.ANSWER_HELD}:
            self.close_connection = True
        else:
            self.pass_on(*found)

    def _somebody_is_there(self) -> bool:
        target = urlsplit(self.path)
        try:
            socket.create_connection((target.hostname or "", target.port or 80), timeout=5).close()
        except OSError:
            return False
        return True

    def _pretend(self) -> None:
        self.send_response_only(ACKNOWLEDGED)
        self.send_header("content-length", "0")
        self.end_headers()


@contextmanager
def open_road(port: int) -> Iterator[Road]:
    """A road whose proxy (for HTTP_PROXY of identiteit) listens on this port."""
    opened = Road()

    class Handler(_OnTheRoad):
        road = opened

    with listening(port, Handler) as url:
        opened.url = url
        yield opened
