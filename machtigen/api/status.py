"""Token Status Lists (section 8): open to all, for whoever holds a token must be able to check it."""

from __future__ import annotations

import gzip

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from keys.kernel.problem import problem
from machtigen.api.oauth_form import verklaringsdienst
from machtigen.bevoegdheidsverklaringen.statuslijsten import TYP

MEDIA_TYPE = f"application/{TYP}"
LARGEST = 1_000_000
HEADERS = {
    "Access-Control-Allow-Origin": "*",
    "Cache-Control": "public, max-age=5",
    "Vary": "Accept-Encoding",
}


async def status_list(request: Request) -> Response:
    """The list, signed. The past is not served: it would show who used what when (section 8.4)."""
    app = verklaringsdienst(request)
    if "time" in request.query_params:
        return problem(
            501, "history-not-served", "Eerdere lijsten worden hier niet gegeven.", headers=HEADERS
        )
    nummer: int = request.path_params["nummer"]
    token = await run_in_threadpool(app.lijsten.serve, nummer, app.now()) if nummer <= LARGEST else None
    if token is None:
        return problem(404, "not-found", "Deze lijst bestaat niet.", headers=HEADERS)
    if "gzip" in request.headers.get("accept-encoding", ""):
        body = gzip.compress(token.encode("ascii"), 6, mtime=0)
        return Response(body, media_type=MEDIA_TYPE, headers={**HEADERS, "Content-Encoding": "gzip"})
    return Response(token, media_type=MEDIA_TYPE, headers=HEADERS)


ROUTES = [Route("/machtigen/status/{nummer:int}", status_list)]
