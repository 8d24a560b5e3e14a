"""The OpenID Provider towards our own packages: what it gives, and to whom it gives nothing."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest

from identiteit.inloggen.model import CODE_LIVES
from keys.kernel.caller import assertion
from keys.kernel.jws import SigningKey, timestamp
from keys.kernel.oidc.relying_party import RelyingParty
from keys.kernel.pep import ActorKey, Ciphertext, PepError, decrypt, group
from tests.identiteit.house import (
    MACHTIGEN,
    OWN,
    STUDIE,
    Browser,
    House,
    Peer,
    answer_of,
)

SECOND = timedelta(seconds=1)
COMMON = {"iss", "sub", "aud", "exp", "iat", "nbf", "jti", "nonce", "sid", "acr", "auth_time"}


def peer_of(house: House, name: str) -> Peer:
    return house.peers[name]


# discovery


def test_discovery_names_what_works_at_our_public_address(house: House) -> None:
    document = house.http.get("/identiteit/.well-known/openid-configuration").json()
    assert document["issuer"] == OWN
    for name, path in {
        "authorization_endpoint": "authorize",
        "token_endpoint": "token",
        "jwks_uri": "jwks",
        "end_session_endpoint": "uitloggen",
    }.items():
        assert document[name] == f"{OWN}/{path}"
        assert house.http.get(document[name]).status_code in {200, 303, 400, 405}
    assert document["response_types_supported"] == ["code"]
    assert document["code_challenge_methods_supported"] == ["S256"]
    assert document["token_endpoint_auth_methods_supported"] == ["private_key_jwt"]
    assert document["id_token_signing_alg_values_supported"] == ["ES256"]
    assert document["backchannel_logout_session_supported"] is True
    assert "none" not in str(document["token_endpoint_auth_signing_alg_values_supported"])


def test_published_keys_are_public(house: House) -> None:
    keys = house.http.get("/identiteit/jwks").json()["keys"]
    assert len(keys) == 1
    assert set(keys[0]) == {"kty", "crv", "x", "y", "kid", "alg", "use"}


# the code flow


@pytest.mark.parametrize("name", ["machtigen", "rechten"])
def test_the_relying_party_of_the_packages_logs_in(house: House, visitor: Browser, name: str) -> None:
    peer = peer_of(house, name)
    party = RelyingParty(
        issuer=OWN,
        client_id=name,
        signing_key=peer.key,
        redirect_uri=peer.back,
        http=house.http,
        clock=house.now,
    )
    url, attempt = party.begin("/", acr_values="http://eidas.europa.eu/LoA/substantial")
    page = visitor.get(url).headers["location"]
    result = party.finish(attempt, answer_of(visitor.submit(page, persoon="noor", niveau="hoog")))
    assert result.claims["acr"] == "http://eidas.europa.eu/LoA/high"


@pytest.mark.parametrize(("name", "extra"), [("machtigen", {"alt_sub"}), ("rechten", set())])
def test_an_id_token_holds_exactly_these_claims(house: House, name: str, extra: set[str]) -> None:
    peer = peer_of(house, name)
    asked, code, browser = house.code_for(peer)
    claims = house.finish(peer, asked, code, browser).claims
    now = timestamp(house.now())
    assert set(claims) == COMMON | extra
    assert (claims["iss"], claims["aud"], claims["nonce"]) == (OWN, name, asked.parameters["nonce"])
    assert claims["exp"] - claims["iat"] == 300
    assert abs(claims["iat"] - now) < 10
    assert abs(claims["auth_time"] - now) < 10


def test_the_answer_carries_state_and_issuer_and_is_kept_by_nobody(house: House, visitor: Browser) -> None:
    asked = house.rechten.ask(state="a b&c=d#é")
    back = visitor.log_in(asked=asked)
    assert back.headers["location"].startswith(f"{house.rechten.back}?")
    answer = answer_of(back)
    assert set(answer) == {"code", "state", "iss"}
    assert (answer["state"], answer["iss"]) == ("a b&c=d#é", OWN)
    tokens = house.trade(house.rechten, asked, answer["code"])
    assert tokens.headers["cache-control"] == "no-store"
    assert set(tokens.json()) == {"access_token", "token_type", "expires_in", "scope", "id_token"}


def test_sub_and_sid_are_new_in_every_session_and_package(house: House) -> None:
    people = [house.log_in_at(peer) for peer in (house.machtigen, house.rechten) for _ in range(3)]
    for claim in ("sub", "sid", "jti"):
        assert len({someone.claims[claim] for someone in people}) == len(people)


def test_parameters_may_come_in_a_form(house: House, visitor: Browser) -> None:
    asked = house.machtigen.ask()
    to = visitor.client.post("/identiteit/authorize", data=asked.parameters)
    code = answer_of(visitor.submit(to.headers["location"], persoon="noor", niveau="hoog"))["code"]
    assert house.trade(house.machtigen, asked, code).status_code == 200


# the pseudonym for machtigen


def test_only_the_key_of_machtigen_opens_what_machtigen_gets(house: House) -> None:
    entries = [house.log_in_at(house.machtigen).claims["alt_sub"] for _ in range(2)]
    assert [len(entry) for entry in entries] == [1, 1]
    assert house.opened(entries[0][0]) == house.opened(entries[1][0])  # the same Noor
    assert entries[0][0]["sub"] != entries[1][0]["sub"]  # in a fresh ciphertext
    ciphertext = Ciphertext.from_alt_sub(entries[0][0])
    assert (ciphertext.domain, ciphertext.epoch) == (MACHTIGEN, 1)
    with pytest.raises(PepError):
        decrypt(ciphertext, house.actor_keys[STUDIE])
    wrong = ActorKey(MACHTIGEN, 1, group().random_scalar())
    assert decrypt(ciphertext, wrong) != house.opened(entries[0][0])


def test_other_people_have_other_pseudonyms(house: House) -> None:
    noor, anja = (
        house.opened(house.log_in_at(house.machtigen, who).claims["alt_sub"][0]) for who in ("noor", "anja")
    )
    assert noor != anja


def test_what_machtigen_gets_as_access_token_opens_nothing(house: House) -> None:
    token = house.log_in_at(house.machtigen).tokens["access_token"]
    refused = house.inspection(token, [str(STUDIE)])
    assert (refused.status_code, refused.json()["code"]) == (401, "not-logged-in")


# requests that are refused without sending the browser anywhere


@pytest.mark.parametrize(
    "changes",
    [
        {"redirect_uri": "https://evil.test/inloggen/terug"},
        {"redirect_uri": "http://huis.test/rechten/inloggen/terug"},
        {"redirect_uri": "http://huis.test/machtigen/inloggen/terug/"},
        {"redirect_uri": "http://huis.test/machtigen/inloggen/terug?x=1"},
        {"redirect_uri": "http://huis.test/machtigen/inloggen/terug#x"},
        {"redirect_uri": "HTTP://huis.test/machtigen/inloggen/terug"},
        {"redirect_uri": "http://huis.test/machtigen/inloggen/x/../terug"},
        {"redirect_uri": "http://huis.test/machtigen/inloggen/terug\x00"},
        {"redirect_uri": "javascript:alert(1)"},
        {"redirect_uri": ""},
        {"redirect_uri": None},
        {"client_id": "iemand"},
        {"client_id": "duo"},
        {"client_id": "beheer"},
        {"client_id": "\x00"},
        {"client_id": None},
    ],
)
def test_an_unregistered_address_or_client_is_never_redirected_to(
    house: House, visitor: Browser, changes: dict[str, str | None]
) -> None:
    answer = visitor.authorize(house.machtigen.ask(**changes))
    assert answer.status_code == 400
    assert "location" not in answer.headers
    assert "evil" not in answer.text
    as_program = house.http.get("/identiteit/authorize", params=house.machtigen.ask(**changes).parameters)
    assert as_program.json()["code"] == "login-request-refused"


@pytest.mark.parametrize("name", ["redirect_uri", "client_id"])
def test_an_address_that_comes_twice_is_not_redirected_to(house: House, visitor: Browser, name: str) -> None:
    pairs = [*house.machtigen.ask().parameters.items(), (name, "https://evil.test/")]
    answer = visitor.get(f"/identiteit/authorize?{urlencode(pairs)}")
    assert (answer.status_code, "location" in answer.headers) == (400, False)


# requests that go back to the package with an error


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"nonce": None}, "invalid_request"),
        ({"nonce": ""}, "invalid_request"),
        ({"nonce": "n" * 5000}, "invalid_request"),
        ({"nonce": "n\x00"}, "invalid_request"),
        ({"state": None}, "invalid_request"),
        ({"code_challenge": None}, "invalid_request"),
        ({"code_challenge": "short"}, "invalid_request"),
        ({"code_challenge_method": None}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"response_type": "code id_token"}, "unsupported_response_type"),
        ({"response_type": None}, None),
        ({"scope": "profile"}, "invalid_scope"),
        ({"scope": "openid profile"}, "invalid_scope"),
        ({"scope": None}, "invalid_scope"),
        ({"prompt": "none login"}, "invalid_request"),
        ({"max_age": "soon"}, "invalid_request"),
        ({"prompt": "none"}, "login_required"),
    ],
)
def test_a_wrong_request_goes_back_with_an_error_and_no_code(
    house: House, visitor: Browser, changes: dict[str, str | None], error: str | None
) -> None:
    asked = house.machtigen.ask(**changes)
    back = visitor.authorize(asked)
    assert back.headers["location"].startswith(f"{house.machtigen.back}?")
    answer = answer_of(back)
    assert answer["iss"] == OWN
    assert answer.get("state") == asked.parameters.get("state")
    assert "code" not in answer
    assert answer["error"] == error if error else answer["error"]


def test_a_parameter_that_comes_twice_is_refused(house: House, visitor: Browser) -> None:
    pairs = [*house.machtigen.ask().parameters.items(), ("nonce", "other")]
    answer = answer_of(visitor.get(f"/identiteit/authorize?{urlencode(pairs)}"))
    assert (answer["error"], "code" in answer) == ("invalid_request", False)


def test_a_fresh_login_is_asked_for_in_spite_of_a_session(house: House, visitor: Browser) -> None:
    house.log_in_at(house.rechten, browser=visitor)
    assert "code=" in visitor.authorize(house.rechten.ask()).headers["location"]
    for changes in ({"prompt": "login"}, {"prompt": "select_account"}):
        to = visitor.authorize(house.rechten.ask(**changes)).headers["location"]
        assert "/identiteit/inloggen?poging=" in to
    with house.later(61 * SECOND):
        to = visitor.authorize(house.rechten.ask(max_age="60")).headers["location"]
        assert "/identiteit/inloggen?poging=" in to
        assert "code=" in visitor.authorize(house.rechten.ask(max_age="600")).headers["location"]


# the token endpoint


def refusal(answer: Any) -> tuple[int, str]:
    assert "id_token" not in answer.text
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["content-type"].startswith("application/json")
    assert set(answer.json()) <= {"error", "error_description"}
    return answer.status_code, answer.json()["error"]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"code_verifier": "w" * 64}, (400, "invalid_grant")),
        ({"code_verifier": None}, (400, "invalid_request")),
        ({"code_verifier": "short"}, (400, "invalid_request")),
        ({"redirect_uri": "http://huis.test/machtigen/inloggen/terug"}, (400, "invalid_grant")),
        ({"redirect_uri": None}, (400, "invalid_grant")),
        ({"grant_type": None}, (400, "unsupported_grant_type")),
        ({"grant_type": "password"}, (400, "unsupported_grant_type")),
        ({"grant_type": "client_credentials"}, (400, "unsupported_grant_type")),
        ({"client_id": "machtigen"}, (401, "invalid_client")),
        ({"client_assertion": None}, (401, "invalid_client")),
        ({"client_assertion": "x.y.z"}, (401, "invalid_client")),
        ({"client_assertion": "é"}, (401, "invalid_client")),
        ({"client_assertion_type": None}, (401, "invalid_client")),
        ({"client_secret": "guess"}, (401, "invalid_client")),
    ],
)
def test_a_code_is_traded_only_when_everything_fits(
    house: House, changes: dict[str, str | None], expected: tuple[int, str]
) -> None:
    asked, code, _ = house.code_for(house.rechten)
    assert refusal(house.trade(house.rechten, asked, code, **changes)) == expected


@pytest.mark.parametrize("code", [None, "", "made-up", "\x00", "é", "x" * 10_000])
def test_a_code_that_never_was_buys_nothing(house: House, code: str | None) -> None:
    status, error = refusal(house.trade(house.rechten, house.rechten.ask(), code))
    assert (status, error) in {(400, "invalid_grant"), (400, "invalid_request")}


def test_a_client_proves_itself_with_its_own_key(house: House) -> None:
    asked, code, _ = house.code_for(house.rechten)
    for key in (SigningKey.generate(), house.machtigen.key):
        assert refusal(house.trade(house.rechten, asked, code, key=key)) == (401, "invalid_client")
    assert house.trade(house.rechten, asked, code).status_code == 200


def test_a_client_assertion_is_for_here_and_serves_once(house: House) -> None:
    asked, code, _ = house.code_for(house.rechten)
    elsewhere = assertion("rechten", house.rechten.key, "http://huis.test/machtigen/token", house.now())
    refused = house.trade(house.rechten, asked, code, client_assertion=elsewhere)
    assert refusal(refused) == (401, "invalid_client")
    good = assertion("rechten", house.rechten.key, OWN, house.now())
    used = house.trade(house.rechten, asked, "made-up", client_assertion=good)
    assert refusal(used) == (400, "invalid_grant")
    again = house.trade(house.rechten, asked, code, client_assertion=good)
    assert refusal(again) == (401, "invalid_client")


def test_the_code_of_another_package_is_refused_and_stays_good_for_its_own(house: House) -> None:
    asked, code, _ = house.code_for(house.rechten)
    refused = house.trade(house.machtigen, asked, code, redirect_uri=house.rechten.back)
    assert refusal(refused) == (400, "invalid_grant")
    assert house.trade(house.rechten, asked, code).status_code == 200


def test_a_code_that_comes_twice_ends_what_it_gave(house: House) -> None:
    asked, code, browser = house.code_for(house.rechten)
    token = house.finish(house.rechten, asked, code, browser).tokens["access_token"]
    assert house.inspection(token, [str(STUDIE)]).status_code == 200
    assert refusal(house.trade(house.rechten, asked, code)) == (400, "invalid_grant")
    assert house.inspection(token, [str(STUDIE)]).status_code == 401


def test_a_code_lives_a_minute(house: House) -> None:
    asked, code, _ = house.code_for(house.rechten)
    with house.later(CODE_LIVES + SECOND):
        assert refusal(house.trade(house.rechten, asked, code)) == (400, "invalid_grant")
    with house.later(CODE_LIVES - 5 * SECOND):
        assert house.trade(house.rechten, asked, code).status_code == 200


def test_a_field_that_comes_twice_is_refused(house: House) -> None:
    body = urlencode([("grant_type", "authorization_code")] * 2)
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    assert refusal(house.http.post("/identiteit/token", content=body, headers=headers)) == (
        400,
        "invalid_request",
    )


def test_when_the_keys_of_a_package_cannot_be_fetched_that_is_not_a_refusal(
    house: House, tmp_path: Any
) -> None:
    empty = House(tmp_path / "fresh")
    try:
        asked = empty.rechten.ask()
        with empty.without("rechten"):
            answer = empty.trade(empty.rechten, asked, secrets.token_urlsafe(32))
        assert (answer.status_code, answer.json()["code"]) == (503, "peer-unavailable")
    finally:
        empty.close()


def test_no_answer_goes_to_an_address_with_a_fragment(house: House, visitor: Browser) -> None:
    location = visitor.log_in(asked=house.rechten.ask()).headers["location"]
    parts = urlsplit(location)
    assert not parts.fragment
    assert dict(parse_qsl(parts.query))["code"] not in parts.path
