"""A register's database: records come back whole and in order, a ticket works once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from threading import Barrier

import pytest
import sqlalchemy as sa

from keys.kernel.database import Database
from rechten.registers import store
from rechten.registers.model import Gebruiksgrond, Gegeven, GegevenStatus

NOW = datetime(2026, 11, 24, 12, 0, 0, 123_456, tzinfo=UTC)
DAY = timedelta(days=1)
RECORD = Gegeven(
    id="a", categorie="toekenning", waarde={"bedrag": 12.5, "lijst": [None, "é", {"diep": True}]}, bron="DUO",
    geldig_van=NOW, geldig_tot=None, vastgelegd_op=NOW, status=GegevenStatus.VASTGESTELD, doel="doel",
)  # fmt: skip
GROUND = Gebruiksgrond("g", "afnemer", {"nl": "Dienst"}, "doel", frozenset({"b", "a"}), NOW, NOW + DAY)


@pytest.fixture
def person(register_database: Database) -> Database:
    """A register that knows one person, `p`."""
    register_database.write(lambda session: store.add_person(session, "p", b"\x00wrapped", b"seed\xff", NOW))
    return register_database


def put(database: Database, *records: Gegeven, pid: str = "p") -> None:
    for record in records:
        database.write(lambda session, record=record: store.add_record(session, pid, record))  # type: ignore[misc]  # bound in the loop


def test_a_person_is_known_by_the_row_key_only(person: Database) -> None:
    assert person.read(lambda session: store.find_person(session, "p")) == ("p", b"seed\xff")
    assert person.read(lambda session: store.find_person(session, "q")) is None
    with pytest.raises(sa.exc.IntegrityError):
        person.write(lambda session: store.add_person(session, "p", b"other", b"other", NOW))
    assert person.read(lambda session: store.find_person(session, "p")) == ("p", b"seed\xff")


def test_records_come_back_whole_oldest_first_and_by_category(person: Database) -> None:
    later = replace(RECORD, id="b", geldig_van=NOW + DAY, geldig_tot=NOW + 2 * DAY, waarde="tekst")
    corrected = replace(
        RECORD, id="c", vastgelegd_op=NOW + DAY, corrigeert="a", status=GegevenStatus.GECORRIGEERD
    )
    other = replace(RECORD, id="d", categorie="inschrijving", geldig_van=NOW - DAY)
    put(person, later, corrected, RECORD, other)
    assert person.read(lambda session: store.list_records(session, "p")) == [other, RECORD, corrected, later]
    assert person.read(lambda session: store.list_records(session, "p", ["inschrijving"])) == [other]
    assert person.read(lambda session: store.list_records(session, "p", [])) == []
    assert person.read(lambda session: store.list_records(session, "q")) == []


def test_a_record_of_nobody_is_refused(person: Database) -> None:
    with pytest.raises(sa.exc.IntegrityError):
        put(person, RECORD, pid="unknown")


def test_grounds_are_found_by_consumer_and_purpose(person: Database) -> None:
    person.write(lambda session: store.add_ground(session, GROUND))
    assert person.read(lambda session: store.list_grounds(session, "afnemer", "doel")) == (GROUND,)
    assert person.read(lambda session: store.list_grounds(session, "afnemer", "ander")) == ()
    assert person.read(lambda session: store.find_consumer_name(session, "afnemer")) == {"nl": "Dienst"}
    assert person.read(lambda session: store.find_consumer_name(session, "ander")) is None


def test_a_ticket_works_once_until_it_is_forgotten(register_database: Database) -> None:
    def use() -> bool:
        return register_database.write(lambda session: store.use_ticket(session, "jti", NOW))

    assert (use(), use()) == (True, False)
    register_database.write(lambda session: store.forget(session, NOW, NOW))
    assert not use()
    register_database.write(lambda session: store.forget(session, NOW + DAY, NOW))
    assert use()


def test_of_one_ticket_used_many_times_at_once_one_is_taken(register_database: Database) -> None:
    ready = Barrier(8)

    def use(_: int) -> bool:
        ready.wait(10)
        return register_database.write(lambda session: store.use_ticket(session, "jti", NOW))

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(use, range(8))) == [False] * 7 + [True]


def test_the_first_answer_is_kept_until_it_is_old(register_database: Database) -> None:
    answer = {"id": "a", "lijst": [1, None]}
    register_database.write(lambda session: store.add_answer(session, "key", "print", answer, NOW))
    assert register_database.read(lambda session: store.find_answer(session, "key")) == ("print", answer)
    register_database.write(lambda session: store.forget(session, NOW, NOW + DAY))
    assert register_database.read(lambda session: store.find_answer(session, "key")) is None
