"""A storing at the interface: who sees and ends it, and that the refusal stands whatever fails."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest

from keys.kernel.jws.signature import unverified_claims
from rechten.storingen.rules import CONFIRM_WITHIN, MOST_NOTED
from tests.rechten.test_log_before_release import break_log, count
from tests.rechten.wereld import OIN, OWN, Wereld, actor

pytestmark = pytest.mark.slow
REGISTER = "studiefinanciering"
HOUR = timedelta(hours=1)


def revoked(wereld: Wereld, ago: timedelta = HOUR, **token: Any) -> str:
    """A token that was revoked so long ago and is still within its life."""
    made = wereld.token(**token)
    wereld.revoked.add(7)
    wereld.ended[str(unverified_claims(made)["jti"])] = wereld.now - ago
    return made


def show(wereld: Wereld, token: str, times: int = 1) -> None:
    for _ in range(times):
        answer = wereld.read(token)
        assert (answer.status_code, answer.json()["code"]) == (401, "invalid-token")


def storingen(wereld: Wereld, who: str | None = None) -> list[dict[str, Any]]:
    answer = wereld.actor_call("storingen", REGISTER, who)
    assert answer.status_code == 200, answer.text
    return list(answer.json()["resultaten"])


def events(wereld: Wereld, event: str) -> list[dict[str, Any]]:
    lines = (wereld.folder / "rechten.jsonl").read_text().splitlines()
    return [line for line in map(json.loads, lines) if line.get("event") == event]


def step(wereld: Wereld, storing: dict[str, Any], name: str, **more: Any) -> httpx2.Response:
    return wereld.actor_call(f"storingen/{storing['id']}/{name}", REGISTER, body={}, **more)


@pytest.fixture
def storing(wereld: Wereld) -> dict[str, Any]:
    """One storing, about Noor."""
    show(wereld, revoked(wereld))
    (found,) = storingen(wereld)
    return found


def test_its_actor_and_the_operator_see_the_same_and_nobody_else_anything(
    wereld: Wereld, storing: dict[str, Any]
) -> None:
    assert storingen(wereld, "beheer") == [storing]
    one = wereld.actor_call(f"storingen/{storing['id']}", REGISTER)
    assert one.json() == storing
    for path in ("storingen", f"storingen/{storing['id']}", "storingen/bestaat-niet"):
        other = wereld.actor_call(path, REGISTER, actor("diplomaregister"))
        assert (other.status_code, other.json()["code"]) == (404, "register-unknown")
        stranger = wereld.actor_call(path, REGISTER, "oin:99999999999999999999:x")
        assert stranger.status_code == 401
    assert wereld.actor_call("storingen", "bestaat-niet").status_code == 404
    assert wereld.actor_call("storingen/bestaat-niet", REGISTER).json()["code"] == "storing-unknown"
    elsewhere = wereld.actor_call(f"storingen/{storing['id']}", "diplomaregister")
    assert elsewhere.json()["code"] == "storing-unknown"
    bare = wereld.client.get(f"/rechten/api/v1/registers/{REGISTER}/storingen")
    assert bare.status_code == 401


def test_persons_are_named_by_references_of_this_storing_only(
    wereld: Wereld, storing: dict[str, Any]
) -> None:
    (voorval,) = storing["voorvallen"]
    text = json.dumps(storing)
    vault = wereld.app.state.services.registers.require(REGISTER).vault
    assert vault.pid(wereld.pseudonym("noor", REGISTER)) not in text
    assert len(voorval["betrokkene"]) == 22
    assert voorval["na_seconden"] in range(3_600, 3_610)
    assert (voorval["namens"], voorval["aantal"], voorval["begrensd"]) == (True, 1, False)


def test_a_flood_costs_one_question_and_a_bounded_number_of_rows(wereld: Wereld) -> None:
    show(wereld, revoked(wereld), MOST_NOTED + 3)
    (storing,) = storingen(wereld)
    (voorval,) = storing["voorvallen"]
    assert (voorval["aantal"], voorval["begrensd"], wereld.ends_asked) == (MOST_NOTED, True, 1)
    assert len(events(wereld, "storing-opened")) == 1


def test_an_old_token_that_was_never_revoked_costs_one_question_too(wereld: Wereld) -> None:
    began = int((wereld.now - HOUR).timestamp())
    show(wereld, wereld.token(iat=began, nbf=began, exp=began + 300), 3)
    assert (storingen(wereld), wereld.ends_asked) == ([], 1)


def test_what_is_forged_or_for_another_register_costs_no_question(wereld: Wereld) -> None:
    wereld.revoked.add(7)
    elsewhere = wereld.token(register="diplomaregister")
    forged = revoked(wereld)[:-8] + "AAAAAAAA"
    for token in (elsewhere, forged, "abc"):
        show(wereld, token)
    assert (storingen(wereld), wereld.ends_asked) == ([], 0)


@pytest.mark.parametrize("how", ["log", "machtigen", "keys"])
def test_what_cannot_be_noted_is_refused_all_the_same(wereld: Wereld, how: str) -> None:
    token = revoked(wereld)
    wereld.read(wereld.token())  # the status list and the keys are known
    if how == "log":
        break_log(wereld, "read-only")
    else:
        wereld.passes(minutes=10 if how == "keys" else 0)
        wereld.broken.add(how)
    answer = wereld.read(token)
    assert answer.status_code in {401, 503}
    assert "categorieen" not in answer.json()
    assert count(wereld, "storing") == 0
    wereld.broken.clear()
    if answer.status_code == 401:
        assert len(events(wereld, "storing-not-noted")) >= 1


def test_who_the_register_did_not_know_sees_it_too(wereld: Wereld) -> None:
    show(wereld, revoked(wereld, represented="karim"))
    (seen,) = wereld.inspect("karim").json()["storingen"]
    assert seen["voorvallen"][0]["namens"] is True


def test_a_login_of_the_person_that_was_ended_is_told_as_that(wereld: Wereld) -> None:
    show(wereld, revoked(wereld, acting="noor", represented=None))
    (seen,) = wereld.inspect("noor").json()["storingen"]
    assert seen["voorvallen"][0]["namens"] is False
    refused = next(one for one in wereld.uses("noor") if one["rol"] == "weigering")
    assert (refused["redenen"], refused["door"]["soort"]) == (["login-revoked"], "zelf")


def test_the_refusal_stands_in_the_log_once_with_who_it_was_for(wereld: Wereld) -> None:
    show(wereld, revoked(wereld), 3)
    refused = [one for one in wereld.uses("noor") if one["rol"] == "weigering"]
    assert [one["redenen"] for one in refused] == [["machtiging-revoked"]]
    assert refused[0]["door"]["machtiging"] == "mp_7Qd2nR9sKf0"


def test_steps_are_taken_in_order_and_each_once(wereld: Wereld, storing: dict[str, Any]) -> None:
    assert step(wereld, storing, "hersteld").json()["code"] == "storing-state-forbids"
    assert step(wereld, storing, "oorzaak-weggenomen").status_code == 200
    assert step(wereld, storing, "oorzaak-weggenomen").status_code == 409
    assert step(wereld, storing, "hersteld", who="beheer").json()["toestand"]["soort"] == "hersteld"
    assert step(wereld, storing, "hersteld", who=actor("diplomaregister")).status_code == 404
    history = [(line["stap"], line["door"]) for line in storingen(wereld)[0]["geschiedenis"]]
    assert history == [("oorzaak_weggenomen", "actor"), ("hersteld", "beheer")]


def test_a_repeated_key_repeats_the_step_and_another_act_with_it_is_refused(
    wereld: Wereld, storing: dict[str, Any]
) -> None:
    first = step(wereld, storing, "oorzaak-weggenomen", Idempotency_Key="een")
    again = step(wereld, storing, "oorzaak-weggenomen", Idempotency_Key="een")
    assert (first.status_code, first.json()) == (again.status_code, again.json())
    other = step(wereld, storing, "hersteld", Idempotency_Key="een")
    assert other.json()["code"] == "idempotency-key-reused"
    assert len(storingen(wereld)[0]["geschiedenis"]) == 1


def restored(wereld: Wereld, storing: dict[str, Any]) -> None:
    for name in ("oorzaak-weggenomen", "hersteld"):
        assert step(wereld, storing, name).status_code == 200


def test_it_closes_by_itself_when_nobody_says_anything(wereld: Wereld, storing: dict[str, Any]) -> None:
    restored(wereld, storing)
    wereld.passes(seconds=CONFIRM_WITHIN.total_seconds())
    (closed,) = storingen(wereld)
    assert (closed["toestand"]["soort"], closed["toestand"]["verlopen"]) == ("gesloten", True)
    assert closed["betrokkenen"][0]["bevestigd"] is False
    assert step(wereld, storing, "oorzaak-weggenomen").status_code == 409


def test_who_says_that_it_is_not_restored_keeps_it_open(wereld: Wereld, storing: dict[str, Any]) -> None:
    restored(wereld, storing)
    no = {"handeling": "storing-tegenspreken", "onderwerp": storing["id"]}
    assert wereld.own_act("noor", REGISTER, **no).status_code == 200
    wereld.passes(seconds=CONFIRM_WITHIN.total_seconds())
    assert storingen(wereld)[0]["toestand"]["soort"] == "oorzaak_weggenomen"


def test_a_proof_that_was_made_for_a_look_does_not_act(wereld: Wereld, storing: dict[str, Any]) -> None:
    restored(wereld, storing)
    yes = {"handeling": "storing-bevestigen", "onderwerp": storing["id"]}
    look = f"{OWN}/api/v1/registers/{REGISTER}/inzage"
    refused = wereld.own_act("noor", REGISTER, url=look, **yes)
    assert (refused.status_code, refused.json()["code"]) == (403, "inspection-refused")
    assert wereld.own_act("anja", REGISTER, **yes).json()["code"] == "storing-unknown"
    first = wereld.own_act("noor", REGISTER, headers={"Idempotency-Key": "ja"}, **yes)
    again = wereld.own_act("noor", REGISTER, headers={"Idempotency-Key": "ja"}, **yes)
    assert (
        (first.status_code, first.json()) == (again.status_code, again.json()) == (200, {"id": storing["id"]})
    )


def test_it_is_there_after_a_restart(wereld: Wereld, tmp_path: Path) -> None:
    token = revoked(wereld)
    show(wereld, token)
    (before,) = storingen(wereld)
    again = wereld.reopened()
    try:
        again.revoked, again.ended = wereld.revoked, wereld.ended
        show(again, token)
        (after,) = storingen(again)
        assert (after["id"], after["voorvallen"][0]["aantal"]) == (before["id"], 2)
    finally:
        again.close()


# -- the person's own page and interface -------------------------------------------------------------


def csrf_of(page: str) -> str:
    return page.split('<meta name="csrf-token" content="', 1)[1].split('"', 1)[0]


def test_the_page_tells_what_was_tried_and_takes_the_answer(wereld: Wereld, storing: dict[str, Any]) -> None:
    restored(wereld, storing)
    wereld.log_in()
    page = wereld.client.get("/rechten/inzage")
    assert page.status_code == 200
    for text in (
        "Storing bij Register studiefinanciering",
        "een machtiging te gebruiken die al was stopgezet. Dat is geweigerd",
        "De organisatie zegt dat alles hersteld is.",
        "Ja, het is hersteld",
    ):
        assert text in page.text
    english = wereld.client.get("/rechten/inzage", params={"taal": "en"}).text
    assert "to use an authorisation that had been stopped. That was refused" in english
    form = f"/rechten/inzage/registers/{REGISTER}/storingen/{storing['id']}"
    answer = {"antwoord": "bevestigen"}
    assert wereld.client.post(form, data=answer).status_code == 403
    done = wereld.client.post(form, data={**answer, "csrf_token": csrf_of(page.text)})
    assert (done.status_code, done.headers["location"]) == (303, "/rechten/inzage?gedaan=storing")
    page = wereld.client.get(done.headers["location"], params={"taal": "nl", "gedaan": "storing"})
    assert "Uw antwoord is opgeschreven." in page.text
    assert "Deze storing is gesloten." in page.text
    assert "Ja, het is hersteld" not in page.text


def test_the_interface_of_the_person_shows_it_and_takes_the_answer(
    wereld: Wereld, storing: dict[str, Any]
) -> None:
    path = f"/rechten/api/v1/inzage/registers/{REGISTER}/storingen/{storing['id']}/bevestigen"
    assert wereld.client.post(path).status_code == 401
    wereld.log_in()
    token = csrf_of(wereld.client.get("/rechten/inzage").text)
    headers = {"X-CSRF-Token": token}
    assert wereld.client.post(path).json()["code"] == "csrf-rejected"
    early = wereld.client.post(path, headers=headers)
    assert (early.status_code, early.json()["code"]) == (409, "storing-state-forbids")
    restored(wereld, storing)
    found = wereld.client.get("/rechten/api/v1/inzage/gebruik").json()["registers"]
    (seen,) = next(one["storingen"] for one in found if one["register"] == REGISTER)
    assert (seen["id"], seen["acties"]) == (storing["id"], ["bevestigen", "tegenspreken"])
    done = wereld.client.post(path, headers=headers)
    assert (done.status_code, done.json()) == (200, {"id": storing["id"]})
    wereld.log_in("anja")
    token = csrf_of(wereld.client.get("/rechten/inzage").text)
    other = wereld.client.post(path, headers={"X-CSRF-Token": token})
    assert (other.status_code, other.json()["code"]) == (404, "storing-unknown")
    gone = wereld.client.post(path.replace(REGISTER, "bestaat-niet"), headers={"X-CSRF-Token": token})
    assert gone.json()["code"] == "register-unknown"


def test_an_oin_is_no_secret_and_gives_nothing(wereld: Wereld, storing: dict[str, Any]) -> None:
    """Another actor of the same organisation is another actor."""
    assert wereld.actor_call("storingen", REGISTER, f"oin:{OIN}:onbekend").status_code == 404
