"""How a proposal stands, and whether its obligation is collected meanwhile."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from keys.kernel.pep import Domain
from rechten.errors import ObligationUnknown, ProposalClosed, ProposalOpen
from rechten.registers.model import Categorie, Gegeven, GegevenStatus, Register
from rechten.voorstellen.model import (
    Aangenomen,
    Afgewezen,
    Afloop,
    Beeindiging,
    Betalingsvoorstel,
    Gepauzeerd,
    Ingetrokken,
    Loopt,
    Open,
    Toestand,
    Vervallen,
    Voorstel,
)
from rechten.voorstellen.rules import (
    ANSWER_WITHIN,
    check_end,
    check_new,
    first_of,
    invordering,
    obligations,
    toestand,
)

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
MOMENT, DAY = timedelta(microseconds=1), timedelta(days=1)
ACTOR = "oin:00000001003214345000:terugbetalen"
REGISTER = Register(
    "terugbetalen", {"nl": "Terugbetalen"}, ACTOR, Domain(ACTOR, "terugbetalen"),
    (Categorie("schuld", {}, verplichting=True), Categorie("achterstand", {}, verplichting=True),
     Categorie("draagkracht", {})), "https://terugbetalen.test",
)  # fmt: skip
ALL = REGISTER.verplichtingen()


def voorstel(end: Beeindiging | None = None, **changes: Any) -> Voorstel:
    made = Voorstel("v", "p", "g1", "schuld", 1, Betalingsvoorstel(50), True, NOW, end)
    return replace(made, **changes)


def record(identifier: str, categorie: str = "schuld", **changes: Any) -> Gegeven:
    made = Gegeven(
        identifier, categorie, {}, "DUO", NOW - DAY, None, NOW, GegevenStatus.VASTGESTELD, "terugbetalen"
    )
    return replace(made, **changes)


def ended(afloop: Afloop, motivering: str | None = None) -> Voorstel:
    return voorstel(Beeindiging(afloop, NOW + DAY, motivering))


LAPSES = NOW + ANSWER_WITHIN
STATES: list[tuple[Voorstel, datetime, Toestand]] = [
    (voorstel(), NOW, Open(NOW, LAPSES)),
    (voorstel(), LAPSES - MOMENT, Open(NOW, LAPSES)),
    (voorstel(), LAPSES, Vervallen(LAPSES)),
    (ended(Afloop.AANGENOMEN), NOW + 2 * DAY, Aangenomen(NOW + DAY)),
    (ended(Afloop.AFGEWEZEN, "Te weinig."), NOW + 2 * DAY, Afgewezen(NOW + DAY, "Te weinig.")),
    (ended(Afloop.INGETROKKEN), NOW + 2 * DAY, Ingetrokken(NOW + DAY)),
    (ended(Afloop.AANGENOMEN), LAPSES + DAY, Aangenomen(NOW + DAY)),
]


@pytest.mark.parametrize(("one", "now", "state"), STATES)
def test_it_is_open_until_somebody_ends_it_or_the_term_goes_by(
    one: Voorstel, now: datetime, state: Toestand
) -> None:
    assert toestand(one, now) == state


@pytest.mark.parametrize(("one", "now", "state"), STATES)
def test_collection_pauses_while_it_is_open_and_never_otherwise(
    one: Voorstel, now: datetime, state: Toestand
) -> None:
    expected = Gepauzeerd(NOW, "v") if isinstance(state, Open) else Loopt()
    assert invordering([one], "g1", now) == expected
    assert invordering([one], "another", now) == Loopt()


@pytest.mark.parametrize(("one", "now", "state"), STATES)
def test_only_an_open_one_can_be_ended(one: Voorstel, now: datetime, state: Toestand) -> None:
    if isinstance(state, Open):
        check_end(one, now)
    else:
        with pytest.raises(ProposalClosed):
            check_end(one, now)


def test_an_obligation_keeps_its_id_through_corrections() -> None:
    records = [record("g1"), record("g2", corrigeert="g1"), record("g3", corrigeert="g2"), record("x")]
    assert [first_of(records, one) for one in records] == ["g1", "g1", "g1", "x"]
    assert obligations(REGISTER, records, ALL, NOW) == {"g1": records[2], "x": records[3]}


def test_a_ring_of_corrections_does_not_hang() -> None:
    ring = [record("g1", corrigeert="g2"), record("g2", corrigeert="g1")]
    assert first_of(ring, ring[0]) == "g2"


@pytest.mark.parametrize(
    ("one", "categorieen"),
    [
        (record("g1", "draagkracht"), ALL | {"draagkracht"}),  # not an obligation
        (record("g1", geldig_tot=NOW), ALL),  # over
        (record("g1", geldig_van=NOW + DAY), ALL),  # not begun
        (record("g1"), frozenset({"achterstand"})),  # outside the power
        (record("g2"), ALL),  # another one
    ],
)
def test_a_proposal_is_about_an_obligation_that_holds_now_within_the_power(
    one: Gegeven, categorieen: frozenset[str]
) -> None:
    with pytest.raises(ObligationUnknown):
        check_new(obligations(REGISTER, [one], categorieen, NOW), "g1", [], NOW)


def test_one_at_a_time_about_one_obligation() -> None:
    found = obligations(REGISTER, [record("g1")], ALL, NOW)
    with pytest.raises(ProposalOpen):
        check_new(found, "g1", [voorstel()], NOW)
    assert check_new(found, "g1", [voorstel()], LAPSES) == found["g1"]
    assert check_new(found, "g1", [ended(Afloop.AFGEWEZEN)], NOW + DAY) == found["g1"]
    assert check_new(found, "g1", [voorstel(verplichting="g9")], NOW) == found["g1"]
