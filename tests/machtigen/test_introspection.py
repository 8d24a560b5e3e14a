"""Introspection, revocation and userinfo: right now, for whom it concerns, and nothing for others."""

from __future__ import annotations

from typing import Any

import httpx2
import pytest
from authlib.oidc.core import CodeIDToken, UserInfo
from joserfc import jwt
from joserfc.jwk import KeySet

from keys.kernel.jws import Jwks, SigningKey, sign, verify
from keys.kernel.jws.signature import read_header
from tests.machtigen.token_flow import Flow, claims_of
from tests.machtigen.token_house import AUDIENCE, DUO, ISSUER, OWN, RSA, TokenHouse

INACTIVE = {"active": False}


def introspected(flow: Flow, token: str, **headers: Any) -> httpx2.Response:
    return flow.post("/introspect", flow.house.duo, token=token, headers=headers)


@pytest.fixture
def machtiging(house: TokenHouse) -> str:
    return house.grant()


@pytest.fixture
def token(house: TokenHouse, flow: Flow, machtiging: str) -> str:
    return str(flow.tokens(house.log_in("anja"), machtiging)["access_token"])


def test_a_live_token_is_told_whole_to_its_client(house: TokenHouse, flow: Flow, token: str) -> None:
    answer = introspected(flow, token).json()
    assert answer == {"active": True, "token_type": "Bearer", **claims_of(token)}


def test_the_register_behind_the_audience_may_ask_too(house: TokenHouse, flow: Flow, token: str) -> None:
    register = house.register("duo-register", redirect_uris=())
    assert flow.post("/introspect", register, token=token).json()["active"] is True


def test_a_stranger_learns_nothing(house: TokenHouse, flow: Flow, token: str) -> None:
    stranger = house.register("vreemde", audience="https://elders.example")
    assert flow.post("/introspect", stranger, token=token).json() == INACTIVE


def test_a_revoked_machtiging_answers_nothing_at_once(
    house: TokenHouse, flow: Flow, token: str, machtiging: str
) -> None:
    house.machtigingen.revoke(machtiging, house.person("noor"), house.now)
    assert introspected(flow, token).json() == INACTIVE


def test_a_machtiging_that_time_ended_answers_nothing(house: TokenHouse, flow: Flow) -> None:
    from datetime import timedelta

    machtiging = house.grant(end=house.now + timedelta(seconds=100))
    token = flow.tokens(house.log_in("anja"), machtiging)["access_token"]
    house.passes(seconds=99)
    assert introspected(flow, token).json()["active"] is True
    house.passes(seconds=1)
    assert introspected(flow, token).json() == INACTIVE


def test_an_expired_token_answers_nothing(house: TokenHouse, flow: Flow, token: str) -> None:
    house.passes(seconds=300)
    assert introspected(flow, token).json() == INACTIVE


@pytest.mark.parametrize("value", ["x", "a.b.c", "eyJhbGciOiJub25lIn0.e30.", "é", "x" * 20_000, "\x01"])
def test_what_is_no_token_answers_nothing(flow: Flow, value: str) -> None:
    assert introspected(flow, value).json() == INACTIVE


def test_a_forged_token_answers_nothing(house: TokenHouse, flow: Flow, token: str) -> None:
    forged = sign(claims_of(token), SigningKey.generate("PS256"), typ="at+jwt")
    assert introspected(flow, forged).json() == INACTIVE
    other_kind = sign(claims_of(token), RSA, typ="JWT")
    assert introspected(flow, other_kind).json() == INACTIVE
    never_issued = sign({**claims_of(token), "jti": "never-issued-number-0001"}, RSA, typ="at+jwt")
    assert introspected(flow, never_issued).json() == INACTIVE


def test_whoever_asks_must_say_who_they_are(house: TokenHouse, token: str) -> None:
    for path in ("/introspect", "/revoke"):
        answer = house.http.post(f"{OWN}{path}", data={"token": token})
        assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")


def test_the_question_must_hold_a_token(flow: Flow) -> None:
    for path in ("/introspect", "/revoke"):
        answer = flow.post(path, flow.house.duo)
        assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")


def test_a_signed_answer_is_for_the_asker_alone(house: TokenHouse, flow: Flow, token: str) -> None:
    answer = introspected(flow, token, accept="application/token-introspection+jwt")
    assert answer.headers["content-type"] == "application/token-introspection+jwt"
    claims = verify(answer.text, Jwks.of(RSA), typ="token-introspection+jwt")
    assert claims.keys() == {"iss", "aud", "iat", "token_introspection"}
    assert (claims["iss"], claims["aud"]) == (ISSUER, "duo-portaal")
    assert claims["token_introspection"]["active"] is True
    inactive = introspected(flow, "x", accept="application/token-introspection+jwt")
    assert verify(inactive.text, Jwks.of(RSA), typ=None)["token_introspection"] == INACTIVE


