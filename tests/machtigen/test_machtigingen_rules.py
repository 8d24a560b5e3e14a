"""The rules of machtigingen, one by one. No database, no network."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from machtigen import errors
from machtigen.diensten.model import Niveau
from machtigen.machtigingen import rules
from machtigen.machtigingen.beperkingen import Vraag
from machtigen.machtigingen.errors import FunctionNeedsOrganisation
from machtigen.machtigingen.model import (
    Aangevraagd,
    Aanvraag,
    Actief,
    Beeindigd,
    Geweigerd,
    Ingetrokken,
    Machtiging,
    Opgezegd,
    Rol,
    Verlopen,
)
from tests.machtigen.world import (
    AANVULLENDE_BEURS,
    ANJA,
    ARRANGE,
    DAY,
    HIGH,
    KNOWN,
    NOOR,
    NOT_DELEGABLE,
    NOW,
    ONLY_GEZAG,
    ONLY_READING,
    PAY,
    READ,
    REISPRODUCT,
    STRANGER,
    aanvraag,
)

LATER = NOW + DAY


def request(
    asked: Aanvraag | None = None,
    rol: Rol = Rol.VERTEGENWOORDIGDE,
    niveau: Niveau = Niveau.HOOG,
    **more: object,
) -> Machtiging:
    door = NOOR if rol is Rol.VERTEGENWOORDIGDE else ANJA
    return rules.request(
        asked or aanvraag(), KNOWN, identifier=str(more.get("identifier", "m1")), door=door, rol=rol,
        niveau=niveau, code_hash=b"h" * 32, now=NOW,
    )  # fmt: skip


def granted(asked: Aanvraag | None = None, **more: object) -> Machtiging:
    return rules.confirm(request(asked, **more), ANJA, Niveau.SUBSTANTIEEL, [], NOW)  # type: ignore[arg-type]  # passed on


def question(**more: object) -> Vraag:
    facts = {
        "dienst": AANVULLENDE_BEURS,
        "niveau": Niveau.SUBSTANTIEEL,
        "now": LATER,
        "handeling": READ,
        **more,
    }
    return Vraag(**facts)  # type: ignore[arg-type]  # facts of a test


def test_a_request_waits_for_the_other_side_and_gives_no_power() -> None:
    asked = request()
    assert isinstance(asked.status, Aangevraagd)
    assert asked.party(Rol.VERTEGENWOORDIGER) is None
    assert rules.decide(asked, question()).reasons == ("status-aangevraagd",)
    with pytest.raises(LookupError):
        asked.vertegenwoordiger  # noqa: B018 - reading it is the test


def test_who_confirms_a_grant_becomes_the_representative() -> None:
    machtiging = granted()
    assert (machtiging.vertegenwoordigde, machtiging.vertegenwoordiger) == (NOOR, ANJA)
    assert machtiging.status == Actief(sinds=NOW)
    assert rules.decide(machtiging, question()).allowed


def test_who_confirms_a_request_becomes_the_represented_person_at_their_own_level() -> None:
    asked = request(rol=Rol.VERTEGENWOORDIGER, niveau=Niveau.HOOG)
    machtiging = rules.confirm(asked, NOOR, Niveau.SUBSTANTIEEL, [], NOW)
    assert (machtiging.vertegenwoordigde, machtiging.vertegenwoordiger) == (NOOR, ANJA)
    assert machtiging.niveau is Niveau.SUBSTANTIEEL


def test_a_request_confirmed_at_too_low_a_level_is_refused() -> None:
    asked = request(rol=Rol.VERTEGENWOORDIGER, niveau=Niveau.HOOG)
    with pytest.raises(errors.LevelTooLow):
        rules.confirm(asked, NOOR, Niveau.LAAG, [], NOW)


def test_a_grant_at_too_low_a_level_is_refused() -> None:
    with pytest.raises(errors.LevelTooLow):
        request(aanvraag(HIGH), niveau=Niveau.SUBSTANTIEEL)


@pytest.mark.parametrize(
    ("asked", "refusal"),
    [
        (aanvraag("urn:uuid:00000000-0000-0000-0000-000000000000"), errors.ServiceUnknown),
        (aanvraag(NOT_DELEGABLE), errors.ServiceNotDelegable),
        (aanvraag(ONLY_GEZAG), errors.GroundNotAccepted),
        (aanvraag(ONLY_READING, handelingen=frozenset({ARRANGE})), errors.ActionNotOffered),
        (aanvraag(REISPRODUCT, AANVULLENDE_BEURS, handelingen=frozenset({PAY})), errors.ActionNotOffered),
        (aanvraag(handelingen=frozenset()), errors.NothingChosen),
        (aanvraag(end=NOW - timedelta(seconds=1)), errors.EndInThePast),
        (aanvraag(end=NOW), errors.EndInThePast),
        (aanvraag(start=LATER, end=LATER), errors.EndBeforeStart),
        (aanvraag(start=LATER, end=LATER - timedelta(seconds=1)), errors.EndBeforeStart),
        (aanvraag(start=NOW - DAY), errors.StartInThePast),
        (aanvraag(end=datetime(2031, 11, 24, 10, 0, 1, tzinfo=UTC)), errors.PeriodTooLong),
        (aanvraag(functie="kok"), FunctionNeedsOrganisation),
    ],
)
def test_what_cannot_be_a_machtiging_is_refused(asked: Aanvraag, refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        request(asked)


def test_five_years_to_the_second_is_allowed() -> None:
    assert request(aanvraag(end=datetime(2031, 11, 24, 10, 0, tzinfo=UTC))).geldig_tot.year == 2031


def test_five_years_from_a_leap_day_end_on_the_first_of_march() -> None:
    assert rules.years_later(datetime(2028, 2, 29, tzinfo=UTC), 5) == datetime(2033, 3, 1, tzinfo=UTC)


def test_a_start_earlier_today_becomes_now() -> None:
    assert request(aanvraag(start=NOW - timedelta(hours=9))).geldig_van == NOW


def test_the_code_never_outlives_the_power() -> None:
    status = request(aanvraag(end=NOW + 3 * DAY)).status
    assert isinstance(status, Aangevraagd)
    assert status.code_geldig_tot == NOW + 3 * DAY


@pytest.mark.parametrize("moment", [NOW + 14 * DAY, NOW + 15 * DAY])
def test_an_old_code_answers_nothing(moment: datetime) -> None:
    with pytest.raises(errors.CodeUnknown):
        rules.confirm(request(), ANJA, Niveau.HOOG, [], moment)
    assert rules.status_at(request(), moment) == Verlopen(op=NOW + 14 * DAY)


def test_nobody_answers_their_own_request() -> None:
    for answer in (
        lambda: rules.confirm(request(), NOOR, Niveau.HOOG, [], NOW),
        lambda: rules.decline(request(), NOOR, NOW),
    ):
        with pytest.raises(errors.CodeUnknown):
            answer()


def test_a_declined_request_stays_declined() -> None:
    declined = rules.decline(request(), ANJA, NOW)
    assert declined.status == Geweigerd(op=NOW)
    with pytest.raises(errors.CodeUnknown):
        rules.confirm(declined, ANJA, Niveau.HOOG, [], NOW)
    with pytest.raises(errors.AlreadyEnded):
        rules.revoke(declined, NOOR, NOW)


def test_the_represented_person_revokes_and_the_representative_renounces() -> None:
    assert rules.revoke(granted(), NOOR, LATER).status == Ingetrokken(op=LATER, door=Rol.VERTEGENWOORDIGDE)
    assert rules.renounce(granted(), ANJA, LATER).status == Opgezegd(op=LATER)


def test_neither_does_what_is_the_others() -> None:
    with pytest.raises(errors.WrongRole):
        rules.revoke(granted(), ANJA, LATER)
    with pytest.raises(errors.WrongRole):
        rules.renounce(granted(), NOOR, LATER)


def test_who_asked_withdraws_before_an_answer() -> None:
    assert isinstance(rules.revoke(request(), NOOR, NOW).status, Ingetrokken)
    asked = request(rol=Rol.VERTEGENWOORDIGER)
    assert rules.revoke(asked, ANJA, NOW).status == Ingetrokken(op=NOW, door=Rol.VERTEGENWOORDIGER)
    with pytest.raises(errors.NotYetAccepted):
        rules.renounce(asked, ANJA, NOW)


def test_a_stranger_learns_nothing_by_trying() -> None:
    for attempt in (rules.revoke, rules.renounce):
        with pytest.raises(errors.NotFound):
            attempt(granted(), STRANGER, NOW)


@pytest.mark.parametrize(
    "ended",
    [
        Geweigerd(NOW),
        Ingetrokken(NOW, Rol.VERTEGENWOORDIGDE),
        Opgezegd(NOW),
        Verlopen(NOW),
        Beeindigd(NOW, "overlijden"),
    ],
)
def test_what_has_ended_stays_ended(ended: Geweigerd | Ingetrokken | Opgezegd | Verlopen | Beeindigd) -> None:
    machtiging = replace(granted(), status=ended)
    assert rules.status_at(machtiging, LATER) == ended
    assert not rules.decide(machtiging, question()).allowed
    assert rules.acties(machtiging, Rol.VERTEGENWOORDIGDE, NOW) == ()
    for act in (
        lambda: rules.revoke(machtiging, NOOR, NOW),
        lambda: rules.renounce(machtiging, ANJA, NOW),
        lambda: rules.end(machtiging, "x", NOW),
    ):
        with pytest.raises(errors.AlreadyEnded):
            act()


def test_time_ends_it_to_the_second() -> None:
    machtiging = granted()
    end = machtiging.geldig_tot
    assert rules.decide(machtiging, question(now=end - timedelta(seconds=1))).allowed
    assert rules.decide(machtiging, question(now=end)).reasons == ("status-verlopen", "expired")
    with pytest.raises(errors.AlreadyEnded):
        rules.revoke(machtiging, NOOR, end)


def test_before_its_start_it_is_active_but_gives_nothing() -> None:
    machtiging = granted(aanvraag(start=NOW + 5 * DAY))
    assert isinstance(rules.status_at(machtiging, NOW), Actief)
    assert rules.decide(machtiging, question()).reasons == ("not-yet-valid",)
    assert not rules.usable(machtiging, KNOWN[AANVULLENDE_BEURS], LATER)


def test_every_reason_is_named() -> None:
    asked = question(dienst=REISPRODUCT, handeling=PAY, niveau=Niveau.LAAG, now=NOW - DAY)
    assert set(rules.decide(granted(), asked).reasons) == {
        "service-outside", "action-outside", "level-too-low", "not-yet-valid",
    }  # fmt: skip


def test_a_case_machtiging_is_for_that_case_only() -> None:
    machtiging = granted(aanvraag(zaak="2026-0001"))
    assert rules.decide(machtiging, question(zaak="2026-0001")).allowed
    assert rules.decide(machtiging, question(zaak="2026-0002")).reasons == ("case-outside",)
    assert rules.decide(machtiging, question()).reasons == ("case-outside",)


def test_a_service_that_changes_its_rules_is_obeyed_at_once() -> None:
    machtiging, service = granted(niveau=Niveau.SUBSTANTIEEL), KNOWN[AANVULLENDE_BEURS]
    assert rules.usable(machtiging, service, LATER)
    assert not rules.usable(machtiging, replace(service, machtigbaar=False), LATER)
    assert not rules.usable(machtiging, replace(service, gronden=frozenset()), LATER)
    assert not rules.usable(machtiging, replace(service, min_niveau=Niveau.HOOG), LATER)
    assert not rules.usable(machtiging, replace(service, handelingen=frozenset({PAY})), LATER)


def test_acts_that_are_offered_are_acts_that_work() -> None:
    assert rules.acties(request(), Rol.VERTEGENWOORDIGDE, NOW) == ("intrekken",)
    both = ("beperken", "verlengen", "pauzeren")
    assert rules.acties(granted(), Rol.VERTEGENWOORDIGDE, NOW) == ("intrekken", *both, "betwisten")
    assert rules.acties(granted(), Rol.VERTEGENWOORDIGER, NOW) == ("opzeggen", *both, "betwisten")
    assert rules.acties(granted(), Rol.VERTEGENWOORDIGER, NOW + 400 * DAY) == ()


def test_the_same_power_twice_between_the_same_two_is_refused() -> None:
    with pytest.raises(errors.AlreadyAuthorised):
        rules.confirm(request(identifier="m2"), ANJA, Niveau.HOOG, [granted()], NOW)


@pytest.mark.parametrize(
    "asked",
    [
        aanvraag(handelingen=frozenset({READ, ARRANGE})),
        aanvraag(AANVULLENDE_BEURS, REISPRODUCT),
        aanvraag(start=NOW + 200 * DAY, end=NOW + 300 * DAY),
    ],
    ids=["more actions", "more services", "afterwards"],
)
def test_a_power_that_adds_something_is_no_repeat(asked: Aanvraag) -> None:
    added = rules.confirm(request(asked, identifier="m2"), ANJA, Niveau.HOOG, [granted()], NOW)
    assert isinstance(added.status, Actief)


def test_after_an_end_the_same_power_can_be_given_again() -> None:
    ended = rules.revoke(granted(), NOOR, NOW)
    assert isinstance(rules.confirm(request(identifier="m2"), ANJA, Niveau.HOOG, [ended], NOW).status, Actief)


def test_the_other_direction_is_another_power() -> None:
    reverse = replace(granted(), id="m0", aanvrager=ANJA, wederpartij=NOOR)
    assert isinstance(rules.confirm(request(), ANJA, Niveau.HOOG, [reverse], NOW).status, Actief)
