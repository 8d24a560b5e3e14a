"""Status lists in a database: an index is claimed once, flipped for good, given back in time."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlmodel import Session

from keys.kernel.database import Database
from machtigen.bevoegdheidsverklaringen import statusstore as store
from machtigen.bevoegdheidsverklaringen.model import Plaats
from tests.machtigen.world import NOW

SOON = NOW + timedelta(minutes=5)


@pytest.fixture
def lists(database: Database) -> Database:
    """Two lists of 100."""

    def act(session: Session) -> None:
        store.add_lijst(session, 1, 100, NOW)
        store.add_lijst(session, 2, 100, NOW)

    database.write(act)
    return database


def take(lists: Database, *places: tuple[int, int], afleiding: bool = False) -> list[bool]:
    return [
        lists.write(lambda session, at=at: store.take(session, Plaats(*at), SOON, afleiding=afleiding))  # type: ignore[misc]  # bound in the loop
        for at in places
    ]


def version(lists: Database, nummer: int) -> int:
    found = lists.read(lambda session: store.find_lijst(session, nummer))
    assert found is not None
    return found[1]


def test_a_list_is_opened_once(lists: Database) -> None:
    lists.write(lambda session: store.add_lijst(session, 1, 999, NOW))
    assert lists.read(store.list_lijsten) == {1: 100, 2: 100}
    assert lists.read(lambda session: store.find_lijst(session, 1)) == (100, 1)
    assert lists.read(lambda session: store.find_lijst(session, 3)) is None


def test_an_index_is_claimed_once_per_list(lists: Database) -> None:
    assert take(lists, (1, 5), (1, 5), (2, 5), (1, 6)) == [True, False, True, True]


def test_of_many_who_claim_one_index_at_once_one_gets_it(lists: Database) -> None:
    with ThreadPoolExecutor(8) as pool:
        got = list(pool.map(lambda _: take(lists, (1, 5))[0], range(16)))
    assert sorted(got) == [False] * 15 + [True]


def test_a_decoy_reads_invalid_from_the_start_and_is_counted_apart(lists: Database) -> None:
    take(lists, (1, 1), (1, 2))
    take(lists, (1, 3), afleiding=True)
    assert lists.read(lambda session: store.list_invalid(session, 1)) == {3}
    assert lists.read(lambda session: store.count_used(session, 1)) == (3, 1)
    assert lists.read(lambda session: store.count_used(session, 2)) == (0, 0)


def test_a_flip_shows_in_its_list_and_counts_its_version_up_once(lists: Database) -> None:
    take(lists, (1, 1), (1, 2), (2, 1))
    lists.write(lambda session: store.flip(session, [Plaats(1, 1), Plaats(1, 2)]))
    assert lists.read(lambda session: store.list_invalid(session, 1)) == {1, 2}
    assert lists.read(lambda session: store.list_invalid(session, 2)) == frozenset()
    assert (version(lists, 1), version(lists, 2)) == (2, 1)


def test_flips_at_the_same_moment_are_all_counted(lists: Database) -> None:
    take(lists, *((1, idx) for idx in range(16)))
    with ThreadPoolExecutor(8) as pool:
        list(
            pool.map(
                lambda idx: lists.write(lambda session: store.flip(session, [Plaats(1, idx)])), range(16)
            )
        )
    assert lists.read(lambda session: store.list_invalid(session, 1)) == set(range(16))
    assert version(lists, 1) == 17


def test_expired_indices_are_given_back_and_only_a_visible_change_makes_a_version(lists: Database) -> None:
    take(lists, (1, 1), (1, 2), (2, 1))
    lists.write(lambda session: store.flip(session, [Plaats(1, 1)]))
    lists.write(lambda session: store.free_expired(session, SOON))
    assert lists.read(lambda session: store.count_used(session, 1)) == (2, 0)
    lists.write(lambda session: store.free_expired(session, SOON + timedelta(microseconds=1)))
    assert lists.read(lambda session: store.count_used(session, 1)) == (0, 0)
    assert lists.read(lambda session: store.list_invalid(session, 1)) == frozenset()
    assert (version(lists, 1), version(lists, 2)) == (3, 1)
    assert take(lists, (1, 1)) == [True]
