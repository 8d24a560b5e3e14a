"""The authorization endpoint: what goes back to the client, and what never leaves this house."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import pytest

from machtigen.diensten.model import Niveau
from tests.machtigen.token_flow import Flow, action_of, choices_of, form_of
from tests.machtigen.token_house import ISSUER, OTHER, OTHER_ACTOR, REDIRECT, TokenHouse, fields_of, scope_of
from tests.machtigen.world import NOT_DELEGABLE

pytestmark = pytest.mark.slow

AUTHORIZE = "/machtigen/login/authorize"
GOOD: dict[str, str] = {
    "response_type": "code",
    "client_id": "duo-portaal",
    "redirect_uri": REDIRECT,
    "scope": scope_of(),
    "state": "a-state-of-128-bits-or-more",
    "nonce": "a-nonce-of-128-bits-or-more",
    "code_challenge": "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
    "code_challenge_method": "S256",
}


def changed(**changes: str | None) -> dict[str, str]:
    return {name: value for name, value in {**GOOD, **changes}.items() if value is not None}


def test_a_good_request_leads_to_the_choice(house: TokenHouse, flow: Flow) -> None:
    page = flow.open(house.log_in("anja"), f"{AUTHORIZE}?{urlencode(GOOD)}")
    assert page.status_code == 200
    assert choices_of(page) == ["zelf"]
    assert page.headers["cache-control"] == "no-store"


def test_the_same_request_by_post_leads_to_the_choice(house: TokenHouse, flow: Flow) -> None:
    browser = house.log_in("anja")
    answer = browser.post(AUTHORIZE, data=GOOD)
    assert answer.status_code == 303
    assert choices_of(flow.open(browser, answer.headers["location"])) == ["zelf"]


@pytest.mark.parametrize("body", [b"\xff\xfe", b"{}", b"a=1&a=2"])
def test_a_post_that_is_no_request_ends_on_a_page(house: TokenHouse, body: bytes) -> None:
    headers = {"content-type": "application/x-www-form-urlencoded"}
    answer = house.log_in("anja").post(AUTHORIZE, content=body, headers=headers, follow_redirects=True)
    assert answer.status_code == 400


@pytest.mark.parametrize(
    "changes",
    [
        {"redirect_uri": "https://elders.example/terug"},
        {"redirect_uri": REDIRECT + "/"},
        {"redirect_uri": REDIRECT + "?x=1"},
        {"redirect_uri": REDIRECT.upper()},
        {"redirect_uri": None},
        {"client_id": "onbekend"},
        {"client_id": None},
        {"client_id": "duo-portaal\x00"},
    ],
)
def test_an_unregistered_address_is_shown_a_page_and_never_followed(
    house: TokenHouse, changes: dict[str, Any]
) -> None:
    browser = house.log_in("anja")
    answer = browser.get(AUTHORIZE, params=changed(**changes), headers={"accept": "text/html"})
    assert answer.status_code == 400
    assert "location" not in answer.headers
    assert 'href="https://elders' not in answer.text


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"response_type": None}, "unsupported_response_type"),
        ({"scope": "openid"}, "invalid_scope"),
        ({"scope": scope_of().removeprefix("openid ")}, "invalid_scope"),
        ({"scope": None}, "invalid_scope"),
        ({"scope": scope_of() + " profile"}, "invalid_scope"),
        ({"scope": f"openid {NOT_DELEGABLE}"}, "invalid_scope"),
        ({"scope": "openid urn:uuid:00000000-0000-4000-8000-000000000000"}, "invalid_scope"),
        ({"state": None}, "invalid_request"),
        ({"nonce": None}, "invalid_request"),
        ({"code_challenge": None}, "invalid_request"),
        ({"code_challenge_method": None}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"code_challenge": "short"}, "invalid_request"),
        ({"request": "eyJ"}, "request_not_supported"),
        ({"response_mode": "fragment"}, "invalid_request"),
        ({"prompt": "shout"}, "invalid_request"),
        ({"prompt": "none login"}, "invalid_request"),
        ({"max_age": "-1"}, "invalid_request"),
        ({"authorization_details": "{}"}, "invalid_authorization_details"),
    ],
)
def test_a_wrong_request_goes_back_with_its_error(
    house: TokenHouse, changes: dict[str, Any], error: str
) -> None:
    answer = house.log_in("anja").get(AUTHORIZE, params=changed(**changes))
    assert answer.status_code == 303
    assert answer.headers["location"].startswith(REDIRECT + "?")
    fields = fields_of(answer.headers["location"])
    assert (fields["error"], fields["iss"]) == (error, ISSUER)
    assert fields.get("state") == changed(**changes).get("state")
    assert "code" not in fields


def test_a_parameter_that_comes_twice_is_refused(house: TokenHouse) -> None:
    query = urlencode(GOOD) + "&state=another"
    fields = fields_of(house.log_in("anja").get(f"{AUTHORIZE}?{query}").headers["location"])
    assert fields["error"] == "invalid_request"
    twice = urlencode(GOOD) + "&redirect_uri=https%3A%2F%2Felders.example"
    assert house.log_in("anja").get(f"{AUTHORIZE}?{twice}").status_code == 400


def test_prompt_none_never_shows_a_page(house: TokenHouse) -> None:
    asked = changed(prompt="none")
    nobody = fields_of(house.http.get(AUTHORIZE, params=asked).headers["location"])
    somebody = fields_of(house.log_in("anja").get(AUTHORIZE, params=asked).headers["location"])
    too_low = fields_of(house.log_in("anja", Niveau.LAAG).get(AUTHORIZE, params=asked).headers["location"])
    assert [found["error"] for found in (nobody, somebody, too_low)] == [
        "login_required",
        "interaction_required",
        "login_required",
    ]


def test_an_old_login_is_renewed_when_the_service_asks(house: TokenHouse, flow: Flow) -> None:
    browser = house.log_in("anja")
    house.passes(minutes=10)
    assert flow.open(browser, f"{AUTHORIZE}?{urlencode(changed(max_age='900'))}").status_code == 200
    to_login = browser.get(browser.get(AUTHORIZE, params=changed(max_age="60")).headers["location"])
    assert to_login.headers["location"].startswith("/machtigen/inloggen?")
    again = browser.get(browser.get(AUTHORIZE, params=changed(prompt="login")).headers["location"])
    assert "opnieuw=true" in again.headers["location"]


def test_whoever_is_not_logged_in_comes_back_to_the_choice(house: TokenHouse, flow: Flow) -> None:
    choice = house.http.get(AUTHORIZE, params=GOOD).headers["location"]
    to_login = house.http.get(choice).headers["location"]
    assert fields_of(to_login)["terug"] == choice
    assert choices_of(flow.open(house.log_in("anja"), choice)) == ["zelf"]


def test_the_choice_needs_the_token_of_its_page(house: TokenHouse, flow: Flow) -> None:
    browser = house.log_in("anja")
    choice = browser.get(AUTHORIZE, params=GOOD).headers["location"]
    for token in (None, "", "wrong"):
        data = {"namens": "zelf", **({"csrf_token": token} if token is not None else {})}
        assert browser.post(choice, data=data).status_code == 403
    assert flow.submit(browser, flow.open(browser, choice), namens="zelf").startswith(REDIRECT)


def test_a_choice_is_made_once(house: TokenHouse, flow: Flow) -> None:
    browser = house.log_in("anja")
    page = flow.open(browser, f"{AUTHORIZE}?{urlencode(GOOD)}")
    first = fields_of(flow.submit(browser, page, namens="zelf"))
    assert (first["state"], first["iss"]) == (GOOD["state"], ISSUER)
    assert len(first["code"]) >= 43
    assert browser.post(action_of(page), data=form_of(page, namens="zelf")).status_code == 404


def test_whoever_does_not_go_on_is_sent_back_without_a_code(house: TokenHouse, flow: Flow) -> None:
    browser = house.log_in("anja")
    page = flow.open(browser, f"{AUTHORIZE}?{urlencode(GOOD)}")
    fields = fields_of(flow.submit(browser, page, annuleren="ja"))
    assert (fields["error"], fields["state"]) == ("access_denied", GOOD["state"])


def test_a_choice_waits_half_an_hour(house: TokenHouse, flow: Flow) -> None:
    browser = house.log_in("anja")
    choice = browser.get(AUTHORIZE, params=GOOD).headers["location"]
    house.passes(minutes=30)
    assert browser.get(choice, headers={"accept": "text/html"}).status_code == 404
    assert browser.get("/machtigen/login/keuze/" + "x" * 200).status_code == 404


@pytest.mark.parametrize("namens", ["", "niemand", "x" * 201])
def test_another_choice_is_not_possible(house: TokenHouse, flow: Flow, namens: str) -> None:
    browser = house.log_in("anja")
    page = flow.open(browser, f"{AUTHORIZE}?{urlencode(GOOD)}")
    answer = browser.post(action_of(page), data=form_of(page, namens=namens))
    assert answer.status_code in {409, 422}


def test_a_service_of_another_client_is_not_given(house: TokenHouse) -> None:
    house.register(
        "terugbetalen",
        actor=OTHER_ACTOR,
        domein=str(OTHER),
        diensten=(NOT_DELEGABLE,),
        audience="https://b.example",
    )
    answer = house.log_in("anja").get(AUTHORIZE, params=changed(client_id="terugbetalen"))
    assert fields_of(answer.headers["location"])["error"] == "invalid_scope"


def test_the_page_is_there_in_english(house: TokenHouse, flow: Flow) -> None:
    browser = house.log_in("anja")
    choice = browser.get(AUTHORIZE, params=GOOD).headers["location"]
    assert 'lang="en"' in browser.get(choice, params={"taal": "en"}).text
