"""Moments as claims carry them and as people read them."""

from __future__ import annotations

from datetime import UTC, datetime

from machtigen.machtigingen.dagen import local

MONTHS = {
    "nl": (
        "januari", "februari", "maart", "april", "mei", "juni",
        "juli", "augustus", "september", "oktober", "november", "december",
    ),
    "en": (
        "January", "February", "March", "April", "May", "June",
        "July", "August", "September", "October", "November", "December",
    ),
}  # fmt: skip


def from_timestamp(value: object, otherwise: datetime) -> datetime:
    """A NumericDate (RFC 7519 section 2) as a moment; `otherwise` for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < 2**33:
        return otherwise
    return datetime.fromtimestamp(value, UTC)


def day_text(moment: datetime, taal: str) -> str:
    """The Dutch day of a moment: "1 september 2027"."""
    day = local(moment)
    return f"{day.day} {MONTHS.get(taal, MONTHS['nl'])[day.month - 1]} {day.year}"


def moment_text(moment: datetime, taal: str) -> str:
    """Day and time on Dutch clocks: "1 september 2027, 14:05"."""
    return f"{day_text(moment, taal)}, {local(moment):%H:%M}"
