"""A register: delivering records by a source, reading by a consumer."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Header, Query
from starlette.requests import Request

from keys.kernel.caller import CallerRejected, bearer
from rechten.api.tonen import invordering_view
from rechten.deps import Leverancier, Present, Tracing
from rechten.errors import EnrolmentRefused, ReadRefused, TokenRefused
from rechten.events import DELIVERED, ENROLMENT_REFUSED, READ, READ_REFUSED, TOKEN_REFUSED
from rechten.registers.levering import Levering
from rechten.registers.model import Gegeven, NieuwGegeven
from rechten.toegang.model import Leesvraag
from rechten.toegang.service import Verstrekking
from rechten.wire.basis import CategorieId, Slug
from rechten.wire.gegevens import (
    GegevenIn,
    GegevensView,
    GegevenView,
    LeveringIn,
    LeveringView,
    VastgelegdView,
    WeigeringView,
)

router = APIRouter(prefix="/rechten/api/v1/registers/{register_id}", tags=["gegevens"])


@router.post("/gegevens", status_code=201)
def deliver(
    app: Present,
    bron: Leverancier,
    trace: Tracing,
    register_id: str,
    body: LeveringIn,
    idempotency_key: Annotated[str | None, Header()] = None,
) -> LeveringView:
    """Store records about the person of the enrolment ticket; the log line stands first."""
    levering = Levering(body.aanmelding, tuple(_nieuw(entry) for entry in body.gegevens), idempotency_key)
    opened = app.registers.require(register_id)
    try:
        answer = app.leveringen.deliver(opened, bron, levering, trace, app.now())
    except EnrolmentRefused as error:
        used = "ticket-used" if error.__cause__ is None else "wrong-ciphertext"
        reason = str(getattr(error.__cause__, "code", used))
        app.log.emit(ENROLMENT_REFUSED, register=register_id, reason=reason)
        raise
    app.log.emit(DELIVERED, register=register_id, aantal=len(levering.gegevens))
    return LeveringView(gegevens=[VastgelegdView(**entry) for entry in answer["gegevens"]])


@router.get("/gegevens")
def read(
    request: Request,
    app: Present,
    trace: Tracing,
    register_id: str,
    doel: Annotated[Slug, Query()],
    categorie: Annotated[list[CategorieId] | None, Query(max_length=100)] = None,
) -> GegevensView:
    """The records that this consumer may have about the token's person for this purpose.

    `Authorization: Bearer` carries a representation token for this register's audience, or the own
    assertion of a registered actor: `aud` this register's address (this path without `/gegevens`),
    `doel`, `pseudoniem`, and the `ontvangstbewijs` of its translation, which is good for one read.
    Logged before anything is released.
    """
    opened = app.registers.require(register_id)
    try:
        token = bearer(request.headers.get("authorization"))
        asked = frozenset(categorie) if categorie else None
        given = app.toegang.read(opened, Leesvraag(token, doel, asked, trace), app.now())
    except CallerRejected as error:
        raise TokenRefused from error
    except TokenRefused as error:
        reason = getattr(error.__cause__, "code", None) or getattr(
            error.__cause__, "reason", "unknown-issuer"
        )
        app.log.emit(TOKEN_REFUSED, register=register_id, reason=str(reason))
        raise
    except ReadRefused as error:
        app.log.emit(READ_REFUSED, register=register_id, reason=error.code, trace_id=trace.trace_id)
        raise
    app.log.emit(READ, register=register_id, doel=doel, trace_id=trace.trace_id)
    return GegevensView(
        categorieen={
            name: [_view(gegeven, given) for gegeven in found] for name, found in given.gegevens.items()
        },
        geweigerd=[WeigeringView(categorie=one.categorie, reden=one.reden) for one in given.geweigerd],
    )


def _nieuw(entry: GegevenIn) -> NieuwGegeven:
    return NieuwGegeven(
        categorie=entry.categorie,
        waarde=entry.waarde,
        bron=entry.bron,
        geldig_van=entry.geldig_van,
        geldig_tot=entry.geldig_tot,
        doel=entry.doel,
        corrigeert=entry.corrigeert,
    )


def _view(gegeven: Gegeven, given: Verstrekking) -> GegevenView:
    verplicht = given.verplicht.get(gegeven.id)
    return GegevenView(
        waarde=gegeven.waarde,
        bron=gegeven.bron,
        geldig_van=gegeven.geldig_van,
        geldig_tot=gegeven.geldig_tot,
        vastgelegd_op=gegeven.vastgelegd_op,
        status=gegeven.status.value,
        verplichting=verplicht.verplichting if verplicht and given.eigen else None,
        invordering=invordering_view(verplicht.invordering, with_ids=given.eigen) if verplicht else None,
    )
