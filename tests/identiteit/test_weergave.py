"""Names by ticket: shown to the person who may see them, and otherwise one neutral line."""

from __future__ import annotations

import base64
import json
import secrets
from datetime import timedelta
from typing import Any

import httpx2
import pytest

from keys.client import rotate
from keys.kernel.jws import SigningKey, timestamp
from keys.kernel.pep import KeyRing, Pseudonym, encrypt, origin_point
from tests.identiteit.house import MACHTIGEN, ORIGIN, WEERGAVE, Browser, House
from tests.identiteit.people import found_in, fresh_bsn, person

pytestmark = pytest.mark.slow

SECOND = timedelta(seconds=1)


@pytest.fixture
def anja(house: House, visitor: Browser) -> Pseudonym:
    """Anja is logged in in the browser of the test; how machtigen knows her."""
    claims = house.log_in_at(house.machtigen, "anja", browser=visitor).claims
    return house.opened(claims["alt_sub"][0])


@pytest.fixture
def noor(house: House) -> Pseudonym:
    """How machtigen knows Noor."""
    return house.opened(house.log_in_at(house.machtigen, "noor").claims["alt_sub"][0])


def show(browser: Browser, ticket: str) -> httpx2.Response:
    return browser.client.get("/identiteit/weergave", params={"ticket": ticket})


def is_neutral(answer: httpx2.Response) -> bool:
    return (
        answer.status_code == 404
        and "naam niet beschikbaar" in answer.text
        and not found_in(answer.text)
        and answer.headers["cache-control"] == "no-store"
    )


def test_anja_sees_the_name_of_noor_when_machtigen_says_so(
    house: House, visitor: Browser, anja: Pseudonym, noor: Pseudonym
) -> None:
    answer = show(visitor, house.name_ticket(anja, noor))
    assert answer.status_code == 200
    assert "<p>Noortjelien Zwaluwstaart</p>" in answer.text
    assert found_in(answer.text) == {"Noortjelien", "Zwaluwstaart", "Noortjelien Zwaluwstaart"}
    assert answer.headers["cache-control"] == "no-store"


def test_a_name_may_be_framed_by_our_packages_and_by_nobody_else(
    house: House, visitor: Browser, anja: Pseudonym, noor: Pseudonym
) -> None:
    for answer in (show(visitor, house.name_ticket(anja, noor)), show(visitor, "")):
        policy = dict(part.split(" ", 1) for part in answer.headers["content-security-policy"].split("; "))
        assert policy["frame-ancestors"] == ORIGIN
        assert policy["default-src"] == "'none'"


def test_a_ticket_serves_once(house: House, visitor: Browser, anja: Pseudonym, noor: Pseudonym) -> None:
    ticket = house.name_ticket(anja, noor)
    assert show(visitor, ticket).status_code == 200
    assert is_neutral(show(visitor, ticket))
    jti = secrets.token_urlsafe(16)
    assert show(visitor, house.name_ticket(anja, noor, jti=jti)).status_code == 200
    assert is_neutral(show(visitor, house.name_ticket(anja, anja, jti=jti)))


def test_a_ticket_serves_its_own_viewer_and_is_not_used_up_by_another(
    house: House, visitor: Browser, anja: Pseudonym, noor: Pseudonym
) -> None:
    ticket = house.name_ticket(anja, noor)
    other = house.log_in_at(house.rechten, "noor").browser
    assert is_neutral(show(other, ticket))
    assert is_neutral(show(house.browser(), ticket))
    assert show(visitor, ticket).status_code == 200


def test_without_a_login_a_good_ticket_and_a_bad_one_look_the_same(
    house: House, anja: Pseudonym, noor: Pseudonym
) -> None:
    stranger = house.browser()
    pages = {show(stranger, ticket).content for ticket in (house.name_ticket(anja, noor), "x.y.z", "")}
    assert len(pages) == 1
    assert is_neutral(show(stranger, "x.y.z"))


def test_a_ticket_lives_two_minutes(house: House, visitor: Browser, anja: Pseudonym, noor: Pseudonym) -> None:
    ticket = house.name_ticket(anja, noor)
    with house.later(131 * SECOND):
        assert is_neutral(show(visitor, ticket))
    with house.later(119 * SECOND):
        assert show(visitor, ticket).status_code == 200


def test_a_used_ticket_is_remembered_as_long_as_it_could_be_used(
    house: House, visitor: Browser, anja: Pseudonym, noor: Pseudonym
) -> None:
    ticket = house.name_ticket(anja, noor)
    assert show(visitor, ticket).status_code == 200
    with house.later(129 * SECOND):
        house.services.weergave.sweep(house.now())
        assert is_neutral(show(visitor, ticket))


