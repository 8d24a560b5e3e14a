"""Zero-encryptions made ahead: right, each given out once, never more than allowed, whoever asks."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor

from keys.kernel.pep import Pseudonym, decrypt, encrypt, group
from keys.pseudonyms.pool import KEYS, Pair, Pool, make_pair
from keys.pseudonyms.transcrypt import hop, hop_with
from tests.keys.conftest import OORSPRONG, STUDIE, World


def a_key() -> bytes:
    return group().mul_base(group().random_scalar())


def filled(capacity: int, public: bytes, at_most: int = 1000) -> Pool:
    pool = Pool(capacity)
    assert pool.take(public, 1) == []  # asked for once, so it is worth making some
    pool.fill(at_most)
    return pool


def holds(pair: Pair, public: bytes) -> bool:
    return (pair.first, pair.second) == (group().mul_base(pair.rho), group().mul(pair.rho, public))


def test_a_pair_is_a_zero_encryption_and_a_hop_with_it_is_the_hop_with_its_randomness() -> None:
    public, s, u = a_key(), group().random_scalar(), group().random_scalar()
    item = a_key() + a_key()
    (pair,) = filled(1, public).take(public, 1)
    assert holds(pair, public)
    assert hop_with(item, s, u, pair) == hop(item, s, u, public, pair.rho)
    assert not holds(pair, a_key())


def test_every_pair_is_given_out_once_also_to_threads_that_ask_while_more_are_made() -> None:
    public = a_key()
    pool = filled(50, public)
    with ThreadPoolExecutor(8) as threads:
        filling = [threads.submit(pool.fill, 100) for _ in range(2)]
        taken = [threads.submit(pool.take, public, 7) for _ in range(40)]
        pairs = [pair for future in taken for pair in future.result()]
        made = 50 + sum(future.result() for future in filling)
    rest = pool.take(public, 1000)
    assert len({pair.rho for pair in pairs + rest}) == len(pairs) + len(rest) <= made
    assert all(holds(pair, public) for pair in pairs + rest)
    assert len(pairs) > 40


def test_it_keeps_no_more_than_its_capacity_and_makes_no_more_than_it_may() -> None:
    public = a_key()
    pool = filled(20, public, at_most=12)
    assert pool.size(public) == 12
    assert pool.fill(100) == 8
    assert pool.fill(100) == 0
    assert len(pool.take(public, 100)) == 20
    assert pool.take(public, 1) == []


def test_a_pool_without_room_gives_and_makes_nothing() -> None:
    pool = Pool(0)
    assert pool.take(a_key(), 5) == []
    assert pool.fill(5) == 0


def test_the_key_that_was_used_longest_ago_makes_room() -> None:
    first, *others = [a_key() for _ in range(KEYS + 1)]
    pool = filled(2, first)
    for other in others:
        pool.take(other, 1)
    assert pool.size(first) == 0
    pool.fill(1000)
    assert [pool.size(other) for other in others] == [2] * KEYS
    assert pool.size(first) == 0


def test_a_child_process_has_none_of_its_parents_pairs() -> None:
    public = a_key()
    pool = filled(3, public)
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.write(writing, bytes([pool.size(public)]))
        os._exit(0)
    os.close(writing)
    assert os.read(reading, 1) == b"\x00"
    os.close(reading)
    os.waitpid(child, 0)
    assert pool.size(public) == 3


def test_a_pair_does_not_show_its_secret() -> None:
    assert repr(make_pair(a_key())) == "Pair()"


def test_parties_translate_right_with_a_stock_and_without_and_upkeep_makes_it(world: World) -> None:
    client = world.client(OORSPRONG.actor, parties=("t1", "t2"))
    people = [world.person() for _ in range(3)]

    def translate() -> list[Pseudonym]:
        made = [encrypt(one, world.keys[OORSPRONG].public) for one in people]
        found = client.transcrypt(made, naar=STUDIE, doel="aanmelding")
        return [decrypt(one, world.keys[STUDIE]) for one in found]

    pool = world.app.state.keys.parties["t2"].transcryptor._prover._pool
    public = world.keys[STUDIE].public
    pool.clear()
    without = translate()
    assert pool.size(public) == 0
    world.app.state.upkeep()
    stock = pool.size(public)
    assert stock > 3
    assert translate() == without
    assert pool.size(public) == stock - 3
