"""The form of OAuth endpoints: read `application/x-www-form-urlencoded`, answer in OAuth JSON.

Lean Starlette routes: the body is read on the event loop, the work is done in a thread. A refusal
becomes `{"error", "error_description"}` (RFC 6749 section 5.2) and never a 500.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl

from sqlalchemy.exc import SQLAlchemyError
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from keys.kernel.caller import PeerUnavailable
from machtigen.bevoegdheidsverklaringen.errors import (
    InvalidRequest,
    InvalidToken,
    ProtocolRefusal,
    TemporarilyUnavailable,
)
from machtigen.bevoegdheidsverklaringen.opzet import Verklaringsdienst

FORM = "application/x-www-form-urlencoded"
NO_STORE = {"Cache-Control": "no-store", "Pragma": "no-cache"}
MAXIMUM_FIELDS = 40
CHALLENGE = "private_key_jwt"

Pairs = list[tuple[str, str]]
Work = Callable[[Verklaringsdienst, dict[str, str], Request], Response]


def verklaringsdienst(request: Request) -> Verklaringsdienst:
    """The services of this app."""
    found: Verklaringsdienst = request.app.state.verklaringen
    return found


def read_pairs(body: bytes | str) -> Pairs:
    """Form or query fields in their order; empty ones count as absent (RFC 6749 section 3.1)."""
    try:
        text = body.decode("utf-8") if isinstance(body, bytes) else body
        pairs = parse_qsl(text, errors="strict", max_num_fields=MAXIMUM_FIELDS)
    except ValueError as error:
        raise InvalidRequest("the form cannot be read") from error
    if any("\x00" in name + value for name, value in pairs):
        raise InvalidRequest("the form cannot be read")
    return pairs


def single_values(pairs: Pairs) -> dict[str, str]:
    """Fields as a mapping. Raises InvalidRequest when one is repeated (RFC 6749 section 3.1)."""
    values = dict(pairs)
    if len(values) != len(pairs):
        raise InvalidRequest("a parameter is repeated")
    return values


async def read_form(request: Request) -> Pairs:
    """The fields of a form in the body. Raises InvalidRequest."""
    if request.headers.get("content-type", "").split(";")[0].strip().lower() != FORM:
        raise InvalidRequest(f"the body must be {FORM}")
    return read_pairs(await request.body())


def answer(body: Any, status: int = 200, headers: dict[str, str] | None = None) -> JSONResponse:
    """JSON that nobody keeps."""
    return JSONResponse(body, status, headers={**NO_STORE, **(headers or {})})


def refusal(error: ProtocolRefusal) -> JSONResponse:
    """A refusal in OAuth form."""
    headers = {}
    if error.status == 401:
        kind = f'Bearer error="{error.error}"' if isinstance(error, InvalidToken) else CHALLENGE
        headers["WWW-Authenticate"] = kind
    if error.status == 503:
        headers["Retry-After"] = "5"
    return answer({"error": error.error, "error_description": error.description}, error.status, headers)


def post(path: str, work: Work) -> Route:
    """A route that reads a form and does `work` in a thread."""

    async def endpoint(request: Request) -> Response:
        try:
            form = single_values(await read_form(request))
            return await run_in_threadpool(work, verklaringsdienst(request), form, request)
        except ProtocolRefusal as error:
            return refusal(error)
        except (SQLAlchemyError, PeerUnavailable):
            return refusal(TemporarilyUnavailable("a part does not answer now"))

    return Route(path, endpoint, methods=["POST"])
