"""A write over JSON is done once for one `Idempotency-Key`; sent again, it gets the first answer."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from fastapi.responses import JSONResponse
from starlette.responses import Response

from machtigen.deps import Services
from machtigen.herhalingen.model import Answer, Repeatable
from machtigen.herhalingen.service import Perform

T = TypeVar("T")
NO_CONTENT = 204
DONE = Answer(NO_CONTENT, {})


def once(
    app: Services, repeat: Repeatable | None, do: Callable[[Perform], T], render: Callable[[T], Answer]
) -> Response:
    """The answer to an act, or the first answer again."""
    given = app.herhalingen.once(repeat, app.now(), do, render)
    headers = {"Cache-Control": "no-store"}
    if given.status == NO_CONTENT:
        return Response(status_code=NO_CONTENT, headers=headers)
    return JSONResponse(dict(given.body), given.status, headers=headers)
