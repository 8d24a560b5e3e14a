"""AuthZEN 1.0: may this person do this for that one at this service? Lean routes; the work is done in a
thread."""

from __future__ import annotations

import asyncio
import json
from typing import Any
from weakref import WeakKeyDictionary

from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from keys.kernel.caller import bearer
from machtigen.api.oauth_form import verklaringsdienst
from machtigen.api.oauth_metadata import KEEP
from machtigen.beslissingen.model import Beslissing
from machtigen.beslissingen.service import EVALUATION, EVALUATIONS, SEARCH, Answer, Beslissingen, Call
from machtigen.bevoegdheidsverklaringen.metadata import decision_metadata

LONGEST_ID = 1000
HEADERS = {"Cache-Control": "no-store"}


class EchoRequestId:
    """Gives `X-Request-ID` back on every answer, a refusal too (section 10.1.3)."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on (ASGI)."""
        given = next((value for name, value in scope["headers"] if name == b"x-request-id"), b"")

        async def echo(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], (b"x-request-id", given)]
            await send(message)

        await self.app(scope, receive, echo if 0 < len(given) <= LONGEST_ID else send)


class Vragen:
    """Brief questions that came in one turn of the event loop: judged in it, recorded in one commit."""

    def __init__(self, beslissingen: Beslissingen) -> None:
        self._beslissingen = beslissingen
        self._waiting: list[tuple[Call, asyncio.Future[dict[str, Any]]]] = []
        self._judged: list[tuple[tuple[Answer, Beslissing | None], asyncio.Future[dict[str, Any]]]] = []
        self._settling: asyncio.Task[None] | None = None

    def put(self, call: Call) -> asyncio.Future[dict[str, Any]]:
        """The answer, in time."""
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[dict[str, Any]] = loop.create_future()
        self._waiting.append((call, answer))
        if len(self._waiting) == 1:
            loop.call_soon(self._judge)
        return answer

    def _judge(self) -> None:
        group, self._waiting = self._waiting, []
        try:
            judged = self._beslissingen.judge([call for call, _ in group])
        except Exception as error:  # noqa: BLE001 - whoever waits must hear of it
            judged = [(error, None)] * len(group)
        self._judged += zip(judged, [answer for _, answer in group], strict=True)
        if self._settling is None or self._settling.done():
            self._settling = asyncio.get_running_loop().create_task(self._settle())

    async def _settle(self) -> None:
        """One commit at a time; what is judged meanwhile goes into the next."""
        while self._judged:
            group, self._judged = self._judged, []
            found = await run_in_threadpool(self._beslissingen.settle, [judged for judged, _ in group])
            for (_, answer), one in zip(group, found, strict=True):
                if answer.cancelled():
                    continue
                if isinstance(one, Exception):
                    answer.set_exception(one)
                else:
                    answer.set_result(one)


_VRAGEN: WeakKeyDictionary[asyncio.AbstractEventLoop, dict[int, Vragen]] = WeakKeyDictionary()


def together(beslissingen: Beslissingen, call: Call) -> asyncio.Future[dict[str, Any]]:
    """The answer to a brief question; those of one event loop go together."""
    of_loop = _VRAGEN.setdefault(asyncio.get_running_loop(), {})
    vragen = of_loop.get(id(beslissingen))
    if vragen is None:
        vragen = of_loop[id(beslissingen)] = Vragen(beslissingen)
    return vragen.put(call)


def ask(path: str, kind: str) -> Route:
    """A route that reads a question and answers it."""

    async def endpoint(request: Request) -> Response:
        headers = request.headers
        call = Call(
            kind=kind,
            proof=bearer(headers.get("authorization")),
            content_type=headers.get("content-type", ""),
            body=await request.body(),
            traceparent=headers.get("traceparent"),
        )
        beslissingen: Beslissingen = request.app.state.beslissingen
        if beslissingen.is_brief(call):
            found = await together(beslissingen, call)
        else:
            found = await asyncio.wrap_future(beslissingen.ask(call))
        return Response(json.dumps(found), media_type="application/json", headers=HEADERS)

    return Route(path, endpoint, methods=["POST"], middleware=[Middleware(EchoRequestId)])


async def metadata(request: Request) -> Response:
    """What this decision point offers (section 9)."""
    return JSONResponse(decision_metadata(verklaringsdienst(request).own_url), headers=KEEP)


BASE = "/machtigen/access/v1"
ROUTES = [
    ask(f"{BASE}/evaluation", EVALUATION),
    ask(f"{BASE}/evaluations", EVALUATIONS),
    *(ask(f"{BASE}/search/{wanted}", SEARCH + wanted) for wanted in ("subject", "resource", "action")),
    Route("/machtigen/.well-known/authzen-configuration", metadata),
    Route("/.well-known/authzen-configuration/machtigen", metadata),
]
