"""Shares in a PKCS#11 token (SoftHSM2): the same results as from a file, and what a token that fails does."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pkcs11
import pytest
from pkcs11 import Attribute, KeyType, ObjectClass
from typer.testing import CliRunner, Result

from keys.__main__ import app
from keys.app import create_app
from keys.client import PeerUnavailable
from keys.errors import KeyStoreUnavailable
from keys.kernel.jws.keyfile import write_secret
from keys.kernel.pep import Context, decrypt
from keys.preparation import StartRefused
from keys.pseudonyms.filestore import FileKeystore, make_throwaway
from keys.pseudonyms.keystore import KeystoreRefused
from keys.pseudonyms.sealedfile import Lock
from keys.pseudonyms.shares import Pair
from keys.pseudonyms.token import TokenPlace
from keys.pseudonyms.tokenstore import TokenKeystore, labels_of, put_shares
from tests.conftest import left_out
from tests.keys.ceremony_house import Ceremony
from tests.keys.conftest import DIPLOMA, OORSPRONG, STUDIE, World, running, settings_in
from tests.keys.signing import code, permit_claims, send
from tests.keys.softhsm import SoftHsm

pytestmark = pytest.mark.hsm


@pytest.fixture(scope="module")
def hsm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SoftHsm]:
    if left_out("hsm"):
        pytest.skip("NOT TESTED ON PKCS#11: MACHTIGEN_TEST_WITHOUT names hsm")
    with pytest.MonkeyPatch.context() as patch:
        yield SoftHsm(tmp_path_factory.mktemp("hsm"), patch)


def shares_in(folder: Path, party: str = "t1") -> FileKeystore:
    if not (folder / party).exists():
        make_throwaway(folder)
    return FileKeystore.load(folder / party, party, allow_throwaway=True)


def bring_in(folder: Path, party: str, place: TokenPlace, *words: object) -> Result:
    options = ("--hsm-module", place.module, "--hsm-token", place.label, "--hsm-pin-file", place.pin_file)
    command = ["bewaarplaats", "importeren", party, "--map", folder / party, *options, *words]
    return CliRunner().invoke(app, [str(word) for word in command])


@pytest.mark.parametrize("party", ["t1", "t2", "t3"])
def test_file_and_token_give_the_same_factors_key_shares_commitments_and_keys(
    hsm: SoftHsm, tmp_path: Path, party: str
) -> None:
    file = shares_in(tmp_path, party)
    token = put_shares(hsm.token(party), file, tmp_path / party)
    other = "t2" if party == "t1" else "t1"
    van, naar, origin = Context(STUDIE, 1), Context(DIPLOMA, 7), Context(OORSPRONG, 1)
    partial = file.complete_public_key(Pair(party, other), van, b"\xe2\xf2\xae\x0a" + BASE[4:])
    for pair in (Pair(party, other), Pair(other, party)):
        for start in (van, origin):
            assert token.hop_factors(pair, start, naar) == file.hop_factors(pair, start, naar)
            assert token.direction_factors(pair, start, naar) == file.direction_factors(pair, start, naar)
        assert token.key_part(pair, naar) == file.key_part(pair, naar)
        assert token.complete_public_key(pair, naar, partial) == file.complete_public_key(pair, naar, partial)
    for context in (van, naar, origin):
        assert token.commitments(context) == file.commitments(context)
        assert token.key_shares(context) == file.key_shares(context)
    assert token.fingerprints() == file.fingerprints()
    token.close()


BASE = bytes.fromhex("e2f2ae0a6abc4e71a884a961c500515f58e30b6aa582dd8db6a65945e08d2d76")


def test_keys_in_a_token_are_for_hmac_only_and_do_not_leave_it(hsm: SoftHsm, tmp_path: Path) -> None:
    place = hsm.token()
    put_shares(place, shares_in(tmp_path), tmp_path / "t1").close()
    session = hsm.session(place)
    keys = list(session.get_objects({Attribute.CLASS: ObjectClass.SECRET_KEY}))
    assert {key[Attribute.LABEL] for key in keys} == set(labels_of("t1", True).values())
    for key in keys:
        assert key[Attribute.SENSITIVE] is True
        assert key[Attribute.EXTRACTABLE] is False
        assert [key[name] for name in (Attribute.VERIFY, Attribute.DERIVE, Attribute.WRAP)] == [False] * 3
        assert (key[Attribute.SIGN], key[Attribute.VALUE_LEN]) == (True, 64)
        with pytest.raises(pkcs11.AttributeSensitive):
            key[Attribute.VALUE]
    session.close()


def make_key(hsm: SoftHsm, place: TokenPlace, label: str, **changes: Any) -> None:
    """A key under one of our labels, as somebody else made it."""
    session = hsm.session(place)
    for key in list(session.get_objects({Attribute.LABEL: label})):
        key.destroy()
    attributes = {
        Attribute.CLASS: ObjectClass.SECRET_KEY,
        Attribute.KEY_TYPE: KeyType.GENERIC_SECRET,
        Attribute.TOKEN: True,
        Attribute.PRIVATE: True,
        Attribute.SENSITIVE: True,
        Attribute.EXTRACTABLE: False,
        Attribute.SIGN: True,
        Attribute.VERIFY: False,
        Attribute.ENCRYPT: False,
        Attribute.DECRYPT: False,
        Attribute.WRAP: False,
        Attribute.UNWRAP: False,
        Attribute.DERIVE: False,
        Attribute.LABEL: label,
        Attribute.VALUE: secrets.token_bytes(64),
        **{Attribute[name]: value for name, value in changes.items()},
    }
    session.create_object(attributes)
    session.close()


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"VALUE": bytes(63)}, "has 63 bytes, not 64"),
        ({"VALUE": bytes(32)}, "has 32 bytes, not 64"),
        ({"EXTRACTABLE": True}, "may leave its token"),
        ({"SENSITIVE": False}, "may leave its token"),
        ({"DERIVE": True}, "more than HMAC"),
        ({"ENCRYPT": True}, "more than HMAC"),
    ],
)
def test_a_key_that_is_short_or_may_do_more_is_refused(
    hsm: SoftHsm, tmp_path: Path, changes: dict[str, Any], expected: str
) -> None:
    place = hsm.token()
    put_shares(place, shares_in(tmp_path), tmp_path / "t1").close()
    make_key(hsm, place, labels_of("t1", True)["13", "k_enc"], **changes)
    with pytest.raises(KeystoreRefused, match=expected):
        TokenKeystore.load(place, "t1", allow_throwaway=True)


def test_a_token_that_is_not_as_it_must_be_is_one_sentence(hsm: SoftHsm, tmp_path: Path) -> None:
    place = hsm.token()
    put_shares(place, shares_in(tmp_path), tmp_path / "t1").close()
    wrong_pin, open_pin = tmp_path / "wrong.pin", tmp_path / "open.pin"
    write_secret(wrong_pin, b"0000000000")
    open_pin.write_text(place.pin())
    open_pin.chmod(0o644)
    for wrong, party, expected in (
        (TokenPlace(tmp_path / "no.so", place.label, place.pin_file), "t1", "does not answer"),
        (TokenPlace(place.module, "another", place.pin_file), "t1", "NoSuchToken"),
        (TokenPlace(place.module, place.label, wrong_pin), "t1", "PIN"),
        (TokenPlace(place.module, place.label, open_pin), "t1", "chmod 600"),
        (TokenPlace(place.module, place.label, tmp_path / "no.pin"), "t1", "does not hold a PIN"),
        (place, "t2", "holds 0 keys"),
    ):
        with pytest.raises(KeystoreRefused, match=expected):
            TokenKeystore.load(wrong, party, allow_throwaway=True)
    with pytest.raises(KeystoreRefused, match="production refuses"):
        TokenKeystore.load(place, "t1", allow_throwaway=False)


def test_an_import_is_all_or_nothing_can_be_done_again_and_takes_the_file_away(
    hsm: SoftHsm, tmp_path: Path
) -> None:
    place, store = hsm.token(), shares_in(tmp_path)
    make_key(hsm, place, labels_of("t1", True)["12", "k_ps"])  # of an import that was cut short
    expected = store.fingerprints()
    for _ in range(2):
        put_shares(place, store, tmp_path / "t1").close()
    assert (tmp_path / "t1" / "delen.json").exists()
    assert bring_in(tmp_path, "t1", place).exit_code == 0
    assert {path.name for path in (tmp_path / "t1").iterdir()} == {"vingerafdrukken.json"}
    with_token = TokenKeystore.load(place, "t1", allow_throwaway=True)
    assert with_token.fingerprints() == expected
    with_token.close()
    other = shares_in(tmp_path / "other")
    refused = bring_in(tmp_path / "other", "t1", place)
    assert (refused.exit_code, "holds other shares" in refused.stderr) == (1, True)
    assert (tmp_path / "other" / "t1" / "delen.json").exists()
    assert other.fingerprints() != expected


def test_an_import_into_a_token_that_is_away_leaves_the_file(hsm: SoftHsm, tmp_path: Path) -> None:
    place = hsm.token()
    shares_in(tmp_path)
    hsm.take_away(place)
    refused = bring_in(tmp_path, "t1", place)
    assert (refused.exit_code, refused.stderr.count("\n")) == (1, 1)
    assert (tmp_path / "t1" / "delen.json").exists()
    hsm.put_back(place)
    assert bring_in(tmp_path, "t1", place).exit_code == 0


def test_shares_from_before_beta_had_a_key_are_served_from_a_file_and_refused_by_a_token(
    hsm: SoftHsm, tmp_path: Path
) -> None:
    document = shares_in(tmp_path).document()
    for entry in document["delen"].values():
        del entry["k_beta"]
        entry["beta"] = "AQ" + "A" * 41
    write_secret(tmp_path / "t1" / "delen.json", json.dumps(document).encode())
    store = shares_in(tmp_path)
    assert len(store.key_shares(Context(STUDIE, 1))) == 2
    with pytest.raises(KeystoreRefused, match="no token can hold it"):
        put_shares(hsm.token(), store, tmp_path / "t1")


def test_a_ceremony_goes_straight_into_a_token(hsm: SoftHsm, tmp_path: Path) -> None:
    house, place = Ceremony(tmp_path / "c"), hsm.token()
    house.make_signing_keys()
    for share in ("12", "13", "23"):
        house.make_share(share)
    options = ("--hsm-module", place.module, "--hsm-token", place.label, "--hsm-pin-file", place.pin_file)
    result = house.run("samen", "t1", "--map", house.of("t1"), *options)
    assert result.exit_code == 0, result.output
    names = {path.name for path in house.of("t1").iterdir()}
    assert names == {"ondertekening.jwk", "partijen.json", "vingerafdrukken.json"}
    words = ("samen", "t2", "--map", house.of("t2"), "--bewaarsleutel-file", house.key_file("t2"))
    assert house.run(*words).exit_code == 0
    store = TokenKeystore.load(place, "t1")
    assert store.fingerprints()["12"] == house.store("t2").fingerprints()["12"]
    assert not store.throwaway
    store.close()


@pytest.fixture(scope="module")
def served(hsm: SoftHsm, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[World, TokenPlace]]:
    """A world that began with T1 on a file, and goes on with T1 on a token, T2 and T3 on files."""
    folder = tmp_path_factory.mktemp("served")
    with running(folder) as before:
        for of, rol in ((OORSPRONG, "identiteit"), (STUDIE, "register")):
            before.add_actor(of, rol)
        before.allow(OORSPRONG, STUDIE, "aanmelding")
        signing, keys = before.signing, before.keys
        person = before.person()
        expected = translated(before, [before.encrypted(person)])
    place = hsm.token()
    result = bring_in(folder / "sleutels", "t1", place)
    assert result.exit_code == 0, result.output
    changes = {"t1_hsm_module": place.module, "t1_hsm_token": place.label, "t1_hsm_pin_file": place.pin_file}
    with running(folder, **changes) as world:
        world.signing, world.keys = signing, keys
        assert isinstance(world.app.state.keys.parties["t1"].partij.keystore, TokenKeystore)
        assert isinstance(world.app.state.keys.parties["t2"].partij.keystore, FileKeystore)
        assert translated(world, [world.encrypted(person)]) == expected
        yield world, place


def translated(world: World, items: list[Any], *pair: str) -> list[bytes]:
    client = world.client(OORSPRONG.actor)
    client.pairs = [pair or ("t1", "t2")]
    found = client.transcrypt(items, naar=STUDIE, doel="aanmelding")
    return [decrypt(one, world.keys[STUDIE]).point for one in found]


def test_all_pairs_translate_alike_with_one_party_on_a_token(served: tuple[World, TokenPlace]) -> None:
    world, _ = served
    items = [world.encrypted(world.person()) for _ in range(3)]
    pairs = [("t1", "t2"), ("t2", "t1"), ("t1", "t3"), ("t3", "t1"), ("t2", "t3"), ("t3", "t2")]
    assert len({tuple(translated(world, items, *pair)) for pair in pairs}) == 1
    assert world.client(STUDIE.actor).obtain_key(STUDIE).public == world.keys[STUDIE].public


def close_session(world: World, _hsm: SoftHsm, _place: TokenPlace) -> None:
    world.app.state.keys.parties["t1"].partij.keystore.token._session.close()


def remove_token(_world: World, hsm: SoftHsm, place: TokenPlace) -> None:
    hsm.take_away(place)


def break_module(_world: World, hsm: SoftHsm, _place: TokenPlace) -> None:
    hsm.break_module()


@pytest.mark.parametrize("mishap", [close_session, remove_token, break_module])
def test_a_token_that_goes_away_is_one_retryable_error_and_it_recovers(
    served: tuple[World, TokenPlace], hsm: SoftHsm, mishap: Callable[[World, SoftHsm, TokenPlace], None]
) -> None:
    world, place = served
    items = [world.encrypted(world.person()) for _ in range(2)]
    expected = translated(world, items)
    data = [one.data for one in items]
    claims = permit_claims(world, OORSPRONG, STUDIE, "aanmelding", data)
    mishap(world, hsm, place)
    refused = send(world, "t1", OORSPRONG.actor, claims, data, made=items)
    assert code(refused) == (503, "key-store-unavailable")
    assert set(refused.json()) == {"type", "title", "status", "detail", "code"}
    if mishap is remove_token:
        assert code(send(world, "t1", OORSPRONG.actor, claims, data, made=items))[0] == 503
        assert code(world.http.get("http://keys.test/keys/t1/ready")) == (503, "key-store-unavailable")
        with pytest.raises(PeerUnavailable):
            translated(world, items)
        client = world.client(OORSPRONG.actor)  # the other two serve meanwhile
        found = client.transcrypt(items, naar=STUDIE, doel="aanmelding")
        assert [decrypt(one, world.keys[STUDIE]).point for one in found] == expected
        hsm.put_back(place)
    again = send(world, "t1", OORSPRONG.actor, claims, data, made=items)  # the very same permit
    assert again.status_code == 200
    assert world.http.get("http://keys.test/keys/t1/ready").status_code == 200
    assert translated(world, items) == expected


def test_a_token_that_comes_back_with_other_keys_does_not_serve(hsm: SoftHsm, tmp_path: Path) -> None:
    place = hsm.token()
    store = put_shares(place, shares_in(tmp_path), tmp_path / "t1")
    store.close()
    make_key(hsm, place, labels_of("t1", True)["12", "k_ps"])
    with pytest.raises(KeyStoreUnavailable):
        store.commitments(Context(STUDIE, 1))
    store.close()
    (tmp_path / "t1" / "delen.json").unlink()
    (tmp_path / "beheer.jwks.json").write_text('{"keys": []}')
    changes = {"t1_hsm_module": place.module, "t1_hsm_token": place.label, "t1_hsm_pin_file": place.pin_file}
    settings = settings_in(tmp_path, sleutels_map=tmp_path, partijen=["t1"], log_file=None, **changes)
    with pytest.raises(StartRefused, match="share 12 of t1 is not the one"):
        create_app(settings)


def test_a_wrong_pin_is_tried_once_only(hsm: SoftHsm, tmp_path: Path) -> None:
    place = hsm.token()
    store = put_shares(place, shares_in(tmp_path), tmp_path / "t1")
    pin = place.pin()
    store.close()
    write_secret(place.pin_file, b"0000000000")
    for _ in range(20):
        with pytest.raises(KeyStoreUnavailable):
            store.ping()
    write_secret(place.pin_file, pin.encode())
    store.ping()
    store.close()


def test_an_encrypted_file_is_brought_into_a_token(hsm: SoftHsm, tmp_path: Path) -> None:
    house, place = Ceremony(tmp_path / "c").all(), hsm.token()
    expected = house.store("t1").fingerprints()
    key = ("--bewaarsleutel-file", house.key_file("t1"))
    assert bring_in(house.folder, "t1", place).exit_code == 1
    result = bring_in(house.folder, "t1", place, *key)
    assert result.exit_code == 0, result.output
    store = TokenKeystore.load(place, "t1")
    assert store.fingerprints() == expected
    store.close()
    assert Lock.from_key_file(house.key_file("t1")).what == "key"
    assert not (house.of("t1") / "delen.json").exists()
