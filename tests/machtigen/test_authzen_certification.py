"""The certification scenario of AuthZEN 1.0 (Basic, Batch, Search, Discovery), with people and services."""

from __future__ import annotations

from typing import Any

import pytest

from machtigen.diensten.model import Niveau
from tests.machtigen.decision_point import BASE, DecisionPoint, anja_for_noor
from tests.machtigen.token_house import OTHER, OTHER_ACTOR, OWN, TokenHouse
from tests.machtigen.world import AANVULLENDE_BEURS, ARRANGE, ONLY_READING, PAY, READ, REISPRODUCT

LOW, HIGH = Niveau.LAAG.acr, Niveau.HOOG.acr


@pytest.fixture
def point(house: TokenHouse) -> DecisionPoint:
    """Anja may read and arrange for Noor at one service; Noor herself may do all there is."""
    return anja_for_noor(house, diensten=(AANVULLENDE_BEURS, REISPRODUCT, ONLY_READING))


# -- Basic ---------------------------------------------------------------------------------------------


def test_what_was_granted_is_allowed(point: DecisionPoint) -> None:
    answer = point.post("evaluation", point.question("anja", "noor"))
    assert answer.headers["content-type"] == "application/json"
    assert answer.json()["decision"] is True
    assert point.decides(point.question("anja", "noor", handeling=ARRANGE)) is True


def test_a_denial_is_an_answer_like_any_other(point: DecisionPoint) -> None:
    answer = point.post("evaluation", point.question("noor", "anja"))
    assert (answer.status_code, answer.json()) == (200, {"decision": False})


def test_only_required_fields_suffice_for_oneself(point: DecisionPoint) -> None:
    question = point.question("noor", acr=None)
    del question["subject"]["properties"], question["context"]
    assert point.ask("evaluation", question) == {"decision": True}


@pytest.mark.parametrize(
    ("handeling", "dienst", "acr", "decision"),
    [
        (READ, AANVULLENDE_BEURS, None, True),
        (PAY, AANVULLENDE_BEURS, None, False),
        (READ, REISPRODUCT, None, False),
        (ARRANGE, AANVULLENDE_BEURS, HIGH, True),
        (ARRANGE, AANVULLENDE_BEURS, LOW, False),
        ("indienen", AANVULLENDE_BEURS, HIGH, False),
        (READ, "urn:uuid:00000000-0000-0000-0000-000000000000", HIGH, False),
        (READ, AANVULLENDE_BEURS, "http://eidas.europa.eu/LoA/unheard-of", False),
    ],
)
def test_identifiers_and_properties_are_judged(
    point: DecisionPoint, handeling: str, dienst: str, acr: str | None, decision: bool
) -> None:
    assert (
        point.decides(point.question("anja", "noor", handeling=handeling, dienst=dienst, acr=acr)) is decision
    )


def test_context_unknown_properties_and_unknown_fields_change_nothing(point: DecisionPoint) -> None:
    question = point.question("anja", "noor", time="2025-06-27T18:03-07:00", ip="192.168.1.1")
    question["subject"]["properties"]["department"] = {"deep": [1, 2]}
    question["action"]["properties"] = {"method": "GET"}
    question["resource"]["properties"] = {"owner": 12}
    assert point.decides({**question, "foo": "bar", "futureField": {"nested": True}}) is True


@pytest.mark.parametrize(
    "types",
    [("pseudoniem", "dienst"), (f"{OWN}/def/Persoon", f"{OWN}/def/Dienst"),
     ("https://machtigen.example.nl/def/Persoon", "https://machtigen.example.nl/def/Dienst")],
)  # fmt: skip
def test_types_may_be_linked_data(point: DecisionPoint, types: tuple[str, str]) -> None:
    question = point.question("anja", "noor")
    question["subject"]["type"], question["resource"]["type"] = types
    assert point.decides(question) is True


def test_other_types_are_denied(point: DecisionPoint) -> None:
    for place in ("subject", "resource"):
        question = point.question("anja", "noor")
        question[place]["type"] = "spaceship"
        assert point.decides(question) is False


