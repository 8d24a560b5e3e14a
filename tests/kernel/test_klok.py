from datetime import UTC, datetime, timedelta

import pytest

from keys.kernel.starting.klok import InvalidKlok, klok_offset

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "offset"),
    [
        (None, timedelta(0)),
        (" ", timedelta(0)),
        ("3600", timedelta(hours=1)),
        ("-60", timedelta(minutes=-1)),
        ("2026-11-25T13:00:00+01:00", timedelta(days=1)),
        ("2026-11-24T12:00:00Z", timedelta(0)),
    ],
)
def test_the_clock_moves_by_seconds_or_to_an_instant(value, offset):
    assert klok_offset(value, NOW) == offset


@pytest.mark.parametrize("value", ["morgen", "2026-11-25T13:00:00", "1e9", "999999999999"])
def test_anything_else_is_refused(value):
    with pytest.raises(InvalidKlok):
        klok_offset(value, NOW)
