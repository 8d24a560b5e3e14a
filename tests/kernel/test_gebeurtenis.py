from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.orm import registry
from sqlmodel import SQLModel, select

from keys.kernel.database import Database
from keys.kernel.gebeurtenis import MAXIMUM_ATTEMPTS, OutboxColumns, add, dead_letters, deliver

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


class Table(SQLModel, registry=registry()):
    pass


class Outgoing(OutboxColumns, Table, table=True):
    __tablename__ = "outgoing"


@pytest.fixture
def database(database_url):
    database = Database(database_url)
    Table.metadata.create_all(database.engine)
    yield database
    database.close()


def fail(identifier, payload):
    raise ConnectionError


def test_a_message_is_delivered_once(database):
    arrived = []
    database.write(lambda session: add(session, Outgoing, "bericht", {"n": 1}, NOW))
    handlers = {"bericht": lambda _, payload: arrived.append(dict(payload))}
    assert deliver(database, Outgoing, handlers, NOW) == 1
    assert deliver(database, Outgoing, handlers, NOW + timedelta(days=1)) == 0
    assert arrived == [{"n": 1}]


def test_a_message_of_an_act_that_was_undone_never_leaves(database):
    def refuse(session):
        add(session, Outgoing, "bericht", {}, NOW)
        raise KeyError

    with pytest.raises(KeyError):
        database.write(refuse)
    assert deliver(database, Outgoing, {"bericht": fail}, NOW) == 0
    assert database.read(lambda session: session.exec(select(Outgoing.id)).all()) == []


def test_what_did_not_arrive_is_tried_again_later_and_not_before(database):
    arrived = []
    database.write(lambda session: add(session, Outgoing, "bericht", {}, NOW))
    deliver(database, Outgoing, {"bericht": fail}, NOW)
    handlers = {"bericht": lambda identifier, _: arrived.append(identifier)}
    assert deliver(database, Outgoing, handlers, NOW + timedelta(seconds=1)) == 0
    assert deliver(database, Outgoing, handlers, NOW + timedelta(seconds=3)) == 1


def test_what_never_arrives_becomes_a_dead_letter_that_stays_visible(database):
    identifier = database.write(lambda session: add(session, Outgoing, "bericht", {}, NOW))
    moment = NOW
    for _ in range(MAXIMUM_ATTEMPTS):
        moment += timedelta(hours=2)
        deliver(database, Outgoing, {"bericht": fail}, moment)
    assert database.read(lambda session: dead_letters(session, Outgoing)) == [(identifier, "bericht", moment)]


def test_one_that_fails_does_not_hold_up_the_others(database):
    arrived = []
    database.write(lambda session: add(session, Outgoing, "kapot", {}, NOW))
    database.write(lambda session: add(session, Outgoing, "goed", {}, NOW))
    handlers = {"kapot": fail, "goed": lambda identifier, _: arrived.append(identifier)}
    assert deliver(database, Outgoing, handlers, NOW) == 1
    assert len(arrived) == 1
