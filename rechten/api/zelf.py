"""What the logged-in person does about themself in one register: answer a storing, file or withdraw."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Header

from rechten.deps import Present, Services, Writer
from rechten.errors import RegisterUnknown
from rechten.sessies.model import Sessie
from rechten.wire.basis import Slug
from rechten.wire.storingen import GedaanView, Id, VoorstelIn

router = APIRouter(prefix="/rechten/api/v1/inzage/registers/{register_id}", tags=["inzage"])

IdempotencyKey = Annotated[str | None, Header()]


@router.post("/storingen/{storing_id}/{antwoord}")
def answer_storing(
    app: Present,
    person: Writer,
    register_id: Slug,
    storing_id: Id,
    antwoord: Literal["bevestigen", "tegenspreken"],
    idempotency_key: IdempotencyKey = None,
) -> GedaanView:
    """It is restored for me; or it is not."""
    handeling = {"handeling": f"storing-{antwoord}", "onderwerp": storing_id}
    return GedaanView(**act(app, person, register_id, handeling, idempotency_key))


@router.post("/voorstellen", status_code=201)
def file(
    app: Present,
    person: Writer,
    register_id: Slug,
    body: VoorstelIn,
    idempotency_key: IdempotencyKey = None,
) -> GedaanView:
    """File a proposal about an obligation of mine; its collection pauses while it is open."""
    inhoud = body.model_dump(mode="json", exclude={"verplichting"})
    handeling = {"handeling": "voorstel-indienen", "onderwerp": body.verplichting, "voorstel": inhoud}
    return GedaanView(**act(app, person, register_id, handeling, idempotency_key))


@router.post("/voorstellen/{voorstel_id}/intrekken")
def withdraw(
    app: Present,
    person: Writer,
    register_id: Slug,
    voorstel_id: Id,
    idempotency_key: IdempotencyKey = None,
) -> GedaanView:
    """Withdraw a proposal, also one that somebody filed for me."""
    handeling = {"handeling": "voorstel-intrekken", "onderwerp": voorstel_id}
    return GedaanView(**act(app, person, register_id, handeling, idempotency_key))


def act(
    app: Services, person: Sessie, register_id: str, handeling: Mapping[str, Any], key: str | None = None
) -> Mapping[str, Any]:
    """Let the person act at a register, as the page and the interface do. Raises RegisterUnknown,
    NotLoggedIn, PeerUnavailable, and what the register refuses."""
    register = app.registers.find(register_id)
    if register is None:
        raise RegisterUnknown
    return app.samenstelling.act(person.access_token, register, handeling, key)
