"""S6: a debt helper of the municipality proposes an arrangement; collection pauses while it is open."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx2
import pytest

from machtigen.diensten.model import DienstId
from tests.machtigen.people import director, employee, organisation, someone, wish
from tests.machtigen.token_flow import choices_of
from tests.machtigen.token_house import AUDIENCE, OTHER_ACTOR, scope_of
from tests.machtigen.token_house import OTHER as TERUGBETALEN
from tests.machtigen.world import AANVULLENDE_BEURS, NOW, dienst
from tests.rechten.samen import Samen
from tests.templates import Templates

pytestmark = pytest.mark.slow
REGISTER, DOEL = "terugbetalen", "betalingsregeling"
REGELING = DienstId("urn:uuid:09e17a2e-d358-406d-9d5f-ad6045f712c2")
THERE = "https://terugbetalen.example.nl"
GEMEENTE, HELP, PARKEREN = "gemeente-assen", "schuldhulpverlener", "parkeerbeheer"
ACTIONS = ["informatie_opvragen", "zaken_regelen"]


class Town(Samen):
    """Fatima's arrears at DUO-Terugbetalen, and a municipality with two departments."""

    def __init__(self, folder: Path, database_url: str) -> None:
        super().__init__(folder, database_url)
        arrangement = replace(
            dienst(REGELING, "Betalingsregeling"), actor=OTHER_ACTOR, audience=THERE, doelen=(DOEL,)
        )
        self.house.diensten.register(arrangement, NOW)
        self.client = self.house.register(
            "terugbetalen", actor=OTHER_ACTOR, domein=str(TERUGBETALEN), diensten=(REGELING,), audience=THERE
        )
        self._register()
        organisation(self.house, GEMEENTE)
        self.mayor = director(self.house, "vera", GEMEENTE)
        self.helper = employee(self.mayor, "ali", HELP, GEMEENTE)
        self.parking = employee(self.mayor, "eva", PARKEREN, GEMEENTE)
        self.fatima = someone(self.house, "fatima")
        asked = {"diensten": [AANVULLENDE_BEURS, REGELING], "handelingen": ACTIONS}
        for who, functie in ((self.helper, HELP), (self.parking, PARKEREN)):
            issued = self.mayor.does(
                f"/machtigingen?organisatie={GEMEENTE}", wish(self.house, functie=functie, **asked)
            )
            who.does("/codes/bevestigen", {"code": issued["code"]})
        issued = self.fatima.does(
            "/machtigingen", wish(self.house, organisatie=GEMEENTE, functie=HELP, **asked)
        )
        code = {"code": issued["code"], "organisatie": GEMEENTE}
        self.bundle = str(self.mayor.does("/codes/bevestigen", code)["id"])

    def _register(self) -> None:
        wereld = self.wereld
        for doel in (REGISTER, DOEL):
            wereld.publish(doel, ["schuld", "achterstand", "draagkracht"])
        self.add_register(
            REGISTER, THERE, ["schuld", "achterstand", "draagkracht"], ("schuld", "achterstand")
        )
        self.add_register("studiefinanciering", AUDIENCE, ["toekenning"])
        wereld.add_source("bron", [REGISTER, "studiefinanciering"])
        wereld.grant(REGISTER, ["schuld", "achterstand"], doel=DOEL)
        self.deliver("achterstand", {"bedrag": 1_344})
        self.deliver("draagkracht", {"bedrag": 40})
        assert wereld.deliver("fatima", "studiefinanciering").status_code == 201

    def deliver(self, categorie: str, waarde: dict[str, Any], **more: Any) -> str:
        record = self.wereld.record(categorie=categorie, waarde=waarde, doel=REGISTER, **more)
        answer = self.wereld.deliver("fatima", REGISTER, record)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["gegevens"][0]["id"])

    def token(self, who: Any = None) -> str:
        """What the helper's login at DUO-Terugbetalen gives."""
        browser = (who or self.helper).browser
        tokens = self.scene.flow.tokens(browser, self.bundle, self.client, scope=scope_of(REGELING))
        return str(tokens["access_token"])

    def call(self, path: str, token: str, body: Any = None, **headers: str) -> httpx2.Response:
        url = f"/rechten/api/v1/registers/{REGISTER}/{path}"
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        given = {"Authorization": f"Bearer {token}", **sent}
        method = "GET" if body is None else "POST"
        return self.wereld.client.request(method, url, params={"doel": DOEL}, json=body, headers=given)

    def obligation(self) -> dict[str, Any]:
        """The arrears as the helper reads them."""
        answer = self.call("gegevens", self.token())
        assert answer.status_code == 200, answer.text
        (record,) = answer.json()["categorieen"]["achterstand"]
        return dict(record)

    def propose(self) -> dict[str, Any]:
        body = {"verplichting": self.obligation()["verplichting"], "bedrag_per_maand": 50}
        answer = self.call("voorstellen", self.token(), body)
        assert answer.status_code == 201, answer.text
        return dict(answer.json())

    def own(self) -> dict[str, Any]:
        """What Fatima sees at this register."""
        return dict(self.wereld.inspect("fatima", REGISTER).json())


@pytest.fixture
def town(tmp_path: Path, database_url: str, templates: Templates) -> Iterator[Town]:
    templates.migrate(database_url, "machtigen")
    town = Town(tmp_path, database_url)
    yield town
    town.close()


