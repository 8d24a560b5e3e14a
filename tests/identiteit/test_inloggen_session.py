"""Sessions and login pages: one browser each, for a limited time."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from identiteit.inloggen.model import ATTEMPT_LIVES, SESSION_LIVES
from tests.identiteit.house import STUDIE, Browser, House, answer_of, csrf_of

SECOND = timedelta(seconds=1)


def is_logged_in(browser: Browser) -> bool:
    return "Zwaluwstaart" in browser.get("/identiteit/").text


def test_after_logging_in_one_sees_what_is_known_of_oneself(visitor: Browser) -> None:
    assert visitor.log_in().headers["location"] == "http://huis.test/identiteit/"
    page = visitor.get("/identiteit/").text
    for known in ("Noortjelien Zwaluwstaart", "17 februari 2006", "Rietgorsplantsoen 8413"):
        assert known in page
    assert "999990" not in page


def test_a_session_lives_eight_hours(house: House, visitor: Browser) -> None:
    someone = house.log_in_at(house.rechten, browser=visitor)
    token = someone.tokens["access_token"]
    with house.later(SESSION_LIVES - SECOND * 30):
        assert is_logged_in(visitor)
        assert answer_of(visitor.authorize(house.rechten.ask(prompt="none")))["code"]
    with house.later(SESSION_LIVES + SECOND):
        assert not is_logged_in(visitor)
        refused = answer_of(visitor.authorize(house.rechten.ask(prompt="none")))
        assert refused["error"] == "login_required"
        assert house.inspection(token, [str(STUDIE)]).json()["code"] == "not-logged-in"


def test_a_second_package_gets_its_answer_from_the_session(house: House, visitor: Browser) -> None:
    house.log_in_at(house.rechten, browser=visitor)
    asked = house.machtigen.ask()
    code = answer_of(visitor.authorize(asked))["code"]
    assert house.finish(house.machtigen, asked, code, visitor).claims["aud"] == "machtigen"


def test_a_login_page_serves_its_own_browser_only(house: House, visitor: Browser) -> None:
    page = visitor.authorize(house.machtigen.ask()).headers["location"]
    csrf = csrf_of(visitor.get(page).text)
    stranger = house.browser()
    assert stranger.get(page).status_code == 400
    fields = {"csrf_token": csrf, "persoon": "noor", "niveau": "hoog"}
    assert stranger.client.post(page, data=fields).status_code == 400
    assert visitor.client.post(page, data=fields).status_code == 303


def test_a_login_page_serves_once(visitor: Browser) -> None:
    page = visitor.get("/identiteit/inloggen").headers["location"]
    fields = {"csrf_token": csrf_of(visitor.get(page).text), "persoon": "noor", "niveau": "hoog"}
    assert visitor.client.post(page, data=fields).status_code == 303
    again = visitor.client.post(page, data=fields)
    assert again.status_code == 400
    assert "verlopen" in again.text


def test_a_login_page_lives_half_an_hour(house: House, visitor: Browser) -> None:
    page = visitor.get("/identiteit/inloggen").headers["location"]
    with house.later(ATTEMPT_LIVES - SECOND):
        assert visitor.get(page).status_code == 200
    with house.later(ATTEMPT_LIVES):
        assert visitor.get(page).status_code == 400


@pytest.mark.parametrize("poging", ["", "unknown", "%00", "%ff", "..%2f", "x" * 5000])
def test_a_login_page_that_never_was_is_refused_without_repeating_it(visitor: Browser, poging: str) -> None:
    answer = visitor.get(f"/identiteit/inloggen?poging={poging}")
    assert answer.status_code == 400
    assert visitor.client.post(f"/identiteit/inloggen?poging={poging}", data={}).status_code == 400


def test_a_cookie_that_was_there_before_is_not_adopted(house: House, visitor: Browser) -> None:
    planted = "a" * 43
    visitor.client.cookies.set("identiteit_sessie", planted, domain="huis.test", path="/identiteit")
    visitor.log_in()
    secrets = {cookie.value for cookie in visitor.client.cookies.jar if cookie.name == "identiteit_sessie"}
    assert planted not in secrets
    thief = house.browser()
    thief.client.cookies.set("identiteit_sessie", planted, domain="huis.test", path="/identiteit")
    assert not is_logged_in(thief)


def test_logging_in_again_ends_the_session_before_everywhere(house: House, visitor: Browser) -> None:
    before = house.log_in_at(house.rechten, browser=visitor)
    answer_of(visitor.log_in("anja", asked=house.machtigen.ask(prompt="login")))
    refused = house.inspection(before.tokens["access_token"], [str(STUDIE)])
    assert refused.json()["code"] == "not-logged-in"
    house.app.state.upkeep()
    told = [house.verified(token, "logout+jwt")["sid"] for token in house.rechten.heard]
    assert before.claims["sid"] in told


def test_the_cookie_is_for_this_package_and_no_script(visitor: Browser) -> None:
    cookie = visitor.log_in().headers["set-cookie"].lower()
    assert cookie.startswith("identiteit_sessie=")
    for flag in ("httponly", "samesite=lax", "path=/identiteit"):
        assert flag in cookie


def test_the_database_holds_no_secret_that_opens_anything(house: House, visitor: Browser) -> None:
    asked, code, _ = house.code_for(house.rechten, browser=visitor)
    someone = house.finish(house.rechten, asked, code, visitor)
    secrets = {cookie.value for cookie in visitor.client.cookies.jar} | {code, someone.tokens["access_token"]}
    assert len(secrets) == 4  # session, login page, code, access token
    with house.services.database.engine.connect() as connection:
        stored = [
            str(row)
            for table in sa.inspect(connection).get_table_names()
            for row in connection.execute(sa.text(f'SELECT * FROM "{table}"'))  # noqa: S608 - our own names
        ]
    assert not [row for row in stored for secret in secrets if secret in row]


def test_when_keys_is_away_nothing_is_issued_and_the_same_page_works_afterwards(
    house: House, visitor: Browser
) -> None:
    asked = house.machtigen.ask()
    page = visitor.authorize(asked).headers["location"]
    with house.without("keys"):
        refused = visitor.submit(page, persoon="noor", niveau="hoog")
    assert refused.status_code == 503
    assert "location" not in refused.headers
    code = answer_of(visitor.submit(page, persoon="noor", niveau="hoog"))["code"]
    assert house.trade(house.machtigen, asked, code).status_code == 200