def test_a_client_ends_its_own_token(house: TokenHouse, flow: Flow, token: str) -> None:
    answer = flow.post("/revoke", house.duo, token=token)
    assert (answer.status_code, answer.text) == (200, "")
    assert introspected(flow, token).json() == INACTIVE


def test_a_client_cannot_end_the_token_of_another(house: TokenHouse, flow: Flow, token: str) -> None:
    other = house.register("ander-portaal")
    assert flow.post("/revoke", other, token=token).status_code == 200
    assert flow.post("/revoke", house.duo, token="unknown").status_code == 200
    assert introspected(flow, token).json()["active"] is True


def test_userinfo_says_who_acts_and_for_whom(house: TokenHouse, flow: Flow, token: str) -> None:
    headers = {"authorization": f"Bearer {token}"}
    answer = house.http.get(f"{OWN}/login/userinfo", headers=headers).json()
    claims = claims_of(token)
    assert answer["sub"] == UserInfo(answer).sub == claims["sub"]
    assert answer["represents"] == claims["represents"]
    signed = house.http.post(f"{OWN}/login/userinfo", headers={**headers, "accept": "application/jwt"})
    assert signed.headers["content-type"] == "application/jwt"
    assert claims_of(signed.text)["aud"] == "duo-portaal"


def test_userinfo_is_only_for_a_good_token(
    house: TokenHouse, flow: Flow, token: str, machtiging: str
) -> None:
    house.machtigingen.revoke(machtiging, house.person("noor"), house.now)
    for headers in ({}, {"authorization": "Bearer x"}, {"authorization": f"Bearer {token}"}):
        answer = house.http.get(f"{OWN}/login/userinfo", headers=headers)
        assert answer.status_code == 401
        assert answer.headers["www-authenticate"] == 'Bearer error="invalid_token"'


def test_authlib_finds_the_id_token_in_order(house: TokenHouse, flow: Flow) -> None:
    attempt = flow.begin()
    answer = flow.exchange(attempt, flow.choose(house.log_in("anja"), attempt.url, house.grant()))
    keys = KeySet.import_key_set(house.http.get(f"{OWN}/sleutels").json())
    token = jwt.decode(answer["id_token"], keys, algorithms=["PS256"])
    claims = CodeIDToken(
        token.claims,
        token.header,
        {"iss": {"value": ISSUER}, "aud": {"value": "duo-portaal"}},
        {"nonce": attempt.nonce, "access_token": answer["access_token"], "client_id": "duo-portaal"},
    )
    claims.validate(now=int(house.now.timestamp()))
    assert read_header(answer["id_token"])["typ"] == "JWT"


def test_discovery_names_what_works_and_nothing_else(house: TokenHouse) -> None:
    documents = [
        house.http.get(path).json()
        for path in (
            "/machtigen/login/.well-known/openid-configuration",
            "/machtigen/login/.well-known/oauth-authorization-server",
            "/.well-known/openid-configuration/machtigen/login",
            "/.well-known/oauth-authorization-server/machtigen/login",
        )
    ]
    assert all(document == documents[0] for document in documents)
    found = documents[0]
    assert found["issuer"] == ISSUER
    assert found["response_types_supported"] == ["code"]
    assert found["grant_types_supported"] == ["authorization_code"]
    assert found["code_challenge_methods_supported"] == ["S256"]
    assert found["subject_types_supported"] == ["pairwise"]
    assert "represents" in found["claims_supported"]
    assert found["authorization_details_types_supported"] == [
        f"{OWN}/rar/machtiging/v1",
        f"{OWN}/rar/dienst/v1",
    ]
    for name, address in found.items():
        if name.endswith("_endpoint") or name == "jwks_uri":
            assert house.http.get(address).status_code != 404, name


def test_the_token_issuer_has_a_document_of_its_own(house: TokenHouse) -> None:
    first = house.http.get("/machtigen/.well-known/oauth-authorization-server").json()
    assert first == house.http.get("/.well-known/oauth-authorization-server/machtigen").json()
    assert first["issuer"] == OWN
    assert first["grant_types_supported"] == ["client_credentials"]
    assert first["token_endpoint"] == f"{OWN}/token"


def test_nothing_in_a_token_names_another_domain(token: str) -> None:
    assert [entry["aud"] for entry in claims_of(token)["alt_sub"]] == [str(DUO)]
    assert claims_of(token)["aud"] == [AUDIENCE]
