"""The least that Starlette can answer: what an evaluation is measured against."""

from __future__ import annotations

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route


async def hello(_request: Request) -> Response:
    """Hello."""
    return PlainTextResponse("Hello, world!")


app = Starlette(routes=[Route("/", hello)])
