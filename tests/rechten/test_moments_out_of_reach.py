"""A moment that no clock reaches is wrong input, and never looks like an outage."""

from __future__ import annotations

import pytest

from tests.rechten.wereld import DOEL, START, Wereld, actor

TOO_EARLY, TOO_LATE = "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"


@pytest.mark.parametrize("moment", [TOO_EARLY, TOO_LATE])
@pytest.mark.parametrize("name", ["geldig_van", "geldig_tot"])
def test_a_record_or_ground_with_such_a_moment_is_refused(wereld: Wereld, name: str, moment: str) -> None:
    record = wereld.deliver("noor", "studiefinanciering", wereld.record(**{name: moment}))
    assert (record.status_code, record.json()["code"]) == (422, "invalid-input")
    body = {
        "afnemer": actor("studiefinanciering"),
        "doel": DOEL,
        "categorieen": ["toekenning"],
        "geldig_van": START.isoformat(),
    }
    ground = wereld.beheer("registers/studiefinanciering/gebruiksgronden", {**body, name: moment})
    assert (ground.status_code, ground.json()["code"]) == (422, "invalid-input")
