"""Attack: accepting one's own request. Refused exactly as an unknown code is."""

from __future__ import annotations

import pytest

from machtigen import errors
from machtigen.diensten.model import Niveau
from tests.machtigen.conftest import Rooms
from tests.machtigen.world import ANJA, NOOR, NOW, aanvraag

MIDDLE = Niveau.SUBSTANTIEEL


def test_the_grantor_cannot_see_accept_or_decline_with_their_own_code(rooms: Rooms) -> None:
    issued = rooms.machtigingen.grant(aanvraag(), NOOR, MIDDLE, NOW)
    for attempt in (
        lambda: rooms.machtigingen.view(issued.code, NOOR, NOW),
        lambda: rooms.machtigingen.confirm(issued.code, NOOR, MIDDLE, NOW),
        lambda: rooms.machtigingen.decline(issued.code, NOOR, NOW),
    ):
        with pytest.raises(errors.CodeUnknown):
            attempt()
    assert rooms.machtigingen.confirm(issued.code, ANJA, MIDDLE, NOW).vertegenwoordiger == ANJA


def test_the_representative_who_asked_cannot_grant_it_to_themself(rooms: Rooms) -> None:
    issued = rooms.machtigingen.ask(aanvraag(), ANJA, MIDDLE, NOW)
    with pytest.raises(errors.CodeUnknown):
        rooms.machtigingen.confirm(issued.code, ANJA, MIDDLE, NOW)
