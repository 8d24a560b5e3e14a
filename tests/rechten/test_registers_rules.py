"""What may be recorded, and what counts now."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from keys.kernel.pep import Domain
from rechten.errors import InvalidRegistration, RecordRefused
from rechten.registers.model import Gebruiksgrond, Gegeven, GegevenStatus, NieuwGegeven
from rechten.registers.rules import check_gebruiksgrond, check_new, check_register, current, valid_at
from tests.rechten.test_toegang_rules import ACTOR, NOW, REGISTER, days


def record(identifier: str, corrigeert: str | None = None, van: int = -5, tot: int | None = None) -> Gegeven:
    return Gegeven(
        id=identifier,
        categorie="toekenning",
        waarde={"bedrag": 1},
        bron="DUO",
        geldig_van=days(van),
        geldig_tot=days(tot) if tot is not None else None,
        vastgelegd_op=NOW,
        status=GegevenStatus.VASTGESTELD,
        doel="studiefinanciering",
        corrigeert=corrigeert,
    )


NEW = NieuwGegeven("toekenning", {"bedrag": 2}, "DUO", days(-1), None, "studiefinanciering")
GROND = Gebruiksgrond("g", ACTOR, {"nl": "DUO"}, "doel", frozenset({"toekenning"}), days(0))


def test_a_correction_takes_the_place_of_what_it_corrects_and_overwrites_nothing() -> None:
    records = [record("a"), record("b", corrigeert="a")]
    assert [one.id for one in current(records)] == ["b"]
    assert len(records) == 2


def test_a_record_counts_from_its_begin_until_just_before_its_end() -> None:
    assert valid_at([record("a", van=0)], NOW)
    assert not valid_at([record("a", van=1)], NOW)
    assert not valid_at([record("a", tot=0)], NOW)
    assert valid_at([record("a", tot=0)], NOW - timedelta(seconds=1))


@pytest.mark.parametrize(
    "wrong",
    [
        replace(NEW, categorie="diploma"),
        replace(NEW, geldig_tot=NEW.geldig_van),
        replace(NEW, corrigeert="unknown"),
        replace(NEW, corrigeert="a"),
        replace(NEW, categorie="nationaliteit", corrigeert="b"),
    ],
    ids=["category", "period", "corrects-unknown", "corrects-corrected", "corrects-other-category"],
)
def test_a_record_that_does_not_fit_is_refused(wrong: NieuwGegeven) -> None:
    with pytest.raises(RecordRefused):
        check_new(REGISTER, wrong, [record("a"), record("b", corrigeert="a")])


def test_a_record_that_fits_is_taken() -> None:
    check_new(REGISTER, NEW, [])
    check_new(REGISTER, replace(NEW, corrigeert="a"), [record("a")])


@pytest.mark.parametrize(
    "wrong",
    [
        replace(REGISTER, domein=Domain("oin:00000001003214345000:ander", "studiefinanciering")),
        replace(REGISTER, domein=Domain(ACTOR, "oorsprong")),
        replace(REGISTER, categorieen=()),
        replace(REGISTER, categorieen=REGISTER.categorieen[:1] * 2),
    ],
    ids=["domain-of-another", "origin-domain", "no-category", "category-twice"],
)
def test_a_register_that_contradicts_itself_is_refused(wrong: object) -> None:
    with pytest.raises(InvalidRegistration):
        check_register(wrong)  # type: ignore[arg-type]  # all are registers


def test_a_ground_names_categories_of_the_register_and_a_period_that_exists() -> None:
    check_register(REGISTER)
    check_gebruiksgrond(REGISTER, GROND)
    for wrong in (
        replace(GROND, categorieen=frozenset({"diploma"})),
        replace(GROND, categorieen=frozenset()),
        replace(GROND, geldig_tot=GROND.geldig_van),
    ):
        with pytest.raises(InvalidRegistration):
            check_gebruiksgrond(REGISTER, wrong)
