"""When a presentation is a storing, and how a storing goes from reported to closed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from rechten.errors import StoringStateForbids
from rechten.storingen.model import (
    Door,
    Gemeld,
    Gesloten,
    Gezet,
    Hersteld,
    OorzaakWeggenomen,
    Soort,
    Stap,
    Storing,
    Telaat,
    Tijdig,
    Toestand,
    Voorval,
)
from rechten.storingen.rules import (
    CONFIRM_WITHIN,
    GRACE,
    MOST_NOTED,
    check_step,
    is_open,
    judge,
    must_note,
    toestand,
)

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
MOMENT = timedelta(microseconds=1)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
OPENED = NOW - 10 * DAY


@pytest.mark.parametrize(
    ("ago", "verdict"),
    [
        (-HOUR, Tijdig()),  # the other clock is ahead
        (timedelta(0), Tijdig()),
        (GRACE, Tijdig()),
        (GRACE + MOMENT, Telaat(GRACE + MOMENT)),
        (HOUR, Telaat(HOUR)),
    ],
)
def test_a_presentation_is_too_late_when_the_grace_has_passed(
    ago: timedelta, verdict: Tijdig | Telaat
) -> None:
    assert judge(NOW - ago, NOW) == verdict


def test_the_grace_covers_what_a_status_list_may_lag() -> None:
    assert timedelta(seconds=15 + 60 + 10) <= GRACE <= timedelta(minutes=5)


def voorval(pid: str, *momenten: datetime) -> Voorval:
    return Voorval(f"v-{pid}", pid, "doel", "t" * 32, True, OPENED - HOUR, momenten or (OPENED,))


def storing(*stappen: Gezet, voorvallen: tuple[Voorval, ...] = (voorval("a"), voorval("b"))) -> Storing:
    return Storing("s", Soort.W5, "actor", "client", 1, OPENED, voorvallen, stappen)


def step(stap: Stap, day: float, pid: str | None = None) -> Gezet:
    door = Door.BETROKKENE if pid else Door.ACTOR
    return Gezet(stap, door, OPENED + day * DAY, pid)


REMOVED, RESTORED = step(Stap.OORZAAK_WEGGENOMEN, 1), step(Stap.HERSTELD, 2)
YES_A, YES_B = step(Stap.BEVESTIGD, 3, "a"), step(Stap.BEVESTIGD, 4, "b")
NO_B = step(Stap.TEGENGESPROKEN, 3.5, "b")
CLOSES = RESTORED.op + CONFIRM_WITHIN

LIVES: list[tuple[tuple[Gezet, ...], datetime, Toestand]] = [
    ((), NOW, Gemeld(OPENED)),
    ((), NOW + 400 * DAY, Gemeld(OPENED)),
    ((REMOVED,), NOW, OorzaakWeggenomen(REMOVED.op)),
    ((REMOVED,), NOW + 400 * DAY, OorzaakWeggenomen(REMOVED.op)),
    ((REMOVED, RESTORED), NOW, Hersteld(RESTORED.op, CLOSES)),
    ((REMOVED, RESTORED), CLOSES - MOMENT, Hersteld(RESTORED.op, CLOSES)),
    ((REMOVED, RESTORED), CLOSES, Gesloten(CLOSES, verlopen=True)),
    ((REMOVED, RESTORED, YES_A), NOW, Hersteld(RESTORED.op, CLOSES, frozenset({"a"}))),
    ((REMOVED, RESTORED, YES_A, YES_B), NOW, Gesloten(YES_B.op, verlopen=False)),
    ((REMOVED, RESTORED, YES_A), CLOSES, Gesloten(CLOSES, verlopen=True)),
    ((REMOVED, RESTORED, YES_A, NO_B), NOW, OorzaakWeggenomen(NO_B.op)),
    ((REMOVED, RESTORED, YES_A, NO_B), NOW + 400 * DAY, OorzaakWeggenomen(NO_B.op)),
    (
        (REMOVED, RESTORED, NO_B, step(Stap.HERSTELD, 5)),
        NOW,
        Hersteld(OPENED + 5 * DAY, OPENED + 5 * DAY + CONFIRM_WITHIN),
    ),
]


@pytest.mark.parametrize(("stappen", "now", "state"), LIVES)
def test_it_closes_only_when_restored_and_confirmed_by_all_or_the_term_went_by(
    stappen: tuple[Gezet, ...], now: datetime, state: Toestand
) -> None:
    assert toestand(storing(*stappen), now) == state
    assert is_open(storing(*stappen), now) is not isinstance(state, Gesloten)


@pytest.mark.parametrize("done", [(REMOVED,), (REMOVED, RESTORED), (REMOVED, RESTORED, YES_A)])
def test_a_token_that_is_shown_again_takes_it_back_to_the_begin(done: tuple[Gezet, ...]) -> None:
    again = OPENED + 5 * DAY
    seen = storing(*done, voorvallen=(voorval("a", OPENED, again), voorval("b")))
    assert toestand(seen, NOW) == Gemeld(again)
    assert toestand(seen, NOW + 400 * DAY) == Gemeld(again)


def test_a_person_who_is_hit_later_confirms_too() -> None:
    later = (voorval("a"), voorval("b"), voorval("c", OPENED + 2.5 * DAY))
    again = (step(Stap.OORZAAK_WEGGENOMEN, 2.6), step(Stap.HERSTELD, 2.7))
    seen = storing(REMOVED, RESTORED, *again, YES_A, YES_B, voorvallen=later)
    state = toestand(seen, NOW)
    assert isinstance(state, Hersteld)
    assert state.bevestigd == {"a", "b"}
    closed = replace(seen, stappen=(*seen.stappen, step(Stap.BEVESTIGD, 5, "c")))
    assert toestand(closed, NOW) == Gesloten(OPENED + 5 * DAY, verlopen=False)


FITS: dict[tuple[Gezet, ...], set[Stap]] = {
    (): {Stap.OORZAAK_WEGGENOMEN},
    (REMOVED,): {Stap.HERSTELD},
    (REMOVED, RESTORED): {Stap.BEVESTIGD, Stap.TEGENGESPROKEN},
    (REMOVED, RESTORED, YES_A): {Stap.TEGENGESPROKEN},
    (REMOVED, RESTORED, YES_A, YES_B): set(),
}


@pytest.mark.parametrize("stappen", FITS)
@pytest.mark.parametrize("stap", Stap)
@pytest.mark.parametrize("door", Door)
def test_each_step_fits_in_one_place_and_is_of_one_side(
    stappen: tuple[Gezet, ...], stap: Stap, door: Door
) -> None:
    of_person = stap in {Stap.BEVESTIGD, Stap.TEGENGESPROKEN}
    may = stap in FITS[stappen] and (door is Door.BETROKKENE) is of_person
    if may:
        check_step(storing(*stappen), stap, door, NOW, "a")
    else:
        with pytest.raises(StoringStateForbids):
            check_step(storing(*stappen), stap, door, NOW, "a")


def test_after_the_term_nothing_more_is_said() -> None:
    for stap in Stap:
        for door in Door:
            with pytest.raises(StoringStateForbids):
                check_step(storing(REMOVED, RESTORED), stap, door, CLOSES, "a")


def test_a_flood_is_noted_up_to_a_bound_and_again_after_each_step() -> None:
    flood = [OPENED + number * MOMENT for number in range(MOST_NOTED)]
    assert must_note([], None)
    assert must_note(flood[:-1], None)
    assert not must_note(flood, None)
    assert must_note(flood, flood[0])
    assert must_note(flood, OPENED + HOUR)
