"""The decisions of the desk: pure functions of facts and a moment."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from machtigen import errors
from machtigen.balie import errors as refusals
from machtigen.balie import rules
from machtigen.balie.controle import digest, origin
from machtigen.balie.model import Afgekeurd, Goedgekeurd, Medewerker, Papier, Registratie, Vervallen, Wachtend
from machtigen.diensten.model import Niveau
from machtigen.machtigingen import codes
from machtigen.machtigingen.model import Actief, Beeindigd, Betwist, Gepauzeerd, Rol
from machtigen.partijen.model import PartijId
from tests.machtigen.world import ANJA, DAY, HIGH, KNOWN, NOOR, NOW, ONLY_READING, aanvraag

FIRST, SECOND = Medewerker(PartijId("clerk-1"), "loket"), Medewerker(PartijId("clerk-2"), "loket")
SCAN = "ab" * 32
PAPER = Papier(aanvraag(), NOOR, ANJA, SCAN, gelegitimeerd=True)


def registratie(papier: Papier = PAPER) -> Registratie:
    return rules.record("r1", papier, FIRST, NOW)


@pytest.mark.parametrize("text", [SCAN, SCAN.upper(), f"  {SCAN}\n"])
def test_a_scan_is_64_hex_digits(text: str) -> None:
    assert rules.read_scan(text) == SCAN


@pytest.mark.parametrize(
    "text", ["", "ab", SCAN[:-1], SCAN + "0", "g" + SCAN[1:], "sha256:" + SCAN, "\u0661" * 64]
)
def test_something_else_is_no_scan(text: str) -> None:
    with pytest.raises(refusals.InvalidScanHash):
        rules.read_scan(text)


def test_with_documents_seen_it_is_substantieel_and_never_more() -> None:
    assert rules.niveau_of(PAPER) is Niveau.SUBSTANTIEEL
    assert rules.niveau_of(replace(PAPER, gelegitimeerd=False)) is Niveau.LAAG


def test_a_service_that_asks_more_than_the_desk_saw_is_refused() -> None:
    with pytest.raises(errors.LevelTooLow):
        rules.check(replace(PAPER, aanvraag=aanvraag(HIGH)), KNOWN, NOW)
    with pytest.raises(errors.LevelTooLow):
        rules.check(replace(PAPER, gelegitimeerd=False), KNOWN, NOW)
    assert rules.check(replace(PAPER, aanvraag=aanvraag(ONLY_READING), gelegitimeerd=False), KNOWN, NOW)


def test_nobody_authorises_themself() -> None:
    with pytest.raises(refusals.SamePerson):
        rules.check(replace(PAPER, vertegenwoordiger=NOOR), KNOWN, NOW)


def test_a_paper_of_last_week_counts_from_now() -> None:
    asked = aanvraag(start=NOW - 7 * DAY)
    _, made = rules.approve(
        registratie(replace(PAPER, aanvraag=asked)), SECOND.partij, KNOWN, "m1", NOW + DAY
    )
    assert made.geldig_van == NOW + DAY
    later = aanvraag(start=NOW + 3 * DAY)
    _, made = rules.approve(registratie(replace(PAPER, aanvraag=later)), SECOND.partij, KNOWN, "m1", NOW)
    assert made.geldig_van == NOW + 3 * DAY


def test_a_paper_that_ended_before_it_was_approved_comes_too_late() -> None:
    short = registratie(replace(PAPER, aanvraag=aanvraag(end=NOW + DAY)))
    with pytest.raises(errors.EndInThePast):
        rules.approve(short, SECOND.partij, KNOWN, "m1", NOW + DAY)


@pytest.mark.parametrize(
    ("clerk", "linked", "refused"),
    [(FIRST.partij, False, False), (FIRST.partij, True, True), (NOOR, False, True), (ANJA, False, True)],
)
def test_who_has_to_do_with_the_people_handles_nothing_of_theirs(
    clerk: PartijId, linked: bool, refused: bool
) -> None:
    if not refused:
        rules.require_independent(clerk, PAPER.partijen, linked=linked)
        return
    with pytest.raises(refusals.ConflictOfInterest):
        rules.require_independent(clerk, PAPER.partijen, linked=linked)


def test_the_second_clerk_makes_it_stand() -> None:
    approved, made = rules.approve(registratie(), SECOND.partij, KNOWN, "m1", NOW + DAY)
    assert approved.stand == Goedgekeurd(NOW + DAY, SECOND.partij, "m1")
    assert (made.id, made.vertegenwoordigde, made.vertegenwoordiger) == ("m1", NOOR, ANJA)
    assert (made.status, made.niveau, made.kanaal) == (Actief(NOW + DAY), Niveau.SUBSTANTIEEL, "balie")
    assert (made.initiatief, made.label, made.kind) == (Rol.VERTEGENWOORDIGDE, None, "machtiging")


def test_the_same_clerk_twice_is_refused() -> None:
    with pytest.raises(refusals.SameClerk):
        rules.approve(registratie(), FIRST.partij, KNOWN, "m1", NOW)
    with pytest.raises(refusals.SameClerk):
        rules.refuse(registratie(), FIRST.partij, NOW)


def test_what_was_decided_or_lapsed_is_not_decided_again() -> None:
    refused = rules.refuse(registratie(), SECOND.partij, NOW)
    assert refused.stand == Afgekeurd(NOW, SECOND.partij)
    approved, _ = rules.approve(registratie(), SECOND.partij, KNOWN, "m1", NOW)
    for decided, moment in ((refused, NOW), (approved, NOW), (registratie(), NOW + rules.WAITS_FOR)):
        with pytest.raises(refusals.NotWaiting):
            rules.approve(decided, SECOND.partij, KNOWN, "m2", moment)
        with pytest.raises(refusals.NotWaiting):
            rules.refuse(decided, SECOND.partij, moment)


def test_time_passes_without_anybody_writing_it_down() -> None:
    end = NOW + rules.WAITS_FOR
    assert rules.stand_at(registratie(), end - timedelta(microseconds=1)) == Wachtend(end)
    assert rules.stand_at(registratie(), end) == Vervallen(end)


@pytest.mark.parametrize(
    ("status", "moment", "stand"),
    [
        (Actief(NOW), NOW, "geldig"),
        (Actief(NOW), NOW - DAY, "nu-niet"),
        (Actief(NOW), NOW + 300 * DAY, "voorbij"),
        (Gepauzeerd(NOW, Rol.VERTEGENWOORDIGDE), NOW, "nu-niet"),
        (Betwist(NOW, Rol.VERTEGENWOORDIGDE, Actief(NOW)), NOW, "nu-niet"),
        (Beeindigd(NOW, "deceased"), NOW, "voorbij"),
    ],
)
def test_who_holds_the_paper_learns_whether_it_stands_and_not_why(
    status: Actief, moment: datetime, stand: str
) -> None:
    _, made = rules.approve(registratie(), SECOND.partij, KNOWN, "m1", NOW)
    assert rules.look(replace(made, status=status), moment).stand == stand


@pytest.mark.parametrize(
    ("own", "total", "refused"),
    [(0, 0, False), (9, 9, False), (10, 10, True), (0, 5000, False), (1, 999, False), (1, 1000, True)],
)
def test_guessing_is_measured_by_origin_and_in_total(own: int, total: int, refused: bool) -> None:
    assert rules.too_many(own, total) is refused


def test_origins_are_no_addresses() -> None:
    key = b"k" * 32
    assert "203.0.113.7" not in origin("203.0.113.7", key, NOW)
    assert origin("203.0.113.7", key, NOW) != origin("203.0.113.8", key, NOW)
    assert origin("203.0.113.7", key, NOW) != origin("203.0.113.7", key, NOW + DAY)
    assert origin("2001:db8::1", key, NOW) == origin("2001:db8::ffff:2", key, NOW)
    assert origin("2001:db8::1", key, NOW) != origin("2001:db8:0:1::1", key, NOW)
    assert origin("testclient", key, NOW) != origin("", key, NOW)


def test_a_code_of_a_print_opens_no_request() -> None:
    code = codes.new_code()
    assert digest(code, b"k" * 32) != codes.digest(code, b"k" * 32)
