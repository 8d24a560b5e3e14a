"""`keys` is away at a log-in: a page that says so, and no session is left that nobody has the key of."""

from __future__ import annotations

import sqlalchemy as sa

from tests.identiteit.house import Browser, House, csrf_of


def sessions(house: House) -> int:
    with house.services.database.engine.connect() as connection:
        return int(connection.execute(sa.text("SELECT count(*) FROM sessie")).scalar_one())


def test_no_session_is_left_without_its_cookie_and_the_page_says_what_to_do(
    house: House, visitor: Browser
) -> None:
    page = visitor.authorize(house.machtigen.ask()).headers["location"]
    before = sessions(house)
    with house.without("keys"):
        refused = visitor.submit(page, persoon="noor", niveau="hoog")
    assert refused.status_code == 503
    assert refused.headers["content-type"].startswith("text/html")
    assert "Probeer het straks opnieuw." in refused.text
    assert "set-cookie" not in refused.headers
    assert sessions(house) == before
    assert csrf_of(visitor.get(page).text)


def test_a_session_that_was_there_stays(house: House, visitor: Browser) -> None:
    visitor.log_in("noor", "laag")
    assert visitor.get("/identiteit/").status_code == 200
    page = visitor.authorize(house.machtigen.ask(acr_values="http://eidas.europa.eu/LoA/high"))
    before = sessions(house)
    with house.without("keys"):
        assert visitor.submit(page.headers["location"], persoon="noor", niveau="hoog").status_code == 503
    assert sessions(house) == before
    assert "Noor" in visitor.get("/identiteit/").text
