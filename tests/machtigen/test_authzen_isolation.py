"""Who may ask, about whom, and what no answer tells; each call recorded before its answer leaves."""

from __future__ import annotations

import json

import pytest
import sqlalchemy as sa

from machtigen.beslissingen import guesses
from machtigen.diensten.model import Niveau
from tests.machtigen.decision_point import DecisionPoint, anja_for_noor, records
from tests.machtigen.token_flow import Flow
from tests.machtigen.token_house import OTHER, OTHER_ACTOR, OWN, TokenHouse
from tests.machtigen.world import AANVULLENDE_BEURS, ANJA, NOOR, PAY, REISPRODUCT

PARENT = "45deb36022f53afa"
TRACE = "28dbeec32e77635cc19bc3204ec56c41"
TRACEPARENT = f"00-{TRACE}-{PARENT}-00"


@pytest.fixture
def point(house: TokenHouse) -> DecisionPoint:
    return anja_for_noor(house)


# -- who may ask ---------------------------------------------------------------------------------------


def test_without_proof_nothing_is_answered(point: DecisionPoint) -> None:
    question = point.question("anja", "noor")
    for wrong in ("", "Basic abc", "Bearer", "Bearer x", "Bearer a.b.c", f"Bearer {point.token}x"):
        answer = point.post("evaluation", question, Authorization=wrong)
        assert answer.status_code == 401, wrong
        assert answer.headers["www-authenticate"] == "Bearer"


def test_an_assertion_of_the_client_is_proof_too_but_once(point: DecisionPoint) -> None:
    proof = f"Bearer {point.proof()}"
    question = point.question("anja", "noor")
    assert point.post("evaluation", question, Authorization=proof).json()["decision"] is True
    assert point.post("evaluation", question, Authorization=proof).status_code == 401


def test_a_token_about_a_person_is_no_proof_of_software(
    house: TokenHouse, flow: Flow, point: DecisionPoint
) -> None:
    token = flow.tokens(house.log_in("anja"), "zelf")["access_token"]
    answer = point.post("evaluation", point.question("anja", "noor"), Authorization=f"Bearer {token}")
    assert (answer.status_code, answer.json()["code"]) == (403, "caller-not-allowed")


def test_a_token_that_ended_is_no_proof(house: TokenHouse, flow: Flow, point: DecisionPoint) -> None:
    question = point.question("anja", "noor")
    other = point.obtain(point.service)
    flow.post("/revoke", point.service, token=point.token)
    assert point.post("evaluation", question).status_code == 401
    assert point.post("evaluation", question, Authorization=f"Bearer {other}").status_code == 200
    house.passes(seconds=301)
    assert point.post("evaluation", question, Authorization=f"Bearer {other}").status_code == 401


def test_a_service_outside_the_scope_of_the_token_is_403(point: DecisionPoint) -> None:
    narrow = f"Bearer {point.obtain(point.service, scope=REISPRODUCT)}"
    question = point.question("anja", "noor")
    assert point.post("evaluation", question, Authorization=narrow).status_code == 403
    batch = point.post("evaluations", {"evaluations": [question]}, Authorization=narrow)
    assert batch.json() == {"evaluations": [{"decision": False}]}


def test_a_service_of_another_is_denied_as_one_that_does_not_exist(
    house: TokenHouse, point: DecisionPoint
) -> None:
    stranger = DecisionPoint(house, "klein", diensten=(REISPRODUCT,))
    unheard_of = "urn:uuid:00000000-0000-0000-0000-000000000000"
    answers = [
        stranger.post("evaluation", stranger.question("anja", "noor", dienst=dienst))
        for dienst in (AANVULLENDE_BEURS, unheard_of)
    ]
    assert [(one.status_code, one.content) for one in answers] == [(200, b'{"decision":false}')] * 2


# -- about whom ----------------------------------------------------------------------------------------


def test_a_name_that_this_actor_was_never_given_is_denied_like_any_other(house: TokenHouse) -> None:
    point = DecisionPoint(house)
    house.grant("noor", "anja")
    before = point.post("evaluation", point.question("anja", "noor")).content
    point.meet("anja")
    after = point.post("evaluation", point.question("anja", "noor")).content
    assert after == before == b'{"decision":false}'
    point.meet("noor")
    assert point.decides(point.question("anja", "noor")) is True


def test_a_token_makes_its_people_known_to_its_actor(house: TokenHouse, flow: Flow) -> None:
    point = DecisionPoint(house)
    machtiging = house.grant("noor", "anja")
    assert point.decides(point.question("anja", "noor")) is False
    flow.tokens(house.log_in("anja"), machtiging)
    assert point.decides(point.question("anja", "noor")) is True