def test_a_permit_names_the_machtigingen_by_the_callers_names_for_them(
    house: TokenHouse, point: DecisionPoint
) -> None:
    answer = point.ask("evaluation", point.question("anja", "noor"))
    assert answer.keys() == {"decision", "context"}
    [name] = answer["context"]["machtigingen"]
    assert name.startswith("mp_")
    other = DecisionPoint(house, "ander", actor=OTHER_ACTOR, domein=str(OTHER))
    other.meet("noor", "anja")
    question = other.question("anja", "noor")
    question["subject"]["id"] = other.sub("anja", other.service.client.actor)
    question["subject"]["properties"]["represents"] = {"sub": other.sub("noor", other.service.client.actor)}
    [elsewhere] = other.ask("evaluation", question)["context"]["machtigingen"]
    assert elsewhere != name


def test_only_too_low_a_login_is_told(point: DecisionPoint) -> None:
    low = point.ask("evaluation", point.question("anja", "noor", acr=LOW))
    assert low == {"decision": False, "context": {"acr_values": Niveau.SUBSTANTIEEL.acr}}
    own = point.ask("evaluation", point.question("noor", acr=LOW))
    assert own == low
    both = point.ask("evaluation", point.question("anja", "noor", acr=LOW, handeling=PAY))
    assert both == {"decision": False}


def broken(point: DecisionPoint) -> list[Any]:
    """Requests with a field too few or of the wrong type."""
    good = point.question("anja", "noor")
    found: list[Any] = [
        {name: good[name] for name in good if name != left} for left in ("subject", "action", "resource")
    ]
    for entity, field in (
        ("subject", "type"), ("subject", "id"), ("action", "name"), ("resource", "type"), ("resource", "id"),
    ):  # fmt: skip
        found.append({**good, entity: {k: v for k, v in good[entity].items() if k != field}})
        found += [{**good, entity: {**good[entity], field: wrong}} for wrong in (123, None, "", [], {}, True)]
    found += [
        {**good, name: wrong}
        for name in ("subject", "action", "resource")
        for wrong in ("alice", 1, [], None)
    ]
    found += [{**good, "context": "now"}, {**good, "subject": {**good["subject"], "properties": [1]}}]
    for represents in ("noor", {}, {"sub": 1}, {"sub": "x", "represents": {}}, [], {"sub": ""}):
        found.append({**good, "subject": {**good["subject"], "properties": {"represents": represents}}})
    found += [[], "text", 1, None, [good]]
    return found


def test_what_is_missing_or_of_the_wrong_type_is_400(point: DecisionPoint) -> None:
    for body in broken(point):
        answer = point.post("evaluation", body)
        assert answer.status_code == 400, body
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["code"] == "malformed-question"


@pytest.mark.parametrize("body", [b"", b"{", b"\xff\xfe", b'{"subject": ', b"[" * 100_000, b"null"])
def test_no_json_is_400(point: DecisionPoint, body: bytes) -> None:
    for path in ("evaluation", "evaluations", "search/subject", "search/resource", "search/action"):
        assert point.post(path, body, content_type="application/json").status_code == 400


@pytest.mark.parametrize(
    "content_type", ["text/plain", "application/x-www-form-urlencoded", "", "application/jsonx"]
)
def test_another_content_type_is_400(point: DecisionPoint, content_type: str) -> None:
    import json

    body = json.dumps(point.question("anja", "noor")).encode()
    assert point.post("evaluation", body, content_type=content_type).status_code == 400
    assert point.post("evaluation", body, content_type="Application/JSON; charset=utf-8").status_code == 200


def test_the_request_id_comes_back_on_every_answer(point: DecisionPoint) -> None:
    question = point.question("anja", "noor")
    assert point.post("evaluation", question, x_request_id="abc-123").headers["x-request-id"] == "abc-123"
    refused = point.post("evaluation", {}, x_request_id="abc-124")
    assert (refused.status_code, refused.headers["x-request-id"]) == (400, "abc-124")
    nobody = point.post("evaluation", question, x_request_id="abc-125", Authorization="")
    assert (nobody.status_code, nobody.headers["x-request-id"]) == (401, "abc-125")
    assert "x-request-id" not in point.post("evaluation", question).headers


def test_the_same_question_has_the_same_answer(point: DecisionPoint) -> None:
    question = point.question("anja", "noor")
    assert [point.decides(question) for _ in range(5)] == [True] * 5


