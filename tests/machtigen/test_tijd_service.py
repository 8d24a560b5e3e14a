"""What time does by itself, on a real database: ends, chains, what nobody uses, reminders."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlmodel import Session

from machtigen import errors
from machtigen.diensten.model import Grond, Niveau
from machtigen.machtigingen.model import Inperking, Machtiging, Verlopen
from machtigen.machtigingen.wettelijk import Spiegeling
from machtigen.partijen.model import PartijId
from tests.machtigen.conftest import Rooms
from tests.machtigen.links import EVA
from tests.machtigen.world import AANVULLENDE_BEURS, ANJA, DAY, NOOR, NOW, STRANGER, aanvraag

MIDDLE = Niveau.SUBSTANTIEEL
END = NOW + 200 * DAY


def made(
    rooms: Rooms, now: datetime = NOW, wish: Any = None, van: PartijId = NOOR, aan: PartijId = ANJA
) -> Machtiging:
    issued = rooms.machtigingen.grant(wish or aanvraag(end=now + 200 * DAY), van, MIDDLE, now)
    return rooms.machtigingen.confirm(issued.code, aan, MIDDLE, now)


def chain(rooms: Rooms, end: datetime = END) -> tuple[Machtiging, Machtiging]:
    """A power of Noor that Anja passed on to Eva until `end`."""
    top = made(rooms, wish=replace(aanvraag(), doormachtigen=1))
    issued = rooms.machtigingen.delegate(top.id, aanvraag(end=end), ANJA, MIDDLE, NOW)
    return top, rooms.machtigingen.confirm(issued.code, EVA, MIDDLE, NOW)


def use(rooms: Rooms, ids: Sequence[str], now: datetime) -> None:
    rooms.database.write(lambda session: rooms.machtigingen.note_use(session, ids, now))


def kinds(rooms: Rooms, who: PartijId, machtiging: str, now: datetime) -> list[tuple[str, str, str | None]]:
    lines = rooms.machtigingen.history(machtiging, who, now)
    return [(line.gebeurtenis.value, line.door, line.reden) for line in lines]


def reminders(rooms: Rooms, who: PartijId, now: datetime) -> int:
    rooms.upkeep(now)
    return sum(one.soort.value == "herinnering" for one in rooms.berichten.list_for(who).resultaten)


def test_a_link_ends_with_the_one_above_at_the_same_moment(rooms: Rooms) -> None:
    top, link = chain(rooms)
    ended: list[str] = []
    rooms.machtigingen.on_end.append(lambda _session, identifier, _now: ended.append(identifier))
    assert rooms.machtigingen.list_representable(EVA, AANVULLENDE_BEURS, END) == []
    rooms.machtigingen.settle_expired(END + DAY)
    assert sorted(ended) == sorted([top.id, link.id])
    for one, who in ((top, NOOR), (link, EVA)):
        found = rooms.machtigingen.find(one.id)
        assert found is not None
        assert found.status == Verlopen(END)
        assert kinds(rooms, who, one.id, END + DAY)[-1] == ("verlopen", "stelsel", None)


def test_a_link_that_ended_before_the_one_above_says_when(rooms: Rooms) -> None:
    top, link = chain(rooms, END - 10 * DAY)
    rooms.machtigingen.revoke(top.id, NOOR, END - 5 * DAY)
    found = rooms.machtigingen.find(link.id)
    assert found is not None
    assert found.status == Verlopen(END - 10 * DAY)
    assert rooms.machtigingen.history(link.id, EVA, END)[-1].op == END - 10 * DAY


@pytest.mark.parametrize("act", ["revoke", "renounce", "death"])
def test_whatever_ends_the_top_ends_open_requests_below_too(rooms: Rooms, act: str) -> None:
    top = made(rooms, wish=replace(aanvraag(), doormachtigen=1))
    issued = rooms.machtigingen.delegate(top.id, aanvraag(), ANJA, MIDDLE, NOW)
    if act == "revoke":
        rooms.machtigingen.revoke(top.id, NOOR, NOW)
    elif act == "renounce":
        rooms.machtigingen.renounce(top.id, ANJA, NOW)
    else:
        rooms.database.write(lambda session: rooms.machtigingen.end_all_of(session, NOOR, "overlijden", NOW))
    with pytest.raises(errors.CodeUnknown):
        rooms.machtigingen.confirm(issued.code, EVA, MIDDLE, NOW)
    assert kinds(rooms, ANJA, issued.machtiging.id, NOW)[-1] == ("beeindigd", "stelsel", "parent-ended")


def test_a_death_ends_all_of_one_person_and_nothing_of_others(rooms: Rooms) -> None:
    top, link = chain(rooms)
    other = made(rooms, van=STRANGER)
    waiting = rooms.machtigingen.grant(aanvraag(), ANJA, MIDDLE, NOW)
    died = NOW + DAY

    def die(session: Session) -> list[str]:
        return [one.id for one in rooms.machtigingen.end_all_of(session, ANJA, "overlijden", died)]

    ended = rooms.database.write(die)
    assert sorted(ended) == sorted([top.id, other.id, waiting.machtiging.id])  # the link went with its top
    assert kinds(rooms, EVA, link.id, died)[-1] == ("beeindigd", "stelsel", "parent-ended")
    assert rooms.machtigingen.list_representable(EVA, AANVULLENDE_BEURS, died) == []
    with pytest.raises(errors.CodeUnknown):
        rooms.machtigingen.confirm(waiting.code, STRANGER, MIDDLE, died)


def test_a_power_by_law_is_mirrored_once_and_renewed(rooms: Rooms) -> None:
    said = Spiegeling(NOOR, ANJA, Grond.GEZAG, "brp", NOW)
    first, again = (
        rooms.database.write(lambda session, now=now: rooms.machtigingen.mirror(session, said, now))  # type: ignore[misc]  # bound in the loop
        for now in (NOW, NOW + DAY)
    )
    assert (first.id, again.lease_tot) == (again.id, NOW + 2 * DAY)
    assert kinds(rooms, NOOR, first.id, NOW) == [("vastgelegd", "stelsel", None)]
    for act in (rooms.machtigingen.revoke, rooms.machtigingen.renounce, rooms.machtigingen.pause):
        for who in (NOOR, ANJA):
            with pytest.raises(errors.SetByLaw):
                act(first.id, who, NOW)


# -- two years without use ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("begun", "still", "gone"),
    [
        ("2026-11-24 10", "2028-11-24 09", "2028-11-24 10"),
        ("2026-03-01 09", "2028-02-29 23", "2028-03-01 09"),
        ("2028-02-29 09", "2030-02-28 23", "2030-03-01 00"),
    ],
)
def test_what_nobody_uses_ends_after_two_years_and_no_day_before(
    rooms: Rooms, begun: str, still: str, gone: str
) -> None:
    start, before, after = (datetime.fromisoformat(f"{one}:00+00:00") for one in (begun, still, gone))
    machtiging = made(rooms, start, aanvraag(end=start + 1500 * DAY))
    assert rooms.machtigingen.end_unused(before) == 0
    assert rooms.machtigingen.end_unused(after) == 1
    assert rooms.machtigingen.end_unused(after) == 0
    assert kinds(rooms, NOOR, machtiging.id, after)[-1] == ("beeindigd", "stelsel", "unused")


def test_a_use_begins_the_two_years_anew(rooms: Rooms) -> None:
    machtiging = made(rooms, wish=aanvraag(end=NOW + 1500 * DAY))
    use(rooms, [machtiging.id], NOW + 700 * DAY)
    assert rooms.machtigingen.end_unused(NOW + 1400 * DAY) == 0
    assert rooms.machtigingen.end_unused(NOW + 1431 * DAY) == 1


def test_what_has_not_begun_is_not_unused_and_the_law_needs_no_use(rooms: Rooms) -> None:
    made(rooms, wish=aanvraag(start=NOW + 800 * DAY, end=NOW + 1500 * DAY))
    said = Spiegeling(NOOR, ANJA, Grond.CURATELE, "ccbr", NOW)
    rooms.database.write(lambda session: rooms.machtigingen.mirror(session, said, NOW))
    assert rooms.machtigingen.end_unused(NOW + 1000 * DAY) == 0


# -- reminders ---------------------------------------------------------------------------------------


def test_both_sides_are_reminded_once_thirty_and_once_seven_days_before(rooms: Rooms) -> None:
    made(rooms)
    seen = []
    for days_left in (31, 30, 30, 20, 8, 7, 7, 1):
        rooms.machtigingen.remind(END - days_left * DAY)
        seen.append(reminders(rooms, NOOR, END - days_left * DAY))
    assert seen == [0, 1, 1, 1, 1, 2, 2, 2]
    assert reminders(rooms, ANJA, END - DAY) == 2


def test_after_a_long_silence_there_is_one_reminder_not_two(rooms: Rooms) -> None:
    made(rooms)
    assert rooms.machtigingen.remind(END - 5 * DAY) == 1
    assert rooms.machtigingen.remind(END - 4 * DAY) == 0


@pytest.mark.parametrize(("days", "expected"), [(5, 0), (20, 1), (40, 2)])
def test_nobody_is_reminded_of_what_they_have_just_agreed_on(rooms: Rooms, days: int, expected: int) -> None:
    made(rooms, wish=aanvraag(end=NOW + days * DAY))
    for hours in range(0, days * 24, 12):
        rooms.machtigingen.remind(NOW + timedelta(hours=hours))
    assert reminders(rooms, NOOR, NOW + days * DAY - timedelta(hours=1)) == expected


def test_a_later_end_is_reminded_of_anew_and_an_ended_one_never(rooms: Rooms) -> None:
    machtiging = made(rooms)
    later = END - 29 * DAY
    rooms.machtigingen.remind(later)
    for who in (NOOR, ANJA):
        rooms.machtigingen.extend(machtiging.id, END + 100 * DAY, who, MIDDLE, later)
    assert rooms.machtigingen.remind(later) == 0
    assert rooms.machtigingen.remind(END + 71 * DAY) == 1
    rooms.machtigingen.revoke(machtiging.id, NOOR, END + 80 * DAY)
    assert rooms.machtigingen.remind(END + 95 * DAY) == 0


# -- uses --------------------------------------------------------------------------------------------


def test_uses_are_counted_to_the_limit_on_every_link(rooms: Rooms) -> None:
    top = made(rooms, wish=replace(aanvraag(), doormachtigen=1, max_gebruik=3))
    issued = rooms.machtigingen.delegate(top.id, replace(aanvraag(), max_gebruik=2), ANJA, MIDDLE, NOW)
    link = rooms.machtigingen.confirm(issued.code, EVA, MIDDLE, NOW)
    for _ in range(2):
        use(rooms, [link.id, top.id], NOW)
    with pytest.raises(errors.NotActive):
        use(rooms, [link.id, top.id], NOW)
    use(rooms, [top.id], NOW)
    with pytest.raises(errors.NotActive):
        use(rooms, [top.id], NOW)
    found = [rooms.machtigingen.find(one.id) for one in (top, link)]
    assert [one.gebruikt for one in found if one] == [3, 2]


@pytest.mark.parametrize("what", ["narrowed", "paused", "contested", "ended", "lapsed"])
def test_what_changed_since_it_was_judged_is_not_used(rooms: Rooms, what: str) -> None:
    top, _ = chain(rooms)
    (judged,) = rooms.machtigingen.list_representable(EVA, AANVULLENDE_BEURS, NOW)
    act: Any = {
        "narrowed": lambda: rooms.machtigingen.narrow(top.id, Inperking(zaak="2026-1"), NOOR, NOW),
        "paused": lambda: rooms.machtigingen.pause(top.id, NOOR, NOW),
        "contested": lambda: rooms.machtigingen.contest(top.id, None, NOOR, NOW),
        "ended": lambda: rooms.machtigingen.revoke(top.id, NOOR, NOW),
        "lapsed": lambda: None,
    }[what]
    act()
    when = END if what == "lapsed" else NOW

    def late(session: Session) -> None:
        rooms.machtigingen.note_use(session, judged.ids, when, judged.schakels)

    with pytest.raises(errors.NotActive):
        rooms.database.write(late)
    assert [one.gebruikt for one in map(rooms.machtigingen.find, judged.ids) if one] == [0, 0]