def test_the_names_of_another_actor_mean_nothing_here(house: TokenHouse, point: DecisionPoint) -> None:
    other = DecisionPoint(house, "terugbetalen", actor=OTHER_ACTOR, domein=str(OTHER))
    other.meet("noor", "anja")
    stolen = point.question("anja", "noor")  # names as the first actor knows them
    assert point.decides(stolen) is True
    assert other.ask("evaluation", stolen) == {"decision": False}
    assert other.ask("search/action", stolen) == {"results": []}


def test_a_search_tells_of_nobody_whom_the_caller_does_not_know(house: TokenHouse) -> None:
    point = DecisionPoint(house)
    house.grant("noor", "anja")
    house.grant("noor", "bram")
    point.meet("noor", "anja")
    found = point.ask("search/subject", point.question("anja", "noor"))["results"]
    assert [one["id"] for one in found] == [point.sub("anja")]


def test_a_caller_that_guesses_is_slowed_down(
    house: TokenHouse, point: DecisionPoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guesses, "MOST", 5)
    other = DecisionPoint(house, "eerlijk")
    good = point.question("anja", "noor")
    wrong = {**good, "subject": {**good["subject"], "id": "guess"}}
    for _ in range(5):
        assert point.ask("evaluation", wrong) == {"decision": False}
    answer = point.post("evaluation", good)
    assert (answer.status_code, answer.json()["code"]) == (429, "too-many-guesses")
    assert other.decides(good) is True
    house.passes(seconds=3601)
    point.token = point.obtain(point.service)
    assert point.decides(good) is True


def test_names_that_are_known_are_never_guesses(
    point: DecisionPoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guesses, "MOST", 2)
    for _ in range(5):
        assert point.decides(point.question("noor", "anja")) is False


# -- at once -------------------------------------------------------------------------------------------


def test_a_revocation_is_refused_at_the_very_next_question(house: TokenHouse, point: DecisionPoint) -> None:
    machtiging = house.grant("noor", "bram")
    point.meet("bram")
    question = point.question("bram", "noor")
    assert point.decides(question) is True
    house.machtigingen.revoke(machtiging, house.person("noor"), house.now)
    assert point.decides(question) is False
    assert point.ask("search/action", question)["results"] == []
    assert point.sub("bram") not in json.dumps(point.ask("search/subject", question))


# -- the decision log ----------------------------------------------------------------------------------


def test_every_call_leaves_one_record(house: TokenHouse, point: DecisionPoint) -> None:
    good, denied = point.question("anja", "noor"), point.question("noor", "anja")
    point.ask("evaluation", good)
    house.passes(seconds=1)
    point.ask("evaluations", {"evaluations": [good, denied, "broken"]})
    for search in ("subject", "resource", "action"):
        house.passes(seconds=1)
        point.ask(f"search/{search}", good)
    found = records(house)
    assert [one["event_name"] for one in found] == [
        "adl.access_evaluation", "adl.access_evaluations", "adl.search_subject", "adl.search_resource",
        "adl.search_action",
    ]  # fmt: skip
    for one in found:
        assert one["status"] == "Ok"
        assert (len(one["trace_id"]), len(one["span_id"])) == (32, 16)
        assert one["resource"] == {"actor": point.service.client.actor, "client_id": "duo-software"}
        assert one["attributes"].keys() == {
            f"adl.core.{name}" for name in ("request", "response", "policies", "information", "configuration")
        }
    assert found[0]["timestamp"] == int(point.house.now.timestamp() * 1000) - 4000
    batch = found[1]["attributes"]
    assert [one["decision"] for one in batch["adl.core.response"]["evaluations"]] == [True, False, False]
    assert batch["adl.core.request"]["evaluations"][2] is None
    assert batch["adl.core.information"]["evaluations"][1] == {"reasons": ["no-power"]}


def test_a_denial_is_no_error_and_a_question_that_cannot_be_read_is_one(
    house: TokenHouse, point: DecisionPoint
) -> None:
    point.ask("evaluation", point.question("noor", "anja"))
    house.passes(seconds=1)
    point.post("evaluation", {"subject": {"type": "pseudoniem", "id": "123456782"}}, traceparent=TRACEPARENT)
    denied, broken = records(house)
    assert denied["status"] == "Ok"
    assert (broken["status"], broken["attributes"], broken["trace_id"]) == ("Error", {}, TRACE)


def test_a_record_belongs_to_the_processing_of_the_caller(house: TokenHouse, point: DecisionPoint) -> None:
    question = point.question("anja", "noor")
    point.post("evaluation", question, traceparent=TRACEPARENT)
    point.post("evaluation", {**question, "context": {"traceparent": TRACEPARENT}})
    point.post("evaluation", question, traceparent="garbage")
    by_header, by_context, neither = sorted(records(house), key=lambda one: one["trace_id"] != TRACE)
    for one in (by_header, by_context):
        assert (one["trace_id"], one["parent_span_id"]) == (TRACE, PARENT)
    assert by_header["span_id"] != by_context["span_id"]
    assert "parent_span_id" not in neither


