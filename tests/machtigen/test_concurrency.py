"""Event: two people act on one machtiging at the same moment, on PostgreSQL. One wins, in a known order.

Each test holds the row until both acts wait for it, so that the race is there every time.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa

from machtigen import errors
from machtigen.diensten.model import Niveau
from machtigen.errors import MachtigenError
from machtigen.machtigingen.model import Actief, Ingetrokken, Machtiging, Opgezegd, Rol, Uitgegeven
from tests.machtigen.conftest import Rooms
from tests.machtigen.world import ANJA, NOOR, NOW, STRANGER, aanvraag

# SQLite has one writer: there is nothing to race.
pytestmark = [pytest.mark.postgres, pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)]
MIDDLE = Niveau.SUBSTANTIEEL
WAITING = sa.text(
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
)
Act = Callable[[], Machtiging]


def at_once(rooms: Rooms, identifier: str, *acts: Act) -> list[Machtiging | MachtigenError]:
    """What comes of `acts` that all wait for one machtiging, in the order given, and then may go on."""

    def run(act: Act) -> Machtiging | MachtigenError:
        try:
            return act()
        except MachtigenError as error:
            return error

    with ThreadPoolExecutor(len(acts)) as pool:
        with rooms.database.engine.connect() as holder:
            holder.execute(sa.text("SELECT 1 FROM machtiging WHERE id = :id FOR UPDATE"), {"id": identifier})
            running = []
            for number, act in enumerate(acts, 1):
                running.append(pool.submit(run, act))
                wait_until(rooms, number)
        return [one.result(timeout=30) for one in running]


def wait_until(rooms: Rooms, waiting: int) -> None:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        with rooms.database.engine.connect() as connection:
            if connection.execute(WAITING).scalar_one() >= waiting:
                return
        time.sleep(0.01)
    raise AssertionError(f"no {waiting} acts wait for the row")


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
    first, second = (rooms.machtigingen.grant(aanvraag(), NOOR, MIDDLE, NOW) for _ in range(2))

    def accept(issued: Uitgegeven) -> Machtiging | None:
        try:
            return rooms.machtigingen.confirm(issued.code, ANJA, MIDDLE, NOW)
        except errors.AlreadyAuthorised:
            return None

    with ThreadPoolExecutor(2) as pool, rooms.database.engine.connect() as holder:
        holder.execute(
            sa.text("SELECT 1 FROM machtiging WHERE id IN (:a, :b) FOR UPDATE"),
            {"a": first.machtiging.id, "b": second.machtiging.id},
        )
        running = [pool.submit(accept, issued) for issued in (first, second)]
        wait_until(rooms, 2)
        holder.rollback()
        won = [one for one in (each.result(timeout=30) for each in running) if one]
    assert len(won) == 1
    assert isinstance(won[0].status, Actief)
