"""Replayed 28: three directors must agree. First and second: nothing happens; third: effective."""

from __future__ import annotations

import pytest

from tests.machtigen.people import DE_BRUG, Someone, director, member_id, organisation, someone, wish
from tests.machtigen.token_house import TokenHouse

AS = f"?organisatie={DE_BRUG}"


class Board:
    """An organisation whose three directors decide jointly, and somebody from outside."""

    def __init__(self, house: TokenHouse, needed: int = 3) -> None:
        self.house = house
        self.org = organisation(house, vereist_aantal=needed)
        self.one, self.two, self.three = (director(house, name) for name in ("vera", "omar", "lisa"))
        self.outsider = someone(house, "anja")

    def grant(self) -> tuple[str, str]:
        """The first director grants to somebody outside: (id, code)."""
        issued = self.one.does(f"/machtigingen{AS}", wish(self.house))
        return str(issued["id"]), str(issued["code"])

    def agree(self, who: Someone, identifier: str) -> dict[str, object]:
        return who.does(f"/machtigingen/{identifier}/medebevestigen")


@pytest.fixture
def board(house: TokenHouse) -> Board:
    return Board(house)


def test_only_the_third_agreement_makes_it_effective(board: Board) -> None:
    identifier, code = board.grant()
    refused = (409, "joint-confirmation-pending")
    assert board.outsider.fails("/codes/bevestigen", {"code": code}) == refused
    second = board.agree(board.two, identifier)
    assert second["status"] == "aangevraagd"
    assert second["bevestigingen"] == {"nodig": 3, "gegeven": 2, "van": 3}
    assert board.outsider.fails("/codes/bevestigen", {"code": code}) == refused
    assert board.agree(board.three, identifier)["bevestigingen"] == {"nodig": 3, "gegeven": 3, "van": 3}
    assert board.outsider.does("/codes/bevestigen", {"code": code})["status"] == "actief"


def test_when_the_other_side_asked_the_third_agreement_makes_it_active(board: Board) -> None:
    asked = board.outsider.does("/verzoeken", wish(board.house, organisatie=DE_BRUG))
    first = board.one.does("/codes/bevestigen", {"code": asked["code"], "organisatie": DE_BRUG})
    assert first["status"] == "aangevraagd"
    assert board.agree(board.two, asked["id"])["status"] == "aangevraagd"
    assert board.agree(board.three, asked["id"])["status"] == "actief"
    assert board.outsider.get(f"/machtigingen/{asked['id']}")["status"] == "actief"


def test_what_waits_is_in_the_list_of_each_director_with_what_they_may_do(board: Board) -> None:
    identifier, _ = board.grant()
    for path in ("/machtigingen", f"/machtigingen{AS}"):
        (shown,) = [one for one in board.two.get(path)["resultaten"] if one["id"] == identifier]
        assert {"medebevestigen", "medeweigeren"} <= set(shown["acties"])
    (own,) = [one for one in board.one.get("/machtigingen")["resultaten"] if one["id"] == identifier]
    assert "medebevestigen" not in own["acties"]
    assert board.outsider.get("/machtigingen")["resultaten"] == []


def test_nobody_agrees_twice_and_no_stranger_does(board: Board) -> None:
    identifier, _ = board.grant()
    path = f"/machtigingen/{identifier}/medebevestigen"
    assert board.one.fails(path) == (409, "nothing-to-confirm")
    assert board.outsider.fails(path) == (404, "not-found")


def test_one_refusal_ends_it(board: Board) -> None:
    identifier, code = board.grant()
    assert board.two.does(f"/machtigingen/{identifier}/medeweigeren")["status"] == "geweigerd"
    assert board.outsider.fails("/codes/bevestigen", {"code": code}) == (404, "code-unknown")
    assert board.three.fails(f"/machtigingen/{identifier}/medebevestigen")[0] in {404, 409}


def test_who_left_the_board_counts_no_longer(house: TokenHouse) -> None:
    board = Board(house, needed=2)
    identifier, code = board.grant()
    lid = member_id(board.two, board.one)
    house.organisaties.deregister(DE_BRUG, lid, house.now)
    assert board.agree(board.two, identifier)["bevestigingen"] == {"nodig": 2, "gegeven": 1, "van": 2}
    assert board.outsider.fails("/codes/bevestigen", {"code": code})[1] == "joint-confirmation-pending"
    assert board.agree(board.three, identifier)["bevestigingen"]["gegeven"] == 2  # type: ignore[index]  # an object
    assert board.outsider.does("/codes/bevestigen", {"code": code})["status"] == "actief"


def test_when_nobody_is_left_to_decide_jointly_that_is_said(board: Board) -> None:
    identifier, code = board.grant()
    lid = member_id(board.two, board.three)
    board.house.organisaties.deregister(DE_BRUG, lid, board.house.now)
    shown = board.one.get(f"/machtigingen/{identifier}{AS}")
    assert (shown["status"], shown["reden"]) == ("beeindigd", "nobody-left-to-decide")
    assert board.outsider.fails("/codes/bevestigen", {"code": code})[1] == "code-unknown"
    assert board.one.fails(f"/machtigingen{AS}", wish(board.house)) == (409, "nobody-left-to-decide")
    notices = [one for one in outbox(board.house) if one["soort"] == "niemand_over"]
    assert {one["aan"] for one in notices} >= {board.one.partij, board.two.partij}


def outbox(house: TokenHouse) -> list[dict[str, str]]:
    found: list[dict[str, str]] = []
    handlers = {"bericht": lambda _id, payload: found.append(dict(payload))}
    house.machtigingen.deliver_notices(handlers, house.now)
    return found


def test_who_asked_for_the_organisation_does_not_accept_for_themself(house: TokenHouse) -> None:
    board = Board(house, needed=1)
    _, code = board.grant()
    assert board.one.fails("/codes/bevestigen", {"code": code}) == (409, "conflict-of-interest")


def test_a_director_does_not_accept_for_the_organisation_what_they_give(house: TokenHouse) -> None:
    board = Board(house, needed=1)
    issued = board.one.does("/machtigingen", wish(house, organisatie=DE_BRUG))
    asked = {"code": issued["code"], "organisatie": DE_BRUG}
    assert board.one.fails("/codes/bevestigen", asked) == (409, "conflict-of-interest")
    assert board.two.does("/codes/bevestigen", asked)["status"] == "actief"
    chains = house.machtigingen.list_representable(board.one.partij, wish(house)["diensten"][0], house.now)  # type: ignore[index]  # a list
    assert [keten.vertegenwoordigde for keten in chains] == []  # never for themself, by way of De Brug
