"""Tickets for registers: each for one register and one use, for five minutes, nothing readable inside."""

from __future__ import annotations

from typing import Any

import pytest

from keys.kernel.jws import SigningKey, timestamp
from keys.kernel.pep import Domain, PepError, decrypt
from keys.kernel.pep.elgamal import Ciphertext
from tests.identiteit.house import DIPLOMA, OWN, REGISTERS, STUDIE, House
from tests.identiteit.people import ANJA, NOOR, POSTED, fresh_bsn

NOWHERE = "oin:00000001003214345000:nergens|doel:nergens|v1"


@pytest.fixture
def token(house: House) -> str:
    """The access token of a session of Noor at rechten."""
    found: str = house.log_in_at(house.rechten).tokens["access_token"]
    return found


def enrol(
    house: House,
    *numbers: str,
    register: Domain | str = STUDIE,
    key: SigningKey | None = None,
    who: str = "duo",
) -> Any:
    body = {"register": str(register), "personen": [{"bsn": number} for number in numbers]}
    return house.call(who, key or house.source, "aanmeldingen", body)


def test_there_is_a_ticket_for_each_register_and_it_says_exactly_this(house: House, token: str) -> None:
    view = SigningKey.generate().public_jwk()
    answer = house.inspection(token, [str(one) for one in REGISTERS], jwk=view).json()
    assert answer["mislukt"] == []
    assert [one["register"] for one in answer["tickets"]] == [str(one) for one in REGISTERS]
    for register, one in zip(REGISTERS, answer["tickets"], strict=True):
        claims = house.verified(one["ticket"], "inzageticket+jwt")
        assert set(claims) == {"iss", "aud", "jti", "iat", "exp", "gebruik", "cnf", "alt_sub"}
        assert (claims["iss"], claims["aud"], claims["gebruik"]) == (OWN, str(register), "inzage")
        assert claims["exp"] - claims["iat"] == 300
        assert abs(claims["iat"] - timestamp(house.now())) < 10
        assert claims["cnf"]["jwk"]["x"] == view["x"]
        assert len(claims["jti"]) >= 22
        ciphertext = Ciphertext.from_alt_sub(claims["alt_sub"][0])
        assert ciphertext.domain == register


def test_each_ticket_is_fresh_and_still_about_the_same_person(house: House, token: str) -> None:
    tickets = [
        house.verified(
            house.inspection(token, [str(STUDIE)]).json()["tickets"][0]["ticket"], "inzageticket+jwt"
        )
        for _ in range(3)
    ]
    assert len({one["jti"] for one in tickets}) == 3
    assert len({one["alt_sub"][0]["sub"] for one in tickets}) == 3
    assert len({house.opened(one["alt_sub"][0]).point for one in tickets}) == 1


def test_a_register_cannot_open_the_ticket_of_another_nor_compare_what_is_inside(
    house: House, token: str
) -> None:
    answer = house.inspection(token, [str(STUDIE), str(DIPLOMA)]).json()["tickets"]
    studie, diploma = (house.verified(one["ticket"], "inzageticket+jwt") for one in answer)
    with pytest.raises(PepError):
        decrypt(Ciphertext.from_alt_sub(studie["alt_sub"][0]), house.actor_keys[DIPLOMA])
    assert house.opened(studie["alt_sub"][0]).point != house.opened(diploma["alt_sub"][0]).point
    assert studie["jti"] != diploma["jti"]


def test_inspection_and_enrolment_mean_the_same_person(house: House, token: str) -> None:
    looked = house.inspection(token, [str(STUDIE)]).json()["tickets"][0]["ticket"]
    brought = enrol(house, POSTED[NOOR]["bsn"]).json()["aanmeldingen"][0]["ticket"]
    pseudonyms = {
        house.opened(house.verified(one, typ)["alt_sub"][0])
        for one, typ in ((looked, "inzageticket+jwt"), (brought, "aanmeldticket+jwt"))
    }
    assert len(pseudonyms) == 1


def test_a_register_that_is_unknown_is_named_and_the_others_get_theirs(house: House, token: str) -> None:
    answer = house.inspection(token, [NOWHERE, str(STUDIE), str(STUDIE)]).json()
    assert answer["mislukt"] == [NOWHERE]
    assert [one["register"] for one in answer["tickets"]] == [str(STUDIE)]


def test_when_keys_is_away_every_register_is_named(house: House, token: str) -> None:
    with house.without("keys"):
        answer = house.inspection(token, [str(one) for one in REGISTERS])
    assert (answer.status_code, answer.json()["tickets"]) == (200, [])
    assert answer.json()["mislukt"] == [str(one) for one in REGISTERS]


