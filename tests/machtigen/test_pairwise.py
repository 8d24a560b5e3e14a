"""Every identifier in a token means something to one actor only."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from machtigen.bevoegdheidsverklaringen.pairwise import Pairwise
from tests.machtigen.token_flow import Flow, claims_of
from tests.machtigen.token_house import OTHER, OTHER_ACTOR, TokenHouse

PAIRWISE = Pairwise(b"p" * 32)


def values_of(claims: Any) -> set[str]:
    """Every text in the claims, however deep."""
    if isinstance(claims, dict):
        return {value for part in claims.values() for value in values_of(part)}
    if isinstance(claims, list):
        return {value for part in claims for value in values_of(part)}
    return {claims} if isinstance(claims, str) else set()


def test_two_actors_share_no_identifier(house: TokenHouse, flow: Flow) -> None:
    other = house.register("terugbetalen", actor=OTHER_ACTOR, domein=str(OTHER), audience="https://b.example")
    machtiging, browser = house.grant(), house.log_in("anja")
    first = claims_of(flow.tokens(browser, machtiging)["access_token"])
    second = claims_of(flow.tokens(browser, machtiging, other)["access_token"])
    shared = values_of(first) & values_of(second)
    secret = {value for value in shared if len(value) == 22 or value.startswith(("mp_", "PEP-"))}
    assert secret == set()
    assert first["status"] != second["status"]


def test_the_portal_and_the_interface_of_one_actor_share_them(house: TokenHouse, flow: Flow) -> None:
    app = house.register("duo-app")
    machtiging, browser = house.grant(), house.log_in("anja")
    first = claims_of(flow.tokens(browser, machtiging)["access_token"])
    second = claims_of(flow.tokens(browser, machtiging, app)["access_token"])
    assert first["sub"] == second["sub"]
    assert first["represents"]["sub"] == second["represents"]["sub"]
    identifiers = [found["authorization_details"][0]["identifier"] for found in (first, second)]
    assert identifiers[0] == identifiers[1]


def test_every_token_has_fresh_ciphertexts_jti_and_index(house: TokenHouse, flow: Flow) -> None:
    machtiging, browser = house.grant(), house.log_in("anja")
    first = claims_of(flow.tokens(browser, machtiging)["access_token"])
    second = claims_of(flow.tokens(browser, machtiging)["access_token"])
    assert first["sub"] == second["sub"]
    assert first["alt_sub"][0]["sub"] != second["alt_sub"][0]["sub"]
    assert first["jti"] != second["jti"]
    assert first["status"] != second["status"]


def test_nothing_of_ours_is_in_a_token(house: TokenHouse, flow: Flow) -> None:
    machtiging = house.grant(label="voor mijn moeder")
    claims = claims_of(flow.tokens(house.log_in("anja"), machtiging)["access_token"])
    ours = {machtiging, house.person("anja"), house.person("noor"), "voor mijn moeder"}
    assert not ours & values_of(claims)


@given(st.text(max_size=20), st.text(max_size=20), st.text(max_size=20), st.text(max_size=20))
def test_different_inputs_give_different_names(sector: str, value: str, sector2: str, value2: str) -> None:
    same = (sector, value) == (sector2, value2)
    assert (PAIRWISE.subject(sector, value) == PAIRWISE.subject(sector2, value2)) is same
    assert PAIRWISE.subject(sector, value) not in PAIRWISE.machtiging(sector, value)


def test_the_boundary_between_sector_and_value_counts() -> None:
    assert PAIRWISE.subject("ab", "c") != PAIRWISE.subject("a", "bc")
    assert len(PAIRWISE.subject("ab", "c")) == 22
    assert "p" not in repr(PAIRWISE).removeprefix("Pairwise(key=")


@pytest.mark.parametrize("key", [b"", b"p" * 31, b"p" * 33])
def test_a_key_of_another_length_is_refused(key: bytes) -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        Pairwise(key)
