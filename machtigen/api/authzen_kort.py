"""Kort (brief): the evaluation of one question, answered before the layers that a page needs.

A question that came in one piece, with a token, is judged in the event loop together with those that came at
the same moment, and recorded with them in one commit. Everything else goes on to the app, and so does a
refusal: the app says it in its own words.
"""

from __future__ import annotations

import asyncio
from functools import lru_cache
from typing import Any
from weakref import WeakKeyDictionary

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from keys.kernel.caller import bearer
from keys.kernel.pages.headers import on_every_answer
from machtigen.beslissingen.model import Beslissing
from machtigen.beslissingen.rules import write_body
from machtigen.beslissingen.service import EVALUATION, Answer, Beslissingen, Call, Judged

EVALUATION_PATH = "/machtigen/access/v1/evaluation"
LARGEST = 65_536  # bytes of a brief question
LONGEST_ID = 1000  # bytes of an X-Request-ID that is given back
REQUEST_ID = b"x-request-id"
ENOUGH = 8  # to be judged at once while others are recorded: a few cost nearly as much
REFUSED = "machtigen.refused"  # in the scope: why a question that was judged here has no answer


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
        settling = self._settling is not None and not self._settling.done()
        if len(self._waiting) == (ENOUGH if settling else 1):
            loop.call_soon(self._judge)
        return answer

    def _judge(self) -> None:
        group, self._waiting = self._waiting, []
        if not group:
            return
        try:
            judged = self._beslissingen.judge([call for call, _ in group])
        except Exception as error:  # noqa: BLE001 - whoever waits must hear of it
            judged = [(error, None)] * len(group)
        self._judged += zip(judged, [answer for _, answer in group], strict=True)
        if self._settling is None or self._settling.done():
            self._settling = asyncio.get_running_loop().create_task(self._settle())

    async def _settle(self) -> None:
        """One commit at a time; what comes meanwhile goes into the next."""
        while self._judged or self._waiting:
            await asyncio.sleep(0)  # what has arrived by now is judged first, and shares the commit
            self._judge()
            group, self._judged = self._judged, []
            found = await self._recorded([judged for judged, _ in group])
            for (_, answer), one in zip(group, found, strict=True):
                if answer.cancelled():
                    continue
                if isinstance(one, Exception):
                    answer.set_exception(one)
                else:
                    answer.set_result(one)

    async def _recorded(self, judged: Judged) -> list[Answer]:
        try:
            writing = self._beslissingen.record(judged)
            await asyncio.wait([asyncio.wrap_future(writing)])
            return self._beslissingen.release(judged, writing)
        except Exception as error:  # noqa: BLE001 - whoever waits must hear of it
            return [error] * len(judged)


class Kort:
    """Stands before the app (ASGI). The questions of one event loop go together."""

    def __init__(self, app: ASGIApp, beslissingen: Beslissingen) -> None:
        self.app = app
        self._beslissingen = beslissingen
        self._vragen: WeakKeyDictionary[asyncio.AbstractEventLoop, Vragen] = WeakKeyDictionary()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or pass the request on."""
        if scope["type"] != "http" or scope["path"] != EVALUATION_PATH or scope["method"] != "POST":
            await self.app(scope, receive, send)
            return
        message = await receive()
        headers = dict(reversed(scope["headers"]))  # of a header that is there twice, the first counts
        try:
            call = self._read(headers, message)
            found = await self._put(call) if call else None
        except Exception as error:  # noqa: BLE001 - the app says why not
            scope[REFUSED], found = error, None
        if found is None:
            await self.app(scope, _again(message, receive), send)
            return
        body = write_body(found)
        await send({"type": "http.response.start", "status": 200, "headers": _headers(scope, headers, body)})
        await send({"type": "http.response.body", "body": body})

    def _put(self, call: Call) -> asyncio.Future[dict[str, Any]]:
        loop = asyncio.get_running_loop()
        vragen = self._vragen.get(loop)
        if vragen is None:
            vragen = self._vragen[loop] = Vragen(self._beslissingen)
        return vragen.put(call)

    def _read(self, headers: dict[bytes, bytes], message: Message) -> Call | None:
        """The question, when it is a brief one. Raises CallerRejected."""
        if message["type"] != "http.request" or message.get("more_body"):
            return None
        body = message.get("body", b"")
        if len(body) > LARGEST:
            return None

        def text(name: bytes) -> str | None:
            value = headers.get(name)
            return None if value is None else value.decode("latin-1")

        proof, trace = bearer(text(b"authorization")), text(b"traceparent")
        call = Call(EVALUATION, proof, text(b"content-type") or "", body, trace)
        return call if self._beslissingen.is_brief(call) else None


def _again(message: Message, receive: Receive) -> Receive:
    first = [message]

    async def again() -> Message:
        return first.pop() if first else await receive()

    return again


@lru_cache(maxsize=2)
def _safe(scheme: str) -> list[tuple[bytes, bytes]]:
    safe = on_every_answer({"scheme": scheme})
    return [(name.lower().encode(), value.encode()) for name, value in safe.items()]


def _headers(scope: Scope, asked: dict[bytes, bytes], body: bytes) -> list[tuple[bytes, bytes]]:
    request_id = asked.get(REQUEST_ID, b"")
    return [
        (b"content-type", b"application/json"),
        (b"content-length", b"%d" % len(body)),
        (b"cache-control", b"no-store"),
        *_safe(scope.get("scheme", "http")),
        *([(REQUEST_ID, request_id)] if 0 < len(request_id) <= LONGEST_ID else []),
    ]
