"""Sessions of the inspection pages in a database: taken once, found while they live."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from keys.kernel.database import Database
from rechten.sessies import store
from tests.races import at_once
from tests.templates import Templates

NOW = datetime(2026, 11, 24, 12, 0, 0, 123_456, tzinfo=UTC)
MOMENT = timedelta(microseconds=1)
SOON = NOW + timedelta(minutes=5)


@pytest.fixture
def database(database_url: str, templates: Templates) -> Iterator[Database]:
    """The package's own database, empty."""
    templates.migrate(database_url, "rechten")
    made = Database(database_url)
    yield made
    made.close()


def put(database: Database, id_hash: str = "h", sid: str | None = "sid") -> None:
    database.write(lambda session: store.add(session, id_hash, sid, b"\x00sealed\xff", NOW, SOON))


def test_a_session_is_found_until_it_expires(database: Database) -> None:
    put(database)
    assert database.read(lambda session: store.find(session, "h", SOON - MOMENT)) == b"\x00sealed\xff"
    assert database.read(lambda session: store.find(session, "h", SOON)) is None
    assert database.read(lambda session: store.find(session, "other", NOW)) is None


def test_what_is_taken_is_gone(database: Database) -> None:
    put(database)
    assert database.write(lambda session: store.take(session, "h", NOW)) == b"\x00sealed\xff"
    assert database.write(lambda session: store.take(session, "h", NOW)) is None


def test_what_is_taken_too_late_is_gone_too(database: Database) -> None:
    put(database)
    assert database.write(lambda session: store.take(session, "h", SOON)) is None
    assert database.write(lambda session: store.take(session, "h", NOW)) is None


@pytest.mark.postgres
@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_of_two_who_take_at_once_one_gets_it(database: Database) -> None:
    put(database)

    def take() -> bytes | None:
        return database.write(lambda session: store.take(session, "h", NOW))

    held = "SELECT 1 FROM sessie WHERE id_hash = :id FOR UPDATE"
    assert at_once(database, held, {"id": "h"}, take, take) == [b"\x00sealed\xff", None]


def test_a_log_out_ends_the_sessions_of_that_login_and_no_others(database: Database) -> None:
    for id_hash, sid in (("a", "sid"), ("b", "sid"), ("c", "other"), ("d", None)):
        put(database, id_hash, sid)
    assert database.write(lambda session: store.end_by_sid(session, "sid")) == 2
    assert database.write(lambda session: store.end_by_sid(session, "sid")) == 0
    left = [
        name
        for name in "abcd"
        if database.read(lambda session, name=name: store.find(session, name, NOW))  # type: ignore[misc]  # bound in the loop
    ]
    assert left == ["c", "d"]


def test_upkeep_forgets_what_has_expired(database: Database) -> None:
    put(database)
    database.write(lambda session: store.forget(session, SOON - MOMENT))
    assert database.read(lambda session: store.find(session, "h", NOW)) is not None
    database.write(lambda session: store.forget(session, SOON))
    assert database.read(lambda session: store.find(session, "h", NOW)) is None
