"""Logging out ends a session at every package that took part in it, however long that takes."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlencode

import pytest

from identiteit.inloggen.model import SESSION_LIVES
from keys.kernel.jws import timestamp
from keys.kernel.oidc.relying_party import LOGOUT_EVENT, RelyingParty
from tests.identiteit.house import OWN, STUDIE, Browser, House, LoggedIn, Peer, csrf_of

SECOND = timedelta(seconds=1)


def heard(house: House, peer: Peer, sid: str) -> int:
    """How often a peer heard of the end of a session."""
    return sum(house.verified(token, "logout+jwt")["sid"] == sid for token in peer.heard)


def log_out(browser: Browser) -> None:
    page = browser.get("/identiteit/").text
    answer = browser.client.post("/identiteit/uitloggen", data={"csrf_token": csrf_of(page)})
    assert (answer.status_code, answer.headers["location"]) == (303, f"{OWN}/uitgelogd")


@pytest.fixture
def both(house: House, visitor: Browser) -> tuple[LoggedIn, LoggedIn]:
    """Noor at machtigen and at rechten, in one session."""
    one = house.log_in_at(house.machtigen, browser=visitor)
    asked = house.rechten.ask()
    code = visitor.authorize(asked).headers["location"].split("code=")[1].split("&")[0]
    return one, house.finish(house.rechten, asked, code, visitor)


def test_logging_out_reaches_both_packages_and_ends_what_they_hold(
    house: House, visitor: Browser, both: tuple[LoggedIn, LoggedIn]
) -> None:
    log_out(visitor)
    assert "Noortjelien" not in visitor.get("/identiteit/").text
    refused = house.inspection(both[1].tokens["access_token"], [str(STUDIE)])
    assert (refused.status_code, refused.json()["code"]) == (401, "not-logged-in")
    house.app.state.upkeep()
    assert heard(house, house.machtigen, both[0].claims["sid"]) == 1
    assert heard(house, house.rechten, both[1].claims["sid"]) == 1
    house.app.state.upkeep()
    assert heard(house, house.machtigen, both[0].claims["sid"]) == 1


def test_a_logout_token_holds_exactly_what_the_standard_asks(
    house: House, visitor: Browser, both: tuple[LoggedIn, LoggedIn]
) -> None:
    log_out(visitor)
    house.app.state.upkeep()
    for peer, someone in zip((house.machtigen, house.rechten), both, strict=True):
        claims = house.verified(peer.heard[-1], "logout+jwt")
        assert set(claims) == {"iss", "aud", "iat", "exp", "jti", "sid", "events"}
        assert (claims["iss"], claims["aud"]) == (OWN, peer.client_id)
        assert claims["sid"] == someone.claims["sid"]
        assert claims["events"] == {LOGOUT_EVENT: {}}
        assert claims["exp"] - claims["iat"] == 120
        assert abs(claims["iat"] - timestamp(house.now())) < 10
        party = RelyingParty(
            issuer=OWN,
            client_id=peer.client_id,
            signing_key=peer.key,
            redirect_uri=peer.back,
            http=house.http,
            clock=house.now,
        )
        assert party.verify_logout_token(peer.heard[-1]) == someone.claims["sid"]


def test_packages_cannot_compare_what_they_know_of_one_session(both: tuple[LoggedIn, LoggedIn]) -> None:
    one, other = (someone.claims for someone in both)
    shared = {name for name in one.keys() & other.keys() if one[name] == other[name]}
    assert shared <= {"iss", "acr", "auth_time", "iat", "nbf", "exp"}


def test_a_package_that_is_down_hears_later_and_the_other_only_once(
    house: House, visitor: Browser, both: tuple[LoggedIn, LoggedIn]
) -> None:
    sids = both[0].claims["sid"], both[1].claims["sid"]
    with house.without("rechten"):
        log_out(visitor)
        house.app.state.upkeep()
        assert heard(house, house.machtigen, sids[0]) == 1
        assert heard(house, house.rechten, sids[1]) == 0
        with house.later(3 * SECOND):
            house.app.state.upkeep()
    assert heard(house, house.rechten, sids[1]) == 0
    with house.later(10 * SECOND):
        house.app.state.upkeep()
    assert heard(house, house.rechten, sids[1]) == 1
    assert heard(house, house.machtigen, sids[0]) == 1


def test_a_package_that_took_no_part_hears_nothing(house: House, visitor: Browser) -> None:
    house.app.state.upkeep()
    before = len(house.rechten.heard)
    someone = house.log_in_at(house.machtigen, browser=visitor)
    log_out(visitor)
    house.app.state.upkeep()
    assert heard(house, house.machtigen, someone.claims["sid"]) == 1
    assert len(house.rechten.heard) == before


def test_a_session_that_ends_by_age_ends_everywhere_too(house: House, visitor: Browser) -> None:
    someone = house.log_in_at(house.rechten, browser=visitor)
    with house.later(SESSION_LIVES + SECOND):
        house.services.inloggen.sweep(house.now())
        for _ in range(20):  # a round delivers a hundred messages, and other tests left sessions too
            house.app.state.upkeep()
            if heard(house, house.rechten, someone.claims["sid"]):
                break
    assert heard(house, house.rechten, someone.claims["sid"]) == 1


def test_a_code_of_an_ended_session_buys_nothing(house: House, visitor: Browser) -> None:
    asked, code, _ = house.code_for(house.rechten, browser=visitor)
    log_out(visitor)
    refused = house.trade(house.rechten, asked, code)
    assert (refused.status_code, refused.json()["error"]) == (400, "invalid_grant")


# sent here by a package (RP-Initiated Logout 1.0)


def test_a_package_logs_its_own_person_out_and_gets_the_browser_back(house: House, visitor: Browser) -> None:
    someone = house.log_in_at(house.machtigen, browser=visitor)
    query = {
        "id_token_hint": someone.tokens["id_token"],
        "post_logout_redirect_uri": "http://huis.test/machtigen/",
        "state": "a b&c",
    }
    answer = visitor.get(f"/identiteit/uitloggen?{urlencode(query)}")
    assert answer.headers["location"] == "http://huis.test/machtigen/?state=a+b%26c"
    assert "Noortjelien" not in visitor.get("/identiteit/").text


@pytest.mark.parametrize("hint", ["none", "other", "tampered", "garbage"])
def test_without_a_hint_that_fits_a_page_asks_first(house: House, visitor: Browser, hint: str) -> None:
    own = house.log_in_at(house.machtigen, browser=visitor).tokens["id_token"]
    other = house.log_in_at(house.machtigen, "anja").tokens["id_token"]
    head, body, signature = own.split(".")
    hints = {
        "other": other,
        "garbage": "x" * 70_000 if hint == "long" else "é.\x00.[",
        "tampered": ".".join((head, body, signature[:-4] + "AAAA")),
    }
    query = {} if hint == "none" else {"id_token_hint": hints[hint]}
    page = visitor.get(f"/identiteit/uitloggen?{urlencode(query)}")
    assert page.status_code == 200
    assert "Wilt u uitloggen?" in page.text
    assert "Noortjelien" in visitor.get("/identiteit/").text


@pytest.mark.parametrize(
    "to",
    [
        "https://evil.test/",
        "http://huis.test/machtigen",
        "http://huis.test/machtigen/x",
        "http://huis.test/machtigen/?next=//evil.test",
        "//evil.test",
        "javascript:alert(1)",
        "http://huis.test/machtigen/@evil.test",
    ],
)
def test_the_browser_is_sent_back_to_a_registered_address_only(
    house: House, visitor: Browser, to: str
) -> None:
    someone = house.log_in_at(house.machtigen, browser=visitor)
    query = {"id_token_hint": someone.tokens["id_token"], "post_logout_redirect_uri": to, "state": "s"}
    answer = visitor.get(f"/identiteit/uitloggen?{urlencode(query)}")
    assert answer.headers["location"] == f"{OWN}/uitgelogd"


def test_who_is_not_logged_in_can_log_out_all_the_same(visitor: Browser) -> None:
    assert visitor.get("/identiteit/uitloggen").headers["location"] == f"{OWN}/uitgelogd"
    assert visitor.client.post("/identiteit/uitloggen", data={}).headers["location"] == f"{OWN}/uitgelogd"
    assert "U bent uitgelogd" in visitor.get("/identiteit/uitgelogd").text
