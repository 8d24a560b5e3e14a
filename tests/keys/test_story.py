"""A person's pseudonym travels from the origin to two registers, through every pair of parties."""

from __future__ import annotations

from itertools import permutations

from keys.kernel.pep import decrypt, encrypt
from tests.keys.conftest import DIPLOMA, MACHTIGEN, OORSPRONG, STUDIE, World


def test_a_person_gets_the_same_pseudonym_at_every_translation(world: World) -> None:
    person = world.person()
    client = world.client(OORSPRONG.actor)
    first, second = (
        client.transcrypt([world.encrypted(person)], naar=STUDIE, doel="aanmelding")[0] for _ in range(2)
    )
    assert first.data != second.data
    assert decrypt(first, world.keys[STUDIE]) == decrypt(second, world.keys[STUDIE])


def test_a_detour_over_machtigen_ends_at_the_same_pseudonym(world: World) -> None:
    person = world.person()
    direct = world.client(OORSPRONG.actor).transcrypt(
        [world.encrypted(person)], naar=STUDIE, doel="aanmelding"
    )
    to_machtigen = world.client(OORSPRONG.actor).transcrypt(
        [world.encrypted(person)], naar=MACHTIGEN, doel="inloggen"
    )
    own = encrypt(decrypt(to_machtigen[0], world.keys[MACHTIGEN]), world.keys[MACHTIGEN].public)
    onwards = world.client(MACHTIGEN.actor).transcrypt([own], naar=STUDIE, doel="inzage-namens")
    assert decrypt(direct[0], world.keys[STUDIE]) == decrypt(onwards[0], world.keys[STUDIE])


def test_every_pair_of_parties_gives_one_pseudonym(world: World) -> None:
    person = world.person()
    found = set()
    for pair in permutations(("t1", "t2", "t3"), 2):
        client = world.client(OORSPRONG.actor)
        client.pairs = [pair]
        translated = client.transcrypt([world.encrypted(person)], naar=STUDIE, doel="aanmelding")
        found.add(decrypt(translated[0], world.keys[STUDIE]).point)
    assert len(found) == 1


def test_two_registers_know_one_person_by_different_pseudonyms(world: World) -> None:
    person = world.person()
    client = world.client(OORSPRONG.actor)
    points = {
        decrypt(
            client.transcrypt([world.encrypted(person)], naar=register, doel="aanmelding")[0],
            world.keys[register],
        ).point
        for register in (STUDIE, DIPLOMA)
    }
    assert len(points) == 2
    assert person.point not in points


def test_a_batch_keeps_its_order(world: World) -> None:
    people = [world.person() for _ in range(5)]
    client = world.client(OORSPRONG.actor)
    together = client.transcrypt([world.encrypted(one) for one in people], naar=STUDIE, doel="aanmelding")
    apart = [client.transcrypt([world.encrypted(one)], naar=STUDIE, doel="aanmelding")[0] for one in people]
    assert [decrypt(one, world.keys[STUDIE]) for one in together] == [
        decrypt(one, world.keys[STUDIE]) for one in apart
    ]
