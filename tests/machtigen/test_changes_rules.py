"""Extending, pausing, contesting: whatever gives more, or again, needs whom it concerns."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from machtigen import errors
from machtigen.diensten.model import Niveau
from machtigen.machtigingen import changes, rules
from machtigen.machtigingen.model import Inperking, Machtiging, Verlengingsvoorstel
from machtigen.machtigingen.toestanden import Actief, Beeindigd, Betwist, Gepauzeerd, Rol
from machtigen.partijen.model import PartijId
from tests.machtigen.links import asked, by_law, given
from tests.machtigen.world import AANVULLENDE_BEURS, ANJA, DAY, KNOWN, NOOR, NOW, STRANGER, aanvraag

MIDDLE = Niveau.SUBSTANTIEEL
LATER = NOW + DAY
END = NOW + 200 * DAY
NEW_END = NOW + 300 * DAY
ENDED = rules.revoke(given(), NOOR, NOW)
SERVICE = KNOWN[AANVULLENDE_BEURS]
ORGANISATION = PartijId("org:00000099000000002000")


def extend(
    machtiging: Machtiging, until: datetime, who: Any, now: datetime = LATER, niveau: Niveau = MIDDLE
) -> Machtiging:
    return changes.extend(machtiging, until, who, niveau, now)


@pytest.mark.parametrize(("one", "other"), [(NOOR, ANJA), (ANJA, NOOR)])
def test_one_side_proposes_and_the_other_agrees(one: Any, other: Any) -> None:
    proposed = extend(given(), NEW_END, one)
    assert proposed.geldig_tot == END
    assert changes.open_proposal(proposed, LATER) == proposed.voorstel
    agreed = extend(proposed, NEW_END, other)
    assert (agreed.geldig_tot, agreed.voorstel) == (NEW_END, None)
    assert agreed.geldig_van == given().geldig_van


def test_nobody_agrees_with_themselves() -> None:
    again = extend(extend(given(), NEW_END, NOOR), NEW_END, NOOR)
    assert again.geldig_tot == END
    assert again.voorstel is not None


def test_another_end_is_a_counter_proposal_that_the_first_side_must_agree_to() -> None:
    countered = extend(extend(given(), NEW_END, NOOR), NEW_END - DAY, ANJA)
    assert countered.voorstel == Verlengingsvoorstel(NEW_END - DAY, Rol.VERTEGENWOORDIGER, LATER)
    assert extend(countered, NEW_END, NOOR).geldig_tot == END
    assert extend(countered, NEW_END - DAY, NOOR).geldig_tot == NEW_END - DAY


def test_an_old_proposal_is_no_proposal() -> None:
    proposed = extend(given(), NEW_END, NOOR)
    after = LATER + changes.PROPOSAL_VALID_FOR
    assert changes.open_proposal(proposed, after - timedelta(seconds=1)) is not None
    assert changes.open_proposal(proposed, after) is None
    assert extend(proposed, NEW_END, ANJA, after).geldig_tot == END
    with pytest.raises(errors.NothingProposed):
        changes.refuse_extension(proposed, ANJA, after)


def test_nothing_else_changes_with_a_longer_period() -> None:
    narrowed = changes.narrow(given(), Inperking(max_gebruik=3, geldig_tot=END - DAY), NOOR, LATER)
    agreed = extend(extend(narrowed, NEW_END, NOOR), NEW_END, ANJA)
    kept = ("diensten", "handelingen", "max_gebruik", "min_niveau", "doelen", "zaak", "niveau", "status")
    assert [getattr(agreed, name) for name in kept] == [getattr(narrowed, name) for name in kept]


@pytest.mark.parametrize("until", [END, END - DAY, NOW])
def test_a_new_end_lies_later(until: datetime) -> None:
    with pytest.raises(errors.NotLater):
        extend(given(), until, NOOR)


def test_five_years_from_today_and_no_longer() -> None:
    limit = datetime(2031, 11, 25, 10, 0, tzinfo=UTC)
    assert extend(given(), limit, NOOR).voorstel is not None
    with pytest.raises(errors.PeriodTooLong):
        extend(given(), limit + timedelta(seconds=1), NOOR)


@pytest.mark.parametrize(("registered", "login"), [(MIDDLE, Niveau.LAAG), (Niveau.HOOG, MIDDLE)])
def test_a_longer_power_is_given_at_the_level_of_registration(registered: Niveau, login: Niveau) -> None:
    machtiging = given(niveau=registered)
    with pytest.raises(errors.LevelTooLow):
        extend(machtiging, NEW_END, NOOR, niveau=login)
    proposed = extend(machtiging, NEW_END, ANJA, niveau=login)
    with pytest.raises(errors.LevelTooLow):
        extend(proposed, NEW_END, NOOR, niveau=login)
    assert extend(proposed, NEW_END, NOOR, niveau=registered).geldig_tot == NEW_END


@pytest.mark.parametrize("who", [NOOR, ANJA])
def test_a_proposal_is_turned_down_or_taken_back(who: Any) -> None:
    proposed = extend(given(), NEW_END, NOOR)
    assert changes.refuse_extension(proposed, who, LATER).voorstel is None
    with pytest.raises(errors.NothingProposed):
        changes.refuse_extension(given(), who, LATER)


@pytest.mark.parametrize(
    "state", [Gepauzeerd(NOW, Rol.VERTEGENWOORDIGDE), Betwist(NOW, Rol.VERTEGENWOORDIGER, Actief(NOW))]
)
def test_only_an_active_power_is_extended_or_paused(state: Any) -> None:
    machtiging = given(status=state)
    with pytest.raises(errors.NotActive):
        extend(machtiging, NEW_END, NOOR)
    with pytest.raises(errors.NotActive):
        changes.pause(machtiging, NOOR, LATER)


ACTS: list[Any] = [
    lambda found, who: extend(found, NEW_END, who),
    lambda found, who: changes.refuse_extension(found, who, LATER),
    lambda found, who: changes.pause(found, who, LATER),
    lambda found, who: changes.resume(found, who, LATER),
    lambda found, who: changes.contest(found, who, LATER),
]


@pytest.mark.parametrize("act", ACTS)
def test_a_stranger_finds_nothing_and_what_has_ended_stays_so(act: Any) -> None:
    with pytest.raises(errors.NotFound):
        act(given(), STRANGER)
    with pytest.raises(errors.AlreadyEnded):
        act(ENDED, NOOR)
    with pytest.raises(errors.NotFound):
        act(ENDED, STRANGER)


@pytest.mark.parametrize("act", ACTS)
def test_nothing_of_this_can_be_done_with_a_request(act: Any) -> None:
    with pytest.raises((errors.NotActive, errors.NotPaused, errors.NothingProposed)):
        act(asked(), NOOR)


@pytest.mark.parametrize("who", [NOOR, ANJA])
def test_what_the_law_gave_is_neither_extended_nor_paused_but_may_be_contested(who: Any) -> None:
    for act in (ACTS[0], ACTS[2]):
        with pytest.raises(errors.SetByLaw):
            act(by_law(), who)
    assert isinstance(changes.contest(by_law(), who, LATER).status, Betwist)


@pytest.mark.parametrize(("one", "other"), [(NOOR, ANJA), (ANJA, NOOR)])
def test_who_paused_it_resumes_it_and_nobody_else(one: Any, other: Any) -> None:
    paused = changes.pause(given(), one, LATER)
    assert not rules.usable(paused, SERVICE, LATER)
    with pytest.raises(errors.WrongRole):
        changes.resume(paused, other, LATER)
    resumed = changes.resume(paused, one, LATER + DAY)
    assert resumed.status == Actief(sinds=LATER + DAY)
    assert rules.usable(resumed, SERVICE, LATER + DAY)
    with pytest.raises(errors.NotPaused):
        changes.resume(resumed, one, LATER + DAY)


def test_time_goes_on_while_it_is_paused() -> None:
    paused = changes.pause(given(), NOOR, LATER)
    with pytest.raises(errors.AlreadyEnded):
        changes.resume(paused, NOOR, END)


@pytest.mark.parametrize("before", [Actief(NOW), Gepauzeerd(NOW, Rol.VERTEGENWOORDIGDE)])
def test_a_contest_freezes_and_its_judgement_gives_back_what_was(before: Any) -> None:
    contested = changes.contest(given(status=before), ANJA, LATER)
    assert contested.status == Betwist(LATER, Rol.VERTEGENWOORDIGER, before)
    assert not rules.usable(contested, SERVICE, LATER)
    assert changes.settle_contest(contested, stands=True, now=LATER).status == before
    ended = changes.settle_contest(contested, stands=False, now=LATER).status
    assert ended == Beeindigd(LATER, "contested")


def test_nobody_contests_what_is_contested_nor_judges_what_is_not() -> None:
    contested = changes.contest(given(), ANJA, LATER)
    for who in (NOOR, ANJA):
        with pytest.raises(errors.NotActive):
            changes.contest(contested, who, LATER)
    for stands in (True, False):
        with pytest.raises(errors.NotContested):
            changes.settle_contest(given(), stands=stands, now=LATER)


@pytest.mark.parametrize("stands", [True, False])
def test_what_time_ended_meanwhile_is_not_judged_any_more(stands: bool) -> None:
    contested = changes.contest(given(), ANJA, LATER)
    with pytest.raises(errors.AlreadyEnded):
        changes.settle_contest(contested, stands=stands, now=END)


def test_while_it_is_contested_the_parties_may_still_end_it() -> None:
    contested = changes.contest(given(), ANJA, LATER)
    assert rules.revoke(contested, NOOR, LATER).status.naam == "ingetrokken"
    assert rules.renounce(contested, ANJA, LATER).status.naam == "opgezegd"


def test_acts_that_are_offered_follow_the_state() -> None:
    paused, contested = changes.pause(given(), NOOR, LATER), changes.contest(given(), NOOR, LATER)
    noor, anja = Rol.VERTEGENWOORDIGDE, Rol.VERTEGENWOORDIGER
    assert rules.acties(paused, noor, LATER) == ("intrekken", "beperken", "hervatten", "betwisten")
    assert rules.acties(paused, anja, LATER) == ("opzeggen", "beperken", "betwisten")
    assert rules.acties(contested, noor, LATER) == ("intrekken", "beperken")
    assert rules.acties(by_law(), noor, LATER) == ("betwisten",)
    assert rules.acties(by_law(), anja, LATER) == ("doormachtigen", "betwisten")


# -- the same again ----------------------------------------------------------------------------------


def test_the_same_open_request_of_the_same_person_is_refused() -> None:
    with pytest.raises(errors.AlreadyRequested):
        rules.require_new(asked(identifier="m2"), [asked()], LATER)


@pytest.mark.parametrize(
    "other",
    [
        asked(aanvraag(label="Papa"), identifier="m2"),
        asked(aanvraag(zaak="2026-1"), identifier="m2"),
        asked(aanvraag(end=END + DAY), identifier="m2"),
        asked(aanvraag(start=NOW + 5 * DAY), identifier="m2"),
        asked(replace(aanvraag(), max_gebruik=1), identifier="m2"),
        asked(replace(aanvraag(), doelen=frozenset({"reizen"})), identifier="m2"),
        asked(replace(aanvraag(), min_niveau=MIDDLE, doormachtigen=1), identifier="m2"),
        asked(door=ANJA, identifier="m2"),
        replace(asked(identifier="m2"), boven="m0"),
        replace(asked(identifier="m2"), gericht_aan=ORGANISATION),
        replace(asked(identifier="m2"), gericht_functie="bewindvoerder"),
        replace(asked(identifier="m2"), initiatief=Rol.VERTEGENWOORDIGER),
    ],
)
def test_a_request_that_differs_in_anything_is_another_one(other: Machtiging) -> None:
    rules.require_new(other, [asked()], NOW)


@pytest.mark.parametrize(
    "before",
    [rules.decline(asked(), ANJA, NOW), rules.revoke(asked(), NOOR, NOW), given()],
    ids=["declined", "withdrawn", "accepted"],
)
def test_after_an_answer_the_same_may_be_asked_again(before: Machtiging) -> None:
    rules.require_new(asked(identifier="m2"), [before], LATER)


def test_a_request_that_nobody_answered_in_time_is_no_obstacle() -> None:
    rules.require_new(asked(identifier="m2"), [asked()], NOW + 14 * DAY)


NARROWER = {
    "purpose": given(replace(aanvraag(), doelen=frozenset({"reizen"}))),
    "uses": given(replace(aanvraag(), max_gebruik=5)),
    "case": given(aanvraag(zaak="2026-1")),
}


@pytest.mark.parametrize("name", ["purpose", "uses", "case"])
def test_what_is_limited_does_not_stand_in_the_way_of_what_is_not(name: str) -> None:
    assert not rules.covered(given(identifier="m2"), [NARROWER[name]], NOW)
    assert rules.covered(replace(NARROWER[name], id="m2"), [given()], NOW)


def test_what_may_be_passed_on_is_more_than_what_may_not() -> None:
    onward = given(replace(aanvraag(), doormachtigen=1), identifier="m2")
    assert not rules.covered(onward, [given()], NOW)
    assert rules.covered(given(), [onward], NOW)


@pytest.mark.parametrize(("used", "covered"), [(0, True), (1, False), (2, False)])
def test_uses_that_are_spent_do_not_count(used: int, covered: bool) -> None:
    twice = replace(aanvraag(), max_gebruik=2)
    assert rules.covered(given(twice, identifier="m2"), [given(twice, gebruikt=used)], NOW) is covered


# -- kinds -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("machtiging", "kind"),
    [
        (given(), "machtiging"),
        (given(aanvraag(zaak="2026-1")), "zaakmachtiging"),
        (given(boven="m0"), "ketenmachtiging"),
        (given(aanvraag(zaak="2026-1"), boven="m0"), "ketenmachtiging"),
        (by_law(), "mentorschap"),
    ],
)
def test_each_kind_has_its_name(machtiging: Machtiging, kind: str) -> None:
    assert machtiging.kind == kind


# -- years -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("now", "before"),
    [
        (datetime(2028, 2, 28, 12, tzinfo=UTC), datetime(2026, 2, 28, 12, tzinfo=UTC)),
        (datetime(2028, 2, 29, 12, tzinfo=UTC), datetime(2026, 2, 28, 12, tzinfo=UTC)),
        (datetime(2028, 3, 1, 12, tzinfo=UTC), datetime(2026, 3, 1, 12, tzinfo=UTC)),
        (datetime(2030, 2, 28, 12, tzinfo=UTC), datetime(2028, 2, 28, 12, tzinfo=UTC)),
    ],
)
def test_two_years_back_never_skips_a_day(now: datetime, before: datetime) -> None:
    assert rules.years_earlier(now, 2) == before