def test_a_record_holds_the_callers_own_names_and_nothing_it_made_up(
    house: TokenHouse, point: DecisionPoint
) -> None:
    question = point.question("anja", "noor", purpose="123456782", time="burgerservicenummer 123456782")
    question["subject"]["properties"]["represents"]["sub"] = "123456782"
    question["subject"]["properties"].update(naam="Noor de Vries", acr="123456782")
    question["action"]["properties"] = {"processing_activity_id": "https://register.example/verwerkingen/12"}
    question["resource"]["id"] = "123456782"
    question["action"]["name"] = "123456782"
    point.ask("evaluation", question)
    [record] = records(house)
    text = json.dumps(record)
    assert "123456782" not in text
    assert "Vries" not in text
    seen = record["attributes"]["adl.core.request"]
    assert seen["subject"]["id"] == point.sub("anja")
    assert seen["subject"]["properties"] == {"acr": "unknown", "represents": {"sub": "unknown"}}
    assert seen["action"]["properties"] == question["action"]["properties"]
    for partij in (house.person("noor"), house.person("anja"), NOOR, ANJA):
        assert partij not in text


def test_two_actors_find_no_name_in_common_in_their_records(house: TokenHouse, point: DecisionPoint) -> None:
    other = DecisionPoint(house, "terugbetalen", actor=OTHER_ACTOR, domein=str(OTHER))
    other.meet("noor", "anja")
    point.ask("evaluation", point.question("anja", "noor"))
    theirs = other.question("anja", "noor")
    theirs["subject"]["id"] = other.sub("anja", OTHER_ACTOR)
    theirs["subject"]["properties"]["represents"]["sub"] = other.sub("noor", OTHER_ACTOR)
    assert other.decides(theirs) is True
    one, two = ({*strings(record["attributes"])} for record in records(house))
    assert one & two == {
        "pseudoniem", "dienst", AANVULLENDE_BEURS, "informatie_opvragen", "toets/1", Niveau.SUBSTANTIEEL.acr,
    }  # fmt: skip


def strings(value: object) -> list[str]:
    if isinstance(value, dict):
        return [text for one in value.values() for text in strings(one)]
    if isinstance(value, list):
        return [text for one in value for text in strings(one)]
    return [value] if isinstance(value, str) else []


def test_what_cannot_be_recorded_does_not_leave(house: TokenHouse, point: DecisionPoint) -> None:
    with house.database.engine.connect() as connection:
        connection.execute(sa.text("ALTER TABLE beslissing RENAME TO elders"))
        connection.commit()
    for path in ("evaluation", "evaluations", "search/action"):
        answer = point.post(path, point.question("anja", "noor"))
        assert (answer.status_code, answer.json()["code"]) == (503, "decision-not-recorded")
        assert "decision" not in answer.json()
    with house.database.engine.connect() as connection:
        connection.execute(sa.text("ALTER TABLE elders RENAME TO beslissing"))
        connection.commit()
    assert point.decides(point.question("anja", "noor")) is True
    assert len(records(house)) == 1


def test_a_database_that_fails_gives_no_decision(house: TokenHouse, point: DecisionPoint) -> None:
    with house.database.engine.connect() as connection:
        connection.execute(sa.text("ALTER TABLE pairwise_naam RENAME TO elders"))
        connection.commit()
    answer = point.post("evaluation", point.question("anja", "noor"))
    assert (answer.status_code, answer.json()["code"]) == (503, "decision-not-recorded")


def test_a_table_of_names_alone_shows_no_name(house: TokenHouse, point: DecisionPoint) -> None:
    with house.database.engine.connect() as connection:
        rows = connection.execute(sa.text("SELECT sector, naam, partij FROM pairwise_naam")).all()
    assert len(rows) == 2
    given = {point.sub("noor"), point.sub("anja")}
    assert given.isdisjoint({value for row in rows for value in row})


def test_a_permit_for_what_was_not_asked_is_not_given(point: DecisionPoint) -> None:
    wrong_case = point.question("anja", "noor")
    wrong_case["resource"]["properties"] = {"zaak": "Z-1"}
    assert point.decides(wrong_case) is True  # not bound to a case: every case
    assert point.decides(point.question("anja", "noor", purpose="marketing")) is False
    assert point.decides(point.question("anja", "noor", purpose="studiefinanciering")) is True
    assert point.decides(point.question("anja", "noor", handeling=PAY)) is False
    assert OWN not in json.dumps(point.ask("evaluation", point.question("anja", "noor")))
