"""Our public keys."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse

router = APIRouter(tags=["sleutels"])


@router.get("/machtigen/sleutels")
def jwks(request: Request) -> JSONResponse:
    """The key set (RFC 7517) with which our tokens, tickets and assertions are checked."""
    return JSONResponse(request.app.state.jwks.as_dict(), headers={"Cache-Control": "public, max-age=60"})
