"""Contests, for the operator: which wait, and their judgement. Nothing here names a party."""

from __future__ import annotations

from fastapi import APIRouter

from machtigen.api.machtigingen import Amount, Cursor
from machtigen.deps import Operator, Present
from machtigen.events import CONTEST_JUDGED
from machtigen.machtigingen import rules
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


@router.post("/machtigingen/{identifier}/betwisting")
def judge(app: Present, _operator: Operator, identifier: str, body: OordeelWire) -> BeoordeeldWire:
    """Judge a contest: the machtiging goes on as it was, or ends. Both sides are told."""
    now = app.now()
    judged = app.machtigingen.settle_contest(
        identifier.replace("\x00", ""), stands=body.besluit == "blijft", now=now
    )
    app.log.emit(CONTEST_JUDGED, besluit=body.besluit)
    return BeoordeeldWire(machtiging=judged.id, status=rules.status_at(judged, now).naam)
