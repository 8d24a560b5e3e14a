"""Shares in a file: encrypted, whole or not there, and one sentence for everything that is wrong with it."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from keys.__main__ import app
from keys.app import create_app
from keys.kernel.jws.keyfile import write_secret
from keys.kernel.pep import Context
from keys.preparation import StartRefused, place_of
from keys.pseudonyms.filestore import FILE_NAME, FileKeystore, make_throwaway
from keys.pseudonyms.fingerprints import RECORD_NAME
from keys.pseudonyms.keystore import KeystoreRefused
from keys.pseudonyms.sealedfile import FORM, Argon2, Lock, _sum
from tests.keys.ceremony_house import Ceremony
from tests.keys.conftest import STUDIE, settings_in

pytestmark = pytest.mark.slow

PASSPHRASE = b"correct paard batterij nietje"


def passphrase_file(folder: Path, passphrase: bytes = PASSPHRASE) -> Path:
    path = folder / f"wachtwoord-{secrets.token_hex(4)}"
    write_secret(path, passphrase + b"\n")
    return path


def bewaarplaats(*words: object) -> Result:
    return CliRunner().invoke(app, ["bewaarplaats", *map(str, words)])


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> FileKeystore:
    folder = tmp_path_factory.mktemp("plain")
    make_throwaway(folder)
    return FileKeystore.load(folder / "t1", "t1", allow_throwaway=True)


def real(store: FileKeystore) -> FileKeystore:
    """The same shares, not marked as throwaway."""
    return FileKeystore(store.party, store.held(), throwaway=False)


def locks() -> dict[str, Lock]:
    return {"passphrase": Lock(passphrase=PASSPHRASE), "key": Lock(key=secrets.token_bytes(32))}


@pytest.mark.parametrize("kind", ["passphrase", "key"])
def test_what_was_encrypted_opens_again_and_the_file_holds_no_secret(
    plain: FileKeystore, tmp_path: Path, kind: str
) -> None:
    lock = locks()[kind]
    real(plain).save(tmp_path, lock)
    content = (tmp_path / FILE_NAME).read_text()
    for entry in plain.document()["delen"].values():
        assert not any(value in content for value in entry.values())
    opened = FileKeystore.load(tmp_path, "t1", lock=lock)
    assert opened.document() == real(plain).document()
    assert opened.commitments(Context(STUDIE, 1)) == plain.commitments(Context(STUDIE, 1))
    assert {path.name for path in tmp_path.iterdir()} == {FILE_NAME, RECORD_NAME}


def test_equal_shares_and_passphrases_give_different_files(plain: FileKeystore, tmp_path: Path) -> None:
    made = []
    for name in ("a", "b"):
        real(plain).save(tmp_path / name, Lock(passphrase=PASSPHRASE))
        made.append(json.loads((tmp_path / name / FILE_NAME).read_text()))
    for member in ("nonce", "inhoud", "som"):
        assert made[0][member] != made[1][member]
    assert made[0]["afleiding"]["zout"] != made[1]["afleiding"]["zout"]


Change = Callable[[dict[str, Any]], None]


def put(member: str, value: Any) -> Change:
    return lambda document: document.__setitem__(member, value)


def derive(member: str, value: Any) -> Change:
    return lambda document: document["afleiding"].__setitem__(member, value)


def summed(change: Change) -> Change:
    """The change by somebody who mends the sum too: only the encryption finds it."""

    def act(document: dict[str, Any]) -> None:
        change(document)
        document["som"] = _sum({name: value for name, value in document.items() if name != "som"})

    return act


WRONG: dict[str, tuple[Change, str]] = {
    "form of a later version": (put("vorm", "versleuteld/2"), f"not know; {FORM}"),
    "form of another type": (put("vorm", 1), "form that this version does not know"),
    "unknown suite": (summed(put("suite", "PEP-P256-SHA256/1")), "suite PEP-ristretto255"),
    "another party": (summed(put("partij", "t2")), "does not hold the shares of t1"),
    "party damaged": (put("partij", "t7"), "is damaged"),
    "content damaged": (put("inhoud", "AAAA"), "is damaged"),
    "nonce damaged": (put("nonce", "A" * 16), "is damaged"),
    "sum damaged": (put("som", "0" * 64), "is damaged"),
    "sum of another type": (put("som", None), "is damaged"),
    "salt damaged": (derive("zout", "A" * 22), "is damaged"),
    "memory damaged": (derive("geheugen_kib", 65537), "is damaged"),
    "member too many": (summed(put("meer", 1)), "is damaged"),
    "member missing": (lambda document: document.pop("nonce"), "is damaged"),
    "derivation of another type": (summed(put("afleiding", 1)), "does not know"),
    "unknown derivation": (summed(derive("soort", "scrypt")), "does not know"),
    "key file expected": (summed(put("afleiding", {"soort": "sleutelbestand"})), "opened by a key file"),
    "memory below the minimum": (summed(derive("geheugen_kib", 65535)), "parameters of Argon2id"),
    "passes below the minimum": (summed(derive("doorgangen", 2)), "parameters of Argon2id"),
    "memory that no machine has": (summed(derive("geheugen_kib", 2**40)), "parameters of Argon2id"),
    "lanes of another type": (summed(derive("banen", "4")), "parameters of Argon2id"),
    "passes that are true": (summed(derive("doorgangen", True)), "parameters of Argon2id"),
    "salt too short": (summed(derive("zout", "AAAA")), "parameters of Argon2id"),
    "salt exchanged": (summed(derive("zout", "A" * 22)), "does not open"),
    "nonce exchanged": (summed(put("nonce", "A" * 16)), "does not open"),
    "nonce empty": (summed(put("nonce", "")), "does not hold shares"),
    "content exchanged": (summed(put("inhoud", "A" * 400)), "does not open"),
    "content empty": (summed(put("inhoud", "")), "does not open"),
    "content no base64url": (summed(put("inhoud", "=")), "does not hold shares"),
}


@pytest.mark.parametrize("kind", WRONG)
def test_a_file_that_is_damaged_or_changed_is_one_sentence(
    plain: FileKeystore, tmp_path: Path, kind: str
) -> None:
    change, expected = WRONG[kind]
    lock = Lock(passphrase=PASSPHRASE)
    real(plain).save(tmp_path, lock)
    path = tmp_path / FILE_NAME
    document = json.loads(path.read_text())
    change(document)
    path.write_text(json.dumps(document))
    with pytest.raises(KeystoreRefused, match=expected) as refused:
        FileKeystore.load(tmp_path, "t1", lock=lock)
    assert "\n" not in str(refused.value)
    assert PASSPHRASE.decode() not in str(refused.value)


def test_a_truncated_file_is_damaged_at_every_length(plain: FileKeystore, tmp_path: Path) -> None:
    lock = Lock(key=bytes(32))
    real(plain).save(tmp_path, lock)
    path = tmp_path / FILE_NAME
    whole = path.read_bytes()
    for length in range(0, len(whole), 29):
        path.write_bytes(whole[:length])
        with pytest.raises(KeystoreRefused, match="is damaged"):
            FileKeystore.load(tmp_path, "t1", lock=lock)
    path.write_bytes(whole)
    assert FileKeystore.load(tmp_path, "t1", lock=lock).party == "t1"


def test_one_turned_bit_anywhere_is_refused(plain: FileKeystore, tmp_path: Path) -> None:
    lock = Lock(key=bytes(32))
    real(plain).save(tmp_path, lock)
    path = tmp_path / FILE_NAME
    whole = path.read_bytes()
    for place in range(0, len(whole), 7):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        try:
            found = FileKeystore.load(tmp_path, "t1", lock=lock)
        except KeystoreRefused:
            continue
        assert found.document() == real(plain).document()  # white space between members


def test_another_passphrase_or_key_does_not_open_it(plain: FileKeystore, tmp_path: Path) -> None:
    for lock, wrong, expected in (
        (Lock(passphrase=PASSPHRASE), Lock(passphrase=PASSPHRASE + b"s"), "the passphrase that is set"),
        (Lock(key=bytes(32)), Lock(key=b"\x01" + bytes(31)), "the key that is set does not open"),
        (Lock(passphrase=PASSPHRASE), Lock(key=bytes(32)), "opened by a passphrase"),
        (Lock(key=bytes(32)), Lock(passphrase=PASSPHRASE), "opened by a key file"),
        (Lock(key=bytes(32)), None, "no passphrase or key file is set"),
    ):
        folder = tmp_path / secrets.token_hex(4)
        real(plain).save(folder, lock)
        with pytest.raises(KeystoreRefused, match=expected):
            FileKeystore.load(folder, "t1", lock=wrong)


def test_passphrase_and_key_files_are_read_with_care(tmp_path: Path) -> None:
    short, two_lines, open_to_all = (tmp_path / name for name in ("short", "two", "open"))
    write_secret(short, b"geheim\n")
    write_secret(two_lines, PASSPHRASE + b"\n" + PASSPHRASE)
    write_secret(open_to_all, PASSPHRASE)
    open_to_all.chmod(0o640)
    for path, expected in (
        (short, "at least 12 bytes"),
        (two_lines, "on one line"),
        (open_to_all, "chmod 600"),
        (tmp_path / "no", "cannot be read"),
    ):
        with pytest.raises(KeystoreRefused, match=expected):
            Lock.from_passphrase_file(path)
    with pytest.raises(KeystoreRefused, match="32 bytes"):
        Lock.from_key_file(two_lines)
    assert Lock.from_passphrase_file(passphrase_file(tmp_path)).passphrase == PASSPHRASE
    assert PASSPHRASE.decode() not in repr(Lock(passphrase=PASSPHRASE))


def test_the_parameters_of_argon2id_are_those_of_the_rfc_and_no_less(tmp_path: Path) -> None:
    assert (Argon2().memory_kib, Argon2().passes, Argon2().lanes) == (65536, 3, 4)  # RFC 9106 section 4
    for wrong in ({"memory_kib": 65535}, {"passes": 2}, {"lanes": 0}, {"passes": 10**9}):
        with pytest.raises(KeystoreRefused, match="Argon2id needs"):
            Argon2(**wrong)
    one, other = b"a" * 12, b"b" * 12
    made = {
        Argon2().key(one, bytes(16)),
        Argon2().key(other, bytes(16)),
        Argon2().key(one, b"\x01" * 16),
        Argon2(passes=4).key(one, bytes(16)),
        Argon2(memory_kib=65568).key(one, bytes(16)),
        Argon2(lanes=2).key(one, bytes(16)),
    }
    assert [len(key) for key in made] == [32] * 6


def test_shares_are_written_in_the_plain_only_when_they_are_throwaway(
    plain: FileKeystore, tmp_path: Path
) -> None:
    with pytest.raises(KeystoreRefused, match="stored encrypted only"):
        real(plain).save(tmp_path, None)
    assert list(tmp_path.iterdir()) == []
    write_secret(tmp_path / FILE_NAME, json.dumps(real(plain).document()).encode())
    with pytest.raises(KeystoreRefused, match="is not encrypted"):
        FileKeystore.load(tmp_path, "t1", allow_throwaway=True)


def test_nothing_is_left_when_writing_fails(plain: FileKeystore, tmp_path: Path) -> None:
    lock = Lock(key=bytes(32))
    (tmp_path / FILE_NAME).mkdir()
    with pytest.raises(KeystoreRefused, match="exists already"):
        real(plain).save(tmp_path, lock)
    assert [path.name for path in tmp_path.rglob("*")] == [FILE_NAME]
    with pytest.raises(OSError):
        write_secret(tmp_path / FILE_NAME, b"secret")
    assert [path.name for path in tmp_path.rglob("*")] == [FILE_NAME]


def test_an_existing_file_is_never_overwritten_by_another_stores(plain: FileKeystore, tmp_path: Path) -> None:
    lock = Lock(key=bytes(32))
    real(plain).save(tmp_path, lock)
    before = (tmp_path / FILE_NAME).read_bytes()
    with pytest.raises(KeystoreRefused, match="exists already"):
        real(plain).save(tmp_path, Lock(key=b"\x02" * 32))
    assert (tmp_path / FILE_NAME).read_bytes() == before


def test_the_command_encrypts_a_plain_store_and_encrypts_it_anew(plain: FileKeystore, tmp_path: Path) -> None:
    folder = tmp_path / "t1"
    write_secret(folder / FILE_NAME, json.dumps(real(plain).document()).encode())
    first, second = passphrase_file(tmp_path), passphrase_file(tmp_path, b"een heel ander wachtwoord")
    opened = (folder / FILE_NAME).open("rb")
    done = bewaarplaats("versleutelen", "t1", "--map", folder, "--wachtwoord-file", first)
    assert done.exit_code == 0, done.output
    assert not opened.read().strip(b"\x00")  # the bytes of the plain file were overwritten
    opened.close()
    assert FileKeystore.load(folder, "t1", lock=Lock.from_passphrase_file(first)).fingerprints()
    again = ("versleutelen", "t1", "--map", folder, "--wachtwoord-file", second)
    refused = bewaarplaats(*again)
    assert (refused.exit_code, "encrypted already" in refused.stderr) == (1, True)
    assert bewaarplaats(*again, "--oud-wachtwoord-file", first).exit_code == 0
    check = ("controleren", "t1", "--map", folder)
    assert "no fingerprints" in bewaarplaats(*check, "--wachtwoord-file", second).stderr
    assert bewaarplaats("vastleggen", "t1", "--map", folder, "--wachtwoord-file", second).exit_code == 0
    assert "as recorded; in an encrypted file" in bewaarplaats(*check, "--wachtwoord-file", second).stdout
    wrong = bewaarplaats(*check, "--wachtwoord-file", first)
    assert (wrong.exit_code, wrong.stderr.count("\n")) == (1, 1)
    assert {path.name for path in folder.iterdir()} == {FILE_NAME, RECORD_NAME}


def test_the_command_refuses_what_cannot_be_in_one_sentence(plain: FileKeystore, tmp_path: Path) -> None:
    folder, secret = tmp_path / "t1", passphrase_file(tmp_path)
    write_secret(folder / FILE_NAME, json.dumps(real(plain).document()).encode())
    key = ("--bewaarsleutel-file", secret)
    for words in (
        ("versleutelen", "t1", "--map", folder),
        ("versleutelen", "t1", "--map", folder, *key),
        ("versleutelen", "t1", "--map", folder, "--wachtwoord-file", secret, *key),
        ("versleutelen", "t2", "--map", folder, "--wachtwoord-file", secret),
        ("versleutelen", "t1", "--map", tmp_path / "no", "--wachtwoord-file", secret),
        ("versleutelen", "t1", "--map", folder, "--wachtwoord-file", secret, "--geheugen-kib", 1024),
        ("importeren", "t1", "--map", folder),
        ("importeren", "t1", "--map", folder, "--hsm-token", "x"),
        ("controleren", "t1", "--map", folder),
        ("vastleggen", "t1", "--map", tmp_path / "no"),
    ):
        refused = bewaarplaats(*words)
        assert (refused.exit_code, refused.stderr.count("\n")) == (1, 1), words
        assert json.loads((folder / FILE_NAME).read_text())["wegwerp"] is False
    assert [path.name for path in folder.iterdir()] == [FILE_NAME]


def test_production_refuses_a_store_that_is_not_encrypted_or_not_recorded(tmp_path: Path) -> None:
    house = Ceremony(tmp_path / "c").all()
    (tmp_path / "beheer.jwks.json").write_text('{"keys": []}')

    def served(**changes: Any) -> None:
        values = {"sleutels_map": house.folder, "partijen": ["t1"], "log_file": None, **changes}
        create_app(settings_in(tmp_path, **values)).state.close()

    key = {"t1_bewaarsleutel_file": house.key_file("t1")}
    served(**key)
    with pytest.raises(StartRefused, match="no passphrase or key file is set"):
        served()
    record = house.of("t1") / RECORD_NAME
    kept = record.read_text()
    record.unlink()
    with pytest.raises(StartRefused, match="bewaarplaats vastleggen"):
        served(**key)
    record.write_text(kept)
    store = house.store("t1")
    write_secret(house.of("t1") / FILE_NAME, json.dumps(store.document()).encode())
    for omgeving in ("ontwikkeling", "productie"):
        settings = settings_in(
            tmp_path,
            sleutels_map=house.folder,
            partijen=["t1"],
            omgeving=omgeving,
            public_url="https://keys.test",
            t1_database_url=f"sqlite:///{tmp_path}/t1.db",
        )
        with pytest.raises(KeystoreRefused, match="is not encrypted"):
            place_of(settings, "t1").open(1)


def test_a_party_has_one_place_for_its_shares(tmp_path: Path) -> None:
    for changes in (
        {"t1_wachtwoord_file": tmp_path, "t1_bewaarsleutel_file": tmp_path},
        {"t2_hsm_token": "x"},
        {
            "t3_hsm_token": "x",
            "t3_hsm_module": tmp_path,
            "t3_hsm_pin_file": tmp_path,
            "t3_wachtwoord_file": tmp_path,
        },
    ):
        with pytest.raises(ValueError, match=r"KEYS_T\d"):
            settings_in(tmp_path, **changes)


def test_the_sum_is_no_key(plain: FileKeystore, tmp_path: Path) -> None:
    """Whoever has the file and mends its sum gains nothing: the sum holds no secret."""
    real(plain).save(tmp_path, Lock(key=bytes(32)))
    document = json.loads((tmp_path / FILE_NAME).read_text())
    stated = document.pop("som")
    text = json.dumps(document, sort_keys=True, separators=(",", ":")).encode()
    assert stated == hashlib.sha256(text).hexdigest()
