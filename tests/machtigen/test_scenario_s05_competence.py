"""S5, the part of grounds: a mentor does no money, an administrator no school; each is told who does."""

from __future__ import annotations

from dataclasses import replace

import pytest

from machtigen.diensten.model import Aard, DienstId, Grond
from machtigen.machtigingen.wettelijk import Spiegeling
from tests.machtigen.people import Someone, someone
from tests.machtigen.token_flow import Flow, choices_of
from tests.machtigen.token_house import DUO, Service, TokenHouse, scope_of
from tests.machtigen.world import ACTOR, dienst

MONEY = DienstId("urn:uuid:0be17a2e-d358-406d-9d5f-ad6045f712c4")
SCHOOL = DienstId("urn:uuid:0ce17a2e-d358-406d-9d5f-ad6045f712c5")
EVERY = frozenset({Grond.MENTORSCHAP, Grond.BEWIND, Grond.CURATELE})


class Willem:
    """Willem, his mentor Bakker and his administrator Smit."""

    def __init__(self, house: TokenHouse) -> None:
        self.house = house
        for identifier, naam, aard in (
            (MONEY, "Betalingsregeling", Aard.FINANCIEEL),
            (SCHOOL, "Aanmelden", Aard.PERSOONLIJK),
        ):
            house.diensten.register(replace(dienst(identifier, naam, gronden=EVERY), aard=aard), house.now)
        self.service: Service = house.register("s5", diensten=(MONEY, SCHOOL), actor=ACTOR, domein=str(DUO))
        self.willem, self.bakker, self.smit = (someone(house, name) for name in ("willem", "bakker", "smit"))
        self.mentor = self.mirror(self.bakker, Grond.MENTORSCHAP)
        self.bewind = self.mirror(self.smit, Grond.BEWIND)

    def mirror(self, who: Someone, grond: Grond) -> str:
        said = Spiegeling(self.willem.partij, who.partij, grond, "Rechtspraak", self.house.now)
        return self.house.database.write(
            lambda session: self.house.machtigingen.mirror(session, said, self.house.now)
        ).id


@pytest.fixture
def case(house: TokenHouse) -> Willem:
    return Willem(house)


def test_each_is_offered_what_they_are_competent_for_only(case: Willem, flow: Flow) -> None:
    found = {
        (who.name, dienst_id): choices_of(
            flow.open(who.browser, flow.begin(case.service, scope=scope_of(dienst_id)).url)
        )
        for who in (case.bakker, case.smit)
        for dienst_id in (MONEY, SCHOOL)
    }
    assert found == {
        ("bakker", MONEY): ["zelf"],
        ("bakker", SCHOOL): ["zelf", case.mentor],
        ("smit", MONEY): ["zelf", case.bewind],
        ("smit", SCHOOL): ["zelf"],
    }


def test_each_is_told_who_is_competent(case: Willem) -> None:
    def reasons(who: Someone, power: str, dienst_id: DienstId) -> object:
        answer = who.get(f"/machtigingen/{power}/toets?dienst={dienst_id}")
        assert answer["toegestaan"] == (not answer["redenen"])
        named = [one["code"] for one in answer["bevoegd"]]
        assert [f"not-competent:{one}" for one in named] == [one["code"] for one in answer["redenen"]]
        return named

    assert reasons(case.bakker, case.mentor, MONEY) == ["bewind"]
    assert reasons(case.smit, case.bewind, SCHOOL) == ["mentorschap"]
    assert reasons(case.smit, case.bewind, MONEY) == []
    assert reasons(case.willem, case.bewind, SCHOOL) == ["mentorschap"]
    stranger = someone(case.house, "stranger")
    path = f"/machtigen/api/v1/machtigingen/{case.bewind}/toets?dienst={MONEY}"
    assert stranger.browser.get(path).status_code == 404


def test_a_curator_may_do_both(case: Willem, flow: Flow) -> None:
    curator = someone(case.house, "curator")
    power = case.mirror(curator, Grond.CURATELE)
    for dienst_id in (MONEY, SCHOOL):
        attempt = flow.begin(case.service, scope=scope_of(dienst_id))
        assert power in choices_of(flow.open(curator.browser, attempt.url))
