"""Pages for those who decide jointly: see what waits, agree, refuse."""

from __future__ import annotations

import re

import httpx2
import pytest

from machtigen.web import machtiging, samen
from tests.machtigen.people import Someone
from tests.machtigen.test_scenario_r28_joint_directors import Board
from tests.machtigen.token_house import TokenHouse


@pytest.fixture
def board(house: TokenHouse) -> Board:
    for page in (samen, machtiging):
        house.app.include_router(page.router)
    return Board(house)


def press(who: Someone, identifier: str, what: str) -> httpx2.Response:
    page = who.browser.get(f"/machtigen/{identifier}")
    assert f'action="/machtigen/{identifier}/{what}"' in page.text
    token = re.search(r'name="csrf_token" value="([^"]+)"', page.text)
    assert token
    answer = who.browser.post(f"/machtigen/{identifier}/{what}", data={"csrf_token": token.group(1)})
    assert answer.status_code == 303
    return who.browser.get(answer.headers["location"])


def test_each_agrees_on_the_page_until_it_is_enough(board: Board) -> None:
    identifier, code = board.grant()
    shown = press(board.two, identifier, "medebevestigen").text
    assert "2 van de 3 die nodig zijn, gaan akkoord." in shown
    assert "U gaat akkoord." in shown
    press(board.three, identifier, "medebevestigen")
    assert board.outsider.does("/codes/bevestigen", {"code": code})["status"] == "actief"


def test_one_refusal_on_the_page_ends_it(board: Board) -> None:
    identifier, _ = board.grant()
    assert "De machtiging is gestopt." in press(board.two, identifier, "medeweigeren").text
    assert board.three.get(f"/machtigingen/{identifier}")["status"] not in {"aangevraagd", "actief"}


def test_a_stranger_sees_nothing(board: Board) -> None:
    identifier, _ = board.grant()
    assert board.outsider.browser.get(f"/machtigen/{identifier}").status_code == 404


def test_a_form_without_the_token_of_the_page_is_refused(board: Board) -> None:
    identifier, _ = board.grant()
    assert board.two.browser.post(f"/machtigen/{identifier}/medebevestigen").status_code == 403
