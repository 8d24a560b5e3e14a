"""Proposals for an arrangement: who acts for a person files them, the register's own actor answers."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Header, Query
from starlette.requests import Request

from keys.kernel.caller import CallerRejected, bearer
from rechten.api.tonen import voorstel_view
from rechten.deps import OwnActor, Present, Services, Tracing
from rechten.errors import ActRefused, TokenRefused
from rechten.events import PROPOSAL_ENDED, PROPOSAL_REFUSED, PROPOSED
from rechten.registers.geopend import OpenRegister
from rechten.toegang.model import INFORMATIE_OPVRAGEN, ZAKEN_REGELEN, Leesvraag
from rechten.toegang.voorstel import Indiening
from rechten.voorstellen.beslissen import Antwoord
from rechten.voorstellen.model import Afloop, Betalingsvoorstel, Voorstel
from rechten.wire.basis import Slug
from rechten.wire.storingen import AfwijzingIn, Id, VoorstelIn, VoorstellenView, VoorstelView

router = APIRouter(prefix="/rechten/api/v1/registers/{register_id}", tags=["voorstellen"])

IdempotencyKey = Annotated[str | None, Header()]
Doel = Annotated[Slug, Query()]


@router.post("/voorstellen", status_code=201)
def file(
    request: Request,
    app: Present,
    trace: Tracing,
    register_id: str,
    doel: Doel,
    body: VoorstelIn,
    idempotency_key: IdempotencyKey = None,
) -> VoorstelView:
    """File a proposal about an obligation of the token's person; its collection pauses while it is open.

    `Authorization: Bearer` carries a representation token for this register that covers `zaken_regelen`
    for this purpose. Logged in the same transaction.
    """
    opened, asked = app.registers.require(register_id), _asked(request, doel, trace, ZAKEN_REGELEN)
    inhoud = Betalingsvoorstel(body.bedrag_per_maand, body.vanaf)
    now = app.now()
    try:
        found = app.voorstelrecht.file(
            opened, asked, Indiening(body.verplichting, inhoud, idempotency_key), now
        )
    except ActRefused as error:
        app.log.emit(PROPOSAL_REFUSED, register=register_id, reason=error.code, trace_id=trace.trace_id)
        raise
    app.log.emit(PROPOSED, register=register_id, trace_id=trace.trace_id)
    return voorstel_view(found, now)


@router.get("/voorstellen")
def list_proposals(
    request: Request, app: Present, trace: Tracing, register_id: str, doel: Doel
) -> VoorstellenView:
    """The proposals about obligations that may be read with this token, newest first."""
    opened, now = app.registers.require(register_id), app.now()
    found = app.voorstelrecht.list_of(opened, _asked(request, doel, trace, INFORMATIE_OPVRAGEN), now)
    return VoorstellenView(resultaten=[voorstel_view(one, now) for one in found])


@router.post("/voorstellen/{voorstel_id}/intrekken")
def withdraw(
    request: Request,
    app: Present,
    trace: Tracing,
    register_id: str,
    voorstel_id: Id,
    doel: Doel,
    idempotency_key: IdempotencyKey = None,
) -> VoorstelView:
    """Withdraw a proposal: collection goes on."""
    opened, now = app.registers.require(register_id), app.now()
    asked = _asked(request, doel, trace, ZAKEN_REGELEN)
    found = app.voorstelrecht.withdraw(opened, asked, voorstel_id, idempotency_key, now)
    return _ended(app, opened, found)


@router.get("/te-beslissen")
def list_to_decide(app: Present, opened: OwnActor) -> VoorstellenView:
    """The open proposals in this register, newest first; for its own actor."""
    now = app.now()
    found = app.beslissen.list_open(opened, now)
    return VoorstellenView(resultaten=[voorstel_view(one, now) for one in found])


@router.post("/te-beslissen/{voorstel_id}/aannemen")
def accept(
    app: Present, opened: OwnActor, trace: Tracing, voorstel_id: Id, idempotency_key: IdempotencyKey = None
) -> VoorstelView:
    """Accept a proposal; for the register's own actor."""
    antwoord = Antwoord(voorstel_id, Afloop.AANGENOMEN, None, idempotency_key)
    return _ended(app, opened, app.beslissen.answer(opened, antwoord, trace, app.now()))


@router.post("/te-beslissen/{voorstel_id}/afwijzen")
def decline(
    app: Present,
    opened: OwnActor,
    trace: Tracing,
    voorstel_id: Id,
    body: AfwijzingIn,
    idempotency_key: IdempotencyKey = None,
) -> VoorstelView:
    """Decline a proposal, with reasons; for the register's own actor."""
    antwoord = Antwoord(voorstel_id, Afloop.AFGEWEZEN, body.motivering, idempotency_key)
    return _ended(app, opened, app.beslissen.answer(opened, antwoord, trace, app.now()))


def _ended(app: Services, opened: OpenRegister, found: Voorstel) -> VoorstelView:
    besluit = found.beeindiging.afloop.value if found.beeindiging else ""
    app.log.emit(PROPOSAL_ENDED, register=opened.register.id, besluit=besluit)
    return voorstel_view(found, app.now())


def _asked(request: Request, doel: str, trace: Tracing, handeling: str) -> Leesvraag:
    try:
        token = bearer(request.headers.get("authorization"))
    except CallerRejected as error:
        raise TokenRefused from error
    return Leesvraag(token, doel, None, trace, handeling)
