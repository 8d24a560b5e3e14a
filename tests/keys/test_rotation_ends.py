"""A lost key and a withdrawn actor: what stops at once, what goes on, and how one comes back."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from keys.client import OwnKeys, RegistryRefused, TranslationRefused, load_or_obtain_key, rotate
from keys.kernel.jws import Jwks, SigningKey
from keys.kernel.pep import Domain, KeyRing, OwnCiphertext, decrypt, encrypt
from tests.keys.conftest import DUO_OIN, OORSPRONG, STUDIE, World


@pytest.fixture
def register(world: World, new_register: Callable[[], Domain]) -> Domain:
    """A register of its own: people come to it, and it asks studiefinanciering."""
    of = new_register()
    world.allow(OORSPRONG, of, "aanmelding")
    world.allow(of, STUDIE, "vragen")
    return of


@pytest.fixture
def ring(world: World, register: Domain, tmp_path: Path) -> KeyRing:
    """Its folder, with the key of epoch 1."""
    ring = KeyRing(tmp_path / "domein-x.json")
    load_or_obtain_key(ring.first, world.client(register.actor), register)
    return ring


def refused(act: Callable[[], object]) -> str:
    with pytest.raises(TranslationRefused) as refusal:
        act()
    return refusal.value.code


def replace_signing_key(world: World, actor: str) -> None:
    world.signing[actor] = SigningKey.generate("ES256")
    world.beheer.replace_actor_keys(actor, Jwks.of(world.signing[actor]))


@pytest.mark.parametrize("parties", [("t1", "t2"), ("t1", "t3"), ("t2", "t3")])
def test_a_revoked_epoch_is_not_translated_to_from_or_issued(
    world: World, register: Domain, ring: KeyRing, parties: tuple[str, str]
) -> None:
    sender, client = world.client(OORSPRONG.actor, parties), world.client(register.actor, parties)
    person = world.encrypted(world.person())
    known = ring.open(sender.transcrypt([person], naar=register, doel="aanmelding")[0])
    world.beheer.revoke_epoch(register, 1)
    old = encrypt(known, world.keys[register].public, 1)

    def to(of: OwnCiphertext) -> object:
        return sender.transcrypt([of], naar=register, doel="aanmelding", naar_epoch=1)

    assert refused(lambda: to(person)) == "key-revoked"
    assert refused(lambda: client.transcrypt([old], naar=STUDIE, doel="vragen")) == "key-revoked"
    assert refused(lambda: client.obtain_key(register, 1)) == "key-revoked"


def test_after_a_loss_senders_move_on_at_once_and_nothing_is_lost(
    world: World, register: Domain, ring: KeyRing
) -> None:
    sender = world.client(OORSPRONG.actor)  # has asked the registry just before
    person = world.encrypted(world.person())
    known = ring.open(sender.transcrypt([person], naar=register, doel="aanmelding")[0])
    assert world.beheer.revoke_epoch(register, 1).ingetrokken == [1]
    between = refused(lambda: sender.transcrypt([person], naar=register, doel="aanmelding"))
    assert between in {"key-revoked", "key-not-certified"}
    thief = world.client(register.actor)
    replace_signing_key(world, register.actor)
    assert refused(lambda: thief.obtain_key(register, 2)) == "caller-rejected"
    assert rotate(ring, world.client(register.actor), register).epoch == 2
    sender = world.client(OORSPRONG.actor)
    again = sender.transcrypt([person], naar=register, doel="aanmelding")[0]
    assert (again.epoch, ring.open(again)) == (2, known)
    own = OwnKeys(ring, world.client(register.actor), register)
    assert own.get().epoch == 2
    asked = world.client(register.actor).transcrypt(
        [encrypt(known, own.get().public, 2)], naar=STUDIE, doel="vragen"
    )
    straight = sender.transcrypt([person], naar=STUDIE, doel="aanmelding")
    assert decrypt(asked[0], world.keys[STUDIE]) == decrypt(straight[0], world.keys[STUDIE])


def test_a_sender_that_asked_before_the_revocation_goes_on_with_the_newer_epoch(
    world: World, register: Domain, ring: KeyRing
) -> None:
    sender = world.client(OORSPRONG.actor)
    assert sender.newest_epoch(register) == 1
    rotate(ring, world.client(register.actor), register)
    world.beheer.revoke_epoch(register, 1)
    found = sender.transcrypt([world.encrypted(world.person())], naar=register, doel="aanmelding")
    assert found[0].epoch == 2


def test_a_revoked_number_is_not_used_again(world: World, register: Domain, ring: KeyRing) -> None:
    world.beheer.revoke_epoch(register, 1)
    world.beheer.revoke_epoch(register, 2)  # before it was made
    world.beheer.revoke_epoch(register, 2)
    client = world.client(register.actor)
    assert refused(lambda: rotate(ring, client, register, 2)) == "key-revoked"
    assert rotate(ring, world.client(register.actor), register).epoch == 3


def test_a_withdrawn_actor_gets_and_gives_nothing_and_its_facts_stay(
    world: World, register: Domain, ring: KeyRing
) -> None:
    sender, client = world.client(OORSPRONG.actor), world.client(register.actor)
    person = world.encrypted(world.person())
    known = ring.open(sender.transcrypt([person], naar=register, doel="aanmelding")[0])
    mine = encrypt(known, world.keys[register].public, 1)
    other = Domain(register.actor, register.doel, 2)
    world.beheer.register_domein(other)
    ended = world.beheer.end_actor(register.actor)
    assert ended.beeindigd_op is not None
    assert world.beheer.end_actor(register.actor) == ended
    assert refused(lambda: sender.transcrypt([person], naar=register, doel="aanmelding")) == "actor-ended"
    assert refused(lambda: client.transcrypt([mine], naar=STUDIE, doel="vragen")) == "actor-ended"
    assert refused(lambda: client.obtain_key(register, 1)) == "actor-ended"
    assert refused(lambda: client.obtain_key(other, 1)) == "actor-ended"
    assert sender.find_gebruiksgrond(OORSPRONG, register, "aanmelding") is None
    with pytest.raises(RegistryRefused, match="actor-ended"):
        world.allow(OORSPRONG, register, "aanmelding")
    assert sender.actor_keys(register.actor).as_dict()["keys"]
    assert sender.usable_epochs(register) == [1]
    assert ring.open(mine) == known


def test_coming_back_is_a_new_decision_and_old_grounds_stay_ended(
    world: World, register: Domain, ring: KeyRing
) -> None:
    name = register.doel
    world.beheer.end_actor(register.actor)
    jwks = Jwks.of(world.signing[register.actor])
    same = world.beheer.register_actor(DUO_OIN, name, name, "register", jwks)
    assert same.beeindigd_op is not None  # registering what is there already undoes nothing
    with pytest.raises(RegistryRefused, match="already-registered-differently"):
        world.beheer.readmit_actor(DUO_OIN, name, "Een andere naam", "register", jwks)
    fresh = SigningKey.generate("ES256")
    again = world.beheer.readmit_actor(DUO_OIN, name, name, "register", Jwks.of(fresh))
    assert (again.beeindigd_op, again.jwks) == (None, Jwks.of(fresh).as_dict())
    world.signing[register.actor] = fresh
    sender = world.client(OORSPRONG.actor)
    person = world.encrypted(world.person())
    code = refused(lambda: sender.transcrypt([person], naar=register, doel="aanmelding"))
    assert code == "direction-not-registered"
    world.allow(OORSPRONG, register, "aanmelding")
    found = sender.transcrypt([person], naar=register, doel="aanmelding")
    assert ring.open(found[0]).domain == register
    assert rotate(ring, world.client(register.actor), register).epoch == 2


def test_ends_are_for_the_operator_and_for_what_exists(world: World, register: Domain) -> None:
    for act in (
        lambda: world.beheer.end_actor("oin:00000001003214345000:onbekend"),
        lambda: world.beheer.revoke_epoch(Domain(register.actor, "onbekend"), 1),
        lambda: world.beheer.revoke_epoch(register, 0),
    ):
        with pytest.raises(RegistryRefused, match="unknown-"):
            act()
    address = f"http://keys.test/keys/v1/actoren/{register.actor}/beeindigen"
    assert world.http.post(address, json={}).status_code == 401
