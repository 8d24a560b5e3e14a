"""Who has authority over a child, case by case, and what receivers are told of it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from identiteit.errors import InvalidEvent
from identiteit.gebeurtenissen import leeftijd, rules
from identiteit.gebeurtenissen.gezag import gezag_over
from identiteit.gebeurtenissen.model import (
    MEASURES,
    Gebeurtenis,
    Gemeld,
    Grond,
    Hoedanigheid,
    Soort,
    Toestand,
    Verhouding,
)
from identiteit.personen.model import Bsn

CASES = yaml.safe_load((Path(__file__).parents[1] / "cases" / "gezag.yaml").read_text("utf-8"))
NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
MINOR = Toestand(minderjarig=True, meerderjarig_op=NOW + timedelta(days=900))


def condition(name: str | None) -> Toestand:
    return {
        None: Toestand(),
        "overleden": Toestand(overleden=True),
        "onder-curatele": Toestand(onder_curatele=True),
        "minderjarig": MINOR,
        "meerderjarig": Toestand(),
    }[name]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["naam"])
def test_authority_is_as_the_brp_would_say(case: dict[str, Any]) -> None:
    child = condition(case["kind"]) if "kind" in case else MINOR
    if case.get("kind") == "overleden":
        child = Toestand(overleden=True, minderjarig=True)
    relations = [
        Verhouding(
            Grond(grond), "kind", who, NOW - timedelta(days=9 - place), "brp",
            in_onderzoek=bool(mark), hoedanigheid=Hoedanigheid(capacity),
        )
        for place, (who, grond, capacity, *mark) in enumerate(case["verhoudingen"])
    ]  # fmt: skip
    known = case.get("toestand", {})
    found = gezag_over(child, relations, lambda who: condition(known.get(who)))
    assert found.soort.value == case["soort"]
    assert {one.partij: grond.value for one, grond in found.houders} == case.get("houders", {})
    assert list(found.redenen) == case.get("redenen", [])
    assert found.in_onderzoek is case.get("in_onderzoek", False)


def test_of_three_children_of_whom_one_died_the_parent_has_authority_over_two() -> None:
    """32: what counts is the child; a parent who died has none over any of them."""
    children = {"een": MINOR, "twee": MINOR, "drie": Toestand(overleden=True, minderjarig=True)}

    def over(parent: Toestand) -> set[str]:
        relation = {child: Verhouding(Grond.GEZAG, child, "ouder", NOW, "brp") for child in children}
        return {
            child
            for child, state in children.items()
            if rules.powers(
                child, [relation[child]], lambda who, state=state: parent if who == "ouder" else state, NOW
            )
        }

    assert over(Toestand()) == {"een", "twee"}
    assert over(Toestand(overleden=True)) == set()


def test_curatele_leaves_no_bewind_or_mentorship_and_debt_rescheduling_stands() -> None:
    relations = [Verhouding(grond, "willem", grond.value, NOW, "rechtspraak") for grond in MEASURES]
    told = rules.powers("willem", relations, lambda who: Toestand(onder_curatele=who == "willem"), NOW)
    assert {one.soort for one in told} == {"curatele", "wsnp"}


def test_an_executor_has_a_power_after_death_only() -> None:
    relation = [Verhouding(Grond.EXECUTEUR, "karim", "ben", NOW, "ctr")]
    for dead in (False, True):
        told = rules.powers(
            "karim", relation, lambda who, dead=dead: Toestand(overleden=dead and who == "karim"), NOW
        )
        assert bool(told) is dead


@pytest.mark.parametrize(("hours", "told"), [(25, False), (24, True), (1, True)])
def test_the_end_of_minority_is_told_in_the_last_day_only(hours: int, told: bool) -> None:
    child = Toestand(minderjarig=True, meerderjarig_op=NOW + timedelta(hours=hours))
    relation = [Verhouding(Grond.GEZAG, "sem", "karim", NOW, "brp")]
    states = {"sem": child, "karim": Toestand()}
    (power,) = rules.powers("sem", relation, states.__getitem__, NOW)
    (fact,) = rules.facts("sem", child, NOW)
    assert power.tot == fact.tot == (child.meerderjarig_op if told else None)
    assert rules.lease_until(power, NOW) <= (child.meerderjarig_op or NOW)


def test_only_what_differs_is_told_facts_first_and_ends_before_beginnings() -> None:
    old = Gemeld("gezag", "sem", "karim", NOW, "brp")
    same = Gemeld("gezag", "sem", "anja", NOW, "brp")
    new = [same, Gemeld("voogdij", "sem", "ben", NOW, "brp"), Gemeld("minderjarig", "sem", None, NOW, "x")]
    found = rules.changes({one.key: one for one in (old, same)}, new, lambda _who: MINOR)
    assert [(one.gemeld.soort, one.geldt, one.reden) for one in found] == [
        ("minderjarig", True, None), ("gezag", False, "bron"), ("voogdij", True, None),
    ]  # fmt: skip
    told = {one.key: one for one in new}
    assert rules.changes(told, new, lambda _who: MINOR) == []


def test_a_measure_that_takes_the_place_of_another_on_the_same_day_stays() -> None:
    day = NOW - timedelta(days=1)
    old = Verhouding(Grond.MENTORSCHAP, "willem", "bakker", day - timedelta(days=400), "rechtspraak")
    new = Verhouding(Grond.CURATELE, "willem", "bakker", day, "rechtspraak")
    assert rules.ended_by(MEASURES, None, day, [old, new]) == [old]
    assert rules.ended_by(MEASURES, Grond.CURATELE, day, [old, new]) == [new]
    assert rules.ended_by(MEASURES, None, NOW, [old, new]) == [old, new]


@pytest.mark.parametrize(
    "changes",
    [
        {"soort": Soort.BEWIND, "hoedanigheid": Hoedanigheid.DERDE},
        {"soort": Soort.GEZAG, "maatregel": Grond.BEWIND},
        {"soort": Soort.MAATREGEL_EINDE, "maatregel": Grond.GEZAG},
    ],
)
def test_a_mark_that_does_not_belong_there_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(InvalidEvent):
        rules.check(Gebeurtenis(**{
            "persoon": Bsn("123456782"), "partij": Bsn("999990019"), "per": NOW, "bron": "brp", **changes,
        }))  # fmt: skip


# -- age -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("born", "moment"),
    [
        ("2008-11-25", "2026-11-25T00:00:00+01:00"),
        ("2008-07-01", "2026-07-01T00:00:00+02:00"),
        ("2008-02-29", "2026-03-01T00:00:00+01:00"),
        ("2008-03-30", "2026-03-30T00:00:00+02:00"),
        ("2008-03-29", "2026-03-29T00:00:00+01:00"),  # the clock moves later that Sunday
        ("2008-10-25", "2026-10-25T00:00:00+02:00"),
        ("2008-10-26", "2026-10-26T00:00:00+01:00"),
    ],
)
def test_someone_is_of_age_at_midnight_of_the_eighteenth_birthday(born: str, moment: str) -> None:
    assert leeftijd.of_age_at(date.fromisoformat(born)) == datetime.fromisoformat(moment)


@pytest.mark.parametrize("born", ["2008-02-28", "2008-02-29", "2008-03-01", "2010-02-28", "2010-03-01"])
def test_who_is_of_age_by_a_day_is_so_by_the_hour(born: str) -> None:
    day = date.fromisoformat(born)
    of_age = leeftijd.of_age_at(day)
    assert day <= leeftijd.born_by(of_age)
    assert day > leeftijd.born_by(of_age - timedelta(seconds=1))
