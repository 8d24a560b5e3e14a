"""Narrowing: less in every dimension, at once, by either side, and never anything else."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from machtigen import errors
from machtigen.diensten.model import Niveau
from machtigen.machtigingen import changes, rules
from machtigen.machtigingen.beperkingen import Vraag
from machtigen.machtigingen.model import Aanvraag, Inperking, Machtiging, Verlengingsvoorstel
from machtigen.machtigingen.toestanden import Betwist, Gepauzeerd, Rol
from tests.machtigen.links import asked, by_law, given
from tests.machtigen.world import (
    AANVULLENDE_BEURS,
    ANJA,
    ARRANGE,
    DAY,
    NOOR,
    NOW,
    ONLY_READING,
    PAY,
    READ,
    REISPRODUCT,
    STRANGER,
)

LATER = NOW + DAY
END = NOW + 200 * DAY


def wide() -> Machtiging:
    """Two services, two actions, two purposes, five uses, 200 days."""
    wish = Aanvraag(
        diensten=(AANVULLENDE_BEURS, REISPRODUCT), handelingen=frozenset({READ, ARRANGE}), geldig_tot=END,
        doelen=frozenset({"studiefinanciering", "reizen"}), max_gebruik=5,
    )  # fmt: skip
    return given(wish)


def question(**more: Any) -> Vraag:
    facts = {
        "dienst": AANVULLENDE_BEURS,
        "niveau": Niveau.SUBSTANTIEEL,
        "now": LATER,
        "handeling": READ,
        "zaak": "2026-1",
        "doel": "studiefinanciering",
        **more,
    }
    return Vraag(**facts)


DIMENSIONS: list[tuple[str, Inperking, dict[str, Any], str]] = [
    ("services", Inperking(diensten=(AANVULLENDE_BEURS,)), {"dienst": REISPRODUCT}, "service-outside"),
    ("actions", Inperking(handelingen=frozenset({READ})), {"handeling": ARRANGE}, "action-outside"),
    ("period", Inperking(geldig_tot=NOW + 10 * DAY), {"now": NOW + 10 * DAY}, "expired"),
    ("case", Inperking(zaak="2026-1"), {"zaak": "2026-2"}, "case-outside"),
    ("purposes", Inperking(doelen=frozenset({"studiefinanciering"})), {"doel": "reizen"}, "purpose-outside"),
    ("level", Inperking(min_niveau=Niveau.HOOG), {}, "level-too-low"),
    ("uses", Inperking(max_gebruik=2), {"gebruikt": 2}, "used-up"),
]  # fmt: skip
NAMES = [name for name, *_ in DIMENSIONS]


@pytest.mark.parametrize(("_name", "left", "outside", "reason"), DIMENSIONS, ids=NAMES)
def test_what_was_allowed_before_is_refused_after(
    _name: str, left: Inperking, outside: dict[str, Any], reason: str
) -> None:
    assert rules.decide(wide(), question(**outside)).allowed
    after = changes.narrow(wide(), left, NOOR, LATER)
    assert reason in rules.decide(after, question(**outside)).reasons


@pytest.mark.parametrize(
    ("_name", "left", "_outside", "_reason"), [one for one in DIMENSIONS if one[0] != "level"],
    ids=[name for name in NAMES if name != "level"],
)  # fmt: skip
def test_what_is_left_is_allowed_as_before(
    _name: str, left: Inperking, _outside: dict[str, Any], _reason: str
) -> None:
    assert rules.decide(changes.narrow(wide(), left, NOOR, LATER), question()).allowed


@pytest.mark.parametrize(("_name", "left", "_outside", "_reason"), DIMENSIONS, ids=NAMES)
@pytest.mark.parametrize("who", [NOOR, ANJA])
def test_either_side_narrows_and_only_adds_to_what_was_agreed(
    _name: str, left: Inperking, _outside: dict[str, Any], _reason: str, who: Any
) -> None:
    before = wide()
    after = changes.narrow(before, left, who, LATER)
    assert after.beperkingen[: len(before.beperkingen)] == before.beperkingen
    assert len(after.beperkingen) == len(before.beperkingen) + 1
    assert after.status == before.status


@pytest.mark.parametrize(("_name", "left", "_outside", "_reason"), DIMENSIONS, ids=NAMES)
def test_the_same_narrowing_again_is_none(
    _name: str, left: Inperking, _outside: dict[str, Any], _reason: str
) -> None:
    after = changes.narrow(wide(), left, NOOR, LATER)
    with pytest.raises(errors.NotNarrower):
        changes.narrow(after, left, NOOR, LATER)


@pytest.mark.parametrize(
    ("before", "left"),
    [
        (Inperking(diensten=(AANVULLENDE_BEURS,)), Inperking(diensten=(AANVULLENDE_BEURS, REISPRODUCT))),
        (Inperking(), Inperking(diensten=(ONLY_READING,))),
        (Inperking(handelingen=frozenset({READ})), Inperking(handelingen=frozenset({ARRANGE}))),
        (Inperking(), Inperking(handelingen=frozenset({READ, PAY}))),
        (Inperking(geldig_tot=NOW + 9 * DAY), Inperking(geldig_tot=NOW + 10 * DAY)),
        (Inperking(zaak="2026-1"), Inperking(zaak="2026-2")),
        (Inperking(), Inperking(doelen=frozenset({"studiefinanciering", "opsporing"}))),
        (Inperking(min_niveau=Niveau.HOOG), Inperking(min_niveau=Niveau.LAAG)),
        (Inperking(), Inperking(max_gebruik=6)),
        (Inperking(), Inperking()),
    ],
)
def test_wider_or_beside_or_nothing_is_refused(before: Inperking, left: Inperking) -> None:
    found = wide() if before == Inperking() else changes.narrow(wide(), before, NOOR, LATER)
    with pytest.raises(errors.NotNarrower):
        changes.narrow(found, left, NOOR, LATER)


def test_less_of_one_thing_does_not_buy_more_of_another() -> None:
    left = Inperking(diensten=(AANVULLENDE_BEURS,), handelingen=frozenset({READ, PAY}))
    with pytest.raises(errors.NotNarrower):
        changes.narrow(wide(), left, NOOR, LATER)


def test_less_of_one_thing_may_be_named_with_the_rest_as_it_is() -> None:
    left = Inperking(diensten=(REISPRODUCT, AANVULLENDE_BEURS), handelingen=frozenset({READ}), max_gebruik=5)
    after = changes.narrow(wide(), left, NOOR, LATER)
    assert len(after.beperkingen) == len(wide().beperkingen) + 1


@pytest.mark.parametrize(
    "left",
    [Inperking(diensten=()), Inperking(handelingen=frozenset()), Inperking(doelen=frozenset())],
)
def test_narrowing_to_nothing_is_not_a_way_to_end_it(left: Inperking) -> None:
    with pytest.raises(errors.NothingChosen):
        changes.narrow(wide(), left, NOOR, LATER)


@pytest.mark.parametrize(
    ("until", "refusal"),
    [(LATER, errors.EndInThePast), (NOW, errors.EndInThePast)],
)
def test_an_earlier_end_lies_in_the_future(until: datetime, refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        changes.narrow(wide(), Inperking(geldig_tot=until), NOOR, LATER)


def test_an_earlier_end_lies_after_a_start_to_come() -> None:
    coming = given(Aanvraag((AANVULLENDE_BEURS,), frozenset({READ}), END, geldig_van=NOW + 50 * DAY))
    with pytest.raises(errors.EndBeforeStart):
        changes.narrow(coming, Inperking(geldig_tot=NOW + 50 * DAY), NOOR, LATER)


SMALL = Inperking(max_gebruik=1)


def test_a_stranger_narrows_nothing() -> None:
    with pytest.raises(errors.NotFound):
        changes.narrow(wide(), SMALL, STRANGER, LATER)


def test_a_request_is_withdrawn_not_narrowed() -> None:
    with pytest.raises(errors.NotYetAccepted):
        changes.narrow(asked(), SMALL, NOOR, LATER)


def test_what_the_law_gave_is_not_narrowed_here() -> None:
    for who in (NOOR, ANJA):
        with pytest.raises(errors.SetByLaw):
            changes.narrow(by_law(), SMALL, who, LATER)


def test_what_has_ended_is_not_narrowed() -> None:
    with pytest.raises(errors.AlreadyEnded):
        changes.narrow(wide(), SMALL, NOOR, END)
    with pytest.raises(errors.AlreadyEnded):
        changes.narrow(rules.revoke(wide(), NOOR, NOW), SMALL, NOOR, LATER)


def test_paused_and_contested_ones_may_still_be_made_less() -> None:
    active = wide()
    for status in (
        Gepauzeerd(NOW, Rol.VERTEGENWOORDIGDE),
        Betwist(NOW, Rol.VERTEGENWOORDIGER, active.status),
    ):  # type: ignore[arg-type]  # it is active
        after = changes.narrow(replace(active, status=status), SMALL, NOOR, LATER)
        assert (after.status, after.max_gebruik) == (status, 1)


def test_a_proposal_to_extend_lapses_when_it_is_narrowed() -> None:
    proposed = replace(wide(), voorstel=Verlengingsvoorstel(END + DAY, Rol.VERTEGENWOORDIGER, NOW))
    assert changes.narrow(proposed, SMALL, NOOR, LATER).voorstel is None
