"""The key ceremony without a dealer: what it leaves where, what an auditor sees, and what is refused."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from keys.kernel.jws import SigningKey, sign
from keys.kernel.pep.encoding import from_base64url
from keys.pseudonyms.ceremony import TYP_CLOSING, TYP_PROMISE
from keys.pseudonyms.filestore import FileKeystore
from keys.pseudonyms.keystore import KeystoreRefused
from keys.pseudonyms.shares import HOLDERS, PARTIES, shares_of
from tests.keys.ceremony_house import Ceremony


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> Ceremony:
    return Ceremony(tmp_path_factory.mktemp("ceremonie") / "c").all()


def stored(done: Ceremony, party: str) -> dict[str, dict[str, str]]:
    delen: dict[str, dict[str, str]] = done.store(party).document()["delen"]
    return delen


def test_each_party_holds_its_two_shares_and_the_holders_agree(done: Ceremony) -> None:
    for party in PARTIES:
        assert tuple(sorted(stored(done, party))) == shares_of(party)
        assert not done.store(party).throwaway
    for share, (left, right) in HOLDERS.items():
        assert stored(done, left)[share] == stored(done, right)[share]


def test_no_folder_and_no_message_holds_a_third_share(done: Ceremony) -> None:
    secrets_of = {
        share: [from_base64url(value) for value in stored(done, holders[0])[share].values()]
        for share, holders in HOLDERS.items()
    }
    for party in PARTIES:
        third = next(share for share in HOLDERS if share not in shares_of(party))
        for path in done.of(party).rglob("*"):
            content = path.read_bytes()
            texts = [
                stored(done, HOLDERS[third][0])[third][name].encode() for name in ("k_ps", "k_enc", "k_beta")
            ]
            assert not any(text in content for text in texts)
            assert not any(secret in content for secret in secrets_of[third])
    published = b"".join(path.read_bytes() for path in done.messages.iterdir())
    for share, (left, _) in HOLDERS.items():
        assert not any(value.encode() in published for value in stored(done, left)[share].values())


def test_nothing_of_the_making_is_left_and_files_are_closed_to_others(done: Ceremony) -> None:
    for party in PARTIES:
        names = {path.name for path in done.of(party).iterdir()}
        assert names == {"delen.json", "ondertekening.jwk", "partijen.json", "vingerafdrukken.json"}
        for name in ("delen.json", "ondertekening.jwk"):
            assert stat.S_IMODE((done.of(party) / name).stat().st_mode) == 0o600


def test_an_auditor_checks_the_transcript_in_any_order(done: Ceremony) -> None:
    files = sorted(done.messages.iterdir(), reverse=True)
    result = done.verify(*files)
    assert result.exit_code == 0
    assert [line[:9] for line in result.stdout.splitlines()[:3]] == ["share 12:", "share 13:", "share 23:"]


def test_a_transcript_with_a_message_missing_doubled_or_foreign_is_refused(
    done: Ceremony, tmp_path: Path
) -> None:
    files = sorted(done.messages.iterdir())
    for missing in files:
        result = done.verify(*(path for path in files if path != missing))
        assert result.exit_code == 1
        assert "made no" in result.stderr
    key = SigningKey.load(done.of("t1") / "ondertekening.jwk")
    second = tmp_path / "second"
    second.write_text(sign({"iss": "t1", "deel": "12", "belofte": "x", "sleutel": "y"}, key, typ=TYP_PROMISE))
    assert "more than one belofte" in done.verify(*files, second).stderr
    foreign = tmp_path / "foreign"
    foreign.write_text(sign({"iss": "t1", "deel": "12"}, SigningKey.generate("Ed25519"), typ=TYP_PROMISE))
    assert "no party signed" in done.verify(*files, foreign).stderr
    other_share = tmp_path / "other"
    other_share.write_text(sign({"iss": "t1", "deel": "23"}, key, typ=TYP_PROMISE))
    assert "does not hold" in done.verify(*files, other_share).stderr


def test_a_holder_that_closes_with_another_share_or_other_messages_is_found_out(
    done: Ceremony, tmp_path: Path
) -> None:
    from keys.kernel.jws import Jwks, verify

    key = SigningKey.load(done.of("t2") / "ondertekening.jwk")
    closing = done.messages / "t2-12-slot"
    claims = verify(closing.read_text().strip(), Jwks.of(key), typ=TYP_CLOSING)
    other = verify((done.messages / "t2-23-slot").read_text().strip(), Jwks.of(key), typ=TYP_CLOSING)
    rest = [path for path in done.messages.iterdir() if path != closing]
    for change, expected in (
        ({"beta": other["beta"]}, "do not hold the same share"),
        ({"onthulling": "x"}, "closed over other messages"),
        ({"beta": "AAAA"}, "malformed"),
    ):
        forged = tmp_path / "forged"
        forged.write_text(sign({**claims, **change}, key, typ=TYP_CLOSING))
        result = done.verify(*rest, forged)
        assert (result.exit_code, expected in result.stderr) == (1, True)


def test_a_holder_that_reveals_something_else_than_it_promised_is_refused(tmp_path: Path) -> None:
    house = Ceremony(tmp_path / "c")
    house.make_signing_keys()
    first = {
        party: house.say(f"{party}-a", "begin", party, "12", "--map", house.of(party))
        for party in ("t1", "t2")
    }
    house.say("t1-b", "onthul", "t1", "12", first["t2"], "--map", house.of("t1"))
    # T2 begins anew in another folder with the same signing key, and reveals what it did not promise
    cheat = tmp_path / "cheat"
    cheat.mkdir()
    for name in ("ondertekening.jwk", "partijen.json"):
        (cheat / name).write_bytes((house.of("t2") / name).read_bytes())
    house.say("t2-other", "begin", "t2", "12", "--map", cheat)
    reveal = house.say("t2-b", "onthul", "t2", "12", first["t1"], "--map", cheat)
    result = house.run("voltooi", "t1", "12", reveal, "--map", house.of("t1"))
    assert result.exit_code == 1
    assert not (house.of("t1") / "deel-12.json").exists()
    again = house.run("onthul", "t1", "12", house.messages / "t2-other", "--map", house.of("t1"))
    assert (again.exit_code, "two different promises" in again.stderr) == (1, True)


def test_wrong_steps_are_one_sentence_each(tmp_path: Path) -> None:
    house = Ceremony(tmp_path / "c")
    house.make_signing_keys()
    promise = house.say("t2-a", "begin", "t2", "12", "--map", house.of("t2"))
    for words in (
        ("begin", "t1", "23", "--map", house.of("t1")),
        ("begin", "t2", "12", "--map", house.of("t2")),
        ("onthul", "t1", "12", promise, "--map", house.of("t1")),
        ("voltooi", "t1", "12", promise, "--map", house.of("t1")),
        ("samen", "t1", "--map", house.of("t1")),
        ("samen", "t1", "--map", house.of("t1"), "--bewaarsleutel-file", house.key_file("t1")),
        ("begin", "t1", "12", "--map", tmp_path / "nowhere"),
        ("onthul", "t1", "12", tmp_path / "missing", "--map", house.of("t1")),
    ):
        result = house.run(*words)
        assert result.exit_code == 1, words
        assert result.stderr.count("\n") == 1
        assert "Traceback" not in result.output
    with pytest.raises(KeystoreRefused):
        FileKeystore.load(house.of("t1"), "t1", allow_throwaway=True)
