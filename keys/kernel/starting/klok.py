"""The setting KLOK: one offset that moves the whole system through time, for tests and demo data."""

from __future__ import annotations

from datetime import datetime, timedelta

MAXIMUM = timedelta(days=36_525)  # a century either way; beyond it, it is a typing error


class InvalidKlok(ValueError):
    """KLOK is neither a number of seconds nor an RFC 3339 instant with offset."""


def klok_offset(value: str | None, started: datetime) -> timedelta:
    """Turn the setting KLOK into the offset to add to the real clock.

    `value` is empty (no offset), a whole number of seconds (`"86400"`, `"-60"`), or an RFC 3339
    instant (`"2027-01-01T00:00:00+01:00"`): then the clock starts there at `started` and runs on.
    `started` is an aware datetime. Raises InvalidKlok.
    """
    if value is None or not value.strip():
        return timedelta(0)
    text = value.strip()
    if text.lstrip("+-").isdigit():
        offset = timedelta(seconds=int(text))
    else:
        offset = _instant(text) - started
    if abs(offset) > MAXIMUM:
        raise InvalidKlok("KLOK lies more than a century away")
    return offset


def _instant(text: str) -> datetime:
    try:
        instant = datetime.fromisoformat(text)
    except ValueError as error:
        raise InvalidKlok("KLOK must be seconds or an RFC 3339 instant") from error
    if instant.tzinfo is None:
        raise InvalidKlok("KLOK needs an offset, such as +01:00 or Z")
    return instant
