"""Several packages in one process: the same requests and answers as over the network, without it.

`InProcessTransport` hands a client's request to the app that owns the address. Each app answers on
an event loop (and threads) of its own: import order is acyclic, so waits never form a ring, and a
busy neighbour cannot starve the one it calls. `Composition` is what the outside sees: one ASGI app
that sends each request to the package named by the first path segment.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from typing import Any

import httpx2
from anyio.from_thread import BlockingPortal, start_blocking_portal
from starlette.applications import Starlette
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from keys.kernel.problem import STANDARD, problem

WELL_KNOWN = "/.well-known/"


def segment(path: str) -> str:
    """The package that a path belongs to: its first segment; for a path-inserted well-known
    document (RFC 8414 section 3.1) the first segment after the document's name."""
    if path.startswith(WELL_KNOWN):
        parts = path[len(WELL_KNOWN) :].split("/")
        return parts[1] if len(parts) > 1 else ""
    return path.lstrip("/").partition("/")[0]


class InProcessTransport(httpx2.BaseTransport):
    """An httpx2 transport: addresses under `origins` go to the app of their first path segment,
    all other addresses over the network.

    `apps` may be filled after the transport was handed out (apps and transport need each other).
    """

    def __init__(self, origin: str, apps: dict[str, ASGIApp] | None = None) -> None:
        self.origin = httpx2.URL(origin)
        self.apps: dict[str, ASGIApp] = apps if apps is not None else {}
        self._network = httpx2.HTTPTransport()
        self._stack = contextlib.ExitStack()
        self._portals: dict[str, BlockingPortal] = {}

    def start(self) -> None:
        """Start one event loop for each app. Before the first request, once."""
        for name in self.apps:
            self._portals[name] = self._stack.enter_context(start_blocking_portal(name=f"portal-{name}"))

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """Answer a request of a client (httpx2 calls this)."""
        name = segment(request.url.path)
        if not self._is_ours(request.url) or name not in self.apps:
            return self._network.handle_request(request)
        portal = self._portals.get(name)
        if portal is None:
            raise httpx2.ConnectError("the in-process transport is not started", request=request)
        request.read()
        return portal.call(_answer, self.apps[name], request)

    def _is_ours(self, url: httpx2.URL) -> bool:
        return (url.scheme, url.host, url.port) == (self.origin.scheme, self.origin.host, self.origin.port)

    def close(self) -> None:
        """Stop the event loops."""
        self._stack.close()
        self._portals.clear()
        self._network.close()


async def _answer(app: ASGIApp, request: httpx2.Request) -> httpx2.Response:
    inner = httpx2.ASGITransport(app=app, client=("127.0.0.1", 0))
    answer = await inner.handle_async_request(
        httpx2.Request(request.method, request.url, headers=request.headers.raw, content=request.content)
    )
    body = b"".join([chunk async for chunk in answer.aiter_raw()])
    return httpx2.Response(
        answer.status_code, headers=answer.headers.raw, stream=httpx2.ByteStream(body), request=request
    )


class Composition:
    """One ASGI app over several. `apps` by first path segment; `home` answers `/` and other paths.

    Serves `/endpoints.json`, `/health` and `/ready` (ready when every package says so) itself.
    """

    def __init__(
        self, apps: Mapping[str, ASGIApp], endpoints: Mapping[str, str], home: ASGIApp | None = None
    ) -> None:
        self.apps = dict(apps)
        self.endpoints = dict(endpoints)
        self.home = home

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Dispatch (ASGI)."""
        if scope["type"] == "lifespan":
            await self._lifespan(receive, send)
            return
        own: Mapping[str, Callable[[], Awaitable[JSONResponse]]] = {
            "/endpoints.json": self._endpoints,
            "/health": self._health,
            "/ready": self._ready,
        }
        path = scope.get("path", "")
        app = self.apps.get(segment(path), self.home)
        if path in own and scope["type"] == "http":
            await (await own[path]())(scope, receive, send)
        elif app is not None:
            await app(scope, receive, send)
        else:
            code, title = STANDARD[404]
            await problem(404, code, title)(scope, receive, send)

    async def _endpoints(self) -> JSONResponse:
        return JSONResponse(self.endpoints)

    async def _health(self) -> JSONResponse:
        return JSONResponse({"status": "ok"})

    async def _ready(self) -> JSONResponse:
        failing: list[str] = []
        for name, app in self.apps.items():
            transport = httpx2.ASGITransport(app=app)
            async with httpx2.AsyncClient(transport=transport, base_url="http://localhost") as client:
                answer = await client.get(f"/{name}/ready")
            if answer.status_code not in {200, 404}:  # an app without `/ready` has nothing to wait for
                failing.append(name)
        if failing:
            return problem(503, "not-ready", "Nog niet alles is klaar.", onderdelen=failing)
        return JSONResponse({"status": "ok"})

    @contextlib.asynccontextmanager
    async def _children(self) -> AsyncIterator[None]:
        async with contextlib.AsyncExitStack() as stack:
            for app in self.apps.values():
                if isinstance(app, Starlette):
                    await stack.enter_async_context(app.router.lifespan_context(app))
            yield

    async def _lifespan(self, receive: Receive, send: Send) -> None:
        await receive()
        async with self._children():
            await send({"type": "lifespan.startup.complete"})
            await receive()
        await send({"type": "lifespan.shutdown.complete"})


def read_json(body: bytes) -> Any:
    """A JSON body for lean routes: any malformed input is one ValueError."""
    try:
        return json.loads(body.decode("utf-8"))
    except RecursionError as error:
        raise ValueError("nested too deep") from error
