"""Levels: what is asked is what is given, and never less."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest

from identiteit.inloggen.model import Inlogwens, Niveau, Sessie
from identiteit.inloggen.rules import UnusableParameter, minimum_level, read_wish, suffices
from tests.identiteit.house import Browser, House, answer_of

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
LOW, SUBSTANTIAL, HIGH = (f"http://eidas.europa.eu/LoA/{level}" for level in ("low", "substantial", "high"))


def wish(**changes: object) -> Inlogwens:
    base = Inlogwens("machtigen", "http://x.test/terug", "openid", "state", "nonce", "challenge")
    return Inlogwens(**{**base.__dict__, **changes})


def session(niveau: Niveau, age_s: int = 0) -> Sessie:
    return Sessie("id", niveau, NOW - timedelta(seconds=age_s), "sid", "csrf")


@pytest.mark.parametrize(
    ("acr_values", "niveau"),
    [
        (None, Niveau.LAAG),
        ("", Niveau.LAAG),
        ("urn:other", Niveau.LAAG),
        (HIGH, Niveau.HOOG),
        (f"{HIGH} {SUBSTANTIAL}", Niveau.SUBSTANTIEEL),
        (f"urn:other {HIGH}", Niveau.HOOG),
    ],
)
def test_the_lowest_level_that_is_named_is_the_least_that_will_do(
    acr_values: str | None, niveau: Niveau
) -> None:
    assert minimum_level(acr_values) is niveau


@pytest.mark.parametrize("has", Niveau)
@pytest.mark.parametrize("needs", Niveau)
def test_a_session_suffices_from_its_own_level_down(has: Niveau, needs: Niveau) -> None:
    assert suffices(session(has), wish(minimum=needs), NOW) is (has.rank >= needs.rank)


@pytest.mark.parametrize(("age_s", "max_age_s", "enough"), [(60, 60, True), (61, 60, False), (1, 0, False)])
def test_a_session_older_than_asked_does_not_suffice(age_s: int, max_age_s: int, enough: bool) -> None:
    assert suffices(session(Niveau.HOOG, age_s), wish(max_age_s=max_age_s), NOW) is enough


def test_a_fresh_log_in_that_is_asked_is_never_answered_from_a_session() -> None:
    assert not suffices(session(Niveau.HOOG), wish(opnieuw=True), NOW)


@pytest.mark.parametrize(
    "parameters",
    [
        {"prompt": "none login"},
        {"prompt": "nothing"},
        {"max_age": "-1"},
        {"max_age": "1.5"},
        {"max_age": "²"},
        {"max_age": "1" * 10},
        {"max_age": ""},
    ],
)
def test_parameters_that_make_no_sense_are_refused(parameters: dict[str, str]) -> None:
    with pytest.raises(UnusableParameter):
        read_wish("machtigen", "http://x.test", "openid", "s", "n", "c", parameters)


@pytest.mark.parametrize(("niveau", "acr"), [("laag", LOW), ("substantieel", SUBSTANTIAL), ("hoog", HIGH)])
def test_the_token_tells_the_level_of_the_log_in(house: House, niveau: str, acr: str) -> None:
    assert house.log_in_at(house.machtigen, niveau=niveau).claims["acr"] == acr


def test_a_page_offers_only_levels_that_will_do(house: House, visitor: Browser) -> None:
    to = visitor.authorize(house.machtigen.ask(acr_values=SUBSTANTIAL))
    page = visitor.get(to.headers["location"]).text
    assert re.findall(r'name="niveau"[^>]*value="(\w+)"', page) == ["substantieel", "hoog"]


def test_a_level_below_what_was_asked_is_refused_and_the_page_can_be_used_again(
    house: House, visitor: Browser
) -> None:
    asked = house.machtigen.ask(acr_values=HIGH)
    page = visitor.authorize(asked).headers["location"]
    refused = visitor.submit(page, persoon="noor", niveau="substantieel")
    assert refused.status_code == 422
    assert "hoger niveau" in refused.text
    assert "identiteit_sessie" not in visitor.client.cookies
    answer = answer_of(visitor.submit(page, persoon="noor", niveau="hoog"))
    assert house.finish(house.machtigen, asked, answer["code"], visitor).claims["acr"] == HIGH


def test_a_session_that_is_too_low_is_raised_by_logging_in_again(house: House, visitor: Browser) -> None:
    house.log_in_at(house.rechten, browser=visitor, niveau="laag")
    to = visitor.authorize(house.machtigen.ask(acr_values=HIGH))
    assert to.headers["location"].startswith("http://huis.test/identiteit/inloggen?poging=")


@pytest.mark.parametrize(
    ("persoon", "niveau"), [("niemand", "hoog"), ("noor", "goddelijk"), ("", ""), ("noor", "")]
)
def test_who_or_what_does_not_exist_cannot_log_in(visitor: Browser, persoon: str, niveau: str) -> None:
    page = visitor.get("/identiteit/inloggen").headers["location"]
    refused = visitor.submit(page, persoon=persoon, niveau=niveau)
    assert refused.status_code == 422
    assert "identiteit_sessie" not in visitor.client.cookies
    assert "niemand" not in refused.text
    assert "goddelijk" not in refused.text
