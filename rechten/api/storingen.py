"""Storingen at a register: its actor and the operator see them and say what was done about them."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Header

from rechten.api.tonen import storing_view
from rechten.deps import ActorOrOperator, Present, Services
from rechten.events import STORING_STEP
from rechten.registers.geopend import OpenRegister
from rechten.storingen import service
from rechten.storingen.model import Door, Stap
from rechten.wire.storingen import Id, StoringenView, StoringView

router = APIRouter(prefix="/rechten/api/v1/registers/{register_id}/storingen", tags=["storingen"])

IdempotencyKey = Annotated[str | None, Header()]


@router.get("")
def list_storingen(app: Present, caller: ActorOrOperator) -> StoringenView:
    """The storingen at clients of this actor, newest first, with the persons whom they concern."""
    now = app.now()
    found = service.list_for(caller.opened, caller.actor)
    return StoringenView(resultaten=[storing_view(caller.opened, one, now) for one in found])


@router.get("/{storing_id}")
def show_storing(app: Present, caller: ActorOrOperator, storing_id: Id) -> StoringView:
    """One of them."""
    found = service.find_for(caller.opened, storing_id, caller.actor)
    return storing_view(caller.opened, found, app.now())


@router.post("/{storing_id}/oorzaak-weggenomen")
def report_removed(
    app: Present, caller: ActorOrOperator, storing_id: Id, idempotency_key: IdempotencyKey = None
) -> StoringView:
    """The client no longer shows what was revoked."""
    stap = Stap.OORZAAK_WEGGENOMEN
    return _report(app, caller.opened, caller.actor, storing_id, stap, idempotency_key)


@router.post("/{storing_id}/hersteld")
def report_restored(
    app: Present, caller: ActorOrOperator, storing_id: Id, idempotency_key: IdempotencyKey = None
) -> StoringView:
    """What came of it for the persons was made good; now they confirm, or the term goes by."""
    return _report(app, caller.opened, caller.actor, storing_id, Stap.HERSTELD, idempotency_key)


def _report(
    app: Services, opened: OpenRegister, actor: str | None, storing_id: str, stap: Stap, key: str | None
) -> StoringView:
    now = app.now()
    found = service.report(opened, storing_id, stap, actor, key, now)
    door = Door.BEHEER if actor is None else Door.ACTOR
    app.log.emit(STORING_STEP, register=opened.register.id, stap=stap.value, door=door.value)
    return storing_view(opened, found, now)
