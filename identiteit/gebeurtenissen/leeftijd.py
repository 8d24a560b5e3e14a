"""Leeftijd (age): when someone is of age. Pure, without a time zone database on the machine.

A person is a minor until eighteen (BW 1:233), so until midnight at which the eighteenth birthday begins
in the Netherlands; who is born on 29 February has it on 1 March in other years.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone

OF_AGE_YEARS = 18
CET, CEST = timezone(timedelta(hours=1)), timezone(timedelta(hours=2))


def _last_sunday(year: int, month: int) -> date:
    last = date(year, month, 31)
    return last - timedelta(days=(last.weekday() + 1) % 7)


def start_of(day: date) -> datetime:
    """Midnight at which this day begins in the Netherlands. Clocks change later on their Sundays."""
    summer = _last_sunday(day.year, 3) < day <= _last_sunday(day.year, 10)
    return datetime(day.year, day.month, day.day, tzinfo=CEST if summer else CET)


def day_of(moment: datetime) -> date:
    """The day it is in the Netherlands at this moment."""
    later = moment.astimezone(CEST).date()
    return later if start_of(later) <= moment else moment.astimezone(CET).date()


def of_age_on(born: date) -> date:
    """The eighteenth birthday."""
    try:
        return born.replace(year=born.year + OF_AGE_YEARS)
    except ValueError:
        return date(born.year + OF_AGE_YEARS, 3, 1)


def of_age_at(born: date) -> datetime:
    """The first moment at which someone born on this day is of age."""
    return start_of(of_age_on(born))


def born_by(moment: datetime) -> date:
    """Who was born on this day or before it is of age at `moment`."""
    day = day_of(moment)
    try:
        return day.replace(year=day.year - OF_AGE_YEARS)
    except ValueError:
        return date(day.year - OF_AGE_YEARS, 2, 28)
