"""A registered client manages machtigingen for a person: scope `machtigingen`, in the place of a cookie."""

from __future__ import annotations

from typing import Any

import httpx2
import pytest
from authlib.integrations.base_client.errors import OAuthError

from machtigen.api import machtigingen as person_api
from machtigen.sessies.model import by_token
from tests.machtigen.token_flow import Flow, choices_of, claims_of, form_of
from tests.machtigen.token_house import OWN, Service, TokenHouse, fields_of, scope_of

SCOPE = f"{scope_of()} machtigingen"
LIST = f"{OWN}/api/v1/machtigingen"


@pytest.fixture
def manager(house: TokenHouse) -> Service:
    house.app.include_router(person_api.router)
    found = house.tokens.introspectie
    house.app.state.services.resolve_bearer = lambda token, now: by_token(found.person(token, now))
    return house.register("beheerapp", beheert_machtigingen=True)


def get(house: TokenHouse, token: str) -> httpx2.Response:
    return house.http.get(LIST, headers={"authorization": f"Bearer {token}"})


def token_of(house: TokenHouse, flow: Flow, service: Service, **extra: Any) -> str:
    return str(flow.tokens(house.log_in("noor"), "zelf", service, **extra)["access_token"])


def test_it_sees_and_ends_the_machtigingen_of_who_logged_in(
    house: TokenHouse, flow: Flow, manager: Service
) -> None:
    machtiging = house.grant()
    token = token_of(house, flow, manager, scope=SCOPE)
    assert [one["id"] for one in get(house, token).json()["resultaten"]] == [machtiging]
    ended = house.http.post(f"{LIST}/{machtiging}/intrekken", headers={"authorization": f"Bearer {token}"})
    assert (ended.status_code, ended.json()["status"]) == (200, "ingetrokken")


def test_the_token_is_for_us_alone(house: TokenHouse, flow: Flow, manager: Service) -> None:
    claims = claims_of(token_of(house, flow, manager, scope=SCOPE))
    assert claims["aud"] == [OWN]
    assert "represents" not in claims


def test_one_acts_here_for_oneself_only(house: TokenHouse, flow: Flow, manager: Service) -> None:
    house.grant()
    page = flow.open(house.log_in("anja"), flow.begin(manager, scope=SCOPE).url)
    assert choices_of(page) == ["zelf"]
    assert form_of(page)


@pytest.mark.parametrize("kind", ["a token for a service", "an ended one", "another's text"])
def test_any_other_token_is_nobody(house: TokenHouse, flow: Flow, manager: Service, kind: str) -> None:
    tokens = {
        "a token for a service": lambda: token_of(house, flow, manager),
        "an ended one": lambda: token_of(house, flow, manager, scope=SCOPE),
        "another's text": lambda: "a.b.c",
    }
    token = tokens[kind]()
    if kind == "an ended one":
        house.tokens.verklaringen.end_token(claims_of(token)["jti"], house.now)
    answer = get(house, token)
    assert (answer.status_code, answer.json()["code"]) == (401, "not-logged-in")


def test_it_ends_after_five_minutes(house: TokenHouse, flow: Flow, manager: Service) -> None:
    token = token_of(house, flow, manager, scope=SCOPE)
    house.passes(minutes=5)
    assert get(house, token).status_code == 401


def test_a_client_that_was_not_registered_for_it_does_not_get_the_scope(
    house: TokenHouse, flow: Flow
) -> None:
    answer = flow.open(house.log_in("noor"), flow.begin(scope=SCOPE).url)
    assert answer.status_code == 303
    assert fields_of(answer.headers["location"])["error"] == "invalid_scope"
    with pytest.raises(OAuthError):
        flow.exchange(flow.begin(scope=SCOPE), answer.headers["location"])
