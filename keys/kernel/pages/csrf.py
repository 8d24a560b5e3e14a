"""Tokens against cross-site request forgery: one per session, compared in constant time."""

from __future__ import annotations

import hmac
import secrets
from typing import ClassVar

FIELD = "csrf_token"
HEADER = "X-CSRF-Token"


class CsrfRejected(Exception):
    """A form or request did not carry the token of its session (403)."""

    code: ClassVar[str] = "csrf-rejected"
    title: ClassVar[str] = "Dit formulier is verlopen. Ga terug, ververs de pagina en probeer het opnieuw."


def new_csrf() -> str:
    """A fresh token, 256 bits, base64url."""
    return secrets.token_urlsafe(32)


def check_csrf(expected: str, given: str | None) -> None:
    """Raise CsrfRejected unless `given` is the session's token."""
    if not given or not hmac.compare_digest(expected.encode(), given.encode()):
        raise CsrfRejected
