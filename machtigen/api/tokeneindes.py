"""Since when a token is refused: for a register that must tell a revoked one from an old one."""

from __future__ import annotations

from fastapi import APIRouter

from machtigen.deps import Present, Rechten
from machtigen.errors import NotFound
from machtigen.wire.machtiging import Tokeneinde, TokeneindeAanvraag

router = APIRouter(prefix="/machtigen/api/v1", tags=["tokens"])


@router.post("/tokeneindes")
def find_token_end(app: Present, _caller: Rechten, body: TokeneindeAanvraag) -> Tokeneinde:
    """When this token was ended early, as its status list showed from then on; kept for a week.

    404 for every other: one that lives, that expired by itself, is not ours, or was forgotten.
    """
    ended = app.find_token_end(body.token)
    if ended is None:
        raise NotFound
    return Tokeneinde(geeindigd_op=ended)