@pytest.mark.parametrize("register", ["", "nergens", "oin:1:x|doel:y|v1", f"{STUDIE} ", "\x00", "x" * 300])
def test_what_is_no_register_at_all_is_refused(house: House, token: str, register: str) -> None:
    assert house.inspection(token, [register]).status_code in {404, 422}


# who may ask


def test_only_rechten_with_the_token_of_a_session_gets_tickets(house: House, token: str) -> None:
    expected = {
        ("machtigen", house.machtigen.key): (403, "caller-not-allowed"),
        ("duo", house.source): (403, "caller-not-allowed"),
        ("beheer", house.operator): (403, "caller-not-allowed"),
        ("iemand", SigningKey.generate()): (401, "caller-rejected"),
        ("rechten", SigningKey.generate()): (401, "caller-rejected"),
    }
    for caller, refusal in expected.items():
        answer = house.inspection(token, [str(STUDIE)], caller=caller)
        assert (answer.status_code, answer.json()["code"]) == refusal
    assert house.inspection("guess", [str(STUDIE)]).json()["code"] == "not-logged-in"


def test_a_cookie_alone_gets_no_tickets(house: House) -> None:
    browser = house.log_in_at(house.rechten).browser
    body = {"registers": [str(STUDIE)], "cnf": {"jwk": SigningKey.generate().public_jwk()}}
    answer = browser.client.post("/identiteit/api/v1/inzagetickets", json=body)
    assert (answer.status_code, answer.json()["code"]) == (401, "caller-rejected")


def bad_keys() -> list[dict[str, Any]]:
    good = SigningKey.generate()
    public = good.public_jwk()
    return [
        {},
        {"kty": "oct", "k": "c2VjcmV0"},
        {"kty": ["EC"]},
        {"kty": {"a": 1}},
        {"kty": None},
        good.private_jwk(),
        {**public, "x": "AAAA"},
        {**public, "x": 5},
        {**public, "crv": ["P-256"]},
        {**public, "crv": "P-384"},
        {**public, "y": None},
        {"kty": "RSA", "n": "AQAB", "e": "AQAB"},
        {"kty": "RSA", "n": 1, "e": 1},
        {"kty": "OKP", "crv": "Ed25519", "x": "é"},
        {"kty": "OKP", "crv": "X25519", "x": "AAAA"},
    ]


@pytest.mark.parametrize("number", range(15))
def test_a_view_key_that_is_no_usable_public_key_is_refused(house: House, token: str, number: int) -> None:
    answer = house.inspection(token, [str(STUDIE)], jwk={**bad_keys()[number], "use": "sig"})
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid-public-key")


def test_only_what_a_public_key_needs_comes_back_in_the_ticket(house: House, token: str) -> None:
    key = SigningKey.generate().public_jwk() | {"note": "Noortjelien"}
    ticket = house.inspection(token, [str(STUDIE)], jwk=key).json()["tickets"][0]["ticket"]
    claims = house.verified(ticket, "inzageticket+jwt")
    assert set(claims["cnf"]["jwk"]) == {"kty", "crv", "x", "y", "kid", "alg", "use"}


# enrolment by a source


def test_a_source_gets_a_ticket_for_who_is_known_and_a_code_for_who_is_not(house: House) -> None:
    unknown = fresh_bsn()
    answer = enrol(house, unknown, POSTED[ANJA]["bsn"], "123", POSTED[NOOR]["bsn"], POSTED[ANJA]["bsn"])
    assert answer.status_code == 200
    first, anja, malformed, noor, again = answer.json()["aanmeldingen"]
    assert first == {"volgnummer": 0, "code": "unknown-person"}
    assert malformed == {"volgnummer": 2, "code": "unknown-person"}
    opened = []
    for number, one in ((1, anja), (3, noor), (4, again)):
        assert set(one) == {"volgnummer", "ticket"}
        assert one["volgnummer"] == number
        claims = house.verified(one["ticket"], "aanmeldticket+jwt")
        assert set(claims) == {"iss", "aud", "jti", "iat", "exp", "gebruik", "alt_sub"}
        assert (claims["aud"], claims["gebruik"], claims["exp"] - claims["iat"]) == (
            str(STUDIE),
            "aanmelding",
            300,
        )
        opened.append(house.opened(claims["alt_sub"][0]))
    assert opened[0] == opened[2] != opened[1]
    assert unknown not in answer.text


