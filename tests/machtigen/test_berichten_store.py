"""Notices in a database: each once, newest first, in pages, read by whom they are for."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from keys.kernel.database import Database
from machtigen import errors
from machtigen.berichten import store
from machtigen.berichten.model import Bericht
from machtigen.berichten.service import Berichten
from machtigen.machtigingen.model import Gebeurtenis, Rol
from tests.machtigen.world import ANJA, NOOR, NOW

NOTICE = Bericht(
    "m1", ANJA, "machtiging-1", Rol.VERTEGENWOORDIGER, Gebeurtenis.BEVESTIGD, "vertegenwoordiger", NOW
)


def put(database: Database, identifier: str, op: datetime = NOW, aan: str = ANJA) -> Bericht:
    bericht = replace(NOTICE, id=identifier, op=op, aan=aan)
    database.write(lambda session: store.add(session, bericht))
    return bericht


def test_a_notice_comes_back_as_it_went_in(database: Database) -> None:
    precise = put(database, "m1", NOW + timedelta(microseconds=7))
    assert Berichten(database).list_for(ANJA).resultaten == (precise,)
    assert Berichten(database).list_for(NOOR).resultaten == ()


def test_what_is_delivered_twice_is_there_once_and_stays_as_it_was(database: Database) -> None:
    first = put(database, "m1")
    put(database, "m1", NOW + timedelta(days=1))
    assert Berichten(database).list_for(ANJA).resultaten == (first,)


def test_pages_run_on_where_the_last_ended_also_within_one_moment(database: Database) -> None:
    made = [put(database, f"m{number}", NOW + timedelta(seconds=number // 3)) for number in range(7)]
    found: list[Bericht] = []
    cursor: str | None = None
    while True:
        page = Berichten(database).list_for(ANJA, cursor, limit=2)
        found += page.resultaten
        cursor = page.volgende
        if cursor is None:
            break
    assert found == made[::-1]


def test_a_cursor_of_ones_own_making_is_refused(database: Database) -> None:
    with pytest.raises(errors.InvalidCursor):
        Berichten(database).list_for(ANJA, "geen-plaats")


def test_reading_marks_ones_own_notices_up_to_that_moment(database: Database) -> None:
    berichten = Berichten(database)
    put(database, "m1")
    put(database, "m2", NOW + timedelta(hours=1))
    put(database, "m3", aan=NOOR)
    assert berichten.count_unread(ANJA) == 2
    berichten.mark_read(ANJA, NOW)
    assert [(one.id, one.gelezen) for one in berichten.list_for(ANJA).resultaten] == [
        ("m2", False),
        ("m1", True),
    ]
    assert (berichten.count_unread(ANJA), berichten.count_unread(NOOR)) == (1, 1)
