"""What services notice of life events: own acts without capacity, and the end of a parent's power."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import httpx2
import pytest

from keys.kernel.gebeurtenis.token import MEDIA_TYPE
from keys.kernel.jws import Jwks, verify
from machtigen.api import gebeurtenissen
from machtigen.diensten.model import Niveau
from machtigen.machtigingen.model import Rol
from tests.machtigen.sender import fact, power
from tests.machtigen.token_flow import Flow
from tests.machtigen.token_house import ORIGIN, OWN, RSA, TokenHouse, scope_of
from tests.machtigen.world import ARRANGE, ONLY_GEZAG, READ


@pytest.fixture
def parents(house: TokenHouse) -> Any:
    """A service that parents may use."""
    return house.register("duo-verzuim", diensten=(ONLY_GEZAG,))


def hears(house: TokenHouse, soort: str, *changes: dict[str, Any]) -> None:
    event = house.sender.event(soort, *changes, per=house.now)
    assert house.ontvangst.receive(house.sender.token(event, house.now), house.now)


def actions(tokens: dict[str, Any]) -> list[str]:
    (detail,) = tokens["authorization_details"]
    return list(detail["actions"])


@pytest.mark.parametrize("feit", ["onder-curatele", "minderjarig"])
def test_who_has_no_capacity_is_let_in_to_read_and_for_nothing_else(flow: Flow, feit: str) -> None:
    house = flow.house
    assert actions(flow.tokens(house.log_in("willem"), "zelf")) == [READ, ARRANGE]
    hears(house, "curatele", fact(feit, "willem"))
    assert actions(flow.tokens(house.log_in("willem"), "zelf")) == [READ]
    hears(house, "maatregel-einde", fact(feit, "willem", geldt=False))
    assert actions(flow.tokens(house.log_in("willem"), "zelf")) == [READ, ARRANGE]


def test_no_token_of_a_parent_outlives_the_eighteenth_birthday(flow: Flow, parents: Any) -> None:
    house = flow.house
    of_age = house.now + timedelta(minutes=3)
    hears(
        house, "gezag", fact("minderjarig", "sem", tot=of_age),
        power("gezag", "sem", "karim", lease=house.now + timedelta(hours=24)),
    )  # fmt: skip
    (choice,) = house.machtigingen.list_representable(house.person("karim"), ONLY_GEZAG, house.now)
    browser = house.log_in("karim", Niveau.HOOG)
    tokens = flow.tokens(browser, choice.id, parents, scope=scope_of(ONLY_GEZAG))
    claims = verify(tokens["access_token"], Jwks.of(RSA), typ="at+jwt")
    assert claims["exp"] <= of_age.timestamp()
    house.now = of_age
    introspection = flow.post("/introspect", parents, token=tokens["access_token"])
    assert introspection.json() == {"active": False}
    assert house.machtigingen.list_representable(house.person("karim"), ONLY_GEZAG, house.now) == []
    house.ontvangst.settle(house.now)
    found, rol = house.machtigingen.require(choice.id, house.person("sem"))
    assert (found.status.naam, found.status.reden, rol) == (
        "beeindigd", "meerderjarig", Rol.VERTEGENWOORDIGDE,
    )  # fmt: skip
    seen = house.tokens.gebruiken.list_of(choice.id).resultaten  # what Sem's page shows of it
    assert [use.persoon for use in seen] == [house.person("karim")]


def test_death_turns_a_token_off_at_once(flow: Flow) -> None:
    house = flow.house
    granted = house.grant("noor", "anja")
    tokens = flow.tokens(house.log_in("anja"), granted)
    asked = {"token": tokens["access_token"]}
    assert flow.post("/introspect", house.duo, **asked).json()["active"] is True
    hears(house, "overlijden", fact("overleden", "noor"))
    assert flow.post("/introspect", house.duo, **asked).json() == {"active": False}


def push(house: TokenHouse, body: bytes, kind: str = MEDIA_TYPE) -> httpx2.Response:
    house.app.router.routes.extend(gebeurtenissen.ROUTES)
    return house.http.post(f"{ORIGIN}/machtigen/gebeurtenissen", content=body, headers={"Content-Type": kind})


def test_the_endpoint_answers_as_rfc_8935_says(house: TokenHouse) -> None:
    event = house.sender.event("overlijden", fact("overleden", "noor"), per=house.now)
    token = house.sender.token(event, house.now).encode()
    for _ in range(2):  # the second time it came before
        answer = push(house, token)
        assert (answer.status_code, answer.content) == (202, b"")
    refused = {
        "invalid_request": (
            push(house, token, "application/json"),
            push(house, b"\xff"),
            push(house, b"x" * 70_000),
        ),
        "authentication_failed": (push(house, token[:-8] + b"AAAAAAAA"),),
    }
    for err, answers in refused.items():
        for answer in answers:
            assert (answer.status_code, answer.json()["err"]) == (400, err)
            assert answer.headers["content-type"] == "application/json"
    assert OWN.endswith("/machtigen")
