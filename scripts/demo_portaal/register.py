"""Reading the portal's register in `rechten`, with the representation token and a trace of its own."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import httpx2
from pydantic import AwareDatetime, BaseModel, ValidationError

SLUG = re.compile(r"[a-z][a-z0-9-]{0,60}")
TIMEOUT_S = 10


class Gegeven(BaseModel):
    """One record as the register gives it."""

    waarde: dict[str, Any]
    bron: str
    geldig_van: AwareDatetime
    geldig_tot: AwareDatetime | None = None


class Weigering(BaseModel):
    """A category that is not given, with the code of the reason."""

    categorie: str
    reden: str


class Dossier(BaseModel):
    """What the register gives: per category its records, and what it does not give."""

    categorieen: dict[str, list[Gegeven]]
    geweigerd: list[Weigering]


@dataclass(frozen=True)
class Outcome:
    """`status` 200 with a dossier; otherwise the code of why there is none. `trace_id`: 32 hex digits."""

    status: int
    code: str
    trace_id: str | None = None
    dossier: Dossier | None = field(repr=False, default=None)


def read_dossier(http: httpx2.Client, register_url: str, token: str, doel: str) -> Outcome:
    """Ask a register (`…/registers/<id>`) for the records of the token's person under `doel`, a purpose id.

    Never raises: a refusal (401, 403) and a register that does not answer (503) are outcomes.
    """
    trace_id = secrets.token_hex(16)
    headers = {
        "Authorization": f"Bearer {token}",
        "Accept": "application/json",
        "traceparent": f"00-{trace_id}-{secrets.token_hex(8)}-01",
    }
    try:
        answer = http.get(
            f"{register_url}/gegevens", params={"doel": doel}, headers=headers, timeout=TIMEOUT_S
        )
        if answer.status_code == httpx2.codes.OK:
            return Outcome(200, "ok", trace_id, Dossier.model_validate_json(answer.content))
    except (httpx2.HTTPError, ValidationError):
        return Outcome(503, "register-unavailable", trace_id)
    if answer.status_code == httpx2.codes.UNAUTHORIZED:
        return Outcome(401, "invalid-token", trace_id)
    if answer.status_code == httpx2.codes.FORBIDDEN:
        return Outcome(403, _code(answer), trace_id)
    return Outcome(503, "register-unavailable", trace_id)


def _code(answer: httpx2.Response) -> str:
    """The code of a problem document (RFC 9457), when it is one."""
    try:
        code = answer.json().get("code")
    except (ValueError, AttributeError):
        return "refused"
    return code if isinstance(code, str) and SLUG.fullmatch(code) else "refused"


def has_ended(moment: datetime | None, now: datetime) -> bool:
    """Whether a moment of the token is past."""
    return moment is not None and moment <= now
