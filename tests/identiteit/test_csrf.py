"""Forms work from our own pages only."""

from __future__ import annotations

import httpx2
import pytest

from tests.identiteit.house import Browser, House, csrf_of

FIELDS = {"persoon": "noor", "niveau": "hoog"}
WRONG = [None, "", "x", "é", "A" * 43]


def post(browser: Browser, path: str, token: str | None, **fields: str) -> httpx2.Response:
    return browser.client.post(path, data={**fields, **({"csrf_token": token} if token is not None else {})})


@pytest.mark.parametrize("token", WRONG)
def test_a_log_in_without_the_token_of_its_page_is_refused(visitor: Browser, token: str | None) -> None:
    page = visitor.get("/identiteit/inloggen").headers["location"]
    refused = post(visitor, page, token, **FIELDS)
    assert refused.status_code == 403
    assert "identiteit_sessie" not in visitor.client.cookies
    assert "csrf-rejected" in refused.text
    right = csrf_of(visitor.get(page).text)
    assert post(visitor, page, right, **FIELDS).status_code == 303


@pytest.mark.parametrize("token", WRONG)
def test_a_log_out_without_the_token_of_the_session_is_refused(visitor: Browser, token: str | None) -> None:
    visitor.log_in()
    assert post(visitor, "/identiteit/uitloggen", token).status_code == 403
    assert "Noortjelien" in visitor.get("/identiteit/").text


def test_the_token_of_another_session_or_page_does_not_serve(house: House, visitor: Browser) -> None:
    stranger = house.browser()
    stranger.log_in("anja")
    theirs = csrf_of(stranger.get("/identiteit/").text)
    page = visitor.get("/identiteit/inloggen").headers["location"]
    other = visitor.get("/identiteit/inloggen").headers["location"]
    of_page, of_other = (csrf_of(visitor.get(one).text) for one in (page, other))
    assert len({theirs, of_page, of_other}) == 3
    assert post(visitor, page, of_other, **FIELDS).status_code == 403
    assert post(visitor, page, theirs, **FIELDS).status_code == 403
    assert post(visitor, page, of_page, **FIELDS).status_code == 303
    assert post(visitor, "/identiteit/uitloggen", theirs).status_code == 403
    assert post(visitor, "/identiteit/uitloggen", of_page).status_code == 403


def test_a_token_in_the_address_does_not_serve(visitor: Browser) -> None:
    page = visitor.get("/identiteit/inloggen").headers["location"]
    token = csrf_of(visitor.get(page).text)
    assert visitor.client.post(f"{page}&csrf_token={token}", data=FIELDS).status_code == 403


def test_a_get_never_logs_anybody_in(visitor: Browser) -> None:
    page = visitor.get("/identiteit/inloggen").headers["location"]
    token = csrf_of(visitor.get(page).text)
    visitor.client.get(page, params={**FIELDS, "csrf_token": token})
    assert "identiteit_sessie" not in visitor.client.cookies


def test_somebody_else_cannot_be_logged_in_by_a_link_to_ones_own_login_page(
    house: House, visitor: Browser
) -> None:
    """An attacker opens a login page and lures a victim to finish it: it belongs to one browser."""
    page = visitor.get("/identiteit/inloggen").headers["location"]
    token = csrf_of(visitor.get(page).text)
    victim = house.browser()
    assert post(victim, page, token, persoon="anja", niveau="hoog").status_code == 400
    assert "identiteit_sessie" not in victim.client.cookies
