"""Attack: guessing codes. Every wrong code gets the same answer, and soon none at all."""

from __future__ import annotations

from datetime import timedelta

import pytest

from machtigen import errors
from machtigen.diensten.model import Niveau
from machtigen.machtigingen import attempts, codes
from machtigen.partijen.model import PartijId
from tests.machtigen.conftest import Rooms
from tests.machtigen.world import ANJA, NOOR, NOW, STRANGER, aanvraag

MIDDLE = Niveau.SUBSTANTIEEL


def guess(rooms: Rooms, who: PartijId = STRANGER) -> None:
    with pytest.raises(errors.CodeUnknown):
        rooms.machtigingen.view(codes.show(codes.new_code()), who, NOW)


def test_after_ten_wrong_codes_a_person_must_wait_even_with_a_right_one(rooms: Rooms) -> None:
    issued = rooms.machtigingen.grant(aanvraag(), NOOR, MIDDLE, NOW)
    for _ in range(attempts.PER_PERSON):
        guess(rooms)
    for attempt in (
        lambda: rooms.machtigingen.view(issued.code, STRANGER, NOW),
        lambda: rooms.machtigingen.confirm(issued.code, STRANGER, MIDDLE, NOW),
        lambda: rooms.machtigingen.decline(issued.code, STRANGER, NOW),
    ):
        with pytest.raises(errors.TooManyAttempts):
            attempt()
    after = NOW + attempts.WINDOW + timedelta(seconds=1)
    assert rooms.machtigingen.view(issued.code, STRANGER, after).id == issued.machtiging.id


def test_wrong_codes_count_whichever_act_they_are_tried_with(rooms: Rooms) -> None:
    for _ in range(attempts.PER_PERSON // 2):
        with pytest.raises(errors.CodeUnknown):
            rooms.machtigingen.confirm("AAAA-BBBB-CCCC", STRANGER, MIDDLE, NOW)
        with pytest.raises(errors.CodeUnknown):
            rooms.machtigingen.decline("nonsense", STRANGER, NOW)
    with pytest.raises(errors.TooManyAttempts):
        rooms.machtigingen.view("nonsense", STRANGER, NOW)


def test_a_right_code_costs_no_attempt(rooms: Rooms) -> None:
    issued = rooms.machtigingen.grant(aanvraag(), NOOR, MIDDLE, NOW)
    for _ in range(attempts.PER_PERSON * 2):
        assert rooms.machtigingen.view(issued.code, ANJA, NOW).id == issued.machtiging.id


def test_many_accounts_together_are_throttled_but_lock_nobody_out(
    rooms: Rooms, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attempts, "IN_TOTAL", 6)
    for place in range(6):
        guess(rooms, PartijId(f"guesser-{place}"))
    with pytest.raises(errors.TooManyAttempts):
        rooms.machtigingen.view("AAAA", PartijId("guesser-1"), NOW)
    issued = rooms.machtigingen.grant(aanvraag(), NOOR, MIDDLE, NOW)
    assert rooms.machtigingen.view(issued.code, ANJA, NOW).id == issued.machtiging.id


def test_old_attempts_are_thrown_away(rooms: Rooms) -> None:
    for _ in range(attempts.PER_PERSON):
        guess(rooms)
    after = NOW + attempts.WINDOW
    rooms.machtigingen.forget_attempts(after)
    guess_again = rooms.machtigingen
    with pytest.raises(errors.CodeUnknown):
        guess_again.view("AAAA", STRANGER, NOW)
