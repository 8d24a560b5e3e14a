"""S6: Fatima gives one bundle, over services of several providers, to the debt help of her municipality."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from machtigen.diensten.model import DienstId
from tests.machtigen.people import Someone, director, employee, organisation, someone, wish
from tests.machtigen.token_flow import Flow, choices_of, claims_of
from tests.machtigen.token_house import OTHER, OTHER_ACTOR, Service, TokenHouse, scope_of
from tests.machtigen.world import AANVULLENDE_BEURS, NOW, dienst

GEMEENTE = "gemeente-assen"
SCHULD = DienstId("urn:uuid:09e17a2e-d358-406d-9d5f-ad6045f712c2")
THERE = "https://terugbetalen.example.nl"
HELP, PARKEREN = "schuldhulpverlener", "parkeerbeheer"


class Municipality:
    """Fatima, the municipality with two departments, and two providers."""

    def __init__(self, house: TokenHouse) -> None:
        self.house = house
        debt = replace(dienst(SCHULD, "Betalingsregeling"), actor=OTHER_ACTOR, audience=THERE)
        house.diensten.register(debt, NOW)
        self.other: Service = house.register(
            "terugbetalen", actor=OTHER_ACTOR, domein=str(OTHER), diensten=(SCHULD,),
            audience=THERE,
        )  # fmt: skip
        self.org = organisation(house, GEMEENTE)
        self.mayor = director(house, "vera", GEMEENTE)
        self.helper = employee(self.mayor, "ali", HELP, GEMEENTE)
        self.parking = employee(self.mayor, "eva", PARKEREN, GEMEENTE)
        self.fatima = someone(house, "fatima")
        for who, functie in ((self.helper, HELP), (self.parking, PARKEREN)):
            self.function_power(who, functie)
        self.bundle = self.grant(functie=HELP)

    def function_power(self, who: Someone, functie: str) -> str:
        """A standing power over these services for all clients, in one function."""
        asked = wish(self.house, diensten=[AANVULLENDE_BEURS, SCHULD], functie=functie)
        issued = self.mayor.does(f"/machtigingen?organisatie={GEMEENTE}", asked)
        return str(who.does("/codes/bevestigen", {"code": issued["code"]})["id"])

    def grant(self, **more: object) -> str:
        """One act of Fatima over services of two providers."""
        asked = wish(self.house, diensten=[AANVULLENDE_BEURS, SCHULD], organisatie=GEMEENTE, **more)
        issued = self.fatima.does("/machtigingen", asked)
        accepted = self.mayor.does("/codes/bevestigen", {"code": issued["code"], "organisatie": GEMEENTE})
        return str(accepted["id"])


@pytest.fixture
def town(house: TokenHouse) -> Municipality:
    return Municipality(house)


def test_the_helper_acts_at_every_provider_and_each_sees_its_own_slice(
    town: Municipality, flow: Flow
) -> None:
    here = flow.tokens(town.helper.browser, town.bundle)
    there = flow.tokens(town.helper.browser, town.bundle, town.other, scope=scope_of(SCHULD))
    one, other = claims_of(here["access_token"]), claims_of(there["access_token"])
    (detail,) = one["authorization_details"]
    assert detail["dienst"] == AANVULLENDE_BEURS
    assert SCHULD not in str(one)
    assert AANVULLENDE_BEURS not in str(other)
    assert identifiers(one).isdisjoint(identifiers(other))


def identifiers(claims: dict[str, Any]) -> set[str]:
    """What could tie one provider's token to another's."""
    (detail,) = claims["authorization_details"]
    inner = claims["represents"]
    subs = {claims["sub"], inner["sub"], inner["represents"]["sub"]}
    return {claims["jti"], detail["identifier"], *detail["schakels"], *subs}


def test_another_department_sees_nothing(town: Municipality, flow: Flow) -> None:
    assert town.bundle not in choices_of(flow.open(town.parking.browser, flow.begin().url))
    assert town.bundle in choices_of(flow.open(town.helper.browser, flow.begin().url))
    assert town.parking.browser.get(f"/machtigen/api/v1/machtigingen/{town.bundle}").status_code == 404
    for who in (town.parking, town.helper):
        assert who.browser.get(f"/machtigen/api/v1/machtigingen?organisatie={GEMEENTE}").status_code == 404


def test_after_revocation_the_helper_sees_nothing(town: Municipality, flow: Flow) -> None:
    token = flow.tokens(town.helper.browser, town.bundle)["access_token"]
    town.fatima.does(f"/machtigingen/{town.bundle}/intrekken")
    assert town.house.tokens.introspectie.read(token, town.house.now) is None
    assert town.bundle not in choices_of(flow.open(town.helper.browser, flow.begin().url))


def test_what_is_given_to_no_function_in_particular_reaches_every_function(
    house: TokenHouse, flow: Flow
) -> None:
    town = Municipality(house)
    town.fatima.does(f"/machtigingen/{town.bundle}/intrekken")
    open_to_all = town.grant()
    assert open_to_all in choices_of(flow.open(town.parking.browser, flow.begin().url))


def test_only_that_organisation_may_accept(town: Municipality) -> None:
    organisation(town.house, "de-brug")
    stranger = director(town.house, "omar", "de-brug")
    issued = town.fatima.does("/machtigingen", wish(town.house, organisatie=GEMEENTE))
    code = {"code": issued["code"]}
    assert stranger.fails("/codes/bevestigen", code) == (404, "code-unknown")
    assert stranger.fails("/codes/bevestigen", {**code, "organisatie": "de-brug"}) == (404, "code-unknown")
    assert stranger.fails("/codes/bevestigen", {**code, "organisatie": GEMEENTE}) == (404, "not-found")


def test_who_is_authorised_for_the_organisation_itself_does_not_reach_its_clients(
    town: Municipality, flow: Flow
) -> None:
    issued = town.mayor.does(f"/machtigingen?organisatie={GEMEENTE}", wish(town.house))
    accountant = someone(town.house, "thomas")
    accountant.does("/codes/bevestigen", {"code": issued["code"]})
    found = choices_of(flow.open(accountant.browser, flow.begin().url))
    assert issued["id"] in found
    assert town.bundle not in found
