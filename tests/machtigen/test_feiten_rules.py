"""What somebody without capacity may still do, and what a fact about somebody ends."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import pytest

from machtigen.diensten.model import Grond, Handeling
from machtigen.errors import NoCapacity
from machtigen.feiten.model import Bekwaamheid, Feit
from machtigen.feiten.rules import (
    READING,
    bars,
    ends_after,
    ends_when,
    own_actions,
    require_may_grant,
)
from tests.machtigen.world import ARRANGE, PAY, READ, dienst

ANYONE = Bekwaamheid()
SERVICE = dienst(handelingen=frozenset({READ, ARRANGE, PAY}))
FOR_MINORS = replace(SERVICE, minderjarigen_zelf=True)
WITHOUT_READING = dienst(handelingen=frozenset({ARRANGE}))


def who(*feiten: Feit) -> Bekwaamheid:
    return Bekwaamheid(frozenset(feiten))


def test_who_has_capacity_may_do_all_that_the_service_offers() -> None:
    assert own_actions(ANYONE, SERVICE) == SERVICE.handelingen
    require_may_grant(ANYONE, [SERVICE])


@pytest.mark.parametrize("feit", Feit)
@pytest.mark.parametrize("service", [SERVICE, WITHOUT_READING])
def test_without_capacity_reading_is_left_and_never_nothing(feit: Feit, service: object) -> None:
    assert own_actions(who(feit), service) == READING == {Handeling.INFORMATIE_OPVRAGEN}  # type: ignore[arg-type]  # a service


@pytest.mark.parametrize("feit", Feit)
def test_without_capacity_no_power_is_given(feit: Feit) -> None:
    with pytest.raises(NoCapacity):
        require_may_grant(who(feit), [SERVICE])


def test_a_minor_may_where_every_service_says_so_and_curatele_goes_before_it() -> None:
    assert own_actions(who(Feit.MINDERJARIG), FOR_MINORS) == FOR_MINORS.handelingen
    require_may_grant(who(Feit.MINDERJARIG), [FOR_MINORS])
    with pytest.raises(NoCapacity):
        require_may_grant(who(Feit.MINDERJARIG), [FOR_MINORS, SERVICE])
    both = who(Feit.MINDERJARIG, Feit.ONDER_CURATELE)
    assert own_actions(both, FOR_MINORS) == READING
    with pytest.raises(NoCapacity):
        require_may_grant(both, [FOR_MINORS])


def grounds_ended(feit: Feit, als_vertegenwoordigde: bool) -> set[Grond]:
    return {
        grond
        for einde in ends_when(feit)
        if einde.als_vertegenwoordigde in {None, als_vertegenwoordigde}
        for grond in einde.gronden
    }


def test_death_ends_everything_but_the_work_of_the_executor() -> None:
    assert grounds_ended(Feit.OVERLEDEN, als_vertegenwoordigde=True) == set(Grond) - {Grond.EXECUTEUR}
    assert grounds_ended(Feit.OVERLEDEN, als_vertegenwoordigde=False) == set(Grond)


def test_curatele_ends_what_people_gave_and_what_it_replaces() -> None:
    """BW 3:72 (either side), 1:449 and 1:462 (bewind and mentorship), 1:246 (authority over children)."""
    assert grounds_ended(Feit.ONDER_CURATELE, als_vertegenwoordigde=True) == {
        Grond.MACHTIGING, Grond.BEWIND, Grond.MENTORSCHAP,
    }  # fmt: skip
    assert grounds_ended(Feit.ONDER_CURATELE, als_vertegenwoordigde=False) == {
        Grond.MACHTIGING, Grond.GEZAG, Grond.VOOGDIJ,
    }  # fmt: skip


def test_majority_ends_authority_over_the_child_and_nothing_else() -> None:
    (einde,) = ends_after(Feit.MINDERJARIG)
    assert (einde.gronden, einde.als_vertegenwoordigde, einde.reden) == (
        {Grond.GEZAG, Grond.VOOGDIJ}, True, "meerderjarig",
    )  # fmt: skip
    assert ends_when(Feit.MINDERJARIG) == ends_after(Feit.ONDER_CURATELE) == ends_after(Feit.OVERLEDEN) == ()


@pytest.mark.parametrize(("grond", "feit"), list(product(Grond, Feit)))
def test_what_a_fact_ends_a_late_event_does_not_bring_back(grond: Grond, feit: Feit) -> None:
    if grond is Grond.MACHTIGING:
        return  # no source tells it
    for place in (True, False):
        if grond in grounds_ended(feit, als_vertegenwoordigde=place):
            sides = (who(feit), ANYONE) if place else (ANYONE, who(feit))
            assert bars(grond, *sides)
    assert not bars(grond, ANYONE, ANYONE)


def test_an_executor_acts_for_the_dead() -> None:
    assert not bars(Grond.EXECUTEUR, who(Feit.OVERLEDEN), ANYONE)
    assert bars(Grond.EXECUTEUR, who(Feit.OVERLEDEN), who(Feit.OVERLEDEN))
