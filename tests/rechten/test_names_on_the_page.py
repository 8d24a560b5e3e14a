"""Names of representatives: at the newest twelve uses; the page says why another use shows none."""

from __future__ import annotations

from tests.rechten.wereld import Wereld

UNAVAILABLE = "De naam kan nu niet worden getoond."
NOT_ASKED = "We tonen namen bij de nieuwste 12 keer. Kies een kortere periode om deze naam te zien."


def page(wereld: Wereld, reads: int) -> str:
    for _ in range(reads):
        assert wereld.read().status_code == 200
    wereld.log_in()
    answer = wereld.client.get("/rechten/inzage")
    assert answer.status_code == 200
    return answer.text


def test_from_the_thirteenth_name_on_the_page_says_that_it_was_not_asked_for(wereld: Wereld) -> None:
    text = page(wereld, 14)
    assert text.count("<iframe") == len(wereld.names_asked) == 12
    assert text.count(NOT_ASKED) == 2
    assert UNAVAILABLE not in text
    english = wereld.client.get("/rechten/inzage", params={"taal": "en"}).text
    assert "We show names for the newest 12 times." in english


def test_twelve_names_are_shown_without_any_remark(wereld: Wereld) -> None:
    text = page(wereld, 12)
    assert (text.count("<iframe"), NOT_ASKED in text, UNAVAILABLE in text) == (12, False, False)


def test_a_name_that_was_asked_for_in_vain_cannot_be_shown_now(wereld: Wereld) -> None:
    assert wereld.read().status_code == 200
    wereld.broken.add("machtigen")
    text = page(wereld, 0)
    assert (text.count(UNAVAILABLE), NOT_ASKED in text) == (1, False), text
