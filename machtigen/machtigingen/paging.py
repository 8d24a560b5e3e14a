"""Opaque cursors of lists that run from new to old: after this moment and this id."""

from __future__ import annotations

import base64
from datetime import datetime

from machtigen.errors import InvalidCursor


def encode(made: datetime, identifier: str) -> str:
    """The place after this item."""
    return base64.urlsafe_b64encode(f"{made.isoformat()} {identifier}".encode()).rstrip(b"=").decode()


def decode(cursor: str) -> tuple[datetime, str]:
    """The place a cursor stands for. Raises InvalidCursor."""
    try:
        text = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True).decode()
        made, _, identifier = text.partition(" ")
        moment = datetime.fromisoformat(made)
    except ValueError as error:
        raise InvalidCursor from error
    if moment.tzinfo is None or not identifier or "\x00" in identifier:
        raise InvalidCursor
    return moment, identifier
