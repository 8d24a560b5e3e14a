"""Every package a process of its own, each of which can be killed and started again; the clock can be moved.

Between identiteit and machtigen lies a road on which what is pushed gets lost, doubled or held up.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest
from demo_world.services import Services
from installation import PORT_ORDER, Installation
from operating import Caller, Operator
from separate import Supervisor
from welcome import Reporter
from world import prepare

from keys.kernel.jws import SigningKey
from tests.e2e.road import Road, open_road
from tests.e2e.system import free_ports
from tests.separation.house import small_world

SOURCE = "duo-bron"
REGISTER = "studiefinanciering"
UNUSED = ("rechten", "t3")  # once everything is registered: two of three parties are enough
GROUNDS = ("machtiging", "gezag", "curatele", "bewind", "mentorschap", "wsnp", "executeur")
WITHIN_S = 60
LOOKS_EVERY_S = 0.1
PROXIES = (
    "HTTP_PROXY",
    "http_proxy",
    "HTTPS_PROXY",
    "https_proxy",
    "ALL_PROXY",
    "all_proxy",
    "NO_PROXY",
    "no_proxy",
)


def becomes(look: Callable[[], Any], expected: Any) -> None:
    """Wait until it is so. Fails with what was seen last."""
    until = time.monotonic() + WITHIN_S
    while (seen := look()) != expected:
        assert time.monotonic() < until, seen
        time.sleep(LOOKS_EVERY_S)


class Apart:
    """The processes, the road, and what an operator and a source say."""

    def __init__(self, installation: Installation, road: Road, http: httpx2.Client) -> None:
        self.installation, self.road, self.http = installation, road, http
        self.ahead = timedelta()
        self.supervisor = Supervisor(installation, demo=False)
        self.endpoints = installation.endpoints(demo=False)
        self.clients = installation.data / "demo-clients"

    def now(self) -> datetime:
        """The present of the processes."""
        return datetime.now(UTC) + self.ahead

    # -- processes -------------------------------------------------------------------------------

    def start(self, *names: str) -> None:
        """Start these processes (all of them when none is named) and wait until they can do their work."""
        given = {**os.environ, "KLOK": f"{self.ahead.total_seconds():.0f}"}
        for name in names or self.supervisor.names:
            its = {**given, "HTTP_PROXY": self.road.url} if name == "identiteit" else given
            self.supervisor.launch(name, its)
        self.supervisor.wait_for(names or self.supervisor.names, threading.Event())

    def kill(self, name: str) -> None:
        """kill -9 of one process."""
        child = self.supervisor.children[name]
        child.kill()
        child.wait()
        if child.stdin is not None:
            child.stdin.close()

    def stop(self) -> None:
        """End all processes."""
        self.supervisor.stop()
        for child in self.supervisor.children.values():
            if child.stdin is not None:
                child.stdin.close()
        self.supervisor.children.clear()

    def move_clock_to(self, moment: datetime) -> None:
        """Everything stops, and what is needed starts again at this moment."""
        self.stop()
        self.ahead = timedelta(seconds=round((moment - datetime.now(UTC)).total_seconds()))
        self.start(*(name for name in self.supervisor.names if name not in UNUSED))

    # -- what an operator and a source say ---------------------------------------------------------

    @property
    def operator(self) -> Operator:
        """The operator of the installation."""
        return Operator(self.endpoints, self.installation.operator_key, self.http, self.now)

    def caller(self, client_id: str) -> Caller:
        """A client that signs with its own key."""
        return Caller(client_id, SigningKey.load(self.clients / client_id / "jwk.json"), self.http, self.now)

    def furnish(self) -> None:
        """The actors, and one service that every ground opens; through the public interfaces."""
        prepare(self.installation, demo=False, reporter=Reporter())
        world = small_world()
        self.dienst = next(one for one in world["diensten"] if one["register"] == REGISTER)
        self.dienst["gronden"] = list(GROUNDS)
        services = Services(world, self.operator, self.clients)
        services.register()
        services.register_clients()
        services.obtain_keys(self.http, self.now)

    def tell(self, soort: str, persoon: str, partij: str | None = None, **more: Any) -> None:
        """A source tells an event, by BSN, as of now."""
        body = {
            "soort": soort,
            "persoon": {"bsn": persoon},
            "per": self.now().isoformat(),
            "bron": "BRP",
            **more,
        }
        if partij is not None:
            body["partij"] = {"bsn": partij}
        self.caller(SOURCE).post(self.endpoints["identiteit"], "/api/v1/gebeurtenissen", body)

    def deliveries(self) -> dict[str, Any]:
        """What the operator of identiteit sees of the deliveries to machtigen."""
        seen = self.operator.get(self.endpoints["identiteit"], "/api/v1/leveringen")
        (found,) = seen["resultaten"]
        return dict(found)

    def has_nothing_under_way(self) -> bool:
        """Whether the operator sees that all was delivered, and the road that machtigen had every number."""
        stand = self.deliveries()
        every = set(range(1, stand["laatste"] + 1))
        delivered = (stand["wachtend"], stand["dood"], stand["afgehandeld"]) == (0, [], stand["laatste"])
        return delivered and self.road.numbers() == every

    def settled(self) -> None:
        """Wait until nothing is under way."""
        becomes(self.has_nothing_under_way, True)

    def log_of(self, package: str) -> str:
        """The log of a package until now."""
        return (self.installation.data / "logs" / f"{package}.jsonl").read_text("utf-8")


@contextmanager
def running_apart(folder: Path) -> Iterator[Apart]:
    """A furnished installation of separate processes."""
    port = free_ports(len(PORT_ORDER) + 1)
    installation = Installation.open(folder / "data", "127.0.0.1", port, separate=True)
    installation.make_keys()
    with ExitStack() as stack:
        environment = stack.enter_context(pytest.MonkeyPatch.context())
        for name in (*PROXIES, "KLOK"):
            environment.delenv(name, raising=False)
        road = stack.enter_context(open_road(port + len(PORT_ORDER)))
        http = stack.enter_context(httpx2.Client(timeout=30))
        apart = Apart(installation, road, http)
        stack.callback(apart.stop)
        apart.start()
        apart.furnish()
        yield apart
