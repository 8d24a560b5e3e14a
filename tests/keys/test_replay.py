"""A permit serves once, at one pair of parties, for the items it was signed for."""

from __future__ import annotations

from datetime import timedelta

import httpx2

from keys.kernel.caller import assertion
from keys.kernel.jws import SigningKey, sign
from keys.kernel.pep import decrypt
from keys.kernel.pep.elgamal import Ciphertext
from keys.kernel.pep.encoding import from_base64url, to_base64url
from keys.wire.transcrypties import TYP_HOP, TYP_PERMIT, digest_of
from tests.keys.conftest import OORSPRONG, ORIGIN, STUDIE, World
from tests.keys.signing import code, permit_claims, proofs_of, send


def items_of(answer: httpx2.Response) -> list[bytes]:
    return [from_base64url(item) for item in answer.json()["items"]]


def test_a_permit_serves_once(world: World) -> None:
    made = [world.encrypted(world.person())]
    data = [one.data for one in made]
    claims = permit_claims(world, OORSPRONG, STUDIE, "aanmelding", data)
    first = send(world, "t1", OORSPRONG.actor, claims, data, made=made)
    assert first.status_code == 200
    other = send(
        world, "t1", OORSPRONG.actor, claims, data, made=made
    )  # proofs are fresh, so another request
    assert code(other) == (409, "replayed-request")


def test_the_very_same_request_gets_the_very_same_answer_and_counts_once(world: World) -> None:
    made = [world.encrypted(world.person())]
    data = [one.data for one in made]
    claims = permit_claims(world, OORSPRONG, STUDIE, "aanmelding", data)
    same = {
        "kennis": proofs_of(world, claims, made),
        "vergunning": sign(claims, world.signing[OORSPRONG.actor], typ=TYP_PERMIT),
    }
    first, again = (send(world, "t1", OORSPRONG.actor, claims, data, made=made, **same) for _ in range(2))
    assert first.status_code == again.status_code == 200
    assert first.json() == again.json()
    store = world.app.state.keys.parties["t1"].partij.store
    store.sweep(world.now() + timedelta(minutes=6))
    assert code(send(world, "t1", OORSPRONG.actor, claims, data, made=made, **same)) == (
        409,
        "replayed-request",
    )


def test_what_is_kept_for_a_repeat_cannot_be_joined_with_what_others_keep(world: World) -> None:
    """Neither the translated items, nor a digest of them, stand in the database of a party."""
    made = [world.encrypted(world.person())]
    data = [one.data for one in made]
    claims = permit_claims(world, OORSPRONG, STUDIE, "aanmelding", data)
    answer = send(world, "t1", OORSPRONG.actor, claims, data, made=made)
    (item,) = items_of(answer)
    statement = answer.json()["antwoord"][:16].encode()  # the beginning of all; three bytes occur by chance
    with world.app.state.keys.parties["t1"].partij.store._database.engine.connect() as connection:
        kept = [bytes(value) if isinstance(value, bytes) else str(value).encode() for row in
                connection.exec_driver_sql("SELECT * FROM antwoorden") for value in row]  # fmt: skip
    assert claims["jti"].encode() in kept
    for value in (item, to_base64url(item).encode(), digest_of([item]).encode(), statement):
        assert not any(value in cell for cell in kept)


def test_a_permit_is_refused_at_another_pair(world: World) -> None:
    made = [world.encrypted(world.person())]
    data = [one.data for one in made]
    claims = permit_claims(world, OORSPRONG, STUDIE, "aanmelding", data)
    assert send(world, "t1", OORSPRONG.actor, claims, data, made=made).status_code == 200
    assert code(send(world, "t3", OORSPRONG.actor, claims, data, made=made)) == (403, "wrong-pair")
    other = {**claims, "paar": ["t1", "t3"]}
    assert code(send(world, "t1", OORSPRONG.actor, other, data, made=made)) == (409, "replayed-request")


def test_a_permit_does_not_serve_other_items(world: World) -> None:
    made = [world.encrypted(world.person())]
    data = [one.data for one in made]
    claims = permit_claims(world, OORSPRONG, STUDIE, "aanmelding", data)
    captured = [world.encrypted(world.person()).data]
    assert code(send(world, "t1", OORSPRONG.actor, claims, captured)) == (422, "items-differ")


