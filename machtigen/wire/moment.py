"""Moments on the wire: RFC 3339 with offset; a bare day is read as that day in the Netherlands."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, PlainSerializer

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_YEARS = range(2000, 2200)


def _read(value: Any) -> Any:
    if isinstance(value, str) and _DAY.fullmatch(value):
        return date.fromisoformat(value)
    if isinstance(value, str):
        return datetime.fromisoformat(value)
    raise ValueError("a moment is text")


def _check(value: date | datetime) -> date | datetime:
    if isinstance(value, datetime) and value.tzinfo is None:
        raise ValueError("a moment needs an offset")
    if value.year not in _YEARS:
        raise ValueError("outside the calendar")
    return value


# What comes in: a moment, or a day. Days are turned into moments by who knows whether it is a start
# or an end.
MomentOfDag = Annotated[
    datetime | date,
    BeforeValidator(_read, json_schema_input_type=str),
    AfterValidator(_check),
]

# What goes out: seconds precision, UTC.
Moment = Annotated[
    datetime,
    PlainSerializer(
        lambda moment: moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
        return_type=str,
    ),
]
