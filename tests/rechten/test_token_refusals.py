"""Tokens that prove nothing here get one and the same answer; a token that cannot be checked another."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from datetime import timedelta

import pytest

from keys.kernel.jws import SigningKey, sign, timestamp
from keys.kernel.jws.signature import unverified_claims
from tests.rechten.wereld import ISSUER, Wereld

pytestmark = pytest.mark.slow


def unsigned(wereld: Wereld) -> str:
    claims = unverified_claims(wereld.token())
    parts = ({"alg": "none", "typ": "at+jwt"}, claims)
    encoded = [base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode() for part in parts]
    return ".".join([*encoded, ""])


def hmac_signed(wereld: Wereld) -> str:
    header = {"alg": "HS256", "typ": "at+jwt", "kid": "x"}
    encoded = base64.urlsafe_b64encode(json.dumps(header).encode()).rstrip(b"=").decode()
    return ".".join([encoded, *wereld.token().split(".")[1:]])


def by_another_key(wereld: Wereld) -> str:
    return sign(unverified_claims(wereld.token()), SigningKey.generate("ES256"), typ="at+jwt")


def past(wereld: Wereld) -> str:
    began = timestamp(wereld.now - timedelta(minutes=10))
    return wereld.token(iat=began, nbf=began, exp=began + 300)


def broken_point(wereld: Wereld, data: bytes) -> str:
    entry = wereld.entry("noor", "studiefinanciering")
    encoded = base64.urlsafe_b64encode(data).rstrip(b"=").decode()
    entry["sub"] = entry["sub"].rpartition(":")[0] + ":" + encoded
    represents = {"iss": ISSUER, "sub": "x", "alt_sub": [entry]}
    return wereld.token(represents=represents)


TOKENS: dict[str, Callable[[Wereld], str]] = {
    "no-jwt": lambda _: "abc",
    "alg-none": unsigned,
    "hmac": hmac_signed,
    "another-key": by_another_key,
    "expired": past,
    "other-audience": lambda wereld: wereld.token(aud=["https://api.duo.test/ander"]),
    "other-issuer": lambda wereld: wereld.token(iss="https://elders.test/login"),
    "for-another-register": lambda wereld: wereld.token(register="diplomaregister"),
    "no-pseudonym": lambda wereld: wereld.token(represents={"iss": ISSUER, "sub": "x"}),
    "identity-point": lambda wereld: broken_point(wereld, bytes(64)),
    "non-canonical": lambda wereld: broken_point(wereld, b"\xff" * 64),
    "too-short": lambda wereld: broken_point(wereld, b"\x01" * 63),
    "swapped-type": lambda wereld: sign(
        unverified_claims(wereld.token()), SigningKey.generate("ES256"), typ="client-authentication+jwt"
    ),
    "an-inspection-ticket": lambda wereld: wereld.ticket("noor", "studiefinanciering", "inzage"),
    "own-token-of-an-unknown-actor": lambda wereld: wereld.own_token(
        "noor", "studiefinanciering", "oin:99999999999999999999:x"
    ),
}


@pytest.mark.parametrize("kind", TOKENS)
def test_every_wrong_token_gets_the_same_answer(wereld: Wereld, kind: str) -> None:
    answer = wereld.read(token=TOKENS[kind](wereld))
    assert (answer.status_code, answer.json()["code"]) == (401, "invalid-token")
    assert answer.json() == wereld.read(token="abc").json()
    assert "Bearer" in answer.headers["www-authenticate"]


def test_without_a_token_nothing_is_given(wereld: Wereld) -> None:
    answer = wereld.client.get("/rechten/api/v1/registers/studiefinanciering/gegevens", params={"doel": "x"})
    assert (answer.status_code, answer.json()["code"]) == (401, "invalid-token")


def test_a_revoked_token_is_refused(wereld: Wereld) -> None:
    wereld.revoked.add(7)
    assert wereld.read().json()["code"] == "invalid-token"


def test_a_token_that_cannot_be_checked_is_not_refused_and_not_accepted(wereld: Wereld) -> None:
    wereld.broken.add("status")
    answer = wereld.read()
    assert (answer.status_code, answer.json()["code"]) == (503, "could-not-check")
    assert answer.headers["retry-after"]


def test_a_register_that_does_not_exist_is_not_found(wereld: Wereld) -> None:
    answer = wereld.read(register="onbekend", token="abc")
    assert (answer.status_code, answer.json()["code"]) == (404, "register-unknown")


def test_an_ended_machtiging_gives_nothing(wereld: Wereld) -> None:
    ended = wereld.token(detail={"geldig_tot": (wereld.now - timedelta(seconds=1)).isoformat()})
    assert wereld.read(token=ended).json()["code"] == "invalid-token"
