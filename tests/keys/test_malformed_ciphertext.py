"""What is no ciphertext gets one stable refusal, at each party, and no 500."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from keys.kernel.pep import Ciphertext, PepError
from keys.kernel.pep.group import group
from tests.keys.conftest import OORSPRONG, ORIGIN, STUDIE, World
from tests.keys.signing import code, permit_claims, send

RFC9496 = json.loads((Path(__file__).parents[1] / "vectors" / "rfc9496_ristretto255.json").read_text())
IDENTITY = bytes(32)


def sound_point() -> bytes:
    return group().mul_base(group().random_scalar())


@pytest.mark.parametrize("bad", [IDENTITY.hex(), *RFC9496["bad_encodings"]])
@pytest.mark.parametrize("place", ["B", "C"])
def test_a_bad_encoding_is_no_ciphertext(bad: str, place: str) -> None:
    halves = (bytes.fromhex(bad), sound_point()) if place == "B" else (sound_point(), bytes.fromhex(bad))
    with pytest.raises(PepError) as refused:
        Ciphertext(STUDIE, 1, b"".join(halves))
    assert refused.value.code == "malformed-ciphertext"


@pytest.mark.parametrize("bad", [IDENTITY.hex(), *RFC9496["bad_encodings"][::5]])
@pytest.mark.parametrize("place", ["B", "C"])
def test_a_party_refuses_a_bad_encoding_anywhere_in_the_batch(world: World, bad: str, place: str) -> None:
    halves = (bytes.fromhex(bad), sound_point()) if place == "B" else (sound_point(), bytes.fromhex(bad))
    data = [world.encrypted(world.person()).data, b"".join(halves)]
    claims = permit_claims(world, OORSPRONG, STUDIE, "aanmelding", data)
    answer = send(world, "t1", OORSPRONG.actor, claims, data)
    assert (*code(answer), answer.json()["item"]) == (422, "malformed-ciphertext", 1)


@pytest.mark.parametrize("length", [0, 32, 63, 65, 128])
def test_a_wrong_length_is_refused(world: World, length: int) -> None:
    data = [bytes(length)]
    claims = permit_claims(world, OORSPRONG, STUDIE, "aanmelding", data)
    assert send(world, "t1", OORSPRONG.actor, claims, data).status_code == 422
    with pytest.raises(PepError):
        Ciphertext(STUDIE, 1, bytes(length))


@pytest.mark.parametrize(
    ("body", "status", "expected"),
    [
        (b"geen json", 400, "malformed-body"),
        (b"\xff\xfe{}", 400, "malformed-body"),
        (b"[]", 422, "invalid-input"),
        (b"{}", 422, "invalid-input"),
        (b'{"vergunning": 1, "items": []}', 422, "invalid-input"),
        (
            b'{"vergunning": "'
            + b"a" * 30
            + b'", "items": ["'
            + b"!" * 86
            + b'"], "kennis": ["'
            + b"A" * 86
            + b'"]}',
            422,
            "malformed-ciphertext",
        ),
        (b"[" * 100_000, 400, "malformed-body"),
        (b"a" * 10_000_000, 413, "body-too-large"),
    ],
    ids=["text", "not-utf-8", "array", "empty", "wrong-types", "not-base64url", "deep", "ten-megabytes"],
)
def test_a_body_that_is_no_request_gets_its_problem_document(
    world: World, body: bytes, status: int, expected: str
) -> None:
    from keys.kernel.caller import assertion

    address = f"{ORIGIN}/keys/t1"
    token = assertion(OORSPRONG.actor, world.signing[OORSPRONG.actor], address, world.now())
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    answer = world.http.post(f"{address}/v1/transcrypties", content=body, headers=headers)
    assert code(answer) == (status, expected)


def test_too_many_items_are_refused(world: World) -> None:
    data = [world.encrypted(world.person()).data] * 1001
    claims = permit_claims(world, OORSPRONG, STUDIE, "aanmelding", data)
    assert send(world, "t1", OORSPRONG.actor, claims, data).status_code == 422
    items = [world.encrypted(world.person())] * 1001
    with pytest.raises(ValueError, match="at most 1000"):
        world.client(OORSPRONG.actor).transcrypt(items, naar=STUDIE, doel="aanmelding")
