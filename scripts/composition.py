"""Builds the apps of one process and serves them."""

from __future__ import annotations

import contextlib
import importlib
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import httpx2
import uvicorn
from installation import PACKAGES, PARTIES, PORT_ORDER, Installation
from starlette.types import ASGIApp
from startpagina import create_start_page

from keys.kernel.inprocess import Composition, InProcessTransport
from keys.kernel.starting.command import spare_what_stays

Watch = Callable[[str, httpx2.BaseTransport], httpx2.BaseTransport]
"""Given a package and the way in which it reaches the others: that way, with someone looking on."""

UPKEEP_PAUSE_S = 0.5
START_TIMEOUT_S = 60


def process_names() -> tuple[str, ...]:
    """The processes of a separate start."""
    return PORT_ORDER


class Running:
    """The apps of one process, their upkeep and their server."""

    def __init__(
        self,
        installation: Installation,
        process: str | None,
        app: Composition,
        apps: dict[str, ASGIApp],
        transport: InProcessTransport | None,
    ) -> None:
        self.failed = False
        self._apps = apps
        self._transport = transport
        self._stopping = threading.Event()
        self._server = uvicorn.Server(
            uvicorn.Config(
                app,
                host=installation.host,
                port=installation.listen_port(process),
                log_level="error",
                access_log=False,
                proxy_headers=False,
                server_header=False,
                timeout_graceful_shutdown=5,
            )
        )

    def serve(self) -> None:
        """Serve until SIGINT or SIGTERM; then end cleanly."""
        if self._transport is not None:
            self._transport.start()
        upkeep = threading.Thread(target=self._keep_up, name="upkeep", daemon=True)
        upkeep.start()
        spare_what_stays()
        try:
            with contextlib.suppress(KeyboardInterrupt):
                self._server.run()
        finally:
            self._stopping.set()
            upkeep.join(timeout=10)
            if self._transport is not None:
                self._transport.close()

    def stop(self) -> None:
        """Ask the server to end."""
        self._server.should_exit = True

    def wait_until_listening(self) -> None:
        """Return when requests are answered. Raises TimeoutError."""
        until = time.monotonic() + START_TIMEOUT_S
        while not self._server.started:
            if time.monotonic() > until or self._stopping.is_set():
                raise TimeoutError("the server did not start")
            time.sleep(0.02)

    def _keep_up(self) -> None:
        while not self._stopping.wait(UPKEEP_PAUSE_S):
            for round_of_work in self._rounds():
                # A failing round (a peer that is down) is tried again at the next one.
                with contextlib.suppress(Exception):
                    round_of_work()

    def _rounds(self) -> Iterator[Callable[[], None]]:
        for app in self._apps.values():
            upkeep = getattr(getattr(app, "state", None), "upkeep", None)
            if upkeep is not None:
                yield upkeep


def build(
    installation: Installation, process: str | None, *, demo: bool, watch: Watch | None = None
) -> Running:
    """The apps of this process: all of them, or those of one process of a separate start.

    `watch` sees what the packages of one process say to each other.
    """
    transport = None if process else InProcessTransport(installation.origin("keys"))
    apps: dict[str, ASGIApp] = {}
    for package in PACKAGES:
        if process in {None, package} or (package == "keys" and process in PARTIES):
            seen = watch(package, transport) if watch and transport else transport
            apps[package] = _package(installation, package, process, seen)
    if demo and process in {None, "portaal"}:
        apps["portaal"] = _portal(installation, transport)
    if transport is not None:
        transport.apps.update(apps)
    home = create_start_page(installation.endpoints(demo=demo), demo=demo)
    composition = Composition(apps, installation.endpoints(demo=demo), home)
    return Running(installation, process, composition, apps, transport)


def _package(
    installation: Installation, package: str, process: str | None, transport: httpx2.BaseTransport | None
) -> ASGIApp:
    parties = PARTIES if process is None else tuple(party for party in PARTIES if party == process)
    values = installation.settings_of(package, parties, registry=process not in PARTIES)
    settings = importlib.import_module(f"{package}.settings").Settings(**values)
    app: Any = importlib.import_module(f"{package}.app").create_app(settings, transport)
    return app  # type: ignore[no-any-return]  # imported by name: four packages, one shape


def _portal(installation: Installation, transport: httpx2.BaseTransport | None) -> ASGIApp:
    from demo_portaal import create_portaal

    return create_portaal(
        client_folder=installation.data / "demo-clients" / "duo-studiefinanciering",
        machtigen_url=installation.url("machtigen"),
        rechten_url=installation.url("rechten"),
        public_url=installation.origin("portaal"),
        transport=transport,
    )
