"""Days as people in the Netherlands count them, without a time zone database on the machine.

CET is UTC+1; CEST, UTC+2, runs from 01:00 UTC on the last Sunday of March to 01:00 UTC on the last
Sunday of October (Directive 2000/84/EC, articles 2 and 3).
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

CET = timezone(timedelta(hours=1), "CET")
CEST = timezone(timedelta(hours=2), "CEST")


def _change(year: int, month: int) -> datetime:
    last = date(year, month, 31)
    sunday = last - timedelta(days=(last.weekday() + 1) % 7)
    return datetime(sunday.year, sunday.month, sunday.day, 1, tzinfo=UTC)


def local(moment: datetime) -> datetime:
    """The moment on Dutch clocks. `moment` is aware."""
    utc = moment.astimezone(UTC)
    summer = _change(utc.year, 3) <= utc < _change(utc.year, 10)
    return utc.astimezone(CEST if summer else CET)


def day_of(moment: datetime) -> date:
    """The day it is in the Netherlands at this moment."""
    return local(moment).date()


def start_of(day: date) -> datetime:
    """Midnight at which this day begins in the Netherlands."""
    winter = datetime(day.year, day.month, day.day, tzinfo=CET)
    return local(winter) if local(winter).hour == 0 else datetime(day.year, day.month, day.day, tzinfo=CEST)


def end_of(day: date) -> datetime:
    """Midnight at which this day ends in the Netherlands: the first moment of the next day."""
    return start_of(day + timedelta(days=1))
