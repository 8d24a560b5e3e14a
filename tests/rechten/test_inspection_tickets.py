"""A register opens the ciphertext of a fresh ticket of identiteit with its holder's proof, and no other."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import httpx2
import pytest

from keys.kernel.jws import SigningKey, sign, timestamp
from keys.kernel.jws.signature import unverified_claims
from keys.kernel.pep import Ciphertext, rerandomise
from tests.rechten.wereld import IDENTITEIT_KEY, ISSUER, OWN, Wereld

pytestmark = pytest.mark.slow

HOLDER = SigningKey.generate("ES256")
SF = "studiefinanciering"


def held(wereld: Wereld, **changes: Any) -> str:
    changes.setdefault("cnf", {"jwk": HOLDER.public_jwk()})
    return wereld.ticket("noor", SF, "inzage", **changes)


def resigned(wereld: Wereld, **changes: Any) -> str:
    key = IDENTITEIT_KEY if changes else SigningKey.generate("ES256")
    return sign({**unverified_claims(held(wereld)), **changes}, key, typ="inzageticket+jwt")


def rerandomised_from_a_token(wereld: Wereld) -> str:
    """An attacker with a captured alt_sub and a key of their own makes a ticket of it."""
    entry = unverified_claims(wereld.token())["represents"]["alt_sub"][0]
    fresh = rerandomise(Ciphertext.from_alt_sub(entry), wereld.actor_keys[SF].public)
    claims = {**unverified_claims(held(wereld)), "alt_sub": [fresh.to_alt_sub()]}
    return sign(claims, SigningKey.generate("ES256"), typ="inzageticket+jwt")


TICKETS: dict[str, Callable[[Wereld], str]] = {
    "no-jwt": lambda _: "abc",
    "signed-by-another": resigned,
    "rerandomised-from-a-token": rerandomised_from_a_token,
    "a-representation-token": lambda wereld: wereld.token(cnf={"jwk": HOLDER.public_jwk()}),
    "an-enrolment-ticket": lambda wereld: wereld.ticket("noor", SF, cnf={"jwk": HOLDER.public_jwk()}),
    "wrong-use": lambda wereld: resigned(wereld, gebruik="aanmelding"),
    "wrong-issuer": lambda wereld: held(wereld, iss=ISSUER),
    "for-another-register": lambda wereld: wereld.ticket(
        "noor", "diplomaregister", "inzage", cnf={"jwk": HOLDER.public_jwk()}
    ),
    "for-two-registers": lambda wereld: held(wereld, aud=[str(wereld.actor_keys[SF].domain), "x"]),
    "expired": lambda wereld: held(wereld, iat=timestamp(wereld.now) - 400, exp=timestamp(wereld.now) - 100),
    "lives-too-long": lambda wereld: held(wereld, exp=timestamp(wereld.now + timedelta(hours=1))),
    "without-jti": lambda wereld: held(wereld, jti=None),
    "without-holder-key": lambda wereld: held(wereld, cnf=None),
    "with-a-secret-holder-key": lambda wereld: held(wereld, cnf={"jwk": HOLDER.private_jwk()}),
    "without-pseudonym": lambda wereld: held(wereld, alt_sub=[]),
    "two-pseudonyms": lambda wereld: held(
        wereld, alt_sub=[wereld.entry("noor", SF), wereld.entry("anja", SF)]
    ),
    "pseudonym-of-another-domain": lambda wereld: held(
        wereld, alt_sub=[wereld.entry("noor", "diplomaregister")]
    ),
    "malformed-pseudonym": lambda wereld: held(
        wereld, alt_sub=[{**wereld.entry("noor", SF), "sub": "PEP-ristretto255-SHA512/1:AAAA"}]
    ),
    "another-epoch": lambda wereld: held(wereld, alt_sub=[{**wereld.entry("noor", SF), "epoch": 2}]),
}


def refused(answer: httpx2.Response) -> None:
    assert (answer.status_code, answer.json()["code"]) == (403, "inspection-refused")
    assert "419" not in answer.text


@pytest.mark.parametrize("kind", TICKETS)
def test_every_wrong_ticket_gets_the_same_answer(wereld: Wereld, kind: str) -> None:
    answer = wereld.inspect("noor", SF, ticket=TICKETS[kind](wereld), holder=HOLDER)
    refused(answer)
    assert answer.json() == wereld.inspect("noor", SF, ticket="abc").json()


def test_a_ticket_works_once(wereld: Wereld) -> None:
    ticket = held(wereld)
    assert wereld.inspect("noor", SF, ticket=ticket, holder=HOLDER).status_code == 200
    refused(wereld.inspect("noor", SF, ticket=ticket, holder=HOLDER))


def test_a_ticket_stays_spent_after_a_restart(wereld: Wereld) -> None:
    ticket = held(wereld)
    assert wereld.inspect("noor", SF, ticket=ticket, holder=HOLDER).status_code == 200
    again = wereld.reopened()
    refused(again.inspect("noor", SF, ticket=ticket, holder=HOLDER))
    again.close()


def test_a_ticket_without_its_holders_key_is_of_no_use(wereld: Wereld) -> None:
    refused(wereld.inspect("noor", SF, ticket=held(wereld), prover=SigningKey.generate("ES256")))


def test_a_proof_is_for_one_address_only(wereld: Wereld) -> None:
    elsewhere = f"{OWN}/api/v1/registers/diplomaregister/inzage"
    refused(wereld.inspect("noor", SF, ticket=held(wereld), holder=HOLDER, url=elsewhere))


def test_a_proof_of_another_ticket_is_refused(wereld: Wereld) -> None:
    proof = sign(
        {
            "htm": "POST",
            "htu": f"{OWN}/api/v1/registers/{SF}/inzage",
            "iat": timestamp(wereld.now),
            "exp": timestamp(wereld.now) + 60,
            "jti": "x" * 20,
            "ath": "A" * 43,
        },
        HOLDER,
        typ="inzagebewijs+jwt",
    )
    body = {"ticket": held(wereld), "bewijs": proof}
    refused(wereld.client.post(f"/rechten/api/v1/registers/{SF}/inzage", json=body))


def test_a_refused_look_spends_no_ticket_and_writes_no_line(wereld: Wereld) -> None:
    ticket = held(wereld)
    refused(wereld.inspect("noor", SF, ticket=ticket, prover=SigningKey.generate("ES256")))
    assert wereld.inspect("noor", SF, ticket=ticket, holder=HOLDER).status_code == 200


def test_a_look_is_itself_a_line_that_the_person_sees(wereld: Wereld) -> None:
    assert [use["rol"] for use in wereld.uses("noor")] == ["inzage", "wijziging"]
    second = wereld.uses("noor")
    assert [use["rol"] for use in second] == ["inzage", "inzage", "wijziging"]
    assert second[1]["doel"]["id"] == "eigen-inzage"
    assert second[1]["door"]["soort"] == "zelf"


def test_a_look_of_someone_unknown_makes_no_row_about_them(wereld: Wereld) -> None:
    answer = wereld.inspect("sem").json()
    assert (answer["gegevens"], answer["gebruik"]) == ([], [])
    assert wereld.uses("sem") == []


def test_one_person_never_sees_another(wereld: Wereld) -> None:
    wereld.deliver("anja", SF, wereld.record(waarde={"bedrag_per_maand": 7}))
    assert [one["waarde"] for one in wereld.inspect("noor").json()["gegevens"]] == [{"bedrag_per_maand": 419}]
    assert [one["waarde"] for one in wereld.inspect("anja").json()["gegevens"]] == [{"bedrag_per_maand": 7}]
