"""The check on chains: grounds by the nature of a service, and how the links hang together."""

from __future__ import annotations

from dataclasses import replace

import pytest

from machtigen.diensten.model import Aard, Dienst, Grond, Niveau
from machtigen.machtigingen import rules, toets
from machtigen.machtigingen.keten import Keten
from machtigen.machtigingen.model import Machtiging, Rol
from machtigen.machtigingen.toets import Toetsvraag
from machtigen.partijen.model import PartijId
from tests.machtigen.world import ANJA, DAY, KNOWN, NOOR, NOW, READ, STRANGER, aanvraag, dienst

OFFICE = PartijId("org:office-0000000000001")
LATER = NOW + DAY


def link(van: PartijId, aan: PartijId, **changes: object) -> Machtiging:
    """A power that `van` gave and `aan` accepted."""
    asked = rules.request(
        aanvraag(), KNOWN, identifier=f"{van[:4]}-{aan[:4]}", door=van, rol=Rol.VERTEGENWOORDIGDE,
        niveau=Niveau.HOOG, code_hash=b"h" * 32, now=NOW,
    )  # fmt: skip
    return replace(rules.confirm(asked, aan, Niveau.HOOG, [], NOW), **changes)  # type: ignore[arg-type]  # its fields


def refused(*schakels: Machtiging, at: Dienst | None = None) -> tuple[str, ...]:
    return toets.refusals(Keten(schakels), Toetsvraag(at or dienst(), LATER, READ))


@pytest.mark.parametrize(
    ("grond", "aard", "reason"),
    [
        (Grond.MENTORSCHAP, Aard.FINANCIEEL, "not-competent:bewind"),
        (Grond.BEWIND, Aard.PERSOONLIJK, "not-competent:mentorschap"),
        (Grond.BEWIND, Aard.FINANCIEEL, None),
        (Grond.CURATELE, Aard.FINANCIEEL, None),
        (Grond.CURATELE, Aard.PERSOONLIJK, None),
    ],
)
def test_a_mentor_does_no_money_and_an_administrator_no_care(
    grond: Grond, aard: Aard, reason: str | None
) -> None:
    at = replace(dienst(gronden=frozenset({grond})), aard=aard)
    assert refused(link(NOOR, ANJA, grond=grond), at=at) == (() if reason is None else (reason,))


def test_who_has_a_function_acts_in_what_the_organisation_was_given() -> None:
    given = link(NOOR, OFFICE)
    assert refused(link(OFFICE, ANJA, functie="zaakbehandelaar"), given) == ()
    assert refused(link(OFFICE, ANJA), given) == ("for-the-organisation-only",)


def test_what_was_given_to_one_function_is_not_for_another() -> None:
    given = link(NOOR, OFFICE, gericht_functie="schuldhulp")
    assert refused(link(OFFICE, ANJA, functie="schuldhulp"), given) == ()
    assert refused(link(OFFICE, ANJA, functie="balie"), given) == ("other-function",)


def test_a_link_that_names_the_one_above_needs_no_function() -> None:
    given = link(NOOR, OFFICE)
    assert refused(link(OFFICE, ANJA, boven=given.id), given) == ()


def test_nobody_acts_for_themself_by_way_of_their_own_organisation() -> None:
    given = link(NOOR, OFFICE)
    assert "circular-chain" in refused(link(OFFICE, NOOR, functie="zaakbehandelaar"), given)
    assert "circular-chain" not in refused(link(OFFICE, STRANGER, functie="zaakbehandelaar"), given)
