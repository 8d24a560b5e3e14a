"""AuthZEN 1.0: may this person do this for that one at this service? The work is done in a thread; brief
questions do not come here (`authzen_kort`)."""

from __future__ import annotations

import asyncio

from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from keys.kernel.caller import bearer
from machtigen.api.authzen_kort import EVALUATION_PATH, LONGEST_ID, REFUSED
from machtigen.api.oauth_form import verklaringsdienst
from machtigen.api.oauth_metadata import KEEP
from machtigen.beslissingen.rules import write_body
from machtigen.beslissingen.service import EVALUATION, EVALUATIONS, SEARCH, Beslissingen, Call
from machtigen.bevoegdheidsverklaringen.metadata import decision_metadata

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


def ask(path: str, kind: str) -> Route:
    """A route that reads a question and answers it."""

    async def endpoint(request: Request) -> Response:
        refused = request.scope.get(REFUSED)
        if refused is not None:
            raise refused
        headers = request.headers
        call = Call(
            kind=kind,
            proof=bearer(headers.get("authorization")),
            content_type=headers.get("content-type", ""),
            body=await request.body(),
            traceparent=headers.get("traceparent"),
        )
        beslissingen: Beslissingen = request.app.state.beslissingen
        found = await asyncio.wrap_future(beslissingen.ask(call))
        return Response(write_body(found), media_type="application/json", headers=HEADERS)

    return Route(path, endpoint, methods=["POST"], middleware=[Middleware(EchoRequestId)])


async def metadata(request: Request) -> Response:
    """What this decision point offers (section 9)."""
    return JSONResponse(decision_metadata(verklaringsdienst(request).own_url), headers=KEEP)


BASE = "/machtigen/access/v1"
ROUTES = [
    ask(EVALUATION_PATH, EVALUATION),
    ask(f"{BASE}/evaluations", EVALUATIONS),
    *(ask(f"{BASE}/search/{wanted}", SEARCH + wanted) for wanted in ("subject", "resource", "action")),
    Route("/machtigen/.well-known/authzen-configuration", metadata),
    Route("/.well-known/authzen-configuration/machtigen", metadata),
]
