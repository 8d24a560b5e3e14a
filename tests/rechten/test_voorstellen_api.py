"""Proposals at the interface: who may file, who answers, and what each side is told."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests.rechten.test_log_before_release import BREAKAGES, engine
from tests.rechten.test_storingen_api import csrf_of
from tests.rechten.wereld import Receipt, Wereld, actor

pytestmark = pytest.mark.slow
REGISTER, DOEL = "terugbetalen", "betalingsregeling"
DEBT = "verplichting"


@pytest.fixture
def wereld(tmp_path: Path) -> Iterator[Wereld]:
    """Noor owes something; one category of it is an obligation."""
    world = Wereld(tmp_path / "rechten")
    for doel in (REGISTER, DOEL, "anders"):
        world.publish(doel, ["schuld", "draagkracht"])
    world.add_register(REGISTER, ["schuld", "draagkracht"], ("schuld",))
    world.add_source("bron", [REGISTER])
    world.grant(REGISTER, ["schuld", "draagkracht"], doel=DOEL)
    debt = world.record(categorie="schuld", waarde={"bedrag": 900}, doel=REGISTER)
    means = world.record(categorie="draagkracht", waarde={"bedrag": 20}, doel=REGISTER)
    assert world.deliver("noor", REGISTER, debt, means).status_code == 201
    yield world
    world.close()


def call(wereld: Wereld, path: str, body: Any = None, *, doel: str = DOEL, **token: Any) -> httpx2.Response:
    headers = token.pop("headers", {})
    bearer = wereld.token(register=REGISTER, **{"doelen": [DOEL], **token})
    url = f"/rechten/api/v1/registers/{REGISTER}/{path}"
    given = {"Authorization": f"Bearer {bearer}", **headers}
    method = "GET" if body is None else "POST"
    return wereld.client.request(method, url, params={"doel": doel}, json=body, headers=given)


def debt(wereld: Wereld) -> dict[str, Any]:
    (found,) = call(wereld, "gegevens").json()["categorieen"]["schuld"]
    return dict(found)


def filing(wereld: Wereld, **changes: Any) -> dict[str, Any]:
    return {DEBT: debt(wereld)[DEBT], "bedrag_per_maand": 50, **changes}


def propose(wereld: Wereld, **changes: Any) -> dict[str, Any]:
    answer = call(wereld, "voorstellen", filing(wereld, **changes))
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def test_what_is_filed_is_listed_withdrawn_and_may_follow_again(wereld: Wereld) -> None:
    filed = propose(wereld, vanaf="2027-01-01")
    assert (filed["status"], filed["vanaf"], filed["sinds"]) == ("open", "2027-01-01", filed["ingediend_op"])
    assert call(wereld, "voorstellen").json() == {"resultaten": [filed], "volgende": None}
    gone = call(wereld, f"voorstellen/{filed['id']}/intrekken", {})
    assert (gone.status_code, gone.json()["status"]) == (200, "ingetrokken")
    again = call(wereld, f"voorstellen/{filed['id']}/intrekken", {})
    assert (again.status_code, again.json()["code"]) == (409, "proposal-closed")
    assert debt(wereld)["invordering"]["stand"] == "loopt"
    assert propose(wereld)["id"] != filed["id"]


@pytest.mark.parametrize(
    ("token", "status", "code"),
    [
        ({"actions": ["informatie_opvragen"]}, 403, "action-not-allowed"),
        ({"doelen": ["anders"]}, 403, "purpose-not-in-token"),
        ({"doel": "anders", "doelen": ["anders"]}, 403, "no-ground-for-use"),
        ({"doel": "bestaat-niet", "doelen": ["bestaat-niet"]}, 403, "purpose-not-registered"),
        ({"detail": {"datatypes": ["draagkracht"]}}, 404, "obligation-unknown"),
        ({"represented": "karim"}, 404, "obligation-unknown"),
        ({"aud": ["https://elders.test"]}, 401, "invalid-token"),
    ],
)
def test_who_may_not_arrange_this_does_not_file(
    wereld: Wereld, token: dict[str, Any], status: int, code: str
) -> None:
    body = filing(wereld)
    answer = call(wereld, "voorstellen", body, **token)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert debt(wereld)["invordering"]["stand"] == "loopt"
    assert wereld.inspect("noor", REGISTER).json()["voorstellen"] == []


def test_a_refused_filing_stands_in_the_log_of_the_person(wereld: Wereld) -> None:
    call(wereld, "voorstellen", filing(wereld), actions=["informatie_opvragen"])
    refused = next(one for one in wereld.uses("noor", REGISTER) if one["rol"] == "weigering")
    assert (refused["redenen"], refused["door"]["soort"]) == (["action-not-allowed"], "vertegenwoordiger")


def test_who_may_read_but_not_arrange_sees_the_proposal_and_leaves_it(wereld: Wereld) -> None:
    filed = propose(wereld)
    reader = {"actions": ["informatie_opvragen"]}
    assert call(wereld, "voorstellen", **reader).json()["resultaten"] == [filed]
    refused = call(wereld, f"voorstellen/{filed['id']}/intrekken", {}, **reader)
    assert (refused.status_code, refused.json()["code"]) == (403, "action-not-allowed")
    for limits in ({"represented": "karim"}, {"detail": {"datatypes": ["draagkracht"]}}):
        assert call(wereld, "voorstellen", **limits).json()["resultaten"] == []
        other = call(wereld, f"voorstellen/{filed['id']}/intrekken", {}, **limits)
        assert (other.status_code, other.json()["code"]) == (404, "proposal-unknown")


def test_a_system_by_itself_files_nothing_and_gets_no_ids(wereld: Wereld) -> None:
    filed = propose(wereld)
    consumer = actor("kwijtschelder")
    wereld.grant(REGISTER, ["schuld"], doel=DOEL, afnemer=consumer)
    own = {"doel": DOEL}

    def token() -> str:
        receipt = Receipt(consumer, REGISTER, wereld.now, permit={"doel": DOEL})
        return wereld.own_token("noor", REGISTER, consumer, receipt=receipt, **own)

    answer = wereld.read(token(), REGISTER, DOEL)
    assert answer.status_code == 200, answer.text
    (seen,) = answer.json()["categorieen"]["schuld"]
    assert seen[DEBT] is None
    assert seen["invordering"] == {"stand": "gepauzeerd", "sinds": filed["ingediend_op"], "voorstel": None}
    url = f"/rechten/api/v1/registers/{REGISTER}/voorstellen"
    refused = wereld.client.post(
        url, params={"doel": DOEL}, json=filing(wereld), headers={"Authorization": f"Bearer {token()}"}
    )
    assert (refused.status_code, refused.json()["code"]) == (403, "action-not-allowed")


def test_only_obligations_say_whether_they_are_collected(wereld: Wereld) -> None:
    found = call(wereld, "gegevens").json()["categorieen"]
    assert found["schuld"][0]["invordering"] == {"stand": "loopt", "sinds": None, "voorstel": None}
    assert (found["draagkracht"][0]["invordering"], found["draagkracht"][0][DEBT]) == (None, None)


def test_a_repeated_key_files_once_and_something_else_with_it_is_refused(wereld: Wereld) -> None:
    headers = {"Idempotency-Key": "een"}
    body = filing(wereld)
    first = call(wereld, "voorstellen", body, headers=headers)
    again = call(wereld, "voorstellen", body, headers=headers)
    assert (first.status_code, first.json()) == (again.status_code, again.json())
    other = call(wereld, "voorstellen", {**body, "bedrag_per_maand": 1}, headers=headers)
    assert (other.status_code, other.json()["code"]) == (422, "idempotency-key-reused")
    somebody = call(wereld, "voorstellen", body, headers=headers, acting="karim")
    assert somebody.json()["code"] == "proposal-open"


@pytest.mark.parametrize("limits", [{"represented": "karim"}, {"detail": {"datatypes": ["draagkracht"]}}])
def test_a_repeated_key_shows_nothing_that_the_token_of_now_does_not_reach(
    wereld: Wereld, limits: dict[str, Any]
) -> None:
    headers, body = {"Idempotency-Key": "een"}, filing(wereld)
    karims = wereld.record(categorie="schuld", waarde={"bedrag": 1}, doel=REGISTER)
    assert wereld.deliver("karim", REGISTER, karims).status_code == 201
    assert call(wereld, "voorstellen", body, headers=headers).status_code == 201
    answer = call(wereld, "voorstellen", body, headers=headers, **limits)
    assert answer.status_code == 404
    assert "bedrag_per_maand" not in answer.text


@pytest.mark.parametrize(
    "wrong", [{"bedrag_per_maand": 0}, {"bedrag_per_maand": 2.5}, {"vanaf": "0001-01-01"}]
)
def test_a_proposal_that_makes_no_sense_is_not_read(wereld: Wereld, wrong: dict[str, Any]) -> None:
    answer = call(wereld, "voorstellen", filing(wereld, **wrong))
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid-input")


@pytest.mark.parametrize("how", BREAKAGES)
def test_what_cannot_be_logged_is_not_filed(wereld: Wereld, how: str) -> None:
    body = filing(wereld)
    with engine(wereld, REGISTER).connect() as connection:
        connection.exec_driver_sql(BREAKAGES[how])
        connection.commit()
    assert call(wereld, "voorstellen", body).json()["code"] == "log-unavailable"
    with engine(wereld, REGISTER).connect() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM voorstel").scalar_one() == 0


# -- the answer --------------------------------------------------------------------------------------


def test_who_declines_gives_reasons_which_the_person_reads(wereld: Wereld) -> None:
    filed = propose(wereld)
    path = f"te-beslissen/{filed['id']}/afwijzen"
    for body in ({}, {"motivering": ""}, {"motivering": "  "}):
        assert wereld.actor_call(path, REGISTER, body=body).status_code == 422
    reasons = {"motivering": "Met dit bedrag duurt het meer dan vijf jaar."}
    declined = wereld.actor_call(path, REGISTER, body=reasons, Idempotency_Key="nee")
    assert (declined.status_code, declined.json()["status"]) == (200, "afgewezen")
    assert wereld.actor_call(path, REGISTER, body=reasons, Idempotency_Key="nee").json() == declined.json()
    assert wereld.actor_call(path, REGISTER, body=reasons).json()["code"] == "proposal-closed"
    (seen,) = wereld.inspect("noor", REGISTER).json()["voorstellen"]
    assert seen["motivering"] == reasons["motivering"]
    use = next(one for one in wereld.uses("noor", REGISTER) if one["rol"] == "voorstel")
    assert (use["wie"]["actor"], use["door"]["soort"]) == (actor(REGISTER), "organisatie")
    assert wereld.actor_call("te-beslissen", REGISTER).json()["resultaten"] == []


def test_only_the_registers_own_actor_answers(wereld: Wereld) -> None:
    filed = propose(wereld)
    path = f"te-beslissen/{filed['id']}/aannemen"
    for who, status in (("beheer", 403), (actor("ander"), 404), ("oin:99999999999999999999:x", 401)):
        assert wereld.actor_call(path, REGISTER, who, {}).status_code == status
    assert wereld.actor_call("te-beslissen/bestaat-niet/aannemen", REGISTER, body={}).json()["code"] == (
        "proposal-unknown"
    )
    assert debt(wereld)["invordering"]["stand"] == "gepauzeerd"


def test_which_categories_are_obligations_may_be_told_later(wereld: Wereld) -> None:
    """A register that was made before there were any gets them by registering again."""
    body = wereld.register_body(REGISTER, ["schuld", "draagkracht"], ("schuld", "draagkracht"))
    assert wereld.beheer("registers", body).status_code == 200
    assert call(wereld, "gegevens").json()["categorieen"]["draagkracht"][0]["invordering"]["stand"] == "loopt"
    body["categorieen"][0]["gevoeligheid"] = "gevoelig"
    assert wereld.beheer("registers", body).status_code == 409


# -- the person's own page and interface -------------------------------------------------------------


def test_the_page_files_and_withdraws(wereld: Wereld) -> None:
    wereld.log_in()
    page = wereld.client.get("/rechten/inzage").text
    assert "Stel een betalingsregeling voor" in page
    csrf = {"csrf_token": csrf_of(page)}
    there = f"/rechten/inzage/registers/{REGISTER}/voorstellen"
    mine = {DEBT: debt(wereld)[DEBT], "bedrag_per_maand": "30"}
    assert wereld.client.post(there, data=mine).status_code == 403
    done = wereld.client.post(there, data={**mine, **csrf})
    assert done.headers["location"] == "/rechten/inzage?gedaan=voorstel"
    page = wereld.client.get(done.headers["location"]).text
    for text in ("U hoeft nu niet te betalen. Er loopt een voorstel.", "30 euro per maand, ingediend op"):
        assert text in page
    (open_one,) = call(wereld, "voorstellen").json()["resultaten"]
    assert open_one["namens"] is False
    done = wereld.client.post(f"{there}/{open_one['id']}/intrekken", data=csrf)
    assert done.headers["location"] == "/rechten/inzage?gedaan=intrekken"
    assert "U betaalt zoals afgesproken." in wereld.client.get("/rechten/inzage").text
    assert "You pay as agreed." in wereld.client.get("/rechten/inzage", params={"taal": "en"}).text


def test_the_interface_of_the_person_withdraws_what_a_helper_filed(wereld: Wereld) -> None:
    filed = propose(wereld)
    there = f"/rechten/api/v1/inzage/registers/{REGISTER}/voorstellen"
    wereld.log_in()
    headers = {"X-CSRF-Token": csrf_of(wereld.client.get("/rechten/inzage").text)}
    listed = wereld.client.get("/rechten/api/v1/inzage/gegevens").json()["registers"]
    assert listed[0]["voorstellen"] == [filed]
    assert wereld.client.post(f"{there}/{filed['id']}/intrekken").status_code == 403
    again = wereld.client.post(there, json=filing(wereld), headers=headers)
    assert (again.status_code, again.json()["code"]) == (409, "proposal-open")
    gone = wereld.client.post(f"{there}/{filed['id']}/intrekken", headers=headers)
    assert (gone.status_code, gone.json()) == (200, {"id": filed["id"]})
    key = {**headers, "Idempotency-Key": "nieuw"}
    body = filing(wereld)
    first = wereld.client.post(there, json=body, headers=key)
    second = wereld.client.post(there, json=body, headers=key)
    assert (first.status_code, first.json()) == (second.status_code, second.json())
    assert first.json()["id"] != filed["id"]
    wereld.broken.add(REGISTER)
    assert wereld.client.post(there, json=body, headers=headers).status_code == 503


def test_an_obligation_of_before_the_register_knew_anybody_is_nobodys(wereld: Wereld) -> None:
    inhoud = {"bedrag_per_maand": 5}
    act = {"handeling": "voorstel-indienen", "onderwerp": debt(wereld)[DEBT], "voorstel": inhoud}
    stranger = wereld.own_act("karim", REGISTER, **act)
    assert (stranger.status_code, stranger.json()["code"]) == (404, "obligation-unknown")
    empty = wereld.own_act("noor", REGISTER, **{**act, "voorstel": None})
    assert empty.json()["code"] == "obligation-unknown"
