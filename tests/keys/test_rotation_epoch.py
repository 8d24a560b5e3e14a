"""A new epoch: a new key for the same pseudonyms. Old and new are served, and a kill loses nothing."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import httpx2
import pytest

from keys.client import KeysClient, OwnKeys, TranslationRefused, load_or_obtain_key, rotate
from keys.kernel.pep import Context, Domain, KeyRing, PepError, encrypt
from tests.keys.conftest import OORSPRONG, World, doel


@pytest.fixture
def register(world: World, new_register: Callable[[], Domain]) -> Domain:
    """A register of its own, to which people can be translated."""
    of = new_register()
    world.allow(OORSPRONG, of, "aanmelding")
    return of


@pytest.fixture
def ring(world: World, register: Domain, tmp_path: Path) -> KeyRing:
    """Its folder, with the key of epoch 1."""
    ring = KeyRing(tmp_path / "domein-x.json")
    load_or_obtain_key(ring.first, world.client(register.actor), register)
    return ring


def own(world: World, ring: KeyRing, register: Domain) -> OwnKeys:
    return OwnKeys(ring, world.client(register.actor), register)


def test_old_and_new_are_opened_by_a_process_that_was_never_restarted(
    world: World, register: Domain, ring: KeyRing
) -> None:
    person, sender = world.person(), world.client(OORSPRONG.actor)
    receiver = own(world, ring, register)
    old = sender.transcrypt([world.encrypted(person)], naar=register, doel="aanmelding")[0]
    expected = receiver.open(old)
    done = rotate(KeyRing(ring.first), world.client(register.actor), register)
    assert (done.epoch, done.is_new, done.is_published) == (2, True, True)
    fresh = world.client(OORSPRONG.actor)
    new = fresh.transcrypt([world.encrypted(person)], naar=register, doel="aanmelding")[0]
    assert (old.epoch, new.epoch) == (1, 2)
    assert receiver.open(new) == receiver.open(old) == expected
    still = sender.transcrypt([world.encrypted(person)], naar=register, doel="aanmelding")[0]
    assert still.epoch == 1  # a sender that asked less than a minute ago: served as well
    assert receiver.open(still) == expected


def test_a_sender_moves_on_within_a_minute(world: World, register: Domain, ring: KeyRing) -> None:
    shift = [0]
    sender = world.client(OORSPRONG.actor, clock=lambda: world.now() + timedelta(seconds=shift[0]))
    assert sender.newest_epoch(register) == 1
    rotate(ring, world.client(register.actor), register)
    assert sender.newest_epoch(register) == 1
    shift[0] = 61
    assert sender.newest_epoch(register) == 2


def test_an_actor_encrypts_under_the_new_key_as_soon_as_it_is_published(
    world: World, register: Domain, ring: KeyRing
) -> None:
    client = world.client(register.actor)
    rotate(ring, client, register, publish=False)
    keys = OwnKeys(ring, world.client(register.actor), register)
    assert keys.get().epoch == 1
    rotate(ring, client, register)
    keys = OwnKeys(ring, world.client(register.actor), register)
    assert keys.get().epoch == 2
    assert OwnKeys(KeyRing(ring.first), client, register).get().epoch == 2


class Killed(Exception):
    """The process ended here."""


class Dying(KeysClient):
    """Dies at one step of the rotation."""

    die_at = ""

    def assemble_key(self, context: Context):  # type: ignore[no-untyped-def]
        """As its parent, until it dies."""
        found = super().assemble_key(context)
        if self.die_at == "assembled":
            raise Killed
        return found

    def record_key(self, context: Context, certificates: list[str]) -> None:
        """As its parent, until it dies."""
        if self.die_at == "written":
            raise Killed
        super().record_key(context, certificates)
        if self.die_at == "published":
            raise Killed


@pytest.mark.parametrize("step", ["assembled", "written", "published"])
def test_a_rotation_that_was_killed_is_finished_by_the_next_and_serves_meanwhile(
    world: World, register: Domain, ring: KeyRing, step: str
) -> None:
    like = world.client(register.actor)
    dying = Dying(
        actor=register.actor, signing_key=world.signing[register.actor], keys_url=like.keys_url,
        party_urls=like.party_urls, http=world.http, clock=world.now,
    )  # fmt: skip
    dying.die_at = step
    with pytest.raises(Killed):
        rotate(ring, dying, register)
    person, receiver = world.person(), own(world, KeyRing(ring.first), register)
    meanwhile = world.client(OORSPRONG.actor).transcrypt(
        [world.encrypted(person)], naar=register, doel="aanmelding"
    )[0]
    expected = receiver.open(meanwhile)
    if step == "published":
        assert rotate(KeyRing(ring.first), world.client(register.actor), register, 2).epoch == 2
    else:
        assert rotate(KeyRing(ring.first), world.client(register.actor), register).epoch == 2
    assert ring.epochs(register) == [1, 2]
    assert world.client(register.actor).usable_epochs(register) == [1, 2]
    after = world.client(OORSPRONG.actor).transcrypt(
        [world.encrypted(person)], naar=register, doel="aanmelding"
    )[0]
    assert (after.epoch, receiver.open(after)) == (2, expected)


def test_a_second_folder_of_the_actor_gets_the_same_key(
    world: World, register: Domain, ring: KeyRing, tmp_path: Path
) -> None:
    portal = KeyRing(tmp_path / "portal" / "domein.json")
    load_or_obtain_key(portal.first, world.client(register.actor), register)
    client = world.client(register.actor)
    assert not rotate(portal, client, register, publish=False).is_published
    assert rotate(ring, client, register).is_published
    assert not rotate(portal, client, register, 2).is_new
    context = Context(register, 2)
    one, other = ring.find(context), portal.find(context)
    assert one is not None
    assert one == other


def test_the_same_epoch_once_more_changes_nothing(world: World, register: Domain, ring: KeyRing) -> None:
    client = world.client(register.actor)
    rotate(ring, client, register, 2)
    before = ring.path(Context(register, 2)).read_bytes()
    again = rotate(KeyRing(ring.first), world.client(register.actor), register, 2)
    assert (again.epoch, again.is_new, again.is_published) == (2, False, False)
    assert ring.path(Context(register, 2)).read_bytes() == before
    assert ring.epochs(register) == [1, 2]


def test_a_stored_ciphertext_is_rekeyed_to_the_new_epoch_and_not_back(
    world: World, register: Domain, ring: KeyRing
) -> None:
    client = world.client(register.actor)
    rotate(ring, client, register)
    world.allow(register, register, register.doel)
    person = world.client(OORSPRONG.actor).transcrypt(
        [world.encrypted(world.person())], naar=register, doel="aanmelding", naar_epoch=1
    )[0]
    pseudonym = ring.open(person)
    old, new = ring.find(Context(register, 1)), ring.find(Context(register, 2))
    assert old is not None
    assert new is not None
    client = world.client(register.actor)
    forward = client.transcrypt(
        [encrypt(pseudonym, old.public, 1)], naar=register, doel=register.doel, naar_epoch=2
    )
    assert ring.open(forward[0]) == pseudonym
    with pytest.raises(TranslationRefused) as refused:
        client.transcrypt(
            [encrypt(pseudonym, new.public, 2)], naar=register, doel=register.doel, naar_epoch=1
        )
    assert refused.value.code == "same-domain"


def test_an_epoch_without_a_key_file_is_not_opened(world: World, register: Domain, ring: KeyRing) -> None:
    elsewhere = KeyRing(ring.first.parent / "elders" / "domein.json")
    load_or_obtain_key(elsewhere.first, world.client(register.actor), register)
    rotate(elsewhere, world.client(register.actor), register)
    sent = world.client(OORSPRONG.actor).transcrypt(
        [world.encrypted(world.person())], naar=register, doel="aanmelding"
    )[0]
    with pytest.raises(PepError) as refused:
        own(world, ring, register).open(sent)
    assert refused.value.code == "wrong-epoch"


def test_a_key_file_under_another_name_is_refused(world: World, register: Domain, ring: KeyRing) -> None:
    ring.first.with_name("domein-x.e2.json").write_bytes(ring.first.read_bytes())
    with pytest.raises(PepError) as refused:
        ring.find(Context(register, 2))
    assert refused.value.code == "wrong-domain"
    ring.first.with_name("domein-x.e3.json").write_text(json.dumps({"suite": "?"}))
    with pytest.raises(PepError) as refused:
        ring.find(Context(register, 3))
    assert refused.value.code == "malformed-key"


class Overtaken(httpx2.BaseTransport):
    """Another process of the same actor gets the key, right after each answer about the domain."""

    def __init__(self, world: World, domain: Domain, folder: Path) -> None:
        self._world = world
        self._domain = domain
        self._folder = folder

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """Pass it on; then let the other process work."""
        answer = self._world.http.send(request)
        if request.method == "GET" and "/domeinen/" in request.url.path:
            other = self._world.client(self._domain.actor)
            load_or_obtain_key(self._folder / "domein-x.json", other, self._domain)
        return answer


def test_two_processes_that_start_at_once_get_one_and_the_same_key(
    world: World, register: Domain, tmp_path: Path
) -> None:
    domain = Domain(register.actor, f"start-{secrets.token_hex(4)}")
    world.beheer.publish_doel(doel(domain.doel))
    world.beheer.register_domein(domain)
    with httpx2.Client(transport=Overtaken(world, domain, tmp_path / "other")) as http:
        client = world.client(domain.actor, http=http)
        key = load_or_obtain_key(tmp_path / "one/domein-x.json", client, domain)
    assert key == KeyRing(tmp_path / "other/domein-x.json").newest(domain)
    assert world.client(domain.actor).epochs(domain) == ([1], 2)
