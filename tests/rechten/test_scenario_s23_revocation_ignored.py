"""S23: a service that keeps declarations shows one that was revoked an hour ago."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from tests.machtigen.scene import Visitor
from tests.machtigen.token_flow import claims_of
from tests.machtigen.token_house import AUDIENCE
from tests.rechten.samen import Samen
from tests.templates import Templates

pytestmark = pytest.mark.slow
REGISTER, DOEL = "studiefinanciering", "studiefinanciering"


@pytest.fixture
def samen(tmp_path: Path, database_url: str, templates: Templates) -> Iterator[Samen]:
    """Noor's record at DUO-Studiefinanciering, and a client of it."""
    templates.migrate(database_url, "machtigen")
    samen = Samen(tmp_path, database_url)
    samen.add_register(REGISTER, AUDIENCE, ["toekenning", "inkomen-ouders"])
    samen.wereld.add_source("bron", [REGISTER])
    samen.wereld.grant(REGISTER, ["toekenning"], doel=DOEL)
    assert samen.wereld.deliver("noor", REGISTER).status_code == 201
    yield samen
    samen.close()


def people(samen: Samen) -> tuple[Visitor, Visitor]:
    return samen.scene.visitor("noor"), samen.scene.visitor("anja")


def storingen(samen: Samen) -> list[dict[str, Any]]:
    answer = samen.wereld.actor_call("storingen", REGISTER)
    assert answer.status_code == 200, answer.text
    return list(answer.json()["resultaten"])


def shown_too_late(samen: Samen) -> tuple[str, str]:
    """An hour after its revocation a token is shown; gives the machtiging and the token."""
    noor, anja = people(samen)
    given = samen.scene.given(noor, anja)
    token = samen.scene.token(anja, given)
    noor.do(f"/machtigingen/{given}/intrekken")
    samen.wereld.passes(hours=1)
    assert samen.wereld.read(token, REGISTER, DOEL).status_code == 401
    return given, token


def test_s23_it_is_refused_a_storing_is_opened_and_the_affected_person_is_listed(samen: Samen) -> None:
    noor, anja = people(samen)
    given = samen.scene.given(noor, anja)
    token = samen.scene.token(anja, given)
    assert samen.wereld.read(token, REGISTER, DOEL).status_code == 200
    noor.do(f"/machtigingen/{given}/intrekken")
    samen.wereld.passes(hours=1)
    samen.house.tokens.verklaringen.upkeep(samen.house.now)  # forgets what expired within the hour
    refused = samen.wereld.read(token, REGISTER, DOEL)
    assert (refused.status_code, refused.json()["code"]) == (401, "invalid-token")
    (storing,) = storingen(samen)
    assert (storing["soort"], storing["toestand"]["soort"]) == ("W5", "gemeld")
    assert storing["client_id"] == samen.house.duo.client.client_id
    (voorval,) = storing["voorvallen"]
    assert (voorval["doel"], voorval["aantal"], voorval["namens"]) == (DOEL, 1, True)
    assert 3_600 <= voorval["na_seconden"] < 3_660
    assert storing["betrokkenen"] == [{"betrokkene": voorval["betrokkene"], "bevestigd": False}]
    (seen,) = samen.wereld.inspect("noor", REGISTER).json()["storingen"]
    assert seen["id"] == storing["id"]
    assert samen.wereld.inspect("anja", REGISTER).json()["storingen"] == []


def test_s23_it_closes_when_the_cause_is_gone_the_state_is_back_and_noor_says_so(samen: Samen) -> None:
    shown_too_late(samen)
    (storing,) = storingen(samen)
    path = f"storingen/{storing['id']}"
    act = {"handeling": "storing-bevestigen", "onderwerp": storing["id"]}
    assert samen.wereld.own_act("noor", REGISTER, **act).status_code == 409
    assert samen.wereld.actor_call(f"{path}/hersteld", REGISTER, body={}).status_code == 409
    for step in ("oorzaak-weggenomen", "hersteld"):
        assert samen.wereld.actor_call(f"{path}/{step}", REGISTER, body={}).status_code == 200
    assert storingen(samen)[0]["toestand"]["soort"] == "hersteld"
    assert samen.wereld.own_act("anja", REGISTER, **act).status_code == 404
    assert samen.wereld.own_act("noor", REGISTER, **act).status_code == 200
    assert storingen(samen)[0]["toestand"] == {
        "soort": "gesloten", "sinds": storingen(samen)[0]["geschiedenis"][-1]["op"],
        "sluit_op": None, "verlopen": False,
    }  # fmt: skip


@pytest.mark.parametrize("after_revocation", [False, True])
def test_s23_a_token_that_is_only_old_or_revoked_this_minute_opens_nothing(
    samen: Samen, after_revocation: bool
) -> None:
    noor, anja = people(samen)
    given = samen.scene.given(noor, anja)
    token = samen.scene.token(anja, given)
    if after_revocation:
        noor.do(f"/machtigingen/{given}/intrekken")
        samen.wereld.passes(minutes=2)
    else:
        samen.wereld.passes(hours=1)
    assert samen.wereld.read(token, REGISTER, DOEL).status_code == 401
    assert storingen(samen) == []


def test_s23_neither_package_keeps_what_ties_the_storing_to_the_machtiging(samen: Samen) -> None:
    """The register has no id of the machtiging or token in the open, machtigen nothing of the storing."""
    given, token = shown_too_late(samen)
    (storing,) = storingen(samen)
    claims = claims_of(token)
    secrets = {given, claims["jti"], claims["sub"], claims["authorization_details"][0]["identifier"]}
    engine = samen.wereld.app.state.services.registers.require(REGISTER).database.engine
    stored = dump(engine)
    assert [one for one in secrets if one in stored] == []
    assert storing["id"] in stored
    machtigen = dump(samen.house.database.engine)
    shown = {storing["id"], storing["voorvallen"][0]["betrokkene"]}
    assert [one for one in shown if one in machtigen] == []


def dump(engine: sa.Engine) -> str:
    """Every value of every table."""
    with engine.connect() as connection:
        names = sa.inspect(connection).get_table_names()
        rows = [connection.execute(sa.text(f'SELECT * FROM "{name}"')).all() for name in names]  # noqa: S608 - our own names
    return "\n".join(str(row) for table in rows for row in table)
