"""Moving persons to a newer version, on both databases: each once, and never under an act that adds one."""

from __future__ import annotations

from datetime import UTC, datetime
from threading import Event, Thread

import pytest
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from keys.kernel.database import Database
from rechten.registers import nummerstore, store
from rechten.registers.nummerstore import Opgeslagen

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.fixture
def people(register_database: Database) -> Database:
    """Three persons under version 1, in a register that begins with that version."""

    def act(session: Session) -> None:
        nummerstore.begin(session, 1)
        nummerstore.begin(session, 7)  # once more, whatever it says, changes nothing
        for name in ("a", "b", "c"):
            store.add_person(session, name, b"P", name.encode(), NOW)

    register_database.write(act)
    return register_database


def after(before: Opgeslagen) -> Opgeslagen:
    return Opgeslagen(before.pid, f"{before.pid}-2", 2, b"P2", b"new")


def test_each_person_is_moved_once_and_keeps_the_row_key(people: Database) -> None:
    people.write(lambda session: nummerstore.set_number(session, 2))
    older = people.read(lambda session: nummerstore.list_older(session, 2, 2))
    assert [one.pid for one in older] == ["a", "b"]
    moved = people.write(lambda session: [nummerstore.move(session, one, after(one)) for one in older])
    assert moved == [True, True]
    assert not people.write(lambda session: nummerstore.move(session, older[0], after(older[0])))
    assert people.read(lambda session: store.find_person(session, "a")) is None
    assert people.read(lambda session: store.find_person(session, "a-2")) == ("a", b"new")
    assert people.read(lambda session: nummerstore.has_older(session, 2))
    (last,) = people.read(lambda session: nummerstore.list_older(session, 2, 9))
    people.write(lambda session: nummerstore.move(session, last, after(last)))
    assert not people.read(lambda session: nummerstore.has_older(session, 2))


def test_two_persons_never_share_what_they_are_found_by(people: Database) -> None:
    first, second = people.read(lambda session: nummerstore.list_older(session, 2, 2))
    same = Opgeslagen(second.pid, f"{first.pid}-2", 2, b"P2", b"new")
    people.write(lambda session: nummerstore.move(session, first, after(first)))
    with pytest.raises(IntegrityError):
        people.write(lambda session: nummerstore.move(session, second, same))
    assert people.read(lambda session: store.find_person(session, "b")) == ("b", b"b")


def test_the_version_does_not_change_under_an_act_that_adds_somebody(people: Database) -> None:
    reading, go_on = Event(), Event()

    def add(session: Session) -> None:
        assert nummerstore.number(session) == 1
        reading.set()
        assert go_on.wait(10)
        store.add_person(session, "d", b"P", b"d", NOW)

    adding = Thread(target=people.write, args=(add,))
    adding.start()
    assert reading.wait(10)
    other = Database(people.url)
    changing = Thread(target=other.write, args=(lambda session: nummerstore.set_number(session, 2),))
    changing.start()
    changing.join(0.3)
    assert changing.is_alive()  # it waits
    go_on.set()
    adding.join(10)
    changing.join(10)
    other.close()
    assert people.write(nummerstore.number) == 2
    assert len(people.read(lambda session: nummerstore.list_older(session, 2, 9))) == 4


def test_the_version_only_grows(people: Database) -> None:
    for versie in (3, 2):
        people.write(lambda session, versie=versie: nummerstore.set_number(session, versie))  # type: ignore[misc]  # bound in the loop
    assert people.write(nummerstore.number) == 3
