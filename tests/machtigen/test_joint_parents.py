"""Two parents with joint authority: passing on, and using, takes the agreement of both."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from authlib.integrations.base_client.errors import OAuthError

from machtigen.diensten.model import DienstId, Grond
from machtigen.machtigingen.wettelijk import Spiegeling
from tests.machtigen.people import Someone, someone, wish
from tests.machtigen.token_flow import Flow, choices_of, claims_of
from tests.machtigen.token_house import DUO, TokenHouse, scope_of
from tests.machtigen.world import ACTOR, ARRANGE, DAY, READ, dienst

SCHOOL = DienstId("urn:uuid:07e17a2e-d358-406d-9d5f-ad6045f712c0")
ALONE = DienstId("urn:uuid:08e17a2e-d358-406d-9d5f-ad6045f712c1")


class Family:
    """Sem, his two parents, an aunt, and a service that wants both parents."""

    def __init__(self, house: TokenHouse) -> None:
        self.house = house
        gronden = frozenset({Grond.GEZAG, Grond.MACHTIGING})
        both = dienst(SCHOOL, "Schoolkeuze", gronden=gronden)
        house.diensten.register(replace(both, quorum={Grond.GEZAG: 2}), house.now)
        house.diensten.register(dienst(ALONE, "Verzuimbrief", gronden=gronden), house.now)
        self.service = house.register("school", diensten=(SCHOOL, ALONE), actor=ACTOR, domein=str(DUO))
        self.sem, self.karim, self.anja, self.tante = (
            someone(house, name) for name in ("sem", "karim", "anja", "tante")
        )
        self.by_karim, self.by_anja = self.gezag(self.karim), self.gezag(self.anja)

    def gezag(self, parent: Someone) -> str:
        said = Spiegeling(self.sem.partij, parent.partij, Grond.GEZAG, "BRP", self.house.now)
        return self.house.database.write(
            lambda session: self.house.machtigingen.mirror(session, said, self.house.now)
        ).id

    def ends(self, parent: Someone) -> None:
        child, other = self.sem.partij, parent.partij
        self.house.database.write(
            lambda session: self.house.machtigingen.end_by_law(
                session, child, other, Grond.GEZAG, "court", self.house.now
            )
        )

    def ask(self, **more: object) -> dict[str, Any]:
        body = {"machtiging": self.by_karim, "dienst": SCHOOL, "handelingen": ["informatie_opvragen"]}
        return self.karim.does("/instemmingen", {**body, **more})


@pytest.fixture
def family(house: TokenHouse) -> Family:
    return Family(house)


def choices(family: Family, flow: Flow, who: Someone, dienst: DienstId = SCHOOL, **extra: Any) -> list[str]:
    attempt = flow.begin(family.service, scope=scope_of(dienst), **extra)
    return choices_of(flow.open(who.browser, attempt.url))


# -- using -------------------------------------------------------------------------------------------


def test_one_parent_alone_gets_no_token_where_both_are_wanted(family: Family, flow: Flow) -> None:
    assert family.by_karim not in choices(family, flow, family.karim)
    assert family.by_karim in choices(family, flow, family.karim, ALONE)


def test_with_the_agreement_of_the_other_there_is_a_token_that_says_so(family: Family, flow: Flow) -> None:
    asked = family.ask()
    assert (asked["status"], asked["gegeven"], asked["nodig"]) == ("open", 1, 2)
    assert family.by_karim not in choices(family, flow, family.karim)
    (waits,) = family.anja.get("/instemmingen")["resultaten"]
    assert waits["acties"] == ["instemmen", "weigeren"]
    assert family.anja.does(f"/instemmingen/{asked['id']}/instemmen")["status"] == "verleend"
    token = flow.tokens(family.karim.browser, family.by_karim, family.service, scope=scope_of(SCHOOL))
    (detail,) = claims_of(token["access_token"])["authorization_details"]
    subject = family.house.tokens.verklaringen.house.pairwise.subject
    assert detail["medebevoegden"] == [subject(ACTOR, family.anja.partij)]
    assert detail["actions"] == [READ.value]  # no more than was agreed to, though gezag gives more


def test_the_check_says_that_others_must_agree(family: Family) -> None:
    def check(dienst: DienstId) -> list[str]:
        answer = family.karim.get(f"/machtigingen/{family.by_karim}/toets?dienst={dienst}&handeling={READ}")
        return [one["code"] for one in answer["redenen"]]

    assert (check(SCHOOL), check(ALONE)) == (["others-must-agree"], [])
    family.anja.does(f"/instemmingen/{family.ask()['id']}/instemmen")
    assert check(SCHOOL) == []


def test_an_agreement_is_used_up(family: Family, flow: Flow) -> None:
    asked = family.ask()
    family.anja.does(f"/instemmingen/{asked['id']}/instemmen")
    flow.tokens(family.karim.browser, family.by_karim, family.service, scope=scope_of(SCHOOL))
    assert family.karim.get(f"/instemmingen/{asked['id']}")["status"] == "verbruikt"
    assert family.by_karim not in choices(family, flow, family.karim)


def test_the_agreement_of_one_does_not_let_the_other_act(family: Family, flow: Flow) -> None:
    asked = family.ask()
    family.anja.does(f"/instemmingen/{asked['id']}/instemmen")
    assert family.by_anja not in choices(family, flow, family.anja)


def test_taking_it_back_ends_the_token(family: Family, flow: Flow) -> None:
    asked = family.ask(aantal=5)
    family.anja.does(f"/instemmingen/{asked['id']}/instemmen")
    token = flow.tokens(family.karim.browser, family.by_karim, family.service, scope=scope_of(SCHOOL))
    read = family.house.tokens.introspectie.read
    assert read(token["access_token"], family.house.now) is not None
    assert family.anja.does(f"/instemmingen/{asked['id']}/weigeren")["status"] == "geweigerd"
    assert read(token["access_token"], family.house.now) is None


def test_when_the_other_parent_loses_authority_the_token_ends(family: Family, flow: Flow) -> None:
    asked = family.ask(aantal=5)
    family.anja.does(f"/instemmingen/{asked['id']}/instemmen")
    token = flow.tokens(family.karim.browser, family.by_karim, family.service, scope=scope_of(SCHOOL))
    family.ends(family.anja)
    assert family.house.tokens.introspectie.read(token["access_token"], family.house.now) is None
    # By the source one parent has authority alone now: nobody else needs to agree.
    assert family.by_karim in choices(family, flow, family.karim)


def test_a_contested_power_of_the_other_leaves_nobody_to_decide(family: Family, flow: Flow) -> None:
    family.anja.does(f"/machtigingen/{family.by_anja}/betwisten", {"reden": "Dit klopt niet."})
    body = {"machtiging": family.by_karim, "dienst": SCHOOL, "handelingen": ["informatie_opvragen"]}
    assert family.karim.fails("/instemmingen", body) == (409, "nobody-left-to-decide")
    assert family.by_karim not in choices(family, flow, family.karim)


def test_an_agreement_is_for_one_case_when_it_says_so(family: Family, flow: Flow) -> None:
    asked = family.ask(zaak="SK-1")
    family.anja.does(f"/instemmingen/{asked['id']}/instemmen")
    assert family.by_karim not in choices(family, flow, family.karim)


def test_it_lasts_fourteen_days_at_most(family: Family) -> None:
    later = (family.house.now + 15 * DAY).isoformat()
    body = {"machtiging": family.by_karim, "dienst": SCHOOL, "handelingen": ["informatie_opvragen"]}
    assert family.karim.fails("/instemmingen", {**body, "geldig_tot": later}) == (422, "agreement-too-long")
    asked = family.ask()
    family.anja.does(f"/instemmingen/{asked['id']}/instemmen")
    family.house.passes(days=14)
    family.karim = someone(family.house, "karim")
    assert family.karim.get(f"/instemmingen/{asked['id']}")["status"] == "verlopen"


def test_strangers_see_no_request_and_the_child_sees_it(family: Family) -> None:
    asked = family.ask()
    assert family.tante.fails(f"/instemmingen/{asked['id']}/instemmen") == (404, "not-found")
    assert family.tante.get("/instemmingen")["resultaten"] == []
    (seen,) = family.sem.get("/instemmingen")["resultaten"]
    assert (seen["acties"], seen["machtiging"]) == ([], None)


def test_a_service_without_quorum_asks_nobody(family: Family) -> None:
    body = {"machtiging": family.by_karim, "dienst": ALONE, "handelingen": ["informatie_opvragen"]}
    assert family.karim.fails("/instemmingen", body) == (409, "nothing-to-confirm")


def test_no_token_leaves_when_the_agreement_is_taken_back_after_the_choice(
    family: Family, flow: Flow
) -> None:
    asked = family.ask()
    family.anja.does(f"/instemmingen/{asked['id']}/instemmen")
    attempt = flow.begin(family.service, scope=scope_of(SCHOOL))
    location = flow.choose(family.karim.browser, attempt.url, family.by_karim)
    family.anja.does(f"/instemmingen/{asked['id']}/weigeren")
    with pytest.raises(OAuthError) as refused:
        flow.exchange(attempt, location)
    assert refused.value.error == "invalid_grant"


def test_the_votes_cannot_be_changed(family: Family) -> None:
    family.ask()
    with family.house.database.engine.connect() as connection, pytest.raises(sa.exc.DBAPIError):
        connection.execute(sa.text("DELETE FROM instemming_stem"))


# -- passing on --------------------------------------------------------------------------------------


def pass_on(family: Family, **more: object) -> dict[str, Any]:
    body = {**wish(family.house), "diensten": [SCHOOL], **more}
    return family.karim.does(f"/machtigingen/{family.by_karim}/doormachtigen", body)


def test_what_one_parent_passes_on_waits_for_the_other(family: Family, flow: Flow) -> None:
    issued = pass_on(family)
    code = {"code": issued["code"]}
    assert family.tante.fails("/codes/bevestigen", code) == (409, "joint-confirmation-pending")
    (waits,) = [one for one in family.anja.get("/machtigingen")["resultaten"] if one["id"] == issued["id"]]
    assert waits["acties"] == ["medebevestigen", "medeweigeren"]
    family.anja.does(f"/machtigingen/{issued['id']}/medebevestigen")
    assert family.tante.does("/codes/bevestigen", code)["status"] == "actief"
    tokens = flow.tokens(family.tante.browser, issued["id"], family.service, scope=scope_of(SCHOOL))
    (detail,) = claims_of(tokens["access_token"])["authorization_details"]
    subject = family.house.tokens.verklaringen.house.pairwise.subject
    assert detail["medebevoegden"] == [subject(ACTOR, family.anja.partij)]


def test_the_other_parent_takes_the_agreement_back_and_it_ends(family: Family) -> None:
    issued = pass_on(family)
    family.anja.does(f"/machtigingen/{issued['id']}/medebevestigen")
    family.tante.does("/codes/bevestigen", {"code": issued["code"]})
    ended = family.anja.does(f"/machtigingen/{issued['id']}/medeweigeren")
    assert (ended["status"], ended["reden"]) == ("beeindigd", "joint-consent-withdrawn")


def test_a_parent_without_authority_sees_and_decides_no_longer(family: Family) -> None:
    issued = pass_on(family)
    family.ends(family.anja)
    assert family.anja.fails(f"/machtigingen/{issued['id']}/medebevestigen") == (404, "not-found")
    assert issued["id"] not in [one["id"] for one in family.anja.get("/machtigingen")["resultaten"]]
    assert family.karim.get(f"/machtigingen/{issued['id']}")["reden"] == "nobody-left-to-decide"


def test_at_a_service_without_quorum_one_parent_passes_on_alone(family: Family) -> None:
    issued = pass_on(family, diensten=[ALONE], geldig_tot=(family.house.now + timedelta(days=9)).isoformat())
    assert issued["bevestigingen"] is None
    assert family.tante.does("/codes/bevestigen", {"code": issued["code"]})["status"] == "actief"
    assert ARRANGE.value not in issued["handelingen"]
