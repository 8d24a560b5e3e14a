"""S7: De Brug holds a power from Willem; the director names Ali and Eva; Ali leaves."""

from __future__ import annotations

import pytest

from machtigen.diensten.model import Niveau
from tests.machtigen.people import (
    DE_BRUG,
    Someone,
    client_of,
    director,
    employee,
    member_id,
    organisation,
    someone,
    wish,
)
from tests.machtigen.token_flow import Flow, choices_of, claims_of
from tests.machtigen.token_house import TokenHouse
from tests.machtigen.world import ACTOR, HIGH


class Brug:
    """The foundation, its people and its client."""

    def __init__(self, house: TokenHouse) -> None:
        self.house = house
        self.org = organisation(house)
        self.vera = director(house)
        self.ali = employee(self.vera, "ali", "bewindvoerder")
        self.eva = employee(self.vera, "eva", "assistent")
        self.willem = someone(house, "willem")
        self.machtiging = client_of(house, self.willem, self.vera)

    def name_employee(self, who: Someone, functie: str) -> str:
        """The director names an employee for Willem's power; they accept. The id of the link."""
        path = f"/machtigingen/{self.machtiging}/doormachtigen"
        issued = self.vera.does(path, {"organisatie": DE_BRUG, "functie": functie})
        return str(who.does("/codes/bevestigen", {"code": issued["code"]})["id"])


@pytest.fixture
def brug(house: TokenHouse) -> Brug:
    return Brug(house)


def test_an_employee_acts_for_the_client_by_way_of_the_organisation(brug: Brug, flow: Flow) -> None:
    link = brug.name_employee(brug.ali, "bewindvoerder")
    tokens = flow.tokens(brug.ali.browser, link)
    claims = claims_of(tokens["access_token"])
    house = brug.house
    subject = house.tokens.verklaringen.house.pairwise.subject
    assert claims["sub"] == subject(ACTOR, brug.ali.partij)
    assert claims["represents"]["sub"] == subject(ACTOR, brug.org.id)
    assert claims["represents"]["represents"]["sub"] == subject(ACTOR, brug.willem.partij)
    assert "alt_sub" not in claims["represents"]  # an organisation has no pseudonym
    assert len(claims["authorization_details"][0]["schakels"]) == 2


def test_who_left_is_refused_at_once_and_the_others_work_on(brug: Brug, flow: Flow) -> None:
    ali, eva = brug.name_employee(brug.ali, "bewindvoerder"), brug.name_employee(brug.eva, "assistent")
    before = flow.tokens(brug.ali.browser, ali)["access_token"]
    lid = member_id(brug.vera, brug.ali)
    assert brug.vera.post(f"/organisaties/{DE_BRUG}/leden/{lid}/verwijderen").status_code == 204
    assert brug.house.tokens.introspectie.read(before, brug.house.now) is None
    assert ali not in choices_of(flow.open(brug.ali.browser, flow.begin().url))
    assert flow.tokens(brug.eva.browser, eva)["access_token"]
    assert brug.ali.get(f"/machtigingen/{ali}")["reden"] == "left-organisation"


def test_the_client_sees_which_person_acted_by_function(brug: Brug, flow: Flow) -> None:
    link = brug.name_employee(brug.ali, "bewindvoerder")
    flow.tokens(brug.ali.browser, link)
    (use,) = brug.willem.get(f"/machtigingen/{brug.machtiging}/gebruik")["resultaten"]
    assert use["functie"] == "bewindvoerder"
    history = brug.willem.get(f"/machtigingen/{brug.machtiging}/geschiedenis")["resultaten"]
    assert [(line["gebeurtenis"], line["functie"]) for line in history] == [
        ("aangevraagd", None),
        ("bevestigd", "directeur"),
        ("doorgemachtigd", "directeur"),
    ]


def test_an_employee_cannot_pass_it_on(brug: Brug) -> None:
    link = brug.name_employee(brug.ali, "bewindvoerder")
    assert "doormachtigen" not in brug.ali.get(f"/machtigingen/{link}")["acties"]
    assert brug.ali.fails(f"/machtigingen/{link}/doormachtigen", {}) == (422, "chain-too-long")


def test_an_employee_does_not_act_as_the_organisation(brug: Brug) -> None:
    path = f"/machtigingen/{brug.machtiging}/doormachtigen"
    assert brug.ali.fails(path, {"organisatie": DE_BRUG, "functie": "chef"}) == (404, "not-found")
    assert brug.ali.post(f"/machtigingen/{brug.machtiging}/opzeggen?organisatie=de-brug").status_code == 404


def test_a_link_above_what_the_organisation_has_is_refused(brug: Brug) -> None:
    path = f"/machtigingen/{brug.machtiging}/doormachtigen"
    wider = {"organisatie": DE_BRUG, "functie": "chef", "handelingen": ["zaken_regelen"]}
    assert brug.vera.fails(path, wider) == (422, "wider-than-parent")
    assert brug.vera.fails(path, {**wider, "diensten": [HIGH]})[0] in {403, 422}


def test_only_who_works_there_accepts_a_link_within_the_organisation(brug: Brug) -> None:
    path = f"/machtigingen/{brug.machtiging}/doormachtigen"
    issued = brug.vera.does(path, {"organisatie": DE_BRUG, "functie": "assistent"})
    outsider = someone(brug.house, "anja")
    assert outsider.fails("/codes/bevestigen", {"code": issued["code"]}) == (409, "not-a-member")


def test_the_director_acts_directly(brug: Brug, flow: Flow) -> None:
    page = flow.open(brug.vera.browser, flow.begin().url)
    assert brug.machtiging in choices_of(page)
    claims = claims_of(flow.tokens(brug.vera.browser, brug.machtiging)["access_token"])
    subject = brug.house.tokens.verklaringen.house.pairwise.subject
    assert claims["represents"]["represents"]["sub"] == subject(ACTOR, brug.willem.partij)
    (use,) = brug.willem.get(f"/machtigingen/{brug.machtiging}/gebruik")["resultaten"]
    assert use["functie"] == "directeur"


def test_an_administrator_registers_up_to_their_own_level_only(brug: Brug) -> None:
    beheerder = employee(brug.vera, "omar", "kantoorhoofd", rol="beheerder")
    wanted = {"rol": "medewerker", "functie": "assistent", "niveau": "hoog"}
    assert beheerder.fails(f"/organisaties/{DE_BRUG}/uitnodigingen", wanted) == (403, "level-too-low")
    same = someone(brug.house, "omar", Niveau.HOOG)
    asked = wish(brug.house, diensten=[HIGH], functie="assistent")
    assert same.fails("/machtigingen?organisatie=de-brug", asked) == (403, "level-too-low")


def test_when_willem_revokes_everything_below_ends(brug: Brug, flow: Flow) -> None:
    link = brug.name_employee(brug.ali, "bewindvoerder")
    token = flow.tokens(brug.ali.browser, link)["access_token"]
    brug.willem.does(f"/machtigingen/{brug.machtiging}/intrekken")
    assert brug.ali.get(f"/machtigingen/{link}")["reden"] == "parent-ended"
    assert brug.house.tokens.introspectie.read(token, brug.house.now) is None
    assert brug.machtiging not in choices_of(flow.open(brug.vera.browser, flow.begin().url))
