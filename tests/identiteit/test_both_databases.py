"""The same story on SQLite and on PostgreSQL, and input that only one of them minds."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from identiteit.inloggen.model import SESSION_LIVES
from tests.identiteit.house import STUDIE, House, answer_of, csrf_of
from tests.identiteit.people import ANJA, NOOR, POSTED, fresh_bsn, person

pytestmark = pytest.mark.slow


@pytest.fixture
def site(tmp_path: Path, database_url: str) -> Iterator[House]:
    """A house of its own on each kind of database."""
    made = House(tmp_path / "house", database_url)
    yield made
    made.close()


def test_log_in_names_tickets_and_log_out(site: House) -> None:
    anja, noor = site.log_in_at(site.machtigen, ANJA), site.log_in_at(site.rechten, NOOR)
    known = [site.opened(site.log_in_at(site.machtigen, who).claims["alt_sub"][0]) for who in (ANJA, NOOR)]
    ticket = site.name_ticket(*known)
    shown = anja.browser.client.get("/identiteit/weergave", params={"ticket": ticket})
    assert "Noortjelien Zwaluwstaart" in shown.text
    assert anja.browser.client.get("/identiteit/weergave", params={"ticket": ticket}).status_code == 404
    assert site.inspection(noor.tokens["access_token"], [str(STUDIE)]).json()["mislukt"] == []
    page = noor.browser.get("/identiteit/").text
    noor.browser.client.post("/identiteit/uitloggen", data={"csrf_token": csrf_of(page)})
    site.app.state.upkeep()
    assert [site.verified(one, "logout+jwt")["sid"] for one in site.rechten.heard] == [noor.claims["sid"]]
    assert site.inspection(noor.tokens["access_token"], [str(STUDIE)]).status_code == 401


def test_registering_twice_and_refused_registrations(site: House) -> None:
    def register(path: str, body: object) -> int:
        return site.call("beheer", site.operator, path, body).status_code

    assert register("personen", POSTED[NOOR]) == 201
    assert register("personen", {**POSTED[NOOR], "voornaam": "Anders"}) == 409
    assert register("personen", {**POSTED[NOOR], "bsn": fresh_bsn()}) == 409  # the demo id is taken
    for name in ("Noor\x00", "Noor\n", "\x7f"):
        body = person(fresh_bsn(), name, "X", "2000-01-01", "X")
        assert register("personen", body) == 422
    assert register("personen", person(fresh_bsn(), "Ñoor-Ægir 👩", "d'X", "2000-01-01", "X")) == 201


def test_signs_that_a_database_may_not_keep_are_refused_before_they_reach_it(site: House) -> None:
    browser = site.browser()
    assert browser.get("/identiteit/inloggen?poging=%00").status_code == 400
    assert browser.client.post("/identiteit/inloggen?poging=%00", data={}).status_code == 400
    page = browser.get("/identiteit/inloggen").headers["location"]
    assert browser.submit(page, persoon="\x00", niveau="hoog").status_code == 422
    assert browser.submit(page, persoon="noor\x00", niveau="hoog").status_code == 422
    assert browser.submit(page, persoon=NOOR, niveau="hoog").status_code == 303
    for changes in ({"state": "a\x00"}, {"nonce": "a\x00"}, {"acr_values": "\x00"}, {"prompt": "\x00"}):
        asked = site.machtigen.ask(**changes)
        assert answer_of(browser.authorize(asked))["error"] == "invalid_request"


def test_what_has_expired_is_swept_away(site: House) -> None:
    site.log_in_at(site.rechten, NOOR)
    site.code_for(site.machtigen, ANJA)
    site.browser().get("/identiteit/inloggen")
    with site.later(SESSION_LIVES * 2):
        site.services.inloggen.sweep(site.now())
        with site.services.database.engine.connect() as connection:
            left = {
                table: connection.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar_one()  # noqa: S608
                for table in ("sessie", "poging", "code", "toegang", "deelnemer")
            }
    assert left == {"sessie": 0, "poging": 0, "code": 0, "toegang": 0, "deelnemer": 0}
