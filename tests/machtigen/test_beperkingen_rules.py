"""Restrictions: stored form, and that adding one never widens."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from machtigen.diensten.model import DienstId, Handeling, Niveau
from machtigen.machtigingen import rules
from machtigen.machtigingen.beperkingen import (
    AlleenDiensten,
    AlleenHandelingen,
    AlleenZaak,
    Beperking,
    MinNiveau,
    Periode,
    UnknownBeperking,
    Vraag,
    from_stored,
    to_stored,
)
from machtigen.machtigingen.model import Actief, Machtiging, Rol
from tests.machtigen.world import AANVULLENDE_BEURS, ANJA, NOOR, NOW, ONLY_READING, READ, REISPRODUCT

SERVICES = st.sampled_from([AANVULLENDE_BEURS, REISPRODUCT, ONLY_READING])
MOMENTS = st.integers(-1000, 1000).map(lambda hours: NOW + timedelta(hours=hours))
CASES = st.sampled_from(["zaak-1", "zaak-2"])
RESTRICTIONS: st.SearchStrategy[Beperking] = st.one_of(
    st.lists(SERVICES, unique=True).map(lambda found: AlleenDiensten(tuple(found))),
    st.frozensets(st.sampled_from(Handeling)).map(AlleenHandelingen),
    st.builds(Periode, MOMENTS, MOMENTS),
    CASES.map(AlleenZaak),
    st.sampled_from(Niveau).map(MinNiveau),
)
QUESTIONS = st.builds(
    Vraag,
    dienst=SERVICES,
    niveau=st.sampled_from(Niveau),
    now=MOMENTS,
    handeling=st.none() | st.sampled_from(Handeling),
    zaak=st.none() | CASES,
)


def machtiging(*parts: Beperking) -> Machtiging:
    return Machtiging("m", Rol.VERTEGENWOORDIGDE, NOOR, ANJA, parts, Niveau.HOOG, Actief(NOW))


BASE = (
    AlleenDiensten((AANVULLENDE_BEURS, REISPRODUCT)),
    AlleenHandelingen(frozenset(Handeling)),
    Periode(NOW - timedelta(hours=500), NOW + timedelta(hours=500)),
)


@given(st.lists(RESTRICTIONS, max_size=5), RESTRICTIONS, QUESTIONS)
def test_adding_a_restriction_never_allows_what_was_refused(
    first: list[Beperking], added: Beperking, vraag: Vraag
) -> None:
    wide, narrow = machtiging(*BASE, *first), machtiging(*BASE, *first, added)
    assert rules.decide(wide, vraag).allowed or not rules.decide(narrow, vraag).allowed
    assert set(narrow.diensten) <= set(wide.diensten)
    assert narrow.handelingen <= wide.handelingen
    assert narrow.geldig_van >= wide.geldig_van
    assert narrow.geldig_tot <= wide.geldig_tot


@given(st.lists(RESTRICTIONS, max_size=6))
def test_what_is_stored_is_read_back(parts: list[Beperking]) -> None:
    assert from_stored(to_stored(parts)) == tuple(parts)


def test_stored_restrictions_of_the_first_version_stay_readable() -> None:
    stored: list[list[Any]] = [
        [1, [AANVULLENDE_BEURS]],
        [2, ["informatie_opvragen"]],
        [3, "2026-11-24T10:00:00+00:00", "2027-09-01T00:00:00+00:00"],
        [4, "2026-0001"],
        [5, "substantieel"],
    ]
    assert from_stored(stored) == (
        AlleenDiensten((AANVULLENDE_BEURS,)),
        AlleenHandelingen(frozenset({READ})),
        Periode(NOW, datetime.fromisoformat("2027-09-01T00:00:00+00:00")),
        AlleenZaak("2026-0001"),
        MinNiveau(Niveau.SUBSTANTIEEL),
    )


@pytest.mark.parametrize("stored", [[[99, "x"]], [[2, ["vliegen"]]], [[]], [[3, "soon", "later"]], [[1]]])
def test_a_restriction_that_cannot_be_read_is_never_skipped(stored: list[list[Any]]) -> None:
    with pytest.raises(UnknownBeperking):
        from_stored(stored)


def test_a_machtiging_without_services_or_actions_gives_none() -> None:
    empty = machtiging(BASE[2])
    assert empty.diensten == ()
    assert empty.handelingen == frozenset()


def test_tags_are_what_they_were() -> None:
    kinds = (AlleenDiensten, AlleenHandelingen, Periode, AlleenZaak, MinNiveau)
    assert [kind.tag for kind in kinds] == [1, 2, 3, 4, 5]


def test_narrowing_by_a_later_restriction_keeps_the_first_order_of_services() -> None:
    narrowed = replace(
        machtiging(*BASE), beperkingen=(*BASE, AlleenDiensten((DienstId(REISPRODUCT), AANVULLENDE_BEURS)))
    )
    assert narrowed.diensten == (AANVULLENDE_BEURS, REISPRODUCT)