def test_s6_collection_pauses_while_a_proposal_is_open_and_goes_on_after_the_answer(town: Town) -> None:
    assert town.obligation()["invordering"]["stand"] == "loopt"
    filed = town.propose()
    assert (filed["status"], filed["namens"], filed["bedrag_per_maand"]) == ("open", True, 50)
    paused = town.obligation()["invordering"]
    assert paused == {"stand": "gepauzeerd", "sinds": filed["ingediend_op"], "voorstel": filed["id"]}
    (waiting,) = town.wereld.actor_call("te-beslissen", REGISTER).json()["resultaten"]
    assert waiting == filed
    path = f"te-beslissen/{filed['id']}/aannemen"
    accepted = town.wereld.actor_call(path, REGISTER, body={})
    assert (accepted.status_code, accepted.json()["status"]) == (200, "aangenomen")
    assert town.obligation()["invordering"]["stand"] == "loopt"


def test_s6_fatima_sees_who_proposed_what_and_that_nothing_is_collected(town: Town) -> None:
    filed = town.propose()
    own = town.own()
    assert own["voorstellen"] == [filed]
    record = next(one for one in own["gegevens"] if one["categorie"] == "achterstand")
    assert record["invordering"]["stand"] == "gepauzeerd"
    use = next(one for one in own["gebruik"] if one["rol"] == "voorstel")
    assert (use["door"]["soort"], use["categorieen"]) == ("vertegenwoordiger", ["achterstand"])
    assert use["doel"]["id"] == DOEL


def test_s6_after_revocation_the_helper_sees_nothing_and_the_proposal_is_fatimas(town: Town) -> None:
    filed = town.propose()
    token = town.token()
    town.fatima.does(f"/machtigingen/{town.bundle}/intrekken")
    town.wereld.passes(minutes=1)
    for path, body in (
        ("gegevens", None),
        ("voorstellen", None),
        ("voorstellen", {"verplichting": filed["verplichting"], "bedrag_per_maand": 1}),
        (f"voorstellen/{filed['id']}/intrekken", {}),
    ):
        answer = town.call(path, token, body)
        assert (answer.status_code, answer.json()["code"]) == (401, "invalid-token")
    own = town.own()
    assert own["voorstellen"] == [filed]
    act = {"handeling": "voorstel-intrekken", "onderwerp": filed["id"]}
    assert town.wereld.own_act("fatima", REGISTER, **act).status_code == 200
    assert town.own()["voorstellen"][0]["status"] == "ingetrokken"


def test_s6_another_department_sees_nothing_and_other_records_are_out_of_reach(town: Town) -> None:
    filed = town.propose()
    flow = town.scene.flow
    begun = flow.begin(town.client, scope=scope_of(REGELING)).url
    assert town.bundle not in choices_of(flow.open(town.parking.browser, begun))
    assert town.bundle in choices_of(flow.open(town.helper.browser, begun))
    answer = town.call("gegevens", town.token()).json()
    assert set(answer["categorieen"]) == {"achterstand", "schuld"}
    assert {one["categorie"] for one in answer["geweigerd"]} == {"draagkracht"}
    assert town.wereld.actor_call("te-beslissen", REGISTER, who="beheer").status_code == 403
    stranger = f"{OTHER_ACTOR.rpartition(':')[0]}:studiefinanciering"
    assert town.wereld.actor_call("te-beslissen", REGISTER, who=stranger).status_code == 404
    path = f"te-beslissen/{filed['id']}/aannemen"
    assert town.wereld.actor_call(path, REGISTER, who=stranger, body={}).status_code == 404


def test_s6_what_the_page_composed_is_stored_nowhere(town: Town) -> None:
    """Kill the composer and start it again: the proposal is in its register and in no other store."""
    filed = town.propose()
    assert town.own()["voorstellen"] == [filed]
    wereld = town.wereld
    own = wereld.app.state.services.database.engine
    with own.connect() as connection:
        tables = [row[0] for row in connection.exec_driver_sql("SELECT name FROM sqlite_master")]
        rows = [
            str(row)
            for table in tables
            if not table.startswith(("sqlite", "ix_", "alembic"))
            for row in connection.exec_driver_sql(f"SELECT * FROM {table}")  # noqa: S608 - our own names
        ]
    assert [row for row in rows if filed["id"] in row or "1344" in row] == []
    other = wereld.app.state.services.registers.require("studiefinanciering").database
    with other.engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT * FROM voorstel").all() == []


def test_s6_the_pause_survives_a_correction_of_the_obligation(town: Town) -> None:
    filed = town.propose()
    record = next(one for one in town.own()["gegevens"] if one["categorie"] == "achterstand")
    town.deliver("achterstand", {"bedrag": 1_300}, corrigeert=record["id"])
    paid = town.obligation()
    assert (paid["waarde"], paid["verplichting"]) == ({"bedrag": 1_300}, filed["verplichting"])
    assert paid["invordering"]["voorstel"] == filed["id"]


def test_s6_a_proposal_that_nobody_answers_lapses_and_another_may_follow(town: Town) -> None:
    filed = town.propose()
    body = {"verplichting": filed["verplichting"], "bedrag_per_maand": 60}
    again = town.call("voorstellen", town.token(), body)
    assert (again.status_code, again.json()["code"]) == (409, "proposal-open")
    town.wereld.passes(weeks=8)
    act = {"handeling": "voorstel-intrekken", "onderwerp": filed["id"]}
    late = town.wereld.own_act("fatima", REGISTER, **act)
    assert (late.status_code, late.json()["code"]) == (409, "proposal-closed")
    record = next(one for one in town.own()["gegevens"] if one["categorie"] == "achterstand")
    assert record["invordering"]["stand"] == "loopt"
    inhoud = {"bedrag_per_maand": 60}
    act = {"handeling": "voorstel-indienen", "onderwerp": filed["verplichting"], "voorstel": inhoud}
    assert town.wereld.own_act("fatima", REGISTER, **act).status_code == 200
    assert [one["status"] for one in town.own()["voorstellen"]] == ["open", "vervallen"]
