"""My inbox."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from machtigen.api.eenmaal import DONE, once
from machtigen.api.render import postvak_wire
from machtigen.deps import Person, Present, Repeat, Writer
from machtigen.herhalingen.service import Perform
from machtigen.wire.machtiging import BerichtenWire

router = APIRouter(prefix="/machtigen/api/v1", tags=["berichten"])


@router.get("/berichten")
def list_all(
    app: Present,
    person: Person,
    na: Annotated[str | None, Query(max_length=1000)] = None,
    aantal: Annotated[int, Query(ge=1, le=100)] = 30,
) -> BerichtenWire:
    """Notices about my machtigingen, newest first."""
    page = app.berichten.list_for(person.partij, na, aantal)
    return postvak_wire(page, app.berichten.count_unread(person.partij))


@router.post("/berichten/gelezen", status_code=204)
def mark_read(app: Present, person: Writer, repeat: Repeat) -> Response:
    """Mark everything so far as read."""

    def do(perform: Perform) -> None:
        app.berichten.mark_read(person.partij, app.now(), perform)

    return once(app, repeat, do, lambda _done: DONE)
