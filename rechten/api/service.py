"""The service itself: health, readiness, published keys, addresses, and what a log tag is."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from sqlalchemy.exc import SQLAlchemyError
from starlette.requests import Request

from rechten.deps import Present
from rechten.errors import NotReady, RegisterUnknown

router = APIRouter(tags=["service"])


@router.get("/rechten/health")
def health() -> dict[str, str]:
    """The process is up."""
    return {"status": "ok"}


@router.get("/rechten/ready")
def ready(app: Present) -> dict[str, str]:
    """The databases answer, and every register has its decryption key."""
    try:
        app.database.ping()
        for opened in map(app.registers.open, app.registers.list_all()):
            opened.database.ping()
    except SQLAlchemyError as error:
        raise NotReady from error
    if app.registers.without_key():
        raise NotReady
    return {"status": "ok"}


@router.get("/rechten/sleutels")
def jwks(app: Present) -> dict[str, Any]:
    """The public keys with which this package proves itself to `identiteit` and `machtigen`."""
    return {"keys": [app.signing_key.public_jwk()]}


@router.get("/endpoints.json")
def endpoints(request: Request) -> dict[str, str]:
    """The base address of this package."""
    found: dict[str, str] = request.app.state.endpoints
    return found


@router.get("/rechten/id-typen/logtag/{register_id}")
def describe_tag(app: Present, register_id: str) -> dict[str, str]:
    """What `dpl.core.data_subject_id` of this type is (Logboek Dataverwerkingen 1.0)."""
    if app.registers.find(register_id) is None:
        raise RegisterUnknown
    return {
        "type": f"{app.own_url}/id-typen/logtag/{register_id}",
        "beschrijving": "Code voor één persoon, in één register, op één dag (UTC).",
        "vorm": "base64url van 16 bytes: HMAC-SHA-256 onder een geheim per persoon van het register",
    }
