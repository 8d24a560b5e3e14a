"""All shares are replaced while everything serves: pseudonyms and keys stay, nothing is lost or doubled."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.keys.refresh_house import Busy, House, house_in

pytestmark = pytest.mark.slow


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    with house_in(tmp_path, monkeypatch) as made:
        yield made


def test_two_refreshes_change_no_pseudonym_and_no_key_and_everything_serves_meanwhile(house: House) -> None:
    before, keys = house.by_all(), house.material()
    with Busy(house) as busy:
        for number in (2, 3):
            for step in house.steps(number):
                assert house.by_all() == before, step
                assert house.material() == keys, step
            assert house.by_all() == before
    assert busy.wrong == []
    assert busy.rounds > 10
