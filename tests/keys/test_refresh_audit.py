"""An auditor judges batches from before and after a refresh, each by the commitments of its generation."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from keys.command.judging import Auditor
from keys.pseudonyms.auditing import Known
from keys.pseudonyms.shares import PARTIES
from tests.keys.refresh_house import House, house_in

pytestmark = pytest.mark.slow


def audited(house: House, party: str) -> tuple[Auditor, list[dict[str, str | int]]]:
    folder = house.world.folder
    auditor = Auditor.open(
        house.ceremony.folder, party, str(folder / f"keys-{party}.db"), str(folder / "keys.db"),
        house.ceremony.parties_file,
    )  # fmt: skip
    return auditor, [found for copy in auditor.copies() if (found := auditor.judge(copy))]


def in_generation(known: Known, generation: int) -> Known:
    """The same, with the commitments of one generation for everything."""
    return replace(known, committed=lambda van, naar, _: known.committed(van, naar, generation))


def test_copies_from_before_and_after_are_all_judged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with house_in(tmp_path, monkeypatch) as house:
        house.by_all()
        for _ in house.steps(2):
            pass
        house.by_all()
        for party in PARTIES:
            auditor, findings = audited(house, party)
            assert findings == []
            assert auditor.items == 16  # four orders and two people, before and after
            for forced in (1, 2):  # by one generation alone, half of them do not hold
                other = replace(auditor, known=in_generation(auditor.known, forced))
                judged = [other.judge(copy) for copy in auditor.copies()]
                assert [one["code"] for one in judged if one] == ["proof-invalid"] * 4
