"""Whether this service is up, and whether it can do its work."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from sqlalchemy.exc import SQLAlchemyError

from keys.client import TranslationRefused
from keys.kernel.caller import PeerUnavailable
from machtigen.deps import services
from machtigen.errors import NotReady

router = APIRouter(tags=["status"])


@router.get("/machtigen/health")
def health() -> dict[str, str]:
    """The process is up."""
    return {"status": "ok"}


@router.get("/machtigen/ready")
def ready(request: Request) -> dict[str, str]:
    """The database answers and our key of the domain was obtained (tried here, when not yet)."""
    try:
        request.app.state.database.ping()
        services(request).domain_key.get()
    except (SQLAlchemyError, PeerUnavailable, TranslationRefused) as error:
        raise NotReady from error
    return {"status": "ok"}


@router.get("/endpoints.json")
def endpoints(request: Request) -> dict[str, Any]:
    """Where this package is, when it is served by itself."""
    found: dict[str, Any] = request.app.state.endpoints
    return found
