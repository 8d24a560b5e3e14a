"""Nothing leaves and nothing is stored before the log line is durable."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import sqlalchemy as sa

from tests.rechten.wereld import Wereld

BREAKAGES = {
    "table-gone": "ALTER TABLE logregel RENAME TO weg",
    "details-gone": "ALTER TABLE logdetail RENAME TO weg",
    "read-only": "CREATE TRIGGER dicht BEFORE INSERT ON logregel BEGIN SELECT RAISE(ABORT, 'full'); END",
}


def engine(wereld: Wereld, register: str = "studiefinanciering") -> sa.Engine:
    found: sa.Engine = wereld.app.state.services.registers.require(register).database.engine
    return found


def break_log(wereld: Wereld, how: str) -> None:
    with engine(wereld).connect() as connection:
        connection.exec_driver_sql(BREAKAGES[how])
        connection.commit()


def count(wereld: Wereld, table: str) -> int:
    with engine(wereld).connect() as connection:
        return int(connection.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar_one())  # noqa: S608 - our own names


@contextmanager
def refused(wereld: Wereld) -> Iterator[None]:
    before = {table: count(wereld, table) for table in ("gegeven", "betrokkene", "gebruikt_ticket")}
    yield
    assert {table: count(wereld, table) for table in before} == before


@pytest.mark.parametrize("how", BREAKAGES)
def test_a_read_without_a_log_line_releases_nothing(wereld: Wereld, how: str) -> None:
    break_log(wereld, how)
    with refused(wereld):
        answer = wereld.read()
    assert (answer.status_code, answer.json()["code"]) == (503, "log-unavailable")
    assert "419" not in answer.text


@pytest.mark.parametrize("how", BREAKAGES)
def test_a_delivery_without_a_log_line_stores_nothing(wereld: Wereld, how: str) -> None:
    break_log(wereld, how)
    with refused(wereld):
        answer = wereld.deliver("sem")
    assert (answer.status_code, answer.json()["code"]) == (503, "log-unavailable")


@pytest.mark.parametrize("how", BREAKAGES)
def test_a_look_without_a_log_line_shows_nothing(wereld: Wereld, how: str) -> None:
    break_log(wereld, how)
    with refused(wereld):
        answer = wereld.inspect("noor")
    assert (answer.status_code, answer.json()["code"]) == (503, "log-unavailable")
    assert "419" not in answer.text


def test_a_refused_read_that_cannot_be_logged_says_so_and_not_why(wereld: Wereld) -> None:
    break_log(wereld, "table-gone")
    answer = wereld.read(doel="onbekend")
    assert (answer.status_code, answer.json()["code"]) == (503, "log-unavailable")


def test_the_line_is_there_before_the_answer_is(wereld: Wereld) -> None:
    before = count(wereld, "logregel")
    assert wereld.read().status_code == 200
    assert count(wereld, "logregel") == before + 1
    assert count(wereld, "logdetail") == before + 1
