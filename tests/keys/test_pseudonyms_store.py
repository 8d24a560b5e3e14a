"""What a transcryptor writes down: once per request, counted per day, before any answer."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from keys.errors import LogUnavailable, ReplayedRequest, VolumeExceeded
from keys.kernel.database import Database, migrate
from keys.kernel.pep.names import Context, Domain
from keys.pseudonyms.model import Permit, Recorded
from keys.pseudonyms.shares import Pair
from keys.pseudonyms.store import PartijStore

NOW = datetime(2026, 11, 24, 23, 59, 59, 123_456, tzinfo=UTC)
ACTOR = "oin:00000001003214345000:studiefinanciering"
VAN, NAAR = Domain(ACTOR, "studiefinanciering"), Domain(ACTOR, "diplomaregister")
PERMIT = Permit(
    "r1", ACTOR, Context(VAN, 1), Context(NAAR, 2), "toeslag", 3, Pair("t1", "t2"), "d" * 64, "trace"
)


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """The empty log of one transcryptor."""
    migrate(database_url, "keys", "migrations_partij")
    made = Database(database_url)
    yield made
    made.close()


@pytest.fixture
def log(database: Database) -> PartijStore:
    return PartijStore(database)


def batch(request_id: str, count: int = 3, limit: int | None = None, ground: str = "g1") -> Recorded:
    return Recorded(replace(PERMIT, request_id=request_id, count=count), 1, ground, limit)


def kept(database: Database, table: str) -> list[tuple[object, ...]]:
    with database.engine.connect() as connection:
        return [tuple(row) for row in connection.execute(sa.text(f"SELECT * FROM {table}"))]  # noqa: S608 - own tables


def test_a_batch_is_written_down_and_counted_per_day_and_ground(log: PartijStore, database: Database) -> None:
    assert log.record_translation(batch("r1"), NOW) == 3
    assert log.record_translation(batch("r2", 4), NOW) == 7
    assert log.record_translation(batch("r3", ground="g2"), NOW) == 3
    assert log.record_translation(batch("r4"), NOW + timedelta(seconds=1)) == 3
    line = next(row for row in kept(database, "transcrypties") if row[1] == "r1")
    assert line[:10] == (
        ACTOR, "r1", 1, "t1-t2", f"{PERMIT.van}", f"{PERMIT.naar}", "toeslag", "g1", 3, "trace",
    )  # fmt: skip


def test_a_request_that_comes_again_is_refused_and_not_counted(log: PartijStore) -> None:
    log.record_translation(batch("r1"), NOW)
    with pytest.raises(ReplayedRequest):
        log.record_translation(batch("r1"), NOW + timedelta(days=400))
    assert log.record_translation(batch("r2"), NOW) == 6


def test_two_actors_may_use_the_same_request_id(log: PartijStore) -> None:
    log.record_translation(batch("r1"), NOW)
    other = Recorded(replace(PERMIT, actor="oin:00000001003214345000:ander"), 1, "g1", None)
    assert log.record_translation(other, NOW) == 6


def test_above_the_limit_nothing_is_left_behind(log: PartijStore, database: Database) -> None:
    assert log.record_translation(batch("r1", 8, limit=10), NOW) == 8
    with pytest.raises(VolumeExceeded):
        log.record_translation(batch("r2", 3, limit=10), NOW)
    assert log.record_translation(batch("r2", 2, limit=10), NOW) == 10
    assert len(kept(database, "transcrypties")) == 2


def test_of_one_request_sent_many_times_at_once_one_is_translated(log: PartijStore) -> None:
    def send(_: int) -> bool:
        try:
            log.record_translation(batch("r1"), NOW)
        except ReplayedRequest:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(send, range(12))) == [False] * 11 + [True]


def test_batches_at_the_same_moment_never_pass_the_limit_together(
    log: PartijStore, database: Database
) -> None:
    def send(number: int) -> int:
        try:
            return log.record_translation(batch(f"r{number}", 3, limit=10), NOW)
        except VolumeExceeded:
            return 0

    with ThreadPoolExecutor(8) as pool:
        totals = sorted(pool.map(send, range(8)))
    assert totals == [0, 0, 0, 0, 0, 3, 6, 9]
    assert len(kept(database, "transcrypties")) == 3


def test_refusals_and_issues_are_written_down(log: PartijStore, database: Database) -> None:
    log.record_refusal(ACTOR, "direction-not-allowed", None, NOW)
    log.record_refusal(ACTOR, "direction-not-allowed", "trace", NOW)
    assert [row[1:4] for row in kept(database, "weigeringen")] == [
        (ACTOR, "direction-not-allowed", None),
        (ACTOR, "direction-not-allowed", "trace"),
    ]
    log.record_issue(ACTOR, "r1", str(VAN), 1, NOW)
    with pytest.raises(ReplayedRequest):
        log.record_issue(ACTOR, "r1", str(NAAR), 2, NOW)
    assert [row[2:4] for row in kept(database, "uitgiften")] == [(str(VAN), 1)]


def test_without_its_log_a_party_says_so(log: PartijStore, database: Database) -> None:
    with database.engine.begin() as connection:
        connection.execute(sa.text("DROP TABLE tellers"))
    with pytest.raises(LogUnavailable):
        log.record_translation(batch("r1"), NOW)
    assert kept(database, "transcrypties") == []
