"""Pushed authorization requests (RFC 9126) and rich authorization requests (RFC 9396)."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.machtigen.test_authorize import AUTHORIZE, GOOD
from tests.machtigen.token_flow import Flow, choices_of, claims_of
from tests.machtigen.token_house import AUDIENCE, OWN, TokenHouse, fields_of
from tests.machtigen.world import AANVULLENDE_BEURS, READ

PAR = "/login/par"
TYPE = f"{OWN}/rar/machtiging/v1"


def wish(**changes: Any) -> str:
    return json.dumps([{"type": TYPE, **changes}])


def test_a_pushed_request_works_once(house: TokenHouse, flow: Flow) -> None:
    pushed = flow.post(PAR, house.duo, **GOOD)
    assert pushed.status_code == 201
    assert pushed.json()["expires_in"] < 600
    asked = {"client_id": "duo-portaal", "request_uri": pushed.json()["request_uri"]}
    browser = house.log_in("anja")
    first = browser.get(AUTHORIZE, params=asked)
    assert choices_of(flow.open(browser, first.headers["location"])) == ["zelf"]
    assert browser.get(AUTHORIZE, params=asked).status_code == 400


def test_a_pushed_request_is_for_its_own_client_and_a_short_time(house: TokenHouse, flow: Flow) -> None:
    house.register("ander-portaal")
    uri = flow.post(PAR, house.duo, **GOOD).json()["request_uri"]
    browser = house.log_in("anja")
    for client_id in ("ander-portaal", "", "onbekend"):
        assert browser.get(AUTHORIZE, params={"client_id": client_id, "request_uri": uri}).status_code == 400
    house.passes(seconds=90)
    assert browser.get(AUTHORIZE, params={"client_id": "duo-portaal", "request_uri": uri}).status_code == 400


@pytest.mark.parametrize(
    "uri", ["https://elders.example/verzoek", "urn:ietf:params:oauth:request_uri:x", "x"]
)
def test_another_request_uri_is_not_fetched(house: TokenHouse, uri: str) -> None:
    asked = {**GOOD, "request_uri": uri}
    assert house.log_in("anja").get(AUTHORIZE, params=asked).status_code == 400


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"request_uri": "urn:ietf:params:oauth:request_uri:x"}, "invalid_request"),
        ({"scope": "openid"}, "invalid_scope"),
        ({"redirect_uri": "https://elders.example"}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"client_id": "ander"}, "invalid_client"),
        ({"authorization_details": "[]"}, "invalid_authorization_details"),
    ],
)
def test_a_wrong_request_cannot_be_pushed(
    house: TokenHouse, flow: Flow, changes: dict[str, str], error: str
) -> None:
    answer = flow.post(PAR, house.duo, **{**GOOD, **changes})
    assert answer.status_code in {400, 401}
    assert answer.json()["error"] == error


def test_a_request_without_proof_is_not_kept(house: TokenHouse) -> None:
    answer = house.http.post(f"{OWN}{PAR}", data=GOOD)
    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")


def test_a_service_may_ask_less(house: TokenHouse, flow: Flow) -> None:
    asked = wish(actions=["informatie_opvragen"], dienst=AANVULLENDE_BEURS, locations=[AUDIENCE])
    answer = flow.tokens(house.log_in("anja"), house.grant(), authorization_details=asked)
    (detail,) = answer["authorization_details"]
    assert detail["actions"] == ["informatie_opvragen"]
    assert claims_of(answer["access_token"])["authorization_details"] == [detail]
    verified = house.verifier().verify(answer["access_token"])
    assert not verified.allows("zaken_regelen", AANVULLENDE_BEURS, "studiefinanciering")


def test_a_machtiging_that_gives_none_of_what_is_asked_is_not_shown(house: TokenHouse, flow: Flow) -> None:
    house.grant(handelingen=frozenset({READ}))
    url = flow.begin(authorization_details=wish(actions=["zaken_regelen"])).url
    assert choices_of(flow.open(house.log_in("anja"), url)) == ["zelf"]


def test_a_machtiging_for_one_case_needs_that_case(house: TokenHouse, flow: Flow) -> None:
    machtiging = house.grant(zaak="Z-12")
    browser = house.log_in("anja")
    assert choices_of(flow.open(browser, flow.begin().url)) == ["zelf"]
    assert choices_of(flow.open(browser, flow.begin(authorization_details=wish(zaak="Z-13")).url)) == ["zelf"]
    answer = flow.tokens(browser, machtiging, authorization_details=wish(zaak="Z-12"))
    assert answer["authorization_details"][0]["zaak"] == "Z-12"


@pytest.mark.parametrize(
    "text",
    [
        "x",
        "{}",
        "[]",
        "[1]",
        "[" * 5_000,
        json.dumps([{"type": TYPE}, {"type": TYPE}]),
        json.dumps([{"type": "https://elders.example/rar"}]),
        json.dumps([{}]),
        wish(privileges=["alles"]),
        wish(identifier="mp_x"),
        wish(actions=["betalen"]),
        wish(actions=[]),
        wish(actions="informatie_opvragen"),
        wish(actions=[1]),
        wish(doelen=["opsporing"]),
        wish(dienst="urn:uuid:00000000-0000-4000-8000-000000000000"),
        wish(locations=["https://elders.example"]),
        wish(zaak=""),
        wish(zaak=7),
        wish(zaak="x" * 101),
        wish(zaak="a\nb"),
    ],
)
def test_a_wish_that_cannot_be_obeyed_is_refused(house: TokenHouse, text: str) -> None:
    answer = house.log_in("anja").get(AUTHORIZE, params={**GOOD, "authorization_details": text[:4_000]})
    assert fields_of(answer.headers["location"])["error"] == "invalid_authorization_details"
