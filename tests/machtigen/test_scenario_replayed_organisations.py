"""Replayed from other systems: organisations. The numbers are those of the list of scenarios."""

from __future__ import annotations

from datetime import datetime

import pytest
from sqlmodel import Session

from tests.machtigen.people import (
    DE_BRUG,
    Someone,
    client_of,
    director,
    employee,
    organisation,
    someone,
    wish,
)
from tests.machtigen.token_flow import Flow, choices_of
from tests.machtigen.token_house import TokenHouse
from tests.machtigen.world import AANVULLENDE_BEURS


@pytest.fixture
def vera(house: TokenHouse) -> Someone:
    """The director of De Brug."""
    organisation(house)
    return director(house)


def test_10_an_organisation_asks_in_the_name_of_a_citizen_and_it_is_pending(
    vera: Someone, house: TokenHouse, flow: Flow
) -> None:
    asked = vera.does(f"/verzoeken?organisatie={DE_BRUG}", wish(house))
    assert (asked["status"], asked["rol"]) == ("aangevraagd", "vertegenwoordiger")
    assert choices_of(flow.open(vera.browser, flow.begin().url)) == ["zelf"]
    willem = someone(house, "willem")
    assert willem.does("/codes/bevestigen", {"code": asked["code"]})["status"] == "actief"
    assert asked["id"] in choices_of(flow.open(vera.browser, flow.begin().url))


def test_15_nobody_approves_their_own_request_for_the_organisation(vera: Someone, house: TokenHouse) -> None:
    beheerder = employee(vera, "omar", "kantoorhoofd", rol="beheerder")
    asked = beheerder.does("/verzoeken", wish(house, organisatie=DE_BRUG))
    code = {"code": asked["code"], "organisatie": DE_BRUG}
    assert beheerder.fails("/codes/bevestigen", code) == (409, "conflict-of-interest")
    assert vera.does("/codes/bevestigen", code)["status"] == "actief"
    own = vera.does("/verzoeken", wish(house, organisatie=DE_BRUG))
    code = {"code": own["code"], "organisatie": DE_BRUG}
    assert vera.fails("/codes/bevestigen", code) == (409, "conflict-of-interest")


def test_19_a_director_has_what_the_organisation_was_given_by_way_of_it(
    vera: Someone, house: TokenHouse
) -> None:
    willem = someone(house, "willem")
    machtiging = client_of(house, willem, vera)
    (found,) = vera.get(f"/vertegenwoordigden?dienst={AANVULLENDE_BEURS}")["resultaten"]
    assert (found["id"], found["rol"]) == (machtiging, "vertegenwoordiger")
    top, general = found["keten"]
    assert top == machtiging
    own = vera.get("/machtigingen")["resultaten"]
    assert [(one["id"], one["kind"]) for one in own] == [(general, "bestuurder")]


def test_20_who_has_a_power_by_a_link_only_passes_nothing_on(vera: Someone, house: TokenHouse) -> None:
    ali = employee(vera, "ali", "assistent")
    machtiging = client_of(house, someone(house, "willem"), vera)
    path = f"/machtigingen/{machtiging}/doormachtigen"
    issued = vera.does(path, {"organisatie": DE_BRUG, "functie": "assistent"})
    link = ali.does("/codes/bevestigen", {"code": issued["code"]})["id"]
    assert ali.fails(f"/machtigingen/{link}/doormachtigen", {}) == (422, "chain-too-long")
    assert ali.fails(path, {"organisatie": DE_BRUG}) == (404, "not-found")


def test_23_a_director_of_one_organisation_has_nothing_at_another(
    vera: Someone, house: TokenHouse, flow: Flow
) -> None:
    organisation(house, "de-poort")
    other = director(house, "omar", "de-poort")
    machtiging = client_of(house, someone(house, "willem"), vera)
    assert other.get(f"/vertegenwoordigden?dienst={AANVULLENDE_BEURS}")["resultaten"] == []
    assert choices_of(flow.open(other.browser, flow.begin().url)) == ["zelf"]
    for path in (f"/machtigingen/{machtiging}", f"/machtigingen/{machtiging}?organisatie=de-poort"):
        assert other.browser.get(f"/machtigen/api/v1{path}").status_code == 404
    path = f"/machtigingen/{machtiging}/intrekken?organisatie={DE_BRUG}"
    assert other.fails(path) == (404, "not-found")


class ChildCannotEnd(Exception):
    """What goes wrong at a link below."""


def test_27_ending_a_power_ends_the_links_below_or_nothing(vera: Someone, house: TokenHouse) -> None:
    ali = employee(vera, "ali", "assistent")
    willem = someone(house, "willem")
    machtiging = client_of(house, willem, vera)
    path = f"/machtigingen/{machtiging}/doormachtigen"
    issued = vera.does(path, {"organisatie": DE_BRUG, "functie": "assistent"})
    link = ali.does("/codes/bevestigen", {"code": issued["code"]})["id"]

    def refuses(_session: Session, identifier: str, _now: datetime) -> None:
        if identifier == link:
            raise ChildCannotEnd

    house.machtigingen.on_end.append(refuses)
    with pytest.raises(ChildCannotEnd):
        house.machtigingen.revoke(machtiging, willem.partij, house.now)
    for who, identifier in ((willem, machtiging), (ali, link)):
        assert who.get(f"/machtigingen/{identifier}")["status"] == "actief"
    house.machtigingen.on_end.remove(refuses)
    willem.does(f"/machtigingen/{machtiging}/intrekken")
    ended = ali.get(f"/machtigingen/{link}")
    assert (ended["status"], ended["reden"]) == ("beeindigd", "parent-ended")
