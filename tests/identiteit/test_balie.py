"""The desk: only registered clerks look people up, with measure, and what leaves names nobody."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import httpx2
import pytest
import sqlalchemy as sa
from typer.testing import CliRunner

from identiteit.__main__ import cli
from identiteit.balie import store
from identiteit.balie.model import Medewerker
from identiteit.balie.rules import LOOKUPS, MISSES, too_many
from keys.kernel.database import Database
from keys.kernel.pep import Ciphertext
from tests.identiteit.house import MACHTIGEN, OWN, Browser, House, csrf_of
from tests.identiteit.people import ANJA, NOOR, POSTED, fresh_bsn, person

API = "/identiteit/api/v1/balietickets"


@dataclass
class Clerk:
    """Somebody who works at a desk, and is logged in."""

    bsn: str
    demo_id: str
    browser: Browser

    def look_up(self, *numbers: str, csrf: str | None = None) -> httpx2.Response:
        """The JSON call."""
        token = csrf if csrf is not None else csrf_of(self.browser.get("/identiteit/").text)
        body = {"personen": [{"bsn": number} for number in numbers]}
        headers = {"X-CSRF-Token": token, "Accept": "application/json"}
        return self.browser.client.post(API, json=body, headers=headers)


def newcomer(house: House) -> Clerk:
    """A fresh person who is logged in and works nowhere."""
    bsn = fresh_bsn()
    demo_id = f"clerk-{bsn}"
    body = person(bsn, "Kwartelientje", "Loketmans", "1980-01-01", "Loketlaan", demo_id)
    assert house.call("beheer", house.operator, "personen", body).status_code == 201
    browser = house.browser()
    browser.log_in(demo_id)
    return Clerk(bsn, demo_id, browser)


def register(house: House, bsn: str, **changes: Any) -> httpx2.Response:
    body = {"bsn": bsn, "loket": "gemeente-groningen", **changes}
    return house.call("beheer", house.operator, "baliemedewerkers", body)


@pytest.fixture
def clerk(house: House) -> Clerk:
    """A registered clerk."""
    made = newcomer(house)
    assert register(house, made.bsn).status_code == 201
    return made


def claims_of(house: House, answer: httpx2.Response) -> list[dict[str, Any]]:
    assert answer.status_code == 200, answer.text
    return [house.verified(one["ticket"], "balieticket+jwt") for one in answer.json()["tickets"]]


def test_a_ticket_says_exactly_this_and_is_bound_to_the_session_of_the_clerk(
    house: House, clerk: Clerk
) -> None:
    (claims,) = claims_of(house, clerk.look_up(POSTED[NOOR]["bsn"]))
    assert set(claims) == {"iss", "aud", "jti", "iat", "exp", "gebruik", "loket", "sid", "alt_sub"}
    assert (claims["iss"], claims["aud"]) == (OWN, f"{OWN.rpartition('/')[0]}/machtigen")
    assert (claims["gebruik"], claims["loket"]) == ("balie", "gemeente-groningen")
    assert claims["exp"] - claims["iat"] == 900
    assert len(claims["jti"]) >= 22
    (entry,) = claims["alt_sub"]
    assert Ciphertext.from_alt_sub(entry).domain == MACHTIGEN
    at_machtigen = house.log_in_at(house.machtigen, persoon=clerk.demo_id)
    there = Clerk(clerk.bsn, clerk.demo_id, at_machtigen.browser)
    (later,) = claims_of(house, there.look_up(POSTED[NOOR]["bsn"]))
    assert later["sid"] == at_machtigen.claims["sid"] != claims["sid"]


def test_it_is_the_person_that_machtigen_knows_from_a_login(house: House, clerk: Clerk) -> None:
    (claims,) = claims_of(house, clerk.look_up(POSTED[ANJA]["bsn"]))
    logged_in = house.log_in_at(house.machtigen, persoon=ANJA)
    assert house.opened(claims["alt_sub"][0]).point == house.opened(logged_in.claims["alt_sub"][0]).point


def test_two_people_come_in_order_and_who_is_unknown_is_said(house: House, clerk: Clerk) -> None:
    answer = clerk.look_up(fresh_bsn(), POSTED[NOOR]["bsn"]).json()["tickets"]
    assert answer[0] == {"volgnummer": 0, "code": "unknown-person"}
    assert set(answer[1]) == {"volgnummer", "ticket"}
    assert clerk.look_up("123").json()["tickets"] == [{"volgnummer": 0, "code": "unknown-person"}]
    assert clerk.look_up(*[POSTED[NOOR]["bsn"]] * 3).status_code == 422


def test_who_is_no_clerk_looks_nobody_up(house: House) -> None:
    somebody = newcomer(house)
    refused = somebody.look_up(POSTED[NOOR]["bsn"])
    assert (refused.status_code, refused.json()["code"]) == (403, "caller-not-allowed")
    assert somebody.browser.get("/identiteit/balie/registratie").status_code == 403
    assert house.browser().client.post(API, json={"personen": [{"bsn": "1"}]}).status_code == 401


def test_without_the_token_of_the_page_nothing_is_looked_up(clerk: Clerk) -> None:
    assert clerk.look_up(POSTED[NOOR]["bsn"], csrf="wrong").status_code == 403


def test_who_stops_as_a_clerk_looks_nobody_up_any_more(house: House, clerk: Clerk) -> None:
    assert (
        house.call("beheer", house.operator, "baliemedewerkers/einde", {"bsn": clerk.bsn}).status_code == 200
    )
    assert clerk.look_up(POSTED[NOOR]["bsn"]).status_code == 403
    again = house.call("beheer", house.operator, "baliemedewerkers/einde", {"bsn": clerk.bsn})
    assert again.status_code == 404
    assert register(house, clerk.bsn).status_code == 201
    assert clerk.look_up(POSTED[NOOR]["bsn"]).status_code == 200


def test_only_the_operator_registers_clerks_and_gets_a_ticket_for_that_use_only(house: House) -> None:
    clerk = newcomer(house)
    claims = house.verified(register(house, clerk.bsn).json()["ticket"], "balieticket+jwt")
    assert (claims["gebruik"], "sid" in claims) == ("medewerker", False)
    body = {"bsn": clerk.bsn, "loket": "x"}
    assert house.call("duo", house.source, "baliemedewerkers", body).status_code == 403
    assert register(house, fresh_bsn()).status_code == 404
    assert register(house, "123").status_code == 422
    assert register(house, clerk.bsn, loket="a\nb").status_code == 422


def test_an_hour_of_looking_up_is_enough_for_a_desk(house: House, clerk: Clerk) -> None:
    for _ in range(MISSES):
        assert clerk.look_up(fresh_bsn()).status_code == 200
    refused = clerk.look_up(POSTED[NOOR]["bsn"])
    assert (refused.status_code, refused.json()["code"]) == (429, "too-many-lookups")
    other = newcomer(house)
    register(house, other.bsn)
    assert other.look_up(POSTED[NOOR]["bsn"]).status_code == 200
    with house.later(timedelta(hours=1, minutes=1)):  # without keys, whose clock stays behind
        assert clerk.look_up(fresh_bsn()).status_code == 200


@pytest.mark.parametrize(
    ("lookups", "misses", "asked", "refused"),
    [
        (0, 0, 1, False),
        (LOOKUPS - 1, 0, 1, False),
        (LOOKUPS - 1, 0, 2, True),
        (LOOKUPS, 0, 1, True),
        (MISSES, MISSES - 1, 2, False),
        (MISSES, MISSES, 1, True),
    ],
)
def test_the_measure(lookups: int, misses: int, asked: int, refused: bool) -> None:
    assert too_many(lookups, misses, asked) is refused


def test_each_look_up_is_written_down_before_the_answer(house: House, clerk: Clerk) -> None:
    with house.without("keys"):
        assert clerk.look_up(POSTED[NOOR]["bsn"]).status_code == 503
    clerk.look_up(fresh_bsn())
    question = (
        "SELECT o.persoon_id IS NULL, o.loket FROM balie_opvraging o JOIN persoon p ON p.id = o.medewerker "
        "WHERE p.bsn = :bsn ORDER BY o.volgnummer"
    )
    with house.services.database.engine.connect() as connection:
        rows = connection.execute(sa.text(question), {"bsn": clerk.bsn}).all()
    assert [tuple(row) for row in rows] == [(0, "gemeente-groningen"), (1, "gemeente-groningen")]


def test_the_page_shows_the_names_and_leads_to_machtigen(house: House, clerk: Clerk) -> None:
    page = clerk.browser.get("/identiteit/balie/registratie")
    assert page.status_code == 200
    assert page.headers["cache-control"] == "no-store"
    fields = {"bsn_vertegenwoordigde": POSTED[NOOR]["bsn"], "bsn_vertegenwoordiger": POSTED[ANJA]["bsn"]}
    shown = clerk.browser.client.post(
        "/identiteit/balie/registratie", data={**fields, "csrf_token": csrf_of(page.text)}
    )
    assert shown.status_code == 200, shown.text
    assert "Noortjelien Zwaluwstaart" in shown.text
    assert "Anjolinde Boomkruiper" in shown.text
    assert f'action="{house.settings().machtigen_url}/balie/registratie"' in shown.text
    tickets = re.findall(r'name="(ticket_\w+)" value="([^"]+)"', shown.text)
    assert [name for name, _ in tickets] == ["ticket_vertegenwoordigde", "ticket_vertegenwoordiger"]
    for _, ticket in tickets:
        house.verified(ticket, "balieticket+jwt")
    assert not [number for number in fields.values() if number in shown.text]


def test_a_wrong_number_is_said_without_saying_which(clerk: Clerk) -> None:
    page = clerk.browser.get("/identiteit/balie/einde").text
    sent = {"bsn_partij": fresh_bsn(), "csrf_token": csrf_of(page)}
    answer = clerk.browser.client.post("/identiteit/balie/einde", data=sent)
    assert answer.status_code == 422
    assert "Wij vonden niemand met dit nummer." in answer.text
    assert sent["bsn_partij"] not in answer.text
    assert clerk.browser.client.post("/identiteit/balie/einde", data={}).status_code == 403
    assert clerk.browser.get("/identiteit/balie/elders").status_code == 404


def test_without_a_session_the_page_leads_back_to_machtigen(house: House, visitor: Browser) -> None:
    answer = visitor.get("/identiteit/balie/registratie")
    assert (answer.status_code, answer.headers["location"]) == (
        303,
        f"{house.settings().machtigen_url}/balie",
    )


def test_the_log_names_nobody(house: House, clerk: Clerk) -> None:
    clerk.look_up(POSTED[NOOR]["bsn"])
    text = house.log_text()
    assert '"soort": "balie"' in text or '"soort":"balie"' in text
    assert POSTED[NOOR]["bsn"] not in text
    assert clerk.bsn not in text


def test_clerks_and_look_ups_on_either_database(database: Database, now: Any) -> None:
    insert = (
        "INSERT INTO persoon (id, bsn, voornaam, achternaam, geboortedatum, adres, oorsprong, "
        "ingeschreven_op) VALUES (:id, :id, 'x', 'y', '1980-01-01', '{}', :seed, :now)"
    )
    with database.engine.begin() as connection:
        for identifier in ("c", "p"):
            moment = now.replace(tzinfo=None) if database.is_sqlite else now
            connection.execute(
                sa.text(insert), {"id": identifier, "seed": identifier.encode(), "now": moment}
            )
    clerk = Medewerker("c", "loket")
    assert database.write(lambda session: store.put(session, clerk, now))
    assert not database.write(lambda session: store.put(session, clerk, now))
    assert database.write(lambda session: store.put(session, Medewerker("c", "elders"), now))
    assert database.read(lambda session: store.find(session, "c")) == Medewerker("c", "elders")
    for who in ("p", None):
        database.write(lambda session, who=who: store.add_lookup(session, clerk, who, now))  # type: ignore[misc]  # bound in the loop
    assert database.read(lambda session: store.count_lookups(session, "c", now - timedelta(1))) == (2, 1)
    assert database.read(lambda session: store.count_lookups(session, "c", now)) == (0, 0)
    assert database.write(lambda session: store.end(session, "c", now))
    assert database.read(lambda session: store.find(session, "c")) is None
    assert not database.write(lambda session: store.end(session, "c", now))


# -- the operator's command --------------------------------------------------------------------------


def command(house: House, monkeypatch: pytest.MonkeyPatch, bsn: str, *options: str) -> tuple[int, str, str]:
    monkeypatch.setattr("identiteit.__main__._app", lambda: house.app)
    ended = CliRunner().invoke(cli, ["baliemedewerker", *options], input=f"{bsn}\n")
    return ended.exit_code, ended.stdout.strip(), ended.stderr.strip()


def test_the_operator_registers_and_ends_a_clerk_by_command(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    somebody = newcomer(house)
    code, ticket, _ = command(house, monkeypatch, somebody.bsn, "--loket", "gemeente-assen")
    assert (code, house.verified(ticket, "balieticket+jwt")["loket"]) == (0, "gemeente-assen")
    assert somebody.look_up(POSTED[NOOR]["bsn"]).status_code == 200
    code, ticket, _ = command(house, monkeypatch, somebody.bsn, "--einde")
    assert (code, house.verified(ticket, "balieticket+jwt")["gebruik"]) == (0, "medewerker")
    assert somebody.look_up(POSTED[NOOR]["bsn"]).status_code == 403


def test_a_command_that_cannot_be_done_says_so_in_a_sentence(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    unknown = fresh_bsn()
    for bsn, options, expected in (
        (unknown, ("--loket", "x"), 1), (unknown, ("--einde",), 1), (unknown, (), 2),
        ("123", ("--loket", "x"), 2),
    ):  # fmt: skip
        code, out, said = command(house, monkeypatch, bsn, *options)
        assert (code, out, len(said.splitlines())) == (expected, "", 1)
        assert bsn not in said
    with house.without("keys"):
        code, _, said = command(house, monkeypatch, POSTED[NOOR]["bsn"], "--loket", "x")
    assert (code, said) == (1, "identiteit: keys did not answer, try again")
