"""Life events: taken in from registered sources, checked, and kept before the answer leaves."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import httpx2
import pytest
import sqlalchemy as sa

from identiteit.errors import InvalidEvent
from identiteit.gebeurtenissen.model import NEEDS_PARTY, Gebeurtenis, Soort
from identiteit.gebeurtenissen.rules import check
from identiteit.gebeurtenissen.service import Gebeurtenissen
from identiteit.personen.model import Bsn
from keys.kernel.database import Database
from keys.kernel.jws import SigningKey
from tests.identiteit.house import House
from tests.identiteit.people import somebody

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
PEOPLE = (somebody("2015-03-03"), somebody())
CHILD, PARENT = (body["bsn"] for body in PEOPLE)


def event(soort: str = "overlijden", partij: str | None = None, **changes: Any) -> dict[str, Any]:
    body = {"soort": soort, "persoon": {"bsn": CHILD}, "per": "2026-11-01T00:00:00+01:00", "bron": "BRP"}
    return {**body, **({"partij": {"bsn": partij}} if partij else {}), **changes}


def tell(house: House, body: object) -> httpx2.Response:
    for person in PEOPLE:
        assert house.call("beheer", house.operator, "personen", person).status_code in {201, 409}
    return house.call("duo", house.source, "gebeurtenissen", body)


def kept(house: House) -> int:
    return sum(house.services.gebeurtenissen.count_by_kind().values())


@pytest.mark.parametrize("soort", Soort)
def test_a_good_event_is_taken_in_and_kept(house: House, soort: Soort) -> None:
    before = house.services.gebeurtenissen.count_by_kind().get(soort.value, 0)
    answer = tell(house, event(soort.value, PARENT if soort in NEEDS_PARTY else None))
    assert (answer.status_code, answer.json()) == (202, {"status": "ontvangen"})
    assert house.services.gebeurtenissen.count_by_kind()[soort.value] == before + 1


@pytest.mark.parametrize("soort", Soort)
def test_a_party_that_is_missing_superfluous_or_the_person_itself_is_refused(
    house: House, soort: Soort
) -> None:
    before = kept(house)
    wrong = [None, CHILD] if soort in NEEDS_PARTY else [PARENT, CHILD]
    for partij in wrong:
        answer = tell(house, event(soort.value, partij))
        assert (answer.status_code, answer.json()["code"]) == (422, "invalid-event")
    assert kept(house) == before


@pytest.mark.parametrize(
    "body",
    [
        event("verhuizing"),
        event("OVERLIJDEN"),
        event(""),
        event(soort=None),
        event(persoon={"bsn": "123456789"}),
        event(persoon={"bsn": ""}),
        event(persoon={}),
        event("gezag", "123456789"),
        event(per="2026-11-01"),
        event(per="2026-11-01T00:00:00"),
        event(per="0001-01-01T00:00:00+14:00"),
        event(per="9999-12-31T23:59:59-14:00"),
        event(per="gisteren"),
        event(per=1e300),
        event(bron=""),
        event(bron="x" * 201),
        event(bron="B\x00RP"),
        event(bron="\ud800"),
        event(extra=1),
        [],
        None,
        "x",
    ],
)
def test_a_kind_or_field_that_cannot_be_is_refused_and_nothing_is_kept(house: House, body: Any) -> None:
    before = kept(house)
    answer = tell(house, body)
    assert answer.status_code == 422
    assert answer.json()["code"] in {"invalid-input", "invalid-event"}
    assert kept(house) == before


def test_only_a_registered_source_is_heard(house: House) -> None:
    before = kept(house)
    for who, key, expected in (
        ("iemand", SigningKey.generate(), (401, "caller-rejected")),
        ("duo", SigningKey.generate(), (401, "caller-rejected")),
        ("beheer", house.operator, (403, "caller-not-allowed")),
        ("machtigen", house.machtigen.key, (403, "caller-not-allowed")),
    ):
        answer = house.call(who, key, "gebeurtenissen", event())
        assert (answer.status_code, answer.json()["code"]) == expected
    assert kept(house) == before


def test_an_event_does_not_show_who_it_is_about() -> None:
    shown = repr(Gebeurtenis(Soort.GEZAG, Bsn(CHILD), Bsn(PARENT), NOW, "BRP"))
    assert CHILD not in shown
    assert PARENT not in shown


def test_an_event_of_an_unknown_person_is_taken_in_all_the_same(house: House) -> None:
    """The source learns nothing about who is known here."""
    assert tell(house, event(persoon={"bsn": "123456782"})).status_code == 202


@pytest.mark.parametrize("soort", Soort)
def test_the_rule_asks_a_party_where_there_must_be_one(soort: Soort) -> None:
    right, wrong = (Bsn(PARENT), None) if soort in NEEDS_PARTY else (None, Bsn(PARENT))
    check(Gebeurtenis(soort, Bsn(CHILD), right, NOW, "BRP"))
    with pytest.raises(InvalidEvent):
        check(Gebeurtenis(soort, Bsn(CHILD), wrong, NOW, "BRP"))


def test_events_are_kept_whole_in_order_of_arrival_and_cannot_be_changed(database: Database) -> None:
    room = Gebeurtenissen(database)
    for soort, partij in ((Soort.GEZAG, Bsn(PARENT)), (Soort.OVERLIJDEN, None)):
        room.take(Gebeurtenis(soort, Bsn(CHILD), partij, NOW, "BRP"), "duo", NOW)
    query = sa.text(
        "SELECT soort, persoon_bsn, partij_bsn, bron, aanvrager FROM gebeurtenis ORDER BY volgnummer"
    )
    with database.engine.connect() as connection:
        rows = [tuple(row) for row in connection.execute(query)]
    assert rows == [
        ("gezag", CHILD, PARENT, "BRP", "duo"),
        ("overlijden", CHILD, None, "BRP", "duo"),
    ]
    assert room.count_by_kind() == {"gezag": 1, "overlijden": 1}
    with pytest.raises(sa.exc.DBAPIError):
        database.write(lambda session: session.connection().execute(sa.text("DELETE FROM gebeurtenis")))
    assert room.count_by_kind() == {"gezag": 1, "overlijden": 1}
