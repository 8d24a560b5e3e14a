"""Event: two people act on one machtiging at the same moment, on PostgreSQL. One wins, in a known order.

Each test holds the row until both acts wait for it, so that the race is there every time.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
import sqlalchemy as sa

from machtigen import errors
from machtigen.diensten.model import Niveau
from machtigen.machtigingen.model import Actief, Ingetrokken, Machtiging, Opgezegd, Rol, Uitgegeven
from tests import races
from tests.machtigen.conftest import Rooms
from tests.machtigen.world import ANJA, NOOR, NOW, STRANGER, aanvraag

# SQLite has one writer: there is nothing to race.
pytestmark = [pytest.mark.postgres, pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)]
MIDDLE = Niveau.SUBSTANTIEEL
Act = Callable[[], Machtiging]


def at_once(rooms: Rooms, identifier: str, *acts: Act) -> list[Machtiging | Exception]:
    """What comes of `acts` that all wait for one machtiging, in the order given, and then may go on."""
    held = "SELECT 1 FROM machtiging WHERE id = :id FOR UPDATE"
    return races.at_once(rooms.database, held, {"id": identifier}, *acts)


def events(rooms: Rooms, issued: Uitgegeven) -> list[str]:
    history = rooms.machtigingen.history(issued.machtiging.id, NOOR, NOW)
    return [f"{line.gebeurtenis.value} door {line.door}" for line in history]


def notices(rooms: Rooms, machtiging: str) -> int:
    question = sa.text("SELECT count(*) FROM uitgaand WHERE payload ->> 'machtiging' = :id")
    with rooms.database.engine.connect() as connection:
        return int(connection.execute(question, {"id": machtiging}).scalar_one())


def test_of_two_acceptances_of_one_code_the_first_wins(rooms: Rooms) -> None:
    issued = rooms.machtigingen.grant(aanvraag(), NOOR, MIDDLE, NOW)
    acts: list[Act] = [
        lambda who=who: rooms.machtigingen.confirm(issued.code, who, MIDDLE, NOW)  # type: ignore[misc]  # bound in the loop
        for who in (ANJA, STRANGER)
    ]
    outcome = at_once(rooms, issued.machtiging.id, *acts)
    won, lost = outcome
    assert isinstance(won, Machtiging)
    assert isinstance(lost, errors.CodeUnknown)
    assert won.vertegenwoordiger == ANJA
    assert rooms.machtigingen.find(issued.machtiging.id) == won
    assert events(rooms, issued) == ["aangevraagd door vertegenwoordigde", "bevestigd door vertegenwoordiger"]
    assert notices(rooms, won.id) == 2


def test_acceptance_then_revocation_both_count_in_that_order(rooms: Rooms) -> None:
    issued = rooms.machtigingen.grant(aanvraag(), NOOR, MIDDLE, NOW)
    identifier = issued.machtiging.id
    outcome = at_once(
        rooms,
        identifier,
        lambda: rooms.machtigingen.confirm(issued.code, ANJA, MIDDLE, NOW),
        lambda: rooms.machtigingen.revoke(identifier, NOOR, NOW),
    )
    assert [one.status.naam for one in outcome if isinstance(one, Machtiging)] == ["actief", "ingetrokken"]
    found = rooms.machtigingen.find(identifier)
    assert found == outcome[1]
    assert events(rooms, issued) == [
        "aangevraagd door vertegenwoordigde",
        "bevestigd door vertegenwoordiger",
        "ingetrokken door vertegenwoordigde",
    ]
    assert not rooms.machtigingen.is_active(identifier, NOW)


def test_revocation_then_acceptance_leaves_it_revoked(rooms: Rooms) -> None:
    issued = rooms.machtigingen.grant(aanvraag(), NOOR, MIDDLE, NOW)
    identifier = issued.machtiging.id
    outcome = at_once(
        rooms,
        identifier,
        lambda: rooms.machtigingen.revoke(identifier, NOOR, NOW),
        lambda: rooms.machtigingen.confirm(issued.code, ANJA, MIDDLE, NOW),
    )
    assert isinstance(outcome[1], errors.CodeUnknown)
    found = rooms.machtigingen.find(identifier)
    assert found == outcome[0]
    assert found is not None
    assert (found.status, found.wederpartij) == (Ingetrokken(NOW, Rol.VERTEGENWOORDIGDE), None)
    assert events(rooms, issued) == [
        "aangevraagd door vertegenwoordigde",
        "ingetrokken door vertegenwoordigde",
    ]


def test_of_revocation_and_renunciation_one_ends_it(rooms: Rooms) -> None:
    issued = rooms.machtigingen.grant(aanvraag(), NOOR, MIDDLE, NOW)
    machtiging = rooms.machtigingen.confirm(issued.code, ANJA, MIDDLE, NOW)
    ended: list[str] = []
    rooms.machtigingen.on_end.append(lambda _session, identifier, _now: ended.append(identifier))
    outcome = at_once(
        rooms,
        machtiging.id,
        lambda: rooms.machtigingen.revoke(machtiging.id, NOOR, NOW),
        lambda: rooms.machtigingen.renounce(machtiging.id, ANJA, NOW),
    )
    (won,) = [one for one in outcome if isinstance(one, Machtiging)]
    assert isinstance(won.status, Ingetrokken | Opgezegd)
    assert rooms.machtigingen.find(machtiging.id) == won
    assert ended == [machtiging.id]
    assert len(events(rooms, issued)) == 3


def test_the_same_power_accepted_twice_at_once_is_there_once(rooms: Rooms) -> None:
    first, second = (rooms.machtigingen.grant(aanvraag(label=one), NOOR, MIDDLE, NOW) for one in ("a", "b"))

    acts: list[Act] = [
        lambda code=issued.code: rooms.machtigingen.confirm(code, ANJA, MIDDLE, NOW)  # type: ignore[misc]  # bound in the loop
        for issued in (first, second)
    ]
    held = "SELECT 1 FROM machtiging WHERE id IN (:a, :b) FOR UPDATE"
    ids = {"a": first.machtiging.id, "b": second.machtiging.id}
    outcome = races.at_once(rooms.database, held, ids, *acts)
    (won,) = [one for one in outcome if isinstance(one, Machtiging)]
    (lost,) = [one for one in outcome if not isinstance(one, Machtiging)]
    assert isinstance(won.status, Actief)
    assert isinstance(lost, errors.AlreadyAuthorised)
