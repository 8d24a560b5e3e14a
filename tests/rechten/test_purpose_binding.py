"""Every read is for a registered purpose; other purposes, ended ones and other categories give nothing."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.rechten.wereld import DOEL, START, Wereld


def refusal(wereld: Wereld, **asked: object) -> tuple[int, str]:
    answer = wereld.read(**asked)  # type: ignore[arg-type]  # keywords of read
    assert "419" not in answer.text
    return answer.status_code, answer.json()["code"]


def test_an_unregistered_purpose_is_refused_and_visible_to_the_person(wereld: Wereld) -> None:
    token = wereld.token(doelen=["onbekend"])
    assert refusal(wereld, token=token, doel="onbekend") == (403, "purpose-not-registered")
    use = wereld.before("noor")[0]
    assert (use["rol"], use["redenen"]) == ("weigering", ["purpose-not-registered", "no-ground-for-use"])
    assert use["categorieen"] == []
    assert use["doel"]["uri"].endswith("/doelen/studiefinanciering/v1")


def test_an_ended_purpose_is_refused(wereld: Wereld) -> None:
    wereld.publish("afgelopen", ["toekenning"], tot=wereld.now - timedelta(seconds=1))
    wereld.grant("studiefinanciering", ["toekenning"], "afgelopen")
    token = wereld.token(doelen=["afgelopen"])
    assert refusal(wereld, token=token, doel="afgelopen") == (403, "purpose-not-current")


def test_a_purpose_outside_the_token_is_refused(wereld: Wereld) -> None:
    wereld.publish("ander", ["toekenning"])
    wereld.grant("studiefinanciering", ["toekenning"], "ander")
    assert refusal(wereld, doel="ander") == (403, "purpose-not-in-token")


def test_a_token_without_the_action_is_refused(wereld: Wereld) -> None:
    token = wereld.token(actions=["zaken_regelen"])
    assert refusal(wereld, token=token) == (403, "action-not-allowed")


def test_a_ground_that_has_ended_gives_nothing(wereld: Wereld) -> None:
    wereld.publish("kort", ["toekenning"])
    until = (wereld.now - timedelta(seconds=1)).isoformat()
    wereld.grant("studiefinanciering", ["toekenning"], "kort", geldig_van=START.isoformat(), geldig_tot=until)
    assert refusal(wereld, token=wereld.token(doelen=["kort"]), doel="kort") == (403, "no-ground-for-use")


def test_a_category_outside_the_ground_is_refused_by_name_and_the_person_sees_it(wereld: Wereld) -> None:
    answer = wereld.read(categorieen=("toekenning", "nationaliteit"))
    assert list(answer.json()["categorieen"]) == ["toekenning"]
    expected = [{"categorie": "nationaliteit", "reden": "category-not-in-purpose"}]
    assert answer.json()["geweigerd"] == expected
    use = wereld.before("noor")[0]
    assert (use["categorieen"], use["geweigerd"]) == (["toekenning"], expected)


@pytest.mark.parametrize("doel", ["", "../x", "A", "a" * 65, "999990019 "])
def test_a_malformed_purpose_is_refused_without_echo(wereld: Wereld, doel: str) -> None:
    answer = wereld.read(doel=doel)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid-input")
    assert not doel or doel not in answer.text.replace("about:", "")


def test_when_keys_does_not_answer_nothing_is_released(wereld: Wereld) -> None:
    wereld.publish("nieuw", ["toekenning"])
    wereld.broken.add("keys")
    answer = wereld.read(token=wereld.token(doelen=["nieuw"]), doel="nieuw")
    assert (answer.status_code, answer.json()["code"]) == (503, "peer-unavailable")


def test_an_actor_that_asks_by_itself_needs_a_ground_of_its_own(wereld: Wereld) -> None:
    other = "oin:00000001003214345000:terugbetalen"
    token = wereld.own_token("noor", "studiefinanciering", other)
    assert refusal(wereld, token=token) == (403, "no-ground-for-use")
    wereld.grant("studiefinanciering", ["toekenning"], afnemer=other, afnemer_naam={"nl": "DUO Terugbetalen"})
    answer = wereld.read(token=wereld.own_token("noor", "studiefinanciering", other))
    assert list(answer.json()["categorieen"]) == ["toekenning"]
    uses = wereld.before("noor")
    assert [use["rol"] for use in uses] == ["verstrekking", "wijziging"]
    assert uses[0]["wie"]["naam"] == {"nl": "DUO Terugbetalen"}
    assert uses[0]["door"]["soort"] == "organisatie"


def test_a_person_without_a_machtiging_reads_for_herself(wereld: Wereld) -> None:
    answer = wereld.read(token=wereld.token("noor", None))
    assert answer.json()["categorieen"]["toekenning"][0]["bron"] == "DUO"
    assert wereld.before("noor")[0]["door"] == {"soort": "zelf", "machtiging": None, "audience": None}


def test_a_read_about_someone_unknown_gives_nothing_and_stays_visible_to_them(wereld: Wereld) -> None:
    answer = wereld.read(token=wereld.token("anja", "sem"))
    assert answer.json()["categorieen"] == {"toekenning": []}
    assert wereld.before("sem")[0]["doel"]["id"] == DOEL
