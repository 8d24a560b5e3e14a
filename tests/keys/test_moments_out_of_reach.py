"""A moment that no clock reaches is wrong input for the registry."""

from __future__ import annotations

import pytest

from keys.client.calling import RegistryRefused
from tests.keys.conftest import MACHTIGEN, OORSPRONG, World, doel

TOO_EARLY, TOO_LATE = "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"


@pytest.mark.parametrize("moment", [TOO_EARLY, TOO_LATE])
@pytest.mark.parametrize("name", ["geldig_van", "geldig_tot"])
def test_a_purpose_with_such_a_moment_is_refused(world: World, name: str, moment: str) -> None:
    with pytest.raises(RegistryRefused) as refused:
        world.beheer.publish_doel(doel("buiten-bereik", **{name: moment}))
    assert refused.value.code == "invalid-input"


@pytest.mark.parametrize("moment", [TOO_EARLY, TOO_LATE])
def test_a_purpose_does_not_end_at_such_a_moment(world: World, moment: str) -> None:
    with pytest.raises(RegistryRefused) as refused:
        world.beheer.end_doel("inloggen", moment)  # type: ignore[arg-type]  # as a program might send it
    assert refused.value.code == "invalid-input"


@pytest.mark.parametrize("moment", [TOO_EARLY, TOO_LATE])
def test_a_ground_does_not_begin_at_such_a_moment(world: World, moment: str) -> None:
    with pytest.raises(RegistryRefused) as refused:
        world.beheer.grant(OORSPRONG, MACHTIGEN, "inloggen", moment)  # type: ignore[arg-type]  # as above
    assert refused.value.code == "invalid-input"
