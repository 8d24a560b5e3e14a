"""Status lists: the bytes (with the draft's own vectors), the signed list, and what is refused."""

from __future__ import annotations

import base64
import json
import zlib
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keys.kernel.jws import SigningKey
from machtigen.verifier import InvalidEvidence, Policy, Verifier
from machtigen.verifier.statuslijst import MalformedList, OutOfRange, Statuslijst, pack
from tests.verifier.issuer import Issuer

VECTORS = json.loads(Path(__file__).with_name("token_status_list.json").read_text("utf-8"))


def code_of(verifier: Verifier, token: str) -> str:
    with pytest.raises(InvalidEvidence) as refused:
        verifier.verify(token)
    return refused.value.code


def lst(data: bytes) -> str:
    return base64.urlsafe_b64encode(zlib.compress(data, 9)).rstrip(b"=").decode()


@pytest.mark.parametrize("row", VECTORS["small"], ids=lambda row: f"{row['bits']}-bit")
def test_the_drafts_examples_read_and_write_alike(row: dict[str, Any]) -> None:
    read = Statuslijst.decode(row["bits"], row["lst"])
    assert read.data.hex() == row["hex"]
    assert Statuslijst(row["bits"], bytes.fromhex(row["hex"])).encode() == row["lst"]


@pytest.mark.parametrize("row", VECTORS["long"], ids=lambda row: f"{row['bits']}-bit")
def test_the_drafts_long_vectors_hold_exactly_their_statuses(row: dict[str, Any]) -> None:
    read = Statuslijst.decode(row["bits"], row["lst"])
    expected = {int(index): value for index, value in row["status"].items()}
    assert len(read) == row["size"]
    assert {index: read.get(index) for index in expected} == expected
    assert {index for index in range(len(read)) if read.get(index)} == {
        i for i, value in expected.items() if value
    }


def test_our_own_list_equals_the_drafts_one_bit_vector() -> None:
    row = VECTORS["long"][0]
    ours = pack(row["size"], {int(index) for index in row["status"]})
    assert ours.data == Statuslijst.decode(1, row["lst"]).data


@given(st.sampled_from([1, 2, 4, 8]), st.binary(min_size=1, max_size=64))
def test_every_list_survives_the_way_there_and_back(bits: int, data: bytes) -> None:
    there = Statuslijst(bits, data)
    assert Statuslijst.decode(bits, there.encode()) == there
    assert len(there) == len(data) * 8 // bits


@given(
    st.one_of(st.none(), st.integers(), st.booleans(), st.text()),
    st.one_of(st.none(), st.text(), st.binary()),
)
def test_any_pair_is_a_list_or_malformed(bits: object, text: object) -> None:
    try:
        assert Statuslijst.decode(bits, text).bits in (1, 2, 4, 8)
    except MalformedList:
        assert True


@pytest.mark.parametrize("index", [-1, 16, 10**9])
def test_an_index_outside_the_list_is_out_of_range(index: int) -> None:
    with pytest.raises(OutOfRange):
        Statuslijst.decode(1, "eNrbuRgAAhcBXQ").get(index)


def test_a_zip_bomb_stops_at_the_bound() -> None:
    bomb = lst(bytes(1_000_000))
    assert len(bomb) < 2_000
    with pytest.raises(MalformedList):
        Statuslijst.decode(1, bomb, maximum_bytes=999_999)
    assert len(Statuslijst.decode(1, bomb, maximum_bytes=1_000_000)) == 8_000_000


def test_half_a_stream_and_a_stream_with_a_tail_are_malformed() -> None:
    whole = base64.urlsafe_b64decode(lst(bytes(100)) + "==")
    for broken in (whole[:-3], whole + b"x", b""):
        with pytest.raises(MalformedList):
            Statuslijst.decode(1, base64.urlsafe_b64encode(broken).decode())


def test_an_index_outside_the_list_refuses_the_token(issuer: Issuer, verifier: Verifier) -> None:
    uri = issuer.claims()["status"]["status_list"]["uri"]
    claims = issuer.claims(status={"status_list": {"idx": 65_536, "uri": uri}})
    assert code_of(verifier, issuer.token(claims)) == "status-index-out-of-range"


