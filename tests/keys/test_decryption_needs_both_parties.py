"""One party, with all that any actors hold, neither translates nor opens what is not theirs."""

from __future__ import annotations

import secrets
from collections.abc import Callable

import pytest

from keys.client import TranslationRefused
from keys.kernel.caller import assertion
from keys.kernel.jws import SigningKey, sign, timestamp
from keys.kernel.pep import ActorKey, Ciphertext, Context, Domain, PepError, decrypt, encrypt, group
from keys.kernel.pep.encoding import to_base64url
from keys.kernel.pep.sealing import OpeningKey
from keys.pseudonyms.derive import product
from keys.pseudonyms.filestore import FileKeystore
from keys.pseudonyms.shares import Pair
from keys.pseudonyms.transcrypt import hop
from keys.wire.transcrypties import TYP_KEY_PART, TYP_KEY_REQUEST
from tests.keys.conftest import DIPLOMA, OORSPRONG, ORIGIN, STUDIE, World
from tests.keys.signing import code


def t1_of(world: World) -> FileKeystore:
    return FileKeystore.load(world.folder / "sleutels" / "t1", "t1", allow_throwaway=True)


def victim(world: World) -> tuple[bytes, Ciphertext]:
    person = world.person()
    client = world.client(OORSPRONG.actor)
    there = client.transcrypt([world.encrypted(person)], naar=DIPLOMA, doel="aanmelding")[0]
    return decrypt(there, world.keys[DIPLOMA]).point, there


def test_t1_with_an_actor_does_not_open_anothers_ciphertext(world: World) -> None:
    expected, ciphertext = victim(world)
    t1, mine = t1_of(world), world.keys[STUDIE]
    theirs, ours = Context(DIPLOMA, 1), Context(STUDIE, 1)
    own_part = product(*t1.key_shares(theirs).values())
    other_part = product(*t1.key_shares(ours).values())
    # The actor's key divided by T1's part of it gives the third share for the actor's own context only.
    third_share_ours = group().scalar_mul(mine.secret, group().scalar_invert(other_part))
    for guess in (own_part, group().scalar_mul(own_part, third_share_ours), mine.secret):
        assert decrypt(ciphertext, ActorKey(DIPLOMA, 1, guess)).point != expected


def test_t1_with_both_actors_does_not_translate_alone(world: World) -> None:
    person = world.person()
    t1 = t1_of(world)
    pair, van, naar = Pair("t1", "t2"), Context(OORSPRONG, 1), Context(STUDIE, 1)
    factors = t1.hop_factors(pair, van, naar)
    alone = hop(world.encrypted(person).data, factors.s, factors.u, world.keys[STUDIE].public)
    client = world.client(OORSPRONG.actor)
    together = client.transcrypt([world.encrypted(person)], naar=STUDIE, doel="aanmelding")[0]
    expected = decrypt(together, world.keys[STUDIE]).point
    assert decrypt(Ciphertext(STUDIE, 1, alone), world.keys[STUDIE]).point != expected


def test_the_key_of_one_purpose_does_not_open_another(world: World) -> None:
    _, ciphertext = victim(world)
    with pytest.raises(PepError, match="wrong-domain"):
        decrypt(ciphertext, world.keys[STUDIE])


def test_the_key_of_one_epoch_does_not_open_another(world: World, new_register: Callable[[], Domain]) -> None:
    register = new_register()
    world.allow(OORSPRONG, register, "aanmelding")
    client = world.client(OORSPRONG.actor)
    ciphertext = client.transcrypt([world.encrypted(world.person())], naar=register, doel="aanmelding")[0]
    expected = decrypt(ciphertext, world.keys[register]).point
    later = world.client(register.actor).obtain_key(register, 2)
    with pytest.raises(PepError, match="wrong-epoch"):
        decrypt(ciphertext, later)
    assert decrypt(Ciphertext(register, 2, ciphertext.data), later).point != expected


def test_a_party_seals_an_actors_shares_to_that_actor_only(world: World) -> None:
    with pytest.raises(TranslationRefused) as refused:
        world.client(STUDIE.actor).obtain_key(DIPLOMA)
    assert refused.value.code == "not-found"


def test_a_request_for_shares_must_be_signed_by_the_actor(world: World) -> None:
    address = f"{ORIGIN}/keys/t1"
    now = timestamp(world.now())
    claims = {
        "iss": DIPLOMA.actor, "aud": address, "jti": secrets.token_urlsafe(24), "iat": now, "exp": now + 60,
        "domein": str(DIPLOMA), "epoch": 1, "ontvanger": to_base64url(OpeningKey().public),
    }  # fmt: skip
    signed = sign(claims, SigningKey.generate("ES256"), typ=TYP_KEY_REQUEST)
    token = assertion(DIPLOMA.actor, world.signing[DIPLOMA.actor], address, world.now())
    answer = world.http.post(
        f"{address}/v1/sleuteldelen", json={"aanvraag": signed}, headers={"Authorization": f"Bearer {token}"}
    )
    assert code(answer) == (403, "key-request-invalid")


def test_the_second_party_is_no_oracle_for_a_corrupt_first_one(world: World) -> None:
    """T1 and the actor ask T2 to multiply the B of a captured ciphertext: it would open it."""
    _, ciphertext = victim(world)
    signing = SigningKey.load(world.folder / "sleutels" / "t1" / "ondertekening.jwk")
    now = timestamp(world.now())
    for proof in (bytes(64), group().random_scalar() + group().random_scalar()):
        part = {
            "iss": "t1", "paar": ["t1", "t2"], "domein": str(DIPLOMA), "epoch": 1, "iat": now,
            "exp": now + 60, "punt": to_base64url(ciphertext.data[:32]), "kennis": to_base64url(proof),
        }  # fmt: skip
        address = f"{ORIGIN}/keys/t2"
        token = assertion(DIPLOMA.actor, world.signing[DIPLOMA.actor], address, world.now())
        body = {
            "domein": str(DIPLOMA), "epoch": 1, "paar": ["t1", "t2"],
            "deel": sign(part, signing, typ=TYP_KEY_PART),
        }  # fmt: skip
        answer = world.http.post(
            f"{address}/v1/publieke-sleutels", json=body, headers={"Authorization": f"Bearer {token}"}
        )
        assert code(answer) == (403, "key-request-invalid")


def test_a_ciphertext_for_one_domain_relabelled_opens_to_nobody(world: World) -> None:
    other = Domain(STUDIE.actor, "studiefinanciering", 2)
    person = world.person()
    relabelled = encrypt(person, world.keys[STUDIE].public, 1)
    with pytest.raises(PepError, match="wrong-domain"):
        decrypt(Ciphertext(other, 1, relabelled.data), world.keys[STUDIE])
