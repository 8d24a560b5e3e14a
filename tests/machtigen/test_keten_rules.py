"""A chain is never wider than its narrowest link, in any dimension, and stands while all its links do."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import product
from typing import Any

import pytest

from machtigen import errors
from machtigen.diensten.model import Dienst, Grond, Niveau
from machtigen.machtigingen import changes, keten
from machtigen.machtigingen.beperkingen import Vraag
from machtigen.machtigingen.keten import Keten
from machtigen.machtigingen.model import Inperking, Machtiging
from machtigen.machtigingen.toestanden import Actief, Beeindigd, Betwist, Gepauzeerd, Ingetrokken, Rol
from tests.machtigen.links import EVA, TOM, below, by_law, given
from tests.machtigen.world import (
    AANVULLENDE_BEURS,
    ANJA,
    ARRANGE,
    DAY,
    KNOWN,
    NOOR,
    NOW,
    ONLY_READING,
    PAY,
    READ,
    REISPRODUCT,
    aanvraag,
    dienst,
)

SERVICE: Dienst = KNOWN[AANVULLENDE_BEURS]
END = NOW + 200 * DAY
LATER = NOW + DAY


def top(**more: Any) -> Machtiging:
    return given(replace(aanvraag(AANVULLENDE_BEURS, REISPRODUCT, handelingen=frozenset({READ, ARRANGE})),
                         doormachtigen=1, **more))  # fmt: skip


def question(**more: Any) -> Vraag:
    facts = {"dienst": AANVULLENDE_BEURS, "niveau": Niveau.HOOG, "now": LATER, "handeling": READ, **more}
    return Vraag(**facts)


PARENT: dict[str, Any] = {"doelen": frozenset({"studiefinanciering"}), "min_niveau": Niveau.SUBSTANTIEEL}
FITS = replace(aanvraag(), **PARENT)
WIDER = {
    "services": replace(FITS, diensten=(AANVULLENDE_BEURS, ONLY_READING)),
    "actions": replace(FITS, diensten=(REISPRODUCT,), handelingen=frozenset({READ, PAY})),
    "end": replace(FITS, geldig_tot=END + timedelta(seconds=1)),
    "purposes": replace(FITS, doelen=frozenset({"studiefinanciering", "reizen"})),
    "all purposes": replace(FITS, doelen=None),
}  # fmt: skip


@pytest.mark.parametrize("wish", WIDER.values(), ids=WIDER.keys())
def test_a_link_that_gives_more_than_the_one_above_is_refused(wish: Any) -> None:
    parent = top(**PARENT)
    keten.require_within(below(parent, FITS), [parent], NOW)
    with pytest.raises(errors.WiderThanParent):
        keten.require_within(below(parent, wish), [parent], NOW)


def test_a_link_below_a_case_is_for_that_case() -> None:
    parent = top(zaak="2026-1")
    keten.require_within(below(parent, aanvraag(zaak="2026-1")), [parent], NOW)
    for wish in (aanvraag(zaak="2026-2"), aanvraag()):
        with pytest.raises(errors.WiderThanParent):
            keten.require_within(below(parent, wish), [parent], NOW)


def test_a_link_asks_no_lower_level_than_the_one_above() -> None:
    parent = changes.narrow(top(), Inperking(min_niveau=Niveau.HOOG), NOOR, NOW)
    link = below(parent)
    with pytest.raises(errors.WiderThanParent):
        keten.require_within(link, [parent], NOW)
    high = changes.narrow(link, Inperking(min_niveau=Niveau.HOOG), ANJA, NOW)
    keten.require_within(high, [parent], NOW)


NOT_ACTIVE = [
    Gepauzeerd(NOW, Rol.VERTEGENWOORDIGDE),
    Betwist(NOW, Rol.VERTEGENWOORDIGDE, Actief(NOW)),
    Ingetrokken(NOW, Rol.VERTEGENWOORDIGDE),
    Beeindigd(NOW, "overlijden"),
]


@pytest.mark.parametrize("state", NOT_ACTIVE, ids=lambda state: state.naam)
def test_below_a_power_that_is_not_active_nothing_is_made_and_nothing_counts(state: Any) -> None:
    parent = replace(top(), status=state)
    with pytest.raises(errors.NotActive):
        keten.require_within(below(parent), [parent], LATER)
    chain = Keten((below(parent), parent))
    assert not keten.usable(chain, SERVICE, LATER)
    assert keten.decide(chain, question()).reasons == (f"status-{state.naam}",)


def test_a_lease_that_was_not_renewed_ends_the_whole_chain() -> None:
    service = dienst(gronden=frozenset({Grond.MENTORSCHAP}))
    parent = by_law()
    chain = Keten((below(parent), parent))
    assert keten.usable(chain, service, NOW + DAY - timedelta(seconds=1))
    assert chain.effectief.geldig_tot == NOW + DAY
    assert not keten.usable(chain, service, NOW + DAY)
    assert keten.decide(chain, question(now=NOW + DAY)).reasons == ("lease-ended",)
    with pytest.raises(errors.NotActive):
        keten.require_within(below(parent), [parent], NOW + DAY)
    renewed = replace(parent, lease_tot=NOW + 2 * DAY)
    assert keten.usable(Keten((below(renewed), renewed)), service, NOW + DAY)


def test_a_chain_counts_on_the_ground_of_its_top_and_no_other() -> None:
    parent = by_law()
    chain = Keten((below(parent), parent))
    assert chain.grond is Grond.MENTORSCHAP
    assert not keten.usable(chain, SERVICE, LATER)  # it takes voluntary powers only


@pytest.mark.parametrize(("depth", "room"), [(0, False), (1, True)])
def test_only_what_may_be_passed_on_is(depth: int, room: bool) -> None:
    parent = given(replace(aanvraag(), doormachtigen=depth))
    if room:
        keten.require_room([parent], 2)
        return
    with pytest.raises(errors.ChainTooLong):
        keten.require_room([parent], 2)


def test_a_link_is_not_passed_on_unless_it_may_be_and_there_is_room() -> None:
    parent = given(replace(aanvraag(), doormachtigen=2))
    link = below(parent, replace(aanvraag(), doormachtigen=1))
    keten.require_room([link, parent], 3)
    with pytest.raises(errors.ChainTooLong):
        keten.require_room([link, parent], 2)
    with pytest.raises(errors.ChainTooLong):
        keten.require_room([below(parent), parent], 3)
    with pytest.raises(errors.ChainTooLong):
        keten.require_room([link, replace(top(), id="m1")], 3)


def test_one_link_below_a_power_by_law() -> None:
    keten.require_room([by_law()], 2)
    with pytest.raises(errors.ChainTooLong):
        keten.require_room([below(by_law()), by_law()], 3)


@pytest.mark.parametrize("who", [NOOR, ANJA])
def test_nobody_stands_twice_in_a_chain(who: Any) -> None:
    parent = top()
    with pytest.raises(errors.CircularChain):
        keten.require_no_cycle(replace(below(parent), wederpartij=who), [parent])
    keten.require_no_cycle(below(parent), [parent])


def test_nobody_stands_twice_in_a_longer_chain_either() -> None:
    parent = top()
    link = below(parent)
    for who in (NOOR, ANJA, EVA):
        new = given(van=EVA, aan=TOM, identifier="l1", boven=link.id, wederpartij=who)
        with pytest.raises(errors.CircularChain):
            keten.require_no_cycle(new, [link, parent])


@pytest.mark.parametrize(("one", "other"), list(product(Niveau, repeat=2)))
def test_a_chain_is_registered_at_the_level_of_its_weakest_link(one: Niveau, other: Niveau) -> None:
    parent = replace(top(), niveau=one)
    chain = Keten((replace(below(parent), niveau=other), parent))
    assert chain.effectief.niveau is Niveau.weakest(one, other)
    needed = SERVICE.min_niveau
    assert keten.usable(chain, SERVICE, LATER) is (one.reaches(needed) and other.reaches(needed))


NARROWED: list[tuple[Inperking, dict[str, Any], str]] = [
    (Inperking(diensten=(REISPRODUCT,)), {}, "service-outside"),
    (Inperking(handelingen=frozenset({ARRANGE})), {}, "action-outside"),
    (Inperking(geldig_tot=NOW + 10 * DAY), {"now": NOW + 10 * DAY}, "expired"),
    (Inperking(zaak="2026-1"), {"zaak": "2026-2"}, "case-outside"),
    (Inperking(doelen=frozenset({"reizen"})), {"doel": "studiefinanciering"}, "purpose-outside"),
    (Inperking(min_niveau=Niveau.HOOG), {"niveau": Niveau.SUBSTANTIEEL}, "level-too-low"),
]


@pytest.mark.parametrize(("left", "asked", "reason"), NARROWED, ids=[one[2] for one in NARROWED])
def test_what_is_taken_from_the_top_is_taken_from_every_link_below(
    left: Inperking, asked: dict[str, Any], reason: str
) -> None:
    parent = top()
    chain = Keten((below(parent), parent))
    assert keten.decide(chain, question(**asked)).allowed
    narrowed = Keten((below(parent), changes.narrow(parent, left, NOOR, NOW)))
    assert reason in keten.decide(narrowed, question(**asked)).reasons


def test_uses_are_counted_per_link_and_each_limit_holds() -> None:
    parent = top(max_gebruik=3)
    link = below(parent, replace(aanvraag(), max_gebruik=2))
    for used_top, used_link, allowed in ((2, 1, True), (3, 1, False), (2, 2, False)):
        chain = Keten((replace(link, gebruikt=used_link), replace(parent, gebruikt=used_top)))
        assert keten.decide(chain, question()).allowed is allowed
        assert keten.usable(chain, SERVICE, LATER) is allowed


def test_links_for_two_cases_leave_nothing() -> None:
    parent = changes.narrow(top(), Inperking(zaak="2026-1"), NOOR, NOW)
    one, other = (below(parent, aanvraag(zaak=zaak)) for zaak in ("2026-1", "2026-2"))
    assert keten.usable(Keten((one, parent)), SERVICE, LATER)
    assert not keten.usable(Keten((other, parent)), SERVICE, LATER)


def test_links_without_a_service_action_or_purpose_in_common_leave_nothing() -> None:
    parent, link = top(), below(top(), replace(aanvraag(), doelen=frozenset({"studiefinanciering"})))
    for left in (
        Inperking(diensten=(REISPRODUCT,)),
        Inperking(handelingen=frozenset({ARRANGE})),
        Inperking(doelen=frozenset({"reizen"})),
    ):
        assert not keten.usable(Keten((link, changes.narrow(parent, left, NOOR, NOW))), SERVICE, LATER)


def test_the_period_of_a_chain_is_what_its_links_have_in_common() -> None:
    parent = given(replace(aanvraag(start=NOW + 10 * DAY, end=NOW + 50 * DAY), doormachtigen=1))
    chain = Keten((below(parent, aanvraag(end=NOW + 40 * DAY)), parent))
    assert (chain.effectief.geldig_van, chain.effectief.geldig_tot) == (NOW + 10 * DAY, NOW + 40 * DAY)
    for moment, usable in ((NOW + 9 * DAY, False), (NOW + 10 * DAY, True), (NOW + 40 * DAY, False)):
        assert keten.usable(chain, SERVICE, moment) is usable


def test_who_is_represented_who_acts_and_who_stands_between() -> None:
    parent = top()
    chain = Keten((below(parent), parent))
    assert (chain.vertegenwoordigde, chain.schakel.vertegenwoordiger) == (NOOR, EVA)
    assert (chain.tussenpersonen, chain.ids, chain.id) == ((ANJA,), ("k1", "m1"), "k1")