# -- Batch ---------------------------------------------------------------------------------------------


def decisions(point: DecisionPoint, body: dict[str, Any]) -> list[bool]:
    answer = point.ask("evaluations", body)
    assert answer.keys() == {"evaluations"}
    return [one["decision"] for one in answer["evaluations"]]


def test_a_batch_keeps_order_and_length(point: DecisionPoint) -> None:
    whole = [point.question("anja", "noor"), point.question("noor", "anja"), point.question("noor")]
    assert decisions(point, {"evaluations": whole}) == [True, False, True]
    assert decisions(point, {"evaluations": whole[::-1]}) == [True, False, True][::-1]


def test_what_stands_above_counts_where_an_item_says_nothing(point: DecisionPoint) -> None:
    above = point.question("anja", "noor")
    items = [{}, {"action": {"name": "betalen"}}, {"resource": {"type": "dienst", "id": REISPRODUCT}},
             {"subject": {"type": "pseudoniem", "id": point.sub("noor")}}]  # fmt: skip
    assert decisions(point, {**above, "evaluations": items}) == [True, False, False, True]


def test_a_required_field_that_an_item_leaves_out_is_taken_from_above(point: DecisionPoint) -> None:
    above = {**point.question("anja", "noor"), "resource": {"type": "dienst"}}
    items = [{"resource": {"id": AANVULLENDE_BEURS}}, {"resource": {"type": "dienst", "id": REISPRODUCT}}]
    assert decisions(point, {**above, "evaluations": items}) == [True, False]


def test_properties_above_do_not_mix_with_those_of_an_item(point: DecisionPoint) -> None:
    above = point.question("anja", "noor", acr=LOW)
    own = point.question("anja", "noor", acr=HIGH)["subject"]
    assert decisions(point, {**above, "evaluations": [{"subject": own}, {}]}) == [True, False]


def test_a_broken_item_is_denied_and_the_others_are_answered(point: DecisionPoint) -> None:
    above = {name: value for name, value in point.question("anja", "noor").items() if name != "resource"}
    good = {"resource": {"type": "dienst", "id": AANVULLENDE_BEURS}}
    items = [good, {}, "text", None, {"resource": 5}, {**good, "action": {"name": 1}}, good]
    assert decisions(point, {**above, "evaluations": items}) == [
        True,
        False,
        False,
        False,
        False,
        False,
        True,
    ]


@pytest.mark.parametrize(
    ("semantic", "expected"),
    [
        ("execute_all", [True, False, True]),
        ("deny_on_first_deny", [True, False]),
        ("permit_on_first_permit", [True]),
    ],
)
def test_a_batch_may_stop_early(point: DecisionPoint, semantic: str, expected: list[bool]) -> None:
    items = [{}, {"action": {"name": "betalen"}}, {"action": {"name": "zaken_regelen"}}]
    options = {"evaluations_semantic": semantic, "another_option": "value"}
    assert (
        decisions(point, {**point.question("anja", "noor"), "evaluations": items, "options": options})
        == expected
    )


@pytest.mark.parametrize("absent", [{}, {"evaluations": []}, {"evaluations": None}])
def test_without_items_it_is_one_question(point: DecisionPoint, absent: dict[str, Any]) -> None:
    answer = point.ask("evaluations", {**point.question("anja", "noor"), **absent})
    assert answer["decision"] is True


@pytest.mark.parametrize(
    "wrong",
    [{"evaluations": {}}, {"evaluations": "x"}, {"evaluations": [{}] * 1001},
     {"evaluations": [{}], "subject": "x"}, {"evaluations": [{}], "options": []},
     {"evaluations": [{}], "options": {"evaluations_semantic": "first"}}],
)  # fmt: skip
def test_a_batch_that_is_wrong_as_a_whole_is_400(point: DecisionPoint, wrong: dict[str, Any]) -> None:
    assert point.post("evaluations", {**point.question("anja", "noor"), **wrong}).status_code == 400


# -- Search --------------------------------------------------------------------------------------------


def test_who_may_act_for_someone_is_found(point: DecisionPoint) -> None:
    body = point.question("anja", "noor")
    body["subject"]["id"] = "ignored, whatever it is"
    found = point.ask("search/subject", body)
    assert found == {"results": [{"type": "pseudoniem", "id": point.sub("anja")}], "page": {"next_token": ""}}
    assert point.ask("search/subject", {**body, "action": {"name": "betalen"}})["results"] == []


