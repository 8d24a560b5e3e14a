"""All shares are replaced while everything serves: pseudonyms and keys stay, nothing is lost or doubled."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from keys.client import RegistryRefused, TranslationRefused
from keys.kernel.pep import Context, Domain, decrypt
from keys.pseudonyms.filestore import make_throwaway
from keys.pseudonyms.shares import PARTIES
from keys.pseudonyms.token import Token
from keys.pseudonyms.tokenstore import every_label
from tests.keys.conftest import DUO_OIN, OORSPRONG, STUDIE, World
from tests.keys.refresh_house import ORDERS, STEPS, Busy, House, house_in, written

pytestmark = pytest.mark.slow


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    with house_in(tmp_path, monkeypatch) as made:
        yield made


def generations(world: World) -> dict[str, int]:
    """The newest generation in which each party works."""
    return {name: party.partij.keystore.generation for name, party in world.app.state.keys.parties.items()}


def test_two_refreshes_change_no_pseudonym_and_no_key_while_others_go_on_translating(house: House) -> None:
    before, keys = house.by_all(), house.material()
    with Busy(house) as busy:
        for number in (2, 3):
            for step in house.steps(number):
                if step in ("overneem t2", "in use", "ended t2", "ended t3"):
                    assert house.by_all() == before, step
                    assert house.material() == keys, step
            assert generations(house.world) == dict.fromkeys(PARTIES, number)
    assert busy.wrong == []
    assert busy.rounds > 10
    for party in PARTIES:
        held = {path.name for path in house.ceremony.of(party).iterdir()}
        assert not held & {"delen.json", "delen-2.json", "gedragen-2.json", "verversing-3.json"}
        assert written(house.ceremony.of(party) / "generaties.json")["gewist"] == [1, 2]


def test_every_translation_during_a_refresh_is_counted_once(house: House) -> None:
    """Six orders of two parties, two people: each party serves four orders."""
    expected = house.by_all()
    for step in house.steps(2):
        before = house.counted()
        assert house.by_all() == expected
        assert house.counted() == {
            party: (logged + 8, counted + 8) for party, (logged, counted) in before.items()
        }, step


def test_a_client_that_knew_the_old_generation_notices_nothing(house: House) -> None:
    clients = {pair: house.client(pair) for pair in ORDERS}
    expected = house.by_all()
    for step in house.steps(2):
        for client in clients.values():
            assert house.translated(client) == expected, step


def test_after_a_restart_the_new_shares_serve(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with house_in(tmp_path, monkeypatch) as house:
        expected, keys = house.by_all(), house.material()
        for _ in house.steps(2):
            pass
        again = (house.people, house.world.signing, house.world.keys)
        ceremony = house.ceremony
    monkeypatch.undo()
    with house_in(tmp_path, monkeypatch, ceremony=ceremony) as house:
        house.people, house.world.signing, house.world.keys = again
        assert generations(house.world) == dict.fromkeys(PARTIES, 2)
        assert (house.by_all(), house.material()) == (expected, keys)


def test_while_shares_are_refreshed_the_names_are_fixed_and_afterwards_not(house: House) -> None:
    world = house.world
    new = Domain(f"oin:{DUO_OIN}:later", "later")
    world.signing[new.actor] = world.signing[STUDIE.actor]
    house.new_shares(2)
    house.begin(2)
    with pytest.raises(RegistryRefused, match="shares-being-refreshed"):
        world.beheer.register_domein(Domain(STUDIE.actor, STUDIE.doel, 2))
    with pytest.raises(TranslationRefused, match="shares-being-refreshed"):
        world.client(STUDIE.actor).assemble_key(Context(STUDIE, 2))
    assert world.client(STUDIE.actor).obtain_key(STUDIE).public == world.keys[STUDIE].public
    for verb, party in STEPS:
        house.say(verb, party, 2)
    stale = house.client()
    house.translated(stale)  # it knows of the first generation only, for a minute
    house.done(*house.enter(2))
    del world.signing[new.actor]
    world.add_actor(new)
    world.allow(OORSPRONG, new, "aanmelding")
    person = world.person()

    def arrived(client: object) -> bytes:
        (found,) = client.transcrypt([world.encrypted(person)], naar=new, doel="aanmelding")  # type: ignore[attr-defined]
        return decrypt(found, world.keys[new]).point

    expected = arrived(stale)
    assert {arrived(house.client(pair)) for pair in ORDERS} == {expected}
    for party in PARTIES:
        house.done(*house.end(party, 2))
        assert {arrived(house.client(pair)) for pair in ORDERS} == {expected}
    for step in house.steps(3):
        assert {arrived(house.client(pair)) for pair in ORDERS} == {expected}, step


def test_a_key_that_was_made_in_the_old_generation_is_not_recorded_in_the_new(house: House) -> None:
    """Prepared before, published after: other shares would not give it."""
    client = house.world.client(STUDIE.actor)
    _, certificates = client.assemble_key(Context(STUDIE, 2))
    for _ in house.steps(2):
        pass
    with pytest.raises(TranslationRefused, match="share-generation-unknown"):
        client.record_key(Context(STUDIE, 2), certificates)
    assert client.obtain_key(STUDIE, 2).epoch == 2


def test_a_refresh_that_is_given_up_leaves_the_old_shares_and_the_next_number_serves(house: House) -> None:
    expected = house.by_all()
    house.prepared(2)
    house.done("afbreken", 2, *house.registry())
    assert "generation-out-of-order" in house.refused(*house.enter(2))
    for party in PARTIES:
        house.done(*house.end(party, 2))
        assert not list(house.ceremony.of(party).glob("*-2.json"))
        assert house.by_all() == expected
    assert "generation-out-of-order" in house.refused(
        "begin", 2, *house.registry(), "--partij", "t1=http://keys.test/keys/t1"
    )
    for step in house.steps(3):
        assert house.by_all() == expected, step
    assert generations(house.world) == dict.fromkeys(PARTIES, 3)


def test_throwaway_shares_can_be_refreshed_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with house_in(tmp_path, monkeypatch, throwaway=True) as house:
        expected = house.by_all()
        house.new_shares = lambda number: make_throwaway(house.ceremony.folder, number)  # type: ignore[method-assign]
        for step in house.steps(2):
            assert house.by_all() == expected, step
        assert generations(house.world) == dict.fromkeys(PARTIES, 2)


@pytest.mark.hsm
def test_parties_with_tokens_refresh_their_shares(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from tests.keys.softhsm import SoftHsm

    hsm = SoftHsm(tmp_path / "hsm", monkeypatch)
    tokens = {party: hsm.token(party) for party in ("t1", "t2")}
    places = {
        party: ("--hsm-module", one.module, "--hsm-token", one.label, "--hsm-pin-file", one.pin_file)
        for party, one in tokens.items()
    }
    settings = {
        f"{party}_hsm_{name}": value
        for party, one in tokens.items()
        for name, value in (("module", one.module), ("token", one.label), ("pin_file", one.pin_file))
    }
    with house_in(tmp_path, monkeypatch, places, **settings) as house:
        expected, keys = house.by_all(), house.material()
        for number in (2, 3):
            for step in house.steps(number):
                assert house.by_all() == expected, step
        assert house.material() == keys
        for party, token in tokens.items():
            labels = Token(token).labels()
            assert labels == {one for one in every_label(party, 3) if "wegwerp" not in one}