def test_the_second_party_does_not_start(world: World) -> None:
    made = [world.encrypted(world.person())]
    data = [one.data for one in made]
    claims = permit_claims(world, OORSPRONG, STUDIE, "aanmelding", data)
    assert code(send(world, "t2", OORSPRONG.actor, claims, data, made=made)) == (403, "first-answer-invalid")


def test_the_second_party_refuses_items_that_the_first_did_not_make(world: World) -> None:
    made = [world.encrypted(world.person())]
    data = [one.data for one in made]
    claims = permit_claims(world, OORSPRONG, STUDIE, "aanmelding", data)
    first = send(world, "t1", OORSPRONG.actor, claims, data, made=made)
    statement = first.json()["antwoord"]
    injected = [world.encrypted(world.person()).data]
    refused = send(world, "t2", OORSPRONG.actor, claims, injected, first_answer=statement, made=made)
    assert code(refused) == (422, "items-differ")
    done = send(world, "t2", OORSPRONG.actor, claims, items_of(first), first_answer=statement, made=made)
    assert done.status_code == 200
    assert decrypt(Ciphertext(STUDIE, 1, items_of(done)[0]), world.keys[STUDIE]).domain == STUDIE


def test_the_second_party_refuses_a_statement_that_the_first_did_not_sign(world: World) -> None:
    made = [world.encrypted(world.person())]
    data = [one.data for one in made]
    claims = permit_claims(world, OORSPRONG, STUDIE, "aanmelding", data)
    said = {
        "iss": "t1", "jti": claims["jti"], "actor": OORSPRONG.actor, "paar": ["t1", "t2"], "stap": 1,
        "van": f"{OORSPRONG}|e1", "naar": f"{STUDIE}|e1", "doel": "aanmelding", "aantal": 1,
        "invoer": claims["items"], "uitvoer": digest_of(data),
    }  # fmt: skip
    for forger in (SigningKey.generate("Ed25519"), world.signing[OORSPRONG.actor]):
        statement = sign(said, forger, typ=TYP_HOP)
        refused = send(world, "t2", OORSPRONG.actor, claims, data, first_answer=statement, made=made)
        assert code(refused) == (403, "first-answer-invalid")


def test_the_second_party_refuses_the_statement_of_another_request(world: World) -> None:
    made = [world.encrypted(world.person())]
    data = [one.data for one in made]
    claims = permit_claims(world, OORSPRONG, STUDIE, "aanmelding", data)
    first = send(world, "t1", OORSPRONG.actor, claims, data, made=made)
    other = permit_claims(world, OORSPRONG, STUDIE, "aanmelding", data)
    refused = send(
        world, "t2", OORSPRONG.actor, other, items_of(first), first_answer=first.json()["antwoord"], made=made
    )
    assert code(refused) == (403, "first-answer-invalid")


def test_an_assertion_serves_once(world: World) -> None:
    address = f"{ORIGIN}/keys/t1"
    token = assertion(STUDIE.actor, world.signing[STUDIE.actor], address, world.now())
    headers = {"Authorization": f"Bearer {token}"}
    body = {"domein": str(STUDIE), "epoch": 1, "paar": ["t1", "t2"]}
    path = f"{address}/v1/publieke-sleutels"
    assert world.http.post(path, json=body, headers=headers).status_code == 200
    assert code(world.http.post(path, json=body, headers=headers)) == (401, "caller-rejected")


def test_an_assertion_for_one_party_does_not_serve_at_another(world: World) -> None:
    token = assertion(STUDIE.actor, world.signing[STUDIE.actor], f"{ORIGIN}/keys/t1", world.now())
    body = {"domein": str(STUDIE), "epoch": 1, "paar": ["t2", "t1"]}
    answer = world.http.post(
        f"{ORIGIN}/keys/t2/v1/publieke-sleutels", json=body, headers={"Authorization": f"Bearer {token}"}
    )
    assert code(answer) == (401, "caller-rejected")