def test_when_nobody_is_known_there_is_no_ticket(house: House) -> None:
    answer = enrol(house, fresh_bsn(), fresh_bsn()).json()["aanmeldingen"]
    assert [one["code"] for one in answer] == ["unknown-person"] * 2


def test_only_a_registered_source_may_enrol(house: House) -> None:
    number = POSTED[NOOR]["bsn"]
    for who, key, expected in (
        ("iemand", SigningKey.generate(), (401, "caller-rejected")),
        ("duo", SigningKey.generate(), (401, "caller-rejected")),
        ("machtigen", house.machtigen.key, (403, "caller-not-allowed")),
        ("rechten", house.rechten.key, (403, "caller-not-allowed")),
        ("beheer", house.operator, (403, "caller-not-allowed")),
    ):
        answer = enrol(house, number, who=who, key=key)
        assert (answer.status_code, answer.json()["code"]) == expected


def test_an_enrolment_at_a_register_that_is_unknown_is_refused_and_told_apart_from_an_outage(
    house: House,
) -> None:
    answer = enrol(house, POSTED[NOOR]["bsn"], register=NOWHERE)
    assert (answer.status_code, answer.json()["code"]) == (404, "not-found")
    with house.without("keys"):
        answer = enrol(house, POSTED[NOOR]["bsn"])
    assert (answer.status_code, answer.json()["code"]) == (503, "peer-unavailable")


def test_a_source_enrols_at_its_own_registers_only(house: House) -> None:
    key = SigningKey.generate()
    jwks = {"keys": [key.public_jwk()]}
    body = {"client_id": "scholen", "jwks": jwks, "registers": [str(DIPLOMA)]}
    assert house.call("beheer", house.operator, "bronnen", body).status_code == 201
    number = POSTED[NOOR]["bsn"]
    assert enrol(house, number, register=DIPLOMA, who="scholen", key=key).status_code == 200
    refused = enrol(house, number, register=STUDIE, who="scholen", key=key)
    unknown = enrol(house, number, register=NOWHERE, who="scholen", key=key)
    assert (refused.status_code, refused.json()["code"]) == (404, "not-found")
    assert refused.json() == unknown.json()


# registering sources


def register(house: House, client_id: str, **body: Any) -> tuple[int, str | None]:
    answer = house.call("beheer", house.operator, "bronnen", {"client_id": client_id, **body})
    return answer.status_code, answer.json().get("code")


def test_a_source_is_registered_once_with_its_keys(house: House) -> None:
    jwks, other = ({"keys": [SigningKey.generate().public_jwk()]} for _ in range(2))
    assert register(house, "gemeente", jwks=jwks) == (201, None)
    assert register(house, "gemeente", jwks=jwks) == (200, None)
    assert register(house, "gemeente", jwks=other) == (409, "source-differs")
    assert register(house, "gemeente", jwks=jwks, registers=[str(STUDIE)]) == (409, "source-differs")


@pytest.mark.parametrize("name", ["beheer", "machtigen", "rechten"])
def test_a_source_cannot_take_the_name_of_a_neighbour(house: House, name: str) -> None:
    jwks = {"keys": [SigningKey.generate().public_jwk()]}
    assert register(house, name, jwks=jwks) == (422, "invalid-source")


@pytest.mark.parametrize("number", range(15))
def test_a_source_needs_usable_public_keys(house: House, number: int) -> None:
    keys = [bad_keys()[number]]
    assert register(house, "slecht", jwks={"keys": keys}) == (422, "invalid-source")


@pytest.mark.parametrize("jwks", [{}, {"keys": []}, {"keys": None}, {"keys": {"a": 1}}, {"keys": ["x"]}])
def test_a_source_needs_a_key_set(house: House, jwks: dict[str, Any]) -> None:
    assert register(house, "slecht", jwks=jwks) == (422, "invalid-source")


def test_only_the_operator_registers(house: House) -> None:
    for path, body in (
        ("bronnen", {"client_id": "x", "jwks": {"keys": [SigningKey.generate().public_jwk()]}}),
        ("personen", POSTED[NOOR]),
    ):
        for who, key in (("duo", house.source), ("machtigen", house.machtigen.key)):
            answer = house.call(who, key, path, body)
            assert (answer.status_code, answer.json()["code"]) == (403, "caller-not-allowed")
        assert house.http.post(f"/identiteit/api/v1/{path}", json=body).json()["code"] == "caller-rejected"
