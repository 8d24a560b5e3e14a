"""Event: two people change one machtiging at the same moment, on PostgreSQL. Both count, or one is told why.

Each test holds the row until both acts wait for it, so that the race is there every time.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from sqlmodel import Session

from machtigen import errors
from machtigen.diensten.model import Niveau
from machtigen.machtigingen.model import Inperking, Machtiging, Uitgegeven
from tests import races
from tests.machtigen.conftest import Rooms
from tests.machtigen.links import EVA
from tests.machtigen.world import (
    AANVULLENDE_BEURS,
    ANJA,
    ARRANGE,
    DAY,
    NOOR,
    NOW,
    READ,
    REISPRODUCT,
    aanvraag,
)

# SQLite has one writer: there is nothing to race.
pytestmark = [pytest.mark.postgres, pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)]
MIDDLE = Niveau.SUBSTANTIEEL
HELD = "SELECT 1 FROM machtiging WHERE id = :id FOR UPDATE"
WIDE = replace(
    aanvraag(AANVULLENDE_BEURS, REISPRODUCT, handelingen=frozenset({READ, ARRANGE})), doormachtigen=1
)
FEWER, LESS = Inperking(diensten=(AANVULLENDE_BEURS,)), Inperking(handelingen=frozenset({READ}))


@pytest.fixture
def given(rooms: Rooms) -> Machtiging:
    issued = rooms.machtigingen.grant(WIDE, NOOR, MIDDLE, NOW)
    return rooms.machtigingen.confirm(issued.code, ANJA, MIDDLE, NOW)


def race(rooms: Rooms, one: str, *acts: Callable[[], object]) -> list[object]:
    return list(races.at_once(rooms.database, HELD, {"id": one}, *acts))


def told(rooms: Rooms, one: str) -> list[str]:
    lines = rooms.machtigingen.history(one, NOOR, NOW)
    return [f"{line.gebeurtenis.value} door {line.door}" for line in lines][2:]


def stands(rooms: Rooms, one: str) -> Machtiging:
    found = rooms.machtigingen.find(one)
    assert found is not None
    return found


def test_two_narrowings_both_count(rooms: Rooms, given: Machtiging) -> None:
    race(
        rooms,
        given.id,
        lambda: rooms.machtigingen.narrow(given.id, FEWER, NOOR, NOW),
        lambda: rooms.machtigingen.narrow(given.id, LESS, ANJA, NOW),
    )
    found = stands(rooms, given.id)
    assert (found.diensten, found.handelingen) == ((AANVULLENDE_BEURS,), frozenset({READ}))
    assert told(rooms, given.id) == ["beperkt door vertegenwoordigde", "beperkt door vertegenwoordiger"]


def test_the_same_narrowing_twice_counts_once(rooms: Rooms, given: Machtiging) -> None:
    outcome = race(
        rooms,
        given.id,
        lambda: rooms.machtigingen.narrow(given.id, LESS, NOOR, NOW),
        lambda: rooms.machtigingen.narrow(given.id, LESS, ANJA, NOW),
    )
    assert [type(one) for one in outcome] == [Machtiging, errors.NotNarrower]
    assert told(rooms, given.id) == ["beperkt door vertegenwoordigde"]


def test_after_a_revocation_nothing_is_narrowed(rooms: Rooms, given: Machtiging) -> None:
    outcome = race(
        rooms,
        given.id,
        lambda: rooms.machtigingen.revoke(given.id, NOOR, NOW),
        lambda: rooms.machtigingen.narrow(given.id, LESS, ANJA, NOW),
    )
    assert [type(one) for one in outcome] == [Machtiging, errors.AlreadyEnded]
    assert told(rooms, given.id) == ["ingetrokken door vertegenwoordigde"]


def test_pause_and_contest_follow_each_other(rooms: Rooms, given: Machtiging) -> None:
    race(
        rooms,
        given.id,
        lambda: rooms.machtigingen.pause(given.id, NOOR, NOW),
        lambda: rooms.machtigingen.contest(given.id, None, ANJA, NOW),
    )
    assert told(rooms, given.id) == ["gepauzeerd door vertegenwoordigde", "betwist door vertegenwoordiger"]
    judged = rooms.machtigingen.settle_contest(given.id, stands=True, now=NOW)
    assert judged.status.naam == "gepauzeerd"


def test_two_proposals_of_one_end_are_an_agreement(rooms: Rooms, given: Machtiging) -> None:
    later = NOW + 300 * DAY
    race(
        rooms,
        given.id,
        lambda: rooms.machtigingen.extend(given.id, later, NOOR, MIDDLE, NOW),
        lambda: rooms.machtigingen.extend(given.id, later, ANJA, MIDDLE, NOW),
    )
    assert stands(rooms, given.id).geldig_tot == later
    assert told(rooms, given.id) == [
        "verlenging_gevraagd door vertegenwoordigde",
        "verlengd door vertegenwoordiger",
    ]


def link(rooms: Rooms, top: Machtiging) -> Uitgegeven:
    return rooms.machtigingen.delegate(top.id, aanvraag(), ANJA, MIDDLE, NOW)


def test_a_link_accepted_after_its_top_was_revoked_is_refused(rooms: Rooms, given: Machtiging) -> None:
    issued = link(rooms, given)
    outcome = race(
        rooms,
        given.id,
        lambda: rooms.machtigingen.revoke(given.id, NOOR, NOW),
        lambda: rooms.machtigingen.confirm(issued.code, EVA, MIDDLE, NOW),
    )
    assert [type(one) for one in outcome] == [Machtiging, errors.CodeUnknown]
    assert stands(rooms, issued.machtiging.id).status.naam == "beeindigd"


def test_a_link_accepted_before_its_top_is_revoked_ends_with_it(rooms: Rooms, given: Machtiging) -> None:
    issued = link(rooms, given)
    outcome = race(
        rooms,
        given.id,
        lambda: rooms.machtigingen.confirm(issued.code, EVA, MIDDLE, NOW),
        lambda: rooms.machtigingen.revoke(given.id, NOOR, NOW),
    )
    assert [type(one) for one in outcome] == [Machtiging, Machtiging]
    lines = rooms.machtigingen.history(issued.machtiging.id, EVA, NOW)
    assert [line.gebeurtenis.value for line in lines] == ["aangevraagd", "bevestigd", "beeindigd"]
    assert rooms.machtigingen.list_representable(EVA, AANVULLENDE_BEURS, NOW) == []


def test_passing_on_and_narrowing_at_once_never_leaves_a_wider_link(rooms: Rooms, given: Machtiging) -> None:
    wide = aanvraag(handelingen=frozenset({READ, ARRANGE}))
    outcome = race(
        rooms,
        given.id,
        lambda: rooms.machtigingen.narrow(given.id, LESS, NOOR, NOW),
        lambda: rooms.machtigingen.delegate(given.id, wide, ANJA, MIDDLE, NOW),
    )
    assert [type(one) for one in outcome] == [Machtiging, errors.WiderThanParent]


@pytest.mark.parametrize("first", ["narrowing", "use"])
def test_a_use_that_was_judged_before_a_narrowing_is_not_made_after_it(
    rooms: Rooms, given: Machtiging, first: str
) -> None:
    (judged,) = rooms.machtigingen.list_representable(ANJA, AANVULLENDE_BEURS, NOW)

    def use() -> object:
        def act(session: Session) -> None:
            rooms.machtigingen.note_use(session, judged.ids, NOW, judged.schakels)

        return rooms.database.write(act)

    def narrow() -> object:
        return rooms.machtigingen.narrow(given.id, LESS, NOOR, NOW)

    order = (narrow, use) if first == "narrowing" else (use, narrow)
    outcome = race(rooms, given.id, *order)
    refused = [type(one) for one in outcome if isinstance(one, Exception)]
    assert refused == ([errors.NotActive] if first == "narrowing" else [])
    assert stands(rooms, given.id).gebruikt == (0 if first == "narrowing" else 1)


def test_of_two_last_uses_one_is_made(rooms: Rooms) -> None:
    issued = rooms.machtigingen.grant(replace(aanvraag(), max_gebruik=1), NOOR, MIDDLE, NOW)
    once = rooms.machtigingen.confirm(issued.code, ANJA, MIDDLE, NOW)

    def use() -> object:
        return rooms.database.write(lambda session: rooms.machtigingen.note_use(session, [once.id], NOW))

    outcome = race(rooms, once.id, use, use)
    assert sorted(type(one).__name__ for one in outcome) == ["NoneType", "NotActive"]
    assert stands(rooms, once.id).gebruikt == 1


def test_of_two_identical_requests_at_once_one_is_made(rooms: Rooms) -> None:
    """They wait for the person, not for a row: the lock of the two is held here as an act would."""
    names = f"{NOOR}\n{NOOR}"
    held = "SELECT pg_advisory_xact_lock(hashtextextended(:names, 0))"
    outcome = races.at_once(
        rooms.database,
        held,
        {"names": names},
        lambda: rooms.machtigingen.grant(aanvraag(), NOOR, MIDDLE, NOW),
        lambda: rooms.machtigingen.grant(aanvraag(), NOOR, MIDDLE, NOW),
    )
    assert [type(one) for one in outcome] == [Uitgegeven, errors.AlreadyRequested]


def test_a_death_and_a_revocation_of_one_chain_do_not_wait_for_each_other_for_ever(
    rooms: Rooms, given: Machtiging
) -> None:
    issued = link(rooms, given)
    rooms.machtigingen.confirm(issued.code, EVA, MIDDLE, NOW)
    outcome = race(
        rooms,
        given.id,
        lambda: rooms.database.write(
            lambda session: rooms.machtigingen.end_all_of(session, ANJA, "overlijden", NOW)
        ),
        lambda: rooms.machtigingen.revoke(given.id, NOOR, NOW),
    )
    assert isinstance(outcome[0], list)
    assert isinstance(outcome[1], errors.AlreadyEnded)
    assert stands(rooms, issued.machtiging.id).status.naam == "beeindigd"
