import threading
from datetime import UTC, datetime, timedelta, timezone

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import registry
from sqlmodel import Field, SQLModel, col, select

from keys.kernel.database import Database, UtcDateTime

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


class Table(SQLModel, registry=registry()):
    pass


class Other(SQLModel, registry=registry()):
    pass


class Entry(Table, table=True):
    __tablename__ = "entry"
    id: str = Field(primary_key=True)
    op: datetime = Field(sa_type=UtcDateTime)


class Namesake(Other, table=True):
    __tablename__ = "entry"
    id: int = Field(primary_key=True)


@pytest.fixture
def database(database_url):
    database = Database(database_url)
    Table.metadata.create_all(database.engine)
    yield database
    database.close()


def put(identifier, op=NOW):
    return lambda session: session.add(Entry(id=identifier, op=op))


def identifiers(database):
    return database.read(lambda session: sorted(session.exec(select(Entry.id))))


def test_packages_keep_their_own_metadata():
    assert Table.metadata is not Other.metadata
    assert [column.name for column in Other.metadata.tables["entry"].columns] == ["id"]


def test_an_act_is_there_for_the_next_reader(database):
    database.write(put("a"))
    assert identifiers(database) == ["a"]


def test_a_refused_act_leaves_nothing(database):
    def refuse(session):
        put("b")(session)
        session.flush()
        raise KeyError("refused")

    with pytest.raises(KeyError):
        database.write(refuse)
    assert identifiers(database) == []


def test_reading_never_writes(database):
    database.read(put("c"))
    assert identifiers(database) == []


def test_moments_come_back_aware_and_equal(database):
    moment = datetime(2026, 7, 1, 14, 30, 5, 123456, tzinfo=timezone(timedelta(hours=2)))
    database.write(put("a", moment))
    found = database.read(lambda session: session.get(Entry, "a").op)
    assert found == moment
    assert found.utcoffset() == timedelta(0)


def test_a_naive_moment_is_refused(database):
    with pytest.raises(sa.exc.StatementError):
        database.write(put("a", datetime(2026, 7, 1)))


def test_acts_of_many_threads_all_land_and_bad_ones_hurt_only_themselves(database):
    refused = []

    def work(name):
        for number in range(20):
            database.write(put(f"{name}-{number}"))
            try:
                database.write(put(f"{name}-{number}"))
            except sa.exc.IntegrityError:
                refused.append(name)

    threads = [threading.Thread(target=work, args=(name,)) for name in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(identifiers(database)) == 160
    assert len(refused) == 160


def test_two_acts_on_one_row_are_never_lost(database):
    database.write(put("teller", NOW))

    def add(session):
        query = select(Entry).where(col(Entry.id) == "teller").with_for_update()
        row = session.exec(query).one()
        row.op += timedelta(seconds=1)
        session.add(row)

    threads = [threading.Thread(target=lambda: [database.write(add) for _ in range(10)]) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert database.read(lambda session: session.get(Entry, "teller").op) == NOW + timedelta(seconds=60)


def add(database, *ids):
    return database.add("entry", ("id", "op"), [(one, one and "2026-11-24 12:00:00") for one in ids])


def ids(database):
    return sorted(database.read(lambda session: session.exec(select(Entry.id)).all()))


def test_rows_that_are_added_are_there_once_and_stay_as_they_are(database):
    add(database, "a", "b").result()
    database.add("entry", ("id", "op"), [("b", "2020-01-01 00:00:00"), ("c", "2026-11-24 12:00:00")]).result()
    add(database).result()
    assert ids(database) == ["a", "b", "c"]
    assert database.read(lambda session: session.get(Entry, "b").op) == NOW


def test_what_is_added_lands_wholly_or_not_at_all_and_bad_rows_hurt_no_neighbour(database):
    entered, released = threading.Event(), threading.Event()

    def hold(_session):
        entered.set()
        released.wait(10)

    busy = threading.Thread(target=database.write, args=(hold,))
    busy.start()
    entered.wait(10)  # on SQLite what follows waits together, and goes in one statement first
    answers = [add(database, "a"), add(database, "b", None), add(database, "c")]
    cancelled = add(database, "d").cancel()
    released.set()
    busy.join()
    assert [type(one.exception()) for one in answers] == [type(None), sa.exc.DBAPIError, type(None)]
    assert ids(database) == (["a", "c"] if cancelled else ["a", "c", "d"])
    assert cancelled is database.is_sqlite
    add(database, "e").result()
    assert "e" in ids(database)


def test_a_closed_database_takes_no_more_acts(tmp_path):
    database = Database(f"sqlite:///{tmp_path / 'x.db'}")
    database.close()
    with pytest.raises(RuntimeError):
        database.write(lambda _: None)


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:", "mysql://x/y"])
def test_other_databases_are_refused(url):
    with pytest.raises((ValueError, sa.exc.NoSuchModuleError)):
        Database(url)
