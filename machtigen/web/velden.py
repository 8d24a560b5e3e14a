"""Reading what people typed in a form, and the id in an address."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Annotated

from fastapi import Depends, Form

from machtigen.errors import NotFound
from machtigen.machtigingen.dagen import end_of

IDENTIFIER = re.compile(r"[A-Za-z0-9_-]{22}")
SHORT = 80
MOST_USES = 1_000_000
_CONTROL = re.compile(r"[\x00-\x1f\x7f]+")
_CONTROL_BUT_LINES = re.compile(r"[\x00-\x09\x0b-\x1f\x7f]+")


def identifier_of(identifier: str) -> str:
    """The id in the address. Raises NotFound for what cannot be one, before anybody is sent to log in."""
    if not IDENTIFIER.fullmatch(identifier):
        raise NotFound
    return identifier


def read_text(text: str) -> str:
    """One line of at most 80 signs, without what no keyboard types."""
    return _CONTROL.sub(" ", text).strip()[:SHORT]


def read_lines(text: str) -> str:
    """Free text of several lines."""
    return _CONTROL_BUT_LINES.sub("", text.replace("\r\n", "\n")).strip()


def read_count(text: str) -> int | None:
    """A whole number from 1; None for anything else."""
    clean = text.strip()
    if not (clean.isascii() and clean.isdigit() and len(clean) <= len(str(MOST_USES))):
        return None
    return int(clean) if 1 <= int(clean) <= MOST_USES else None


def read_last_day(text: str) -> datetime | None:
    """The end of that day in the Netherlands; None for what is no day."""
    try:
        return end_of(date.fromisoformat(text.strip()))
    except (ValueError, OverflowError):
        return None


Identifier = Annotated[str, Depends(identifier_of)]
Csrf = Annotated[str | None, Form()]
