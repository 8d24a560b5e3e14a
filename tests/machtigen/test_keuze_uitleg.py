"""The page "for whom do you act?" tells the person why someone is missing, and tells the service nothing."""

from __future__ import annotations

import pytest

from machtigen.diensten.model import Grond, Niveau
from machtigen.machtigingen.model import Inperking
from machtigen.machtigingen.wettelijk import Spiegeling
from tests.machtigen.token_flow import Flow, choices_of, fields_of
from tests.machtigen.token_house import TokenHouse
from tests.machtigen.world import NOW, REISPRODUCT

pytestmark = pytest.mark.slow
MISSING = "Staat iemand er niet bij?"


def page_for(house: TokenHouse, flow: Flow, name: str = "anja") -> str:
    return flow.open(house.log_in(name), flow.begin().url).text


def test_who_can_be_chosen_is_not_explained(house: TokenHouse, flow: Flow) -> None:
    house.grant()
    assert MISSING not in page_for(house, flow)


def test_with_nothing_at_all_one_reads_who_may_and_how_to_ask(house: TokenHouse, flow: Flow) -> None:
    page = page_for(house, flow)
    assert "Niemand heeft u gemachtigd voor deze dienst." in page
    assert "Iemand die een machtiging kreeg van degene om wie het gaat." in page
    assert "De website krijgt er niets van te weten." in page


@pytest.mark.parametrize(
    ("act", "text"),
    [
        ("pause", "De machtiging is gepauzeerd."),
        ("contest", "De machtiging is betwist."),
    ],
)
def test_a_frozen_power_is_explained(house: TokenHouse, flow: Flow, act: str, text: str) -> None:
    machtiging, noor = house.grant(), house.person("noor")
    if act == "pause":
        house.machtigingen.pause(machtiging, noor, house.now)
    else:
        house.machtigingen.contest(machtiging, None, noor, house.now)
    page = page_for(house, flow)
    assert text in page
    assert "ticket-" in page
    assert machtiging not in page.split(MISSING)[0]


def test_a_power_for_another_service_is_counted_only(house: TokenHouse, flow: Flow) -> None:
    house.grant(diensten=(REISPRODUCT,))
    page = page_for(house, flow)
    assert "U hebt ook 1 machtiging voor andere diensten." in page
    assert "ticket-" not in page


def test_a_ground_that_is_not_accepted_is_explained_with_who_is_competent(
    house: TokenHouse, flow: Flow
) -> None:
    said = Spiegeling(house.person("sem"), house.person("anja"), Grond.MENTORSCHAP, "ccbr", NOW)
    house.database.write(lambda session: house.machtigingen.mirror(session, said, house.now))
    page = page_for(house, flow)
    assert "Mentorschap" in page
    assert "Deze dienst accepteert dit soort bevoegdheid niet." in page


def test_a_power_that_needs_a_higher_login_is_explained(house: TokenHouse, flow: Flow) -> None:
    machtiging, noor = house.grant(), house.person("noor")
    house.machtigingen.narrow(machtiging, Inperking(min_niveau=Niveau.HOOG), noor, house.now)
    assert "U bent niet hoog genoeg ingelogd voor deze machtiging." in page_for(house, flow)


def test_the_service_hears_nothing_of_it(house: TokenHouse, flow: Flow) -> None:
    machtiging = house.grant()
    house.machtigingen.pause(machtiging, house.person("noor"), house.now)
    anja = house.log_in("anja")
    page = flow.open(anja, flow.begin().url)
    assert choices_of(page) == ["zelf"]
    sent = fields_of(flow.submit(anja, page, annuleren="ja"))
    assert sent.keys() <= {"error", "state", "iss"}
    assert sent["error"] == "access_denied"
