"""All shares are replaced while everything serves: pseudonyms and keys stay, nothing is lost or doubled."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from keys.__main__ import app
from keys.client import RegistryRefused, TranslationRefused
from keys.kernel.jws.keyfile import write_secret
from keys.kernel.pep import Context, Domain, decrypt
from keys.pseudonyms.filestore import make_throwaway
from keys.pseudonyms.keystore import KeystoreRefused
from keys.pseudonyms.places import Place, lock_of, open_store
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


def test_stand_says_what_a_party_holds_and_what_comes_next(house: House) -> None:
    def said(party: str, *words: object) -> str:
        return house.done("stand", party, 2, "--map", house.ceremony.of(party), *words).splitlines()[-1]

    registry = house.registry(operator=False)
    found = [(said("t1"), said("t2"))]
    for step in house.steps(2):
        if step in ("new shares", "vraag t2", "overneem t2", "in use", "ended t2"):
            found.append((said("t1", *(registry if step == "in use" else ())), said("t2", *(
                registry if step == "in use" else ()))))  # fmt: skip
    start = "next for generation 2: "
    assert [(one.removeprefix(start), two.removeprefix(start)) for one, two in found] == [
        ("ceremony … --generatie 2", "ceremony … --generatie 2"),
        ("verversing correctie", "verversing vraag"),
        ("verversing correctie", "verversing overneem"),
        ("verversing toezeg; then the operator: verversing ingaan",) * 2,
        ("verversing afronden", "verversing afronden"),
        ("nothing: only this generation is held",) * 2,
    ]
    lines = house.done("stand", "t2", "--map", house.ceremony.of("t2")).splitlines()
    assert lines == [
        "generation 1: erased",
        "generation 2: ready: served when the registry says that it is in use",
    ]


def test_the_store_of_a_later_generation_is_kept_like_the_first(house: House, tmp_path: Path) -> None:
    """Under another key file; nothing that was carried over is lost by it."""
    for _ in house.steps(2):
        pass
    expected = house.by_all()
    folder, old = house.ceremony.of("t2"), house.ceremony.key_file("t2")
    other = tmp_path / "other.key"
    write_secret(other, bytes(range(32)))
    words = ("t2", "--map", folder, "--generatie", 2, "--bewaarsleutel-file")
    runner = CliRunner()
    for verb in (("controleren", *words, old),
                 ("versleutelen", *words, other, "--oude-bewaarsleutel-file", old),
                 ("controleren", *words, other)):  # fmt: skip
        result = runner.invoke(app, ["bewaarplaats", *map(str, verb)])
        assert result.exit_code == 0, result.output
    Place(folder, "t2", lock_of(None, other), None).open(2).close()
    shutil.copy(folder / "delen-2.json", folder / "delen-3.json")
    with pytest.raises(KeystoreRefused, match="does not hold shares of generation 3"):
        open_store(folder, "t2", lock_of(None, other), None, allow_throwaway=False, generation=3)
    assert house.by_all() == expected


def test_a_ceremony_for_one_generation_takes_no_message_of_another(house: House) -> None:
    house.new_shares(2)
    ceremony = house.ceremony
    later = [path for path in ceremony.messages.iterdir() if path.name.endswith("-g2")]
    first = [path for path in ceremony.messages.iterdir() if not path.name.endswith("-g2")]
    parties = ("--partijen", ceremony.parties_file)
    assert ceremony.run("verify", *later, *parties, "--generatie", 2).exit_code == 0
    assert ceremony.run("verify", *first, *parties).exit_code == 0
    for words in ((*later, *parties), (*first, *later, *parties, "--generatie", 2)):
        assert "is not about generation" in ceremony.run("verify", *words).output
    assert ceremony.run("begin", "t1", "12", "--map", ceremony.of("t1"), "--generatie", 3).exit_code == 0
    promise = ceremony.messages / "t2-12-belofte-g2"
    said = ceremony.run("onthul", "t1", "12", promise, "--map", ceremony.of("t1"), "--generatie", 3)
    assert (said.exit_code, "is not about generation 3" in said.output) == (1, True)


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