@pytest.mark.parametrize("value", [1, 2, 3])
def test_every_status_but_valid_refuses(issuer: Issuer, verifier: Verifier, value: int) -> None:
    issuer.serve_status(issuer.status_token(status_list={"bits": 2, "lst": lst(bytes([value * 85] * 2_000))}))
    assert code_of(verifier, issuer.token()) == "revoked"


def test_a_list_signed_by_another_is_refused(issuer: Issuer, verifier: Verifier) -> None:
    issuer.serve_status(issuer.status_token(key=SigningKey.generate("ES256")))
    assert code_of(verifier, issuer.token()) == "status-list-unknown-key"


def test_a_forged_list_under_a_known_kid_is_refused(issuer: Issuer, verifier: Verifier) -> None:
    forger = SigningKey.generate("ES256")
    forger.kid = issuer.key.kid
    issuer.serve_status(issuer.status_token(key=forger))
    assert code_of(verifier, issuer.token()) == "status-list-bad-signature"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"iss": "https://elders.example"}, "status-list-of-another-issuer"),
        ({"sub": "https://machtigen.example.nl/machtigen/status/6"}, "status-list-of-another-uri"),
        ({"iat": None}, "status-list-no-issue-time"),
        ({"exp": 1}, "status-list-expired"),
        ({"ttl": 0}, "status-list-malformed"),
        ({"ttl": "60"}, "status-list-malformed"),
        ({"status_list": None}, "status-list-malformed"),
        ({"status_list": {"bits": 3, "lst": "eNrbuRgAAhcBXQ"}}, "status-list-malformed"),
        ({"status_list": {"bits": 1, "lst": "???"}}, "status-list-malformed"),
        ({"status_list": {"bits": 1}}, "status-list-malformed"),
    ],
)
def test_a_false_list_refuses_the_token(issuer: Issuer, verifier: Verifier, changes: Any, code: str) -> None:
    issuer.serve_status(issuer.status_token(**changes))
    assert code_of(verifier, issuer.token()) == code


def test_a_representation_token_cannot_pose_as_a_list(issuer: Issuer, verifier: Verifier) -> None:
    issuer.serve_status(issuer.status_token(typ="at+jwt"))
    assert code_of(verifier, issuer.token()) == "status-list-wrong-type"


def test_a_list_that_swells_is_refused(issuer: Issuer) -> None:
    verifier = issuer.verifier(policy=Policy(maximum_list_bytes=8_191))
    assert code_of(verifier, issuer.token()) == "status-list-malformed"


@pytest.mark.parametrize(
    "uri", ["https://elders.example/status/5", "file:///etc/passwd", "//x", "https://[", ""]
)
def test_a_list_elsewhere_is_never_fetched(issuer: Issuer, verifier: Verifier, uri: str) -> None:
    token = issuer.token(issuer.claims(status={"status_list": {"idx": 1, "uri": uri}}))
    assert code_of(verifier, token) == "status-list-elsewhere"
    assert "status" not in issuer.asked


def test_the_list_is_kept_for_its_ttl_and_then_asked_again(issuer: Issuer, verifier: Verifier) -> None:
    verifier.verify(issuer.token())
    issuer.passes(seconds=30)
    verifier.verify(issuer.token())
    assert issuer.asked.count("status") == 1
    issuer.revoked = {7318}
    issuer.passes(seconds=1)
    assert code_of(verifier, issuer.token()) == "revoked"
    assert issuer.asked.count("status") == 2


def test_our_own_ceiling_on_the_ttl_holds(issuer: Issuer, verifier: Verifier) -> None:
    issuer.list_ttl = 43_200
    verifier.verify(issuer.token())
    issuer.passes(seconds=61)
    verifier.verify(issuer.token())
    assert issuer.asked.count("status") == 2


def test_the_end_of_the_list_outranks_its_ttl(issuer: Issuer, verifier: Verifier) -> None:
    issuer.list_lives = timedelta(seconds=5)
    verifier.verify(issuer.token())
    issuer.passes(seconds=6)
    verifier.verify(issuer.token())
    assert issuer.asked.count("status") == 2


def test_a_list_without_ttl_and_exp_is_read_within_our_bounds(issuer: Issuer, verifier: Verifier) -> None:
    issuer.serve_status(issuer.status_token(ttl=None, exp=None))
    assert verifier.verify(issuer.token()).status.geldig_tot == issuer.now + timedelta(hours=1)