def test_who_may_act_for_themselves_is_found_among_whom_the_caller_knows(point: DecisionPoint) -> None:
    body = {**point.question("anja"), "subject": {"type": "pseudoniem"}}
    found = point.ask("search/subject", body)["results"]
    assert {one["id"] for one in found} == {point.sub("anja"), point.sub("noor")}
    assert all(one["type"] == "pseudoniem" for one in found)


def test_at_which_services_is_found(point: DecisionPoint) -> None:
    body = point.question("anja", "noor")
    del body["resource"]["id"]
    assert point.ask("search/resource", body)["results"] == [{"type": "dienst", "id": AANVULLENDE_BEURS}]
    own = {**point.question("noor"), "resource": {"type": "dienst"}}
    found = [one["id"] for one in point.ask("search/resource", own)["results"]]
    assert found == sorted([AANVULLENDE_BEURS, REISPRODUCT, ONLY_READING])


def test_which_actions_is_found(point: DecisionPoint) -> None:
    body = {name: value for name, value in point.question("anja", "noor").items() if name != "action"}
    found = point.ask("search/action", body)["results"]
    assert found == [{"name": "informatie_opvragen"}, {"name": "zaken_regelen"}]
    assert point.ask("search/action", {**body, "action": 5})["results"] == found


def test_results_come_in_pages(point: DecisionPoint) -> None:
    body = {**point.question("noor"), "resource": {"type": "dienst"}}
    everything = point.ask("search/resource", body)["results"]
    found, token = [], ""
    while True:
        page = point.ask(
            "search/resource", {**body, "page": {"limit": 1, **({"token": token} if token else {})}}
        )
        found += page["results"]
        token = page["page"]["next_token"]
        assert isinstance(token, str)
        if not token:
            break
    assert found == everything
    people = {**point.question("noor"), "subject": {"type": "pseudoniem"}, "page": {"limit": 1}}
    first = point.ask("search/subject", people)
    rest = point.ask("search/subject", {**people, "page": {"next_token": first["page"]["next_token"]}})
    assert len({one["id"] for one in first["results"] + rest["results"]}) == 2
    assert rest["page"]["next_token"] == ""


@pytest.mark.parametrize("place", ["subject", "resource"])
def test_what_is_unknown_gives_an_empty_list(point: DecisionPoint, place: str) -> None:
    for path in ("search/subject", "search/resource", "search/action"):
        for change in ({"type": "spaceship"}, {"id": "nonexistent"}):
            if path == f"search/{place}" and "id" in change:
                continue
            body = point.question("anja", "noor")
            body[place] = {**body[place], **change}
            assert point.ask(path, body) == {"results": []}, (path, change)


def test_a_search_with_a_field_too_few_is_400(point: DecisionPoint) -> None:
    good = point.question("anja", "noor")
    for path, missing in (
        ("subject", "action"), ("subject", "subject"), ("resource", "subject"), ("action", "resource"),
        ("resource", "resource"), ("resource", "action"),
    ):  # fmt: skip
        body = {name: value for name, value in good.items() if name != missing}
        assert point.post(f"search/{path}", body).status_code == 400, (path, missing)
    for path, entity in (("subject", "resource"), ("resource", "subject"), ("action", "subject")):
        assert point.post(f"search/{path}", {**good, entity: {"type": "x"}}).status_code == 400, path
    for page in ({"limit": 0}, {"limit": "1"}, {"limit": True}, [], {"token": 5}):
        assert point.post("search/action", {**good, "page": page}).status_code == 400, page


# -- Discovery -----------------------------------------------------------------------------------------


def test_the_decision_point_says_where_it_is(house: TokenHouse, point: DecisionPoint) -> None:
    found = house.http.get("/.well-known/authzen-configuration/machtigen").json()
    assert found == house.http.get("/machtigen/.well-known/authzen-configuration").json()
    assert found["policy_decision_point"] == OWN
    assert found["access_evaluation_endpoint"] == f"{BASE}/evaluation"
    for name, address in found.items():
        if name.endswith("_endpoint"):
            assert house.http.get(address).status_code == 405, name