def wrong_tickets(house: House, anja: Pseudonym, noor: Pseudonym) -> dict[str, str]:
    now = timestamp(house.now())
    own = encrypt(anja, house.actor_keys[MACHTIGEN].public).to_alt_sub()
    good = house.name_ticket(anja, noor)
    head, body, signature = good.split(".")

    def made(**changes: Any) -> str:
        return house.name_ticket(anja, noor, **changes)

    def part(content: object) -> str:
        return base64.urlsafe_b64encode(json.dumps(content).encode()).rstrip(b"=").decode()

    claims = json.loads(base64.urlsafe_b64decode(body + "=="))
    swapped = {**claims, "kijker": claims["getoond"], "getoond": claims["kijker"]}
    return {
        "other issuer's key": made(key=house.rechten.key),
        "unknown key": made(key=SigningKey.generate()),
        "other issuer": made(iss=f"{ORIGIN}/rechten"),
        "other audience": made(aud=f"{ORIGIN}/rechten"),
        "no audience": made(aud=None),
        "expired": made(iat=now - 200, exp=now - 80),
        "not yet": made(iat=now + 60, exp=now + 100),
        "lives too long": made(exp=now + 3600),
        "no end": made(exp=None),
        "no jti": made(jti=None),
        "short jti": made(jti="x"),
        "other type": made(typ="JWT"),
        "no viewer": made(kijker="nobody"),
        "viewer in another domain": made(kijker=own),
        "shown in another domain": made(getoond=own),
        "malformed ciphertext": made(getoond={**claims["getoond"], "sub": "AAAA"}),
        "ciphertext in a list": made(getoond=[claims["getoond"]]),
        "viewer and shown swapped": f"{head}.{part(swapped)}.{signature}",
        "no signature": f"{head}.{body}.",
        "algorithm none": f"{part({'alg': 'none', 'typ': 'weergaveticket+jwt'})}.{body}.",
        "half a signature": f"{head}.{body}.{signature[:40]}",
        "garbage": "é\x00'<script>",
        "long": "x" * 8000,
        "claims are a list": f"{head}.{part([1])}.{signature}",
    }


def test_whatever_is_wrong_with_a_ticket_the_line_is_the_same(
    house: House, visitor: Browser, anja: Pseudonym, noor: Pseudonym
) -> None:
    answers = {name: show(visitor, one) for name, one in wrong_tickets(house, anja, noor).items()}
    assert [name for name, answer in answers.items() if not is_neutral(answer)] == []
    assert len({answer.content for answer in answers.values()}) == 1


def test_someone_whom_identiteit_does_not_know_has_no_name(
    house: House, visitor: Browser, anja: Pseudonym
) -> None:
    stranger = Pseudonym(MACHTIGEN, origin_point(secrets.token_bytes(64)))
    assert is_neutral(show(visitor, house.name_ticket(anja, stranger)))
    assert is_neutral(show(visitor, house.name_ticket(stranger, anja)))


def test_a_ticket_that_is_far_too_long_is_refused_cleanly(visitor: Browser) -> None:
    answer = show(visitor, "x" * 20_000)
    assert answer.status_code == 422
    assert "xxxx" not in answer.text


def test_a_name_is_text_and_never_markup(house: House, visitor: Browser, anja: Pseudonym) -> None:
    body = person(fresh_bsn(), "<script>alert(1)</script>", 'O\'Brien & "Zn"', "1990-01-01", "X", "markup")
    assert house.call("beheer", house.operator, "personen", body).status_code == 201
    house.app.state.upkeep()
    shown = house.opened(house.log_in_at(house.machtigen, "markup").claims["alt_sub"][0])
    page = show(visitor, house.name_ticket(anja, shown)).text
    assert "&lt;script&gt;alert(1)&lt;/script&gt; O&#39;Brien &amp; &#34;Zn&#34;" in page
    assert "<script" not in page


def test_names_are_shown_from_tickets_of_the_old_and_the_new_epoch(
    house: House, visitor: Browser, anja: Pseudonym, noor: Pseudonym
) -> None:
    before = house.name_ticket(anja, noor)
    folder = house.services.settings.sleutels_map
    client = house.keys_client(house.services.settings.actor, house.services.key)
    assert rotate(KeyRing(folder / "domein-weergave.json"), client, WEERGAVE, 2).epoch == 2
    after = house.name_ticket(anja, noor)
    assert [epoch_of(ticket) for ticket in (before, after)] == [1, 2]
    for ticket in (before, after):
        assert show(visitor, ticket).status_code == 200


def epoch_of(ticket: str) -> int:
    """The key epoch of the shown person's ciphertext."""
    body = ticket.split(".")[1]
    epoch: int = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))["getoond"]["epoch"]
    return epoch
