"""A register that fails, is late or is in maintenance is named; it is never shown as empty."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.rechten.wereld import Wereld

SF = "studiefinanciering"
WAYS: dict[str, Callable[[Wereld], object]] = {
    "silent": lambda wereld: wereld.broken.add(SF),
    "late": lambda wereld: wereld.late.add(SF),
    "paused": lambda wereld: wereld.beheer(f"registers/{SF}/pauzeren"),
}


@pytest.mark.parametrize("way", WAYS)
def test_it_is_named_and_the_others_answer(wereld: Wereld, way: str) -> None:
    wereld.log_in()
    WAYS[way](wereld)
    for what in ("gegevens", "gebruik"):
        body = wereld.client.get(f"/rechten/api/v1/inzage/{what}").json()
        assert [one["register"] for one in body["onbereikbaar"]] == [SF]
        assert [one["register"] for one in body["registers"]] == ["diplomaregister"]
    page = wereld.client.get("/rechten/inzage").text
    assert "<strong>Register studiefinanciering</strong> geeft nu geen antwoord" in page
    assert "In deze periode is er niets met uw gegevens gebeurd" not in page
    english = wereld.client.get("/rechten/inzage?taal=en").text
    assert "<strong>The studiefinanciering register</strong> does not answer now" in english


def test_when_identiteit_gives_no_tickets_every_register_is_named(wereld: Wereld) -> None:
    wereld.log_in()
    wereld.broken.add("identiteit")
    body = wereld.client.get("/rechten/api/v1/inzage/gebruik").json()
    assert {one["register"] for one in body["onbereikbaar"]} == {SF, "diplomaregister"}


def test_a_paused_register_answers_maintenance_until_it_is_resumed(wereld: Wereld) -> None:
    assert wereld.beheer(f"registers/{SF}/pauzeren").json()["gepauzeerd"] is True
    for answer in (wereld.read(), wereld.deliver("noor"), wereld.inspect("noor")):
        assert (answer.status_code, answer.json()["code"]) == (503, "maintenance")
    assert wereld.beheer(f"registers/{SF}/hervatten").json()["gepauzeerd"] is False
    assert wereld.read().status_code == 200


def test_a_session_that_is_over_at_identiteit_leads_to_the_login(wereld: Wereld) -> None:
    wereld.log_in("gone")
    answer = wereld.client.get("/rechten/api/v1/inzage/gebruik")
    assert (answer.status_code, answer.json()["code"]) == (401, "not-logged-in")
    assert wereld.client.get("/rechten/inzage").headers["location"].startswith("/rechten/inloggen")
