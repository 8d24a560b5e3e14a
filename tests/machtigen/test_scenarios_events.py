"""Scenarios in which the law or a life event acts: S3, S4, S5 and S20, as services and people meet them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from machtigen.diensten.model import Aard, DienstId, Grond, Handeling, Niveau
from machtigen.machtigingen.model import Gebeurtenis, Rol
from machtigen.partijen.model import PartijId
from tests.machtigen.sender import fact, power
from tests.machtigen.token_flow import Flow
from tests.machtigen.token_house import TokenHouse
from tests.machtigen.world import AANVULLENDE_BEURS, DAY, ONLY_GEZAG, PAY, READ, dienst

PAYMENT = DienstId("urn:uuid:11111111-d358-406d-9d5f-ad6045f712ba")
COURSE = DienstId("urn:uuid:22222222-d358-406d-9d5f-ad6045f712ba")
COURT = frozenset({Grond.CURATELE, Grond.BEWIND, Grond.MENTORSCHAP})


def hears(house: TokenHouse, soort: str, *changes: dict[str, Any]) -> None:
    """A life event that identiteit sends."""
    event = house.sender.event(soort, *changes, per=house.now)
    assert house.ontvangst.receive(house.sender.token(event, house.now), house.now)


def may(house: TokenHouse, who: str, at: DienstId) -> list[PartijId]:
    """For whom this person may act there now."""
    found = house.machtigingen.list_representable(house.person(who), at, house.now)
    return [keten.vertegenwoordigde for keten in found]


def notices(house: TokenHouse, who: str) -> list[Gebeurtenis]:
    berichten = house.app.state.services.berichten
    house.machtigingen.deliver_notices({"bericht": berichten.receive}, house.now)
    return [one.soort for one in berichten.list_for(house.person(who)).resultaten]


def tomorrow(house: TokenHouse) -> Any:
    return house.now + timedelta(hours=20)


def test_s3_turning_18_ends_the_power_of_a_parent_by_itself(house: TokenHouse) -> None:
    of_age = house.now + timedelta(minutes=3)
    hears(
        house, "gezag", fact("minderjarig", "sem", tot=of_age),
        power("gezag", "sem", "karim", lease=tomorrow(house)),
    )  # fmt: skip
    assert may(house, "karim", ONLY_GEZAG) == [house.person("sem")]
    house.now = of_age
    assert may(house, "karim", ONLY_GEZAG) == []
    house.ontvangst.settle(house.now)
    assert Gebeurtenis.AANBOD in notices(house, "sem")
    assert notices(house, "karim")
    (ended,) = house.machtigingen.list_for(house.person("karim"), house.now).resultaten
    assert ended.status.naam == "beeindigd"
    assert house.machtigingen.history(ended.id, house.person("sem"), house.now)[-1].reden == "meerderjarig"


def test_s4_a_service_for_machtigingen_only_does_not_know_a_parent(house: TokenHouse) -> None:
    hears(house, "gezag", fact("minderjarig", "sem"), power("gezag", "sem", "karim", lease=tomorrow(house)))
    assert may(house, "karim", AANVULLENDE_BEURS) == []
    assert may(house, "karim", ONLY_GEZAG) == [house.person("sem")]


@pytest.fixture
def court_services(house: TokenHouse) -> None:
    """A payment arrangement, and a special course."""
    money = dienst(PAYMENT, "Betalingsregeling", gronden=COURT, handelingen=frozenset({READ, PAY}))
    care = dienst(COURSE, "Bijzondere opleiding", gronden=COURT)
    house.diensten.register(replace(money, aard=Aard.FINANCIEEL), house.now)
    house.diensten.register(replace(care, aard=Aard.PERSOONLIJK), house.now)


@pytest.mark.usefixtures("court_services")
def test_s5_mentor_and_administrator_each_do_their_own_and_a_curator_both(
    house: TokenHouse, flow: Flow
) -> None:
    lease = tomorrow(house)
    hears(house, "mentorschap", power("mentorschap", "willem", "bakker", lease=lease))
    hears(house, "bewind", power("bewind", "willem", "smit", lease=lease))
    willem = house.person("willem")
    assert (may(house, "bakker", PAYMENT), may(house, "bakker", COURSE)) == ([], [willem])
    assert (may(house, "smit", PAYMENT), may(house, "smit", COURSE)) == ([willem], [])
    hears(
        house, "curatele", fact("onder-curatele", "willem"),
        power("curatele", "willem", "curator", lease=lease),
        power("mentorschap", "willem", "bakker", geldt=False), power("bewind", "willem", "smit", geldt=False),
    )  # fmt: skip
    assert (may(house, "bakker", COURSE), may(house, "smit", PAYMENT)) == ([], [])
    assert (may(house, "curator", PAYMENT), may(house, "curator", COURSE)) == ([willem], [willem])
    (detail,) = flow.tokens(house.log_in("willem"), "zelf")["authorization_details"]
    assert detail["actions"] == [Handeling.INFORMATIE_OPVRAGEN]  # his own acts: reading, and never nothing


def test_s20_death_ends_voluntary_machtigingen_at_once_and_sends_no_letter(
    house: TokenHouse, flow: Flow
) -> None:
    machtiging = house.grant(van="karim", aan="anja")
    tokens = flow.tokens(house.log_in("anja"), machtiging)
    before = len(notices(house, "karim"))
    hears(house, "overlijden", fact("overleden", "karim"))
    answer = flow.post("/introspect", house.duo, token=tokens["access_token"])
    assert answer.json() == {"active": False}
    assert may(house, "anja", AANVULLENDE_BEURS) == []
    found, rol = house.machtigingen.require(machtiging, house.person("anja"))
    assert (found.status.naam, rol) == ("beeindigd", Rol.VERTEGENWOORDIGER)
    assert Gebeurtenis.BEEINDIGD in notices(house, "anja")
    assert len(notices(house, "karim")) == before


def test_s20_an_executor_acts_after_death(house: TokenHouse) -> None:
    estate = DienstId("urn:uuid:33333333-d358-406d-9d5f-ad6045f712ba")
    house.diensten.register(
        dienst(estate, "Schuld van een nalatenschap", gronden=frozenset({Grond.EXECUTEUR})), house.now
    )
    hears(house, "overlijden", fact("overleden", "karim"))
    hears(house, "executeur", power("executeur", "karim", "lisa", lease=house.now + DAY))
    (keten,) = house.machtigingen.list_representable(house.person("lisa"), estate, house.now)
    assert keten.vertegenwoordigde == house.person("karim")
    assert keten.schakel.niveau is Niveau.HOOG
