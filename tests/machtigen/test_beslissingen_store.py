"""The decision log in a database: every record once, also when many come at the same time."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from keys.kernel.database import Database, migrate
from machtigen.beslissingen.logboek import Logboek
from machtigen.beslissingen.model import Beslissing
from machtigen.beslissingen.rij import Rij
from machtigen.beslissingen.store import milliseconds
from machtigen.errors import DecisionNotRecorded
from tests.machtigen.world import ACTOR, NOW

RECORD = Beslissing(
    trace_id="a" * 32,
    span_id="b" * 16,
    parent_span_id=None,
    event_name="adl.access_evaluation",
    timestamp=milliseconds(NOW),
    status="Ok",
    actor=ACTOR,
    client_id="duo",
    attributes={"adl.core.request": {"é": [1, None]}},
)


def exported(logboek: Logboek, **limits: Any) -> list[dict[str, Any]]:
    found: list[Any] = []
    assert logboek.export(found.append, **limits) == len(found)
    return found


def test_a_record_comes_back_as_it_was(database: Database) -> None:
    logboek = Logboek(database)
    logboek.record([RECORD])
    logboek.record([replace(RECORD, span_id="c" * 16, parent_span_id="d" * 16)])
    one, two = exported(logboek)
    assert one == {
        "trace_id": "a" * 32, "span_id": "b" * 16, "event_name": "adl.access_evaluation", "status": "Ok",
        "timestamp": milliseconds(NOW), "resource": {"actor": ACTOR, "client_id": "duo"},
        "attributes": {"adl.core.request": {"é": [1, None]}},
    }  # fmt: skip
    assert two["parent_span_id"] == "d" * 16


def test_the_same_span_is_recorded_once_and_stays_as_it_was(database: Database) -> None:
    logboek = Logboek(database)
    logboek.record([RECORD])
    logboek.record([replace(RECORD, status="Error")])
    assert [one["status"] for one in exported(logboek)] == ["Ok"]


def test_the_operator_takes_a_period_or_an_actor(database: Database) -> None:
    logboek = Logboek(database)
    for number in range(4):
        moment = milliseconds(NOW + timedelta(days=number))
        logboek.record(
            [replace(RECORD, span_id=f"{number:016x}", timestamp=moment, actor=f"oin:{number % 2}")]
        )
    assert len(exported(logboek, since=NOW + timedelta(days=1), until=NOW + timedelta(days=3))) == 2
    assert [one["resource"]["actor"] for one in exported(logboek, actor="oin:1")] == ["oin:1", "oin:1"]


def test_many_at_the_same_time_are_answered_in_groups() -> None:
    groups = []

    def work(items: Sequence[int]) -> list[int | Exception]:
        time.sleep(0.01)  # meanwhile others come
        groups.append(len(items))
        return [ValueError(item) if item % 7 == 0 else item * 2 for item in items]

    rij: Rij[int, int] = Rij(work)
    answers = [rij.put(number) for number in range(200)]
    for number, answer in enumerate(answers):
        if number % 7:
            assert answer.result() == number * 2
        else:
            assert isinstance(answer.exception(), ValueError)
    assert sum(groups) == 200
    assert len(groups) < 100


def test_a_group_that_fails_as_a_whole_fails_for_each() -> None:
    def work(_items: Sequence[int]) -> list[int | Exception]:
        raise LookupError

    rij: Rij[int, int] = Rij(work)
    assert {type(rij.put(number).exception()) for number in range(5)} == {LookupError}


def test_what_is_written_together_is_written_wholly_or_not_at_all(database: Database) -> None:
    logboek = Logboek(database)
    nameless: Any = None
    with pytest.raises(DecisionNotRecorded):
        logboek.record([RECORD, replace(RECORD, span_id="c" * 16, actor=nameless)])
    assert exported(logboek) == []
    logboek.record([RECORD])
    assert len(exported(logboek)) == 1


def test_more_than_one_statement_holds_is_written_wholly_or_not_at_all(database: Database) -> None:
    logboek = Logboek(database)
    many = [replace(RECORD, span_id=f"{number:016x}") for number in range(7000)]
    nameless: Any = None
    with pytest.raises(DecisionNotRecorded):
        logboek.record([*many, replace(RECORD, span_id="f" * 16, actor=nameless)])
    assert exported(logboek) == []
    logboek.record(many)
    assert len(exported(logboek)) == 7000


def test_a_closed_log_records_nothing(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'machtigen.db'}"
    migrate(url, "machtigen")
    closed = Database(url)
    closed.close()
    with pytest.raises(DecisionNotRecorded):
        Logboek(closed).record([RECORD])
