"""The register of use: a line for every token, seen by both sides, changed by nobody."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError

from machtigen.gebruik.model import Gebruik, PerFunctie
from machtigen.gebruik.service import Gebruiken
from tests.machtigen.people import client_of, director, organisation, someone
from tests.machtigen.token_flow import Flow, claims_of
from tests.machtigen.token_house import AUDIENCE, TokenHouse
from tests.machtigen.world import AANVULLENDE_BEURS, ACTOR


def test_every_token_is_a_line_that_both_sides_see(house: TokenHouse, flow: Flow) -> None:
    machtiging = house.grant()
    flow.tokens(house.log_in("anja"), machtiging)
    house.passes(minutes=1)
    flow.tokens(house.log_in("anja"), machtiging)
    path = f"/machtigen/api/v1/machtigingen/{machtiging}/gebruik"
    for name in ("noor", "anja"):
        answer = house.log_in(name).get(path).json()
        assert [line["op"] for line in answer["resultaten"]] == [
            "2026-11-24T10:01:00Z",
            "2026-11-24T10:00:00Z",
        ]
        assert answer["resultaten"][0] == {
            "op": "2026-11-24T10:01:00Z",
            "dienst": AANVULLENDE_BEURS,
            "dienst_naam": "Aanvullende beurs aanvragen",
            "actor": ACTOR,
            "client": "DUO Studiefinanciering",
            "handelingen": ["informatie_opvragen", "zaken_regelen"],
            "doelen": ["studiefinanciering"],
            "functie": None,
        }
        assert answer["volgende"] is None


def test_to_others_the_use_does_not_exist(house: TokenHouse, flow: Flow) -> None:
    machtiging = house.grant()
    flow.tokens(house.log_in("anja"), machtiging)
    path = f"/machtigen/api/v1/machtigingen/{machtiging}/gebruik"
    assert house.log_in("karim").get(path).status_code == 404
    assert house.http.get(path).status_code == 401
    assert house.log_in("noor").get(path, params={"na": "x"}).status_code == 422


def test_the_list_is_read_in_pages(house: TokenHouse, flow: Flow) -> None:
    machtiging = house.grant()
    for _ in range(3):
        flow.tokens(house.log_in("anja"), machtiging)
        house.passes(seconds=1)
    path, seen, na = f"/machtigen/api/v1/machtigingen/{machtiging}/gebruik", [], None
    while True:
        asked = {"aantal": "2", **({"na": na} if na else {})}
        answer = house.log_in("noor").get(path, params=asked).json()
        seen += [line["op"] for line in answer["resultaten"]]
        na = answer["volgende"]
        if na is None:
            break
    assert len(seen) == 3
    assert seen == sorted(seen, reverse=True)


def test_use_for_oneself_is_recorded_without_a_machtiging(house: TokenHouse, flow: Flow) -> None:
    flow.tokens(house.log_in("anja"), "zelf")
    with house.database.engine.begin() as connection:
        rows = connection.execute(
            sa.text("SELECT machtiging, vertegenwoordigde, identifier FROM gebruik")
        ).all()
    assert [tuple(row) for row in rows] == [(None, None, None)]


@pytest.mark.parametrize("statement", ["UPDATE gebruik SET sector = 'x'", "DELETE FROM gebruik"])
def test_a_line_is_never_changed(house: TokenHouse, flow: Flow, statement: str) -> None:
    flow.tokens(house.log_in("anja"), house.grant())
    with pytest.raises(SQLAlchemyError), house.database.engine.begin() as connection:
        connection.execute(sa.text(statement))


def test_a_register_finds_the_machtiging_by_the_name_in_its_token(house: TokenHouse, flow: Flow) -> None:
    machtiging = house.grant()
    token = flow.tokens(house.log_in("anja"), machtiging)["access_token"]
    identifier = claims_of(token)["authorization_details"][0]["identifier"]
    assert house.tokens.find_machtiging(identifier, AUDIENCE) == machtiging
    assert house.tokens.find_machtiging(identifier, "https://elders.example") is None
    assert house.tokens.find_machtiging("mp_onbekend", AUDIENCE) is None
    found = house.tokens.gebruiken.find_by_identifier(identifier, ACTOR)
    assert found is not None
    assert (found.persoon, found.vertegenwoordigde) == (house.person("anja"), house.person("noor"))
    assert house.tokens.gebruiken.find_by_identifier(identifier, "oin:elders") is None


def test_use_is_counted_by_function_the_last_one_first(house: TokenHouse) -> None:
    """A use of a link below counts for the link above; that of another machtiging does not."""
    organisation(house)
    vera = director(house)
    client = someone(house, "willem")
    given, other = client_of(house, client, vera), house.grant()
    database, gebruiken = house.database, Gebruiken(house.database)

    def use(number: int, functie: str | None, machtiging: str, *schakels: str) -> None:
        line = Gebruik(
            f"jti-{number}", house.now + timedelta(minutes=number), vera.partij, None, machtiging, None,
            ACTOR, "duo", AANVULLENDE_BEURS, (), (), schakels, functie,
        )  # fmt: skip
        database.write(lambda session: gebruiken.record(session, line))

    use(1, "jurist", given)
    use(2, "directeur", other, given)
    use(3, "jurist", other)
    use(4, "jurist", given)
    assert gebruiken.by_functie(given) == [
        PerFunctie("jurist", 2, house.now + timedelta(minutes=4)),
        PerFunctie("directeur", 1, house.now + timedelta(minutes=2)),
    ]
    assert gebruiken.by_functie("A" * 22) == []
