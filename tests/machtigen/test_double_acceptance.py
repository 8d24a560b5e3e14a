"""Event: two answers to one code, in turn and at the same moment. One of them counts."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from machtigen import errors
from machtigen.diensten.model import Niveau
from machtigen.machtigingen.model import Machtiging
from machtigen.partijen.model import PartijId
from tests.machtigen.conftest import Rooms
from tests.machtigen.world import ANJA, NOOR, NOW, STRANGER, aanvraag

MIDDLE = Niveau.SUBSTANTIEEL


def test_a_used_code_answers_nothing_any_more(rooms: Rooms) -> None:
    issued = rooms.machtigingen.grant(aanvraag(), NOOR, MIDDLE, NOW)
    rooms.machtigingen.confirm(issued.code, ANJA, MIDDLE, NOW)
    for who in (ANJA, STRANGER):
        with pytest.raises(errors.CodeUnknown):
            rooms.machtigingen.confirm(issued.code, who, MIDDLE, NOW)
        with pytest.raises(errors.CodeUnknown):
            rooms.machtigingen.decline(issued.code, who, NOW)


def test_of_many_at_once_one_accepts(rooms: Rooms) -> None:
    issued = rooms.machtigingen.grant(aanvraag(), NOOR, MIDDLE, NOW)

    def accept(number: int) -> Machtiging | None:
        try:
            return rooms.machtigingen.confirm(issued.code, PartijId(f"person-{number}"), MIDDLE, NOW)
        except errors.CodeUnknown:
            return None

    with ThreadPoolExecutor(8) as pool:
        winners = [one for one in pool.map(accept, range(8)) if one]
    assert len(winners) == 1
    assert rooms.machtigingen.find(issued.machtiging.id) == winners[0]
    assert len(rooms.machtigingen.history(issued.machtiging.id, NOOR, NOW)) == 2


def test_the_same_power_twice_is_refused_and_the_second_request_stays_open(rooms: Rooms) -> None:
    first = rooms.machtigingen.grant(aanvraag(), NOOR, MIDDLE, NOW)
    second = rooms.machtigingen.grant(aanvraag(label="again"), NOOR, MIDDLE, NOW)
    accepted = rooms.machtigingen.confirm(first.code, ANJA, MIDDLE, NOW)
    with pytest.raises(errors.AlreadyAuthorised):
        rooms.machtigingen.confirm(second.code, ANJA, MIDDLE, NOW)
    rooms.machtigingen.revoke(accepted.id, NOOR, NOW)
    assert rooms.machtigingen.confirm(second.code, ANJA, MIDDLE, NOW).vertegenwoordiger == ANJA
