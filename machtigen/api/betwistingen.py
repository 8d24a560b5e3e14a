"""Contests, for the operator: which wait, and their judgement. Nothing here names a party."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from machtigen.api.eenmaal import once
from machtigen.api.machtigingen import Amount, Cursor
from machtigen.api.render import answer
from machtigen.deps import Operator, OperatorRepeat, Present
from machtigen.events import CONTEST_JUDGED
from machtigen.herhalingen.model import Answer
from machtigen.herhalingen.service import Perform
from machtigen.machtigingen import rules
from machtigen.machtigingen.model import Machtiging
from machtigen.wire.betwisting import BeoordeeldWire, BetwistingenWire, BetwistingWire, OordeelWire

router = APIRouter(prefix="/machtigen/api/v1/beheer", tags=["beheer"])


@router.get("/betwistingen")
def list_contests(
    app: Present, _operator: Operator, na: Cursor = None, aantal: Amount = 50
) -> BetwistingenWire:
    """Contests that wait for a judgement, oldest first."""
    found, volgende = app.machtigingen.list_contests(na, aantal)
    shown = [
        BetwistingWire(machtiging=one.machtiging, op=one.op, rol=one.rol.value, reden=one.reden)
        for one in found
    ]
    return BetwistingenWire(resultaten=shown, volgende=volgende)


@router.post("/machtigingen/{identifier}/betwisting", response_model=BeoordeeldWire)
def judge(
    app: Present, _operator: Operator, repeat: OperatorRepeat, identifier: str, body: OordeelWire
) -> Response:
    """Judge a contest: the machtiging goes on as it was, or ends. Both sides are told."""
    now, stands = app.now(), body.besluit == "blijft"

    def do(perform: Perform) -> Machtiging:
        clean = identifier.replace("\x00", "")
        judged = app.machtigingen.settle_contest(clean, stands=stands, now=now, perform=perform)
        app.log.emit(CONTEST_JUDGED, besluit=body.besluit)
        return judged

    def render(judged: Machtiging) -> Answer:
        status = rules.status_at(judged, now).naam
        return answer(200, BeoordeeldWire(machtiging=judged.id, status=status))

    return once(app, repeat, do, render)
