"""Where identiteit brings life events: Security Event Tokens, pushed (RFC 8935)."""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from keys.kernel.gebeurtenis.token import MEDIA_TYPE, InvalidSet
from keys.kernel.jws.signature import MAXIMUM_BYTES
from machtigen.deps import services
from machtigen.events import EVENT_REFUSED


async def receive(request: Request) -> Response:
    """202 when it is kept and has its effect, also when it came before; 400 with `err` when it is refused.

    503 when its signature cannot be checked now: then it is brought again.
    """
    app = services(request)
    try:
        if request.headers.get("content-type", "").partition(";")[0].strip().lower() != MEDIA_TYPE:
            raise InvalidSet("invalid_request", "wrong-media-type")
        token = await _body(request)
        await run_in_threadpool(app.ontvangst.receive, token, app.now())
    except InvalidSet as error:
        app.log.emit(EVENT_REFUSED, reason=error.reason)
        body = {"err": error.err, "description": "the token is refused"}
        return JSONResponse(body, status_code=400, headers={"Content-Language": "en"})
    return Response(status_code=202)


async def _body(request: Request) -> str:
    received = bytearray()
    async for chunk in request.stream():
        received += chunk
        if len(received) > MAXIMUM_BYTES:
            raise InvalidSet("invalid_request", "too-large")
    try:
        return received.decode("ascii")
    except UnicodeDecodeError as error:
        raise InvalidSet("invalid_request", "malformed") from error


ROUTES = [Route("/machtigen/gebeurtenissen", receive, methods=["POST"])]
