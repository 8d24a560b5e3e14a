"""Pure rules of deciding jointly, of grounds, of officials and of members; the disputable ones as cases."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from machtigen import errors
from machtigen.diensten.model import Aard, Grond, Niveau
from machtigen.machtigingen import belangen, gronden, keten, rules, samen
from machtigen.machtigingen.asking import asked_functie
from machtigen.machtigingen.errors import FunctionNeedsOrganisation, NobodyLeftToDecide, NothingToConfirm
from machtigen.machtigingen.keten import Keten
from machtigen.machtigingen.model import Actief, Machtiging, Medebevestiging, Rol
from machtigen.organisaties import rules as members
from machtigen.organisaties.model import Lid, Lidrol
from machtigen.partijen.model import PartijId
from tests.machtigen.world import ANJA, KNOWN, NOOR, NOW, STRANGER, aanvraag, dienst

CASES = yaml.safe_load((Path(__file__).parents[1] / "cases" / "samen.yaml").read_text("utf-8"))
ORG = PartijId("org:AAAAAAAAAAAAAAAAAAAAAA")
MIDDLE = Niveau.SUBSTANTIEEL


def named(case: dict[str, Any]) -> str:
    return str(case["name"])


@pytest.mark.parametrize("case", CASES["jointly"], ids=named)
def test_how_many_must_agree(case: dict[str, Any]) -> None:
    given = case["given"]
    wanted = {Grond(grond): number for grond, number in given["quorum"].items()}
    at = replace(dienst(), quorum=wanted)
    assert samen.needed(Grond(given["grond"]), [at], given["holders"]) == case["then"]


@pytest.mark.parametrize("case", CASES["competence"], ids=named)
def test_who_is_competent(case: dict[str, Any]) -> None:
    assert gronden.refuses(Grond(case["grond"]), Aard(case["aard"])) == case["then"]


@pytest.mark.parametrize("case", CASES["officials"], ids=named)
def test_whose_case_an_official_handles(case: dict[str, Any]) -> None:
    people = [PartijId(one) for one in case["betrokkenen"]]
    tied = [PartijId(one) for one in case["verbonden"]]
    judged = belangen.may_handle(PartijId("clerk"), people, tied)
    assert (judged.allowed, list(judged.reasons)) == (not case["then"], case["then"])


def machtiging(van: PartijId = NOOR, aan: PartijId | None = ANJA, **more: Any) -> Machtiging:
    made = rules.request(
        aanvraag(), KNOWN, identifier="m1", door=van, rol=Rol.VERTEGENWOORDIGDE, niveau=MIDDLE,
        code_hash=b"h" * 32, now=NOW,
    )  # fmt: skip
    answered = replace(made, wederpartij=aan, status=Actief(NOW)) if aan else made
    return replace(answered, **more)


# -- joint confirmation ------------------------------------------------------------------------------

JOINT = Medebevestiging(3, (NOOR, ANJA, STRANGER), ((NOOR, NOW),))
ALL = {NOOR, ANJA, STRANGER}


def waiting(wederpartij: PartijId | None = None) -> Machtiging:
    return machtiging(ORG, None, wederpartij=wederpartij, bevestiging=JOINT)


def test_three_of_three_first_and_second_change_nothing() -> None:
    second = samen.agree(waiting(PartijId("helper")), ANJA, MIDDLE, ALL, NOW)
    assert second.status.naam == "aangevraagd"
    third = samen.agree(second, STRANGER, MIDDLE, ALL, NOW)
    assert third.status == Actief(NOW)


def test_all_agreed_and_the_other_side_has_not_answered_yet() -> None:
    second = samen.agree(waiting(), ANJA, MIDDLE, ALL, NOW)
    assert samen.agree(second, STRANGER, MIDDLE, ALL, NOW).status.naam == "aangevraagd"


@pytest.mark.parametrize(
    ("who", "holders", "refusal"),
    [
        (NOOR, ALL, NothingToConfirm),
        (PartijId("somebody-else"), ALL, NothingToConfirm),
        (ANJA, ALL - {ANJA}, NothingToConfirm),
        (ANJA, ALL - {STRANGER}, NobodyLeftToDecide),
    ],
)
def test_who_may_not_agree(who: PartijId, holders: set[PartijId], refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        samen.agree(waiting(), who, MIDDLE, holders, NOW)


def test_agreeing_takes_the_level_of_the_power() -> None:
    with pytest.raises(errors.LevelTooLow):
        samen.agree(waiting(), ANJA, Niveau.LAAG, ALL, NOW)


def test_after_the_code_has_expired_nobody_agrees() -> None:
    with pytest.raises(NothingToConfirm):
        samen.agree(waiting(), ANJA, MIDDLE, ALL, NOW + timedelta(days=14))


def test_the_agreement_of_who_left_does_not_count() -> None:
    left = JOINT.only({ANJA, STRANGER})
    assert (left.kring, left.gegeven, left.can_be_complete) == ((ANJA, STRANGER), (), False)
    assert samen.nobody_left(waiting(), {ANJA, STRANGER}, NOW)
    assert not samen.nobody_left(waiting(), ALL, NOW)


def test_a_circle_of_one_is_none_and_too_few_are_refused() -> None:
    assert samen.circle(1, [NOOR], NOOR, NOW) is None
    with pytest.raises(NobodyLeftToDecide):
        samen.circle(2, [NOOR], NOOR, NOW)
    by_another = samen.circle(2, [NOOR, ANJA], STRANGER, NOW)
    assert by_another is not None
    assert by_another.gegeven == ()


# -- chains ------------------------------------------------------------------------------------------


def test_nobody_acts_for_themself_by_way_of_an_organisation() -> None:
    general = machtiging(ORG, NOOR, grond=Grond.BESTUURDER, functie="directeur")
    given = machtiging(NOOR, ORG)
    assert keten.is_circular(Keten((general, given)))
    assert not keten.is_circular(Keten((machtiging(ORG, ANJA, functie="chef"), given)))


def test_only_a_director_or_a_function_reaches_the_clients() -> None:
    assert keten.is_for_all_clients(machtiging(ORG, ANJA, grond=Grond.BESTUURDER))
    assert keten.is_for_all_clients(machtiging(ORG, ANJA, functie="chef"))
    assert not keten.is_for_all_clients(machtiging(ORG, ANJA))
    assert not keten.is_for_all_clients(machtiging(NOOR, ANJA, functie="chef"))
    assert not keten.is_for_all_clients(machtiging(ORG, ANJA, functie="chef", boven="m0"))


def test_what_is_given_to_one_function_reaches_no_other() -> None:
    given = machtiging(NOOR, ORG, gericht_functie="schuldhulp")
    assert keten.reaches(machtiging(ORG, ANJA, functie="schuldhulp"), given)
    assert not keten.reaches(machtiging(ORG, ANJA, functie="parkeren"), given)
    assert keten.reaches(machtiging(ORG, ANJA, functie="parkeren"), machtiging(NOOR, ORG))


def test_an_organisation_may_name_people_and_a_person_may_not_pass_on() -> None:
    assert machtiging(NOOR, ORG).max_diepte == 1
    assert machtiging(NOOR, ANJA).max_diepte == 0


def test_a_function_is_one_within_an_organisation() -> None:
    giving, asking = Rol.VERTEGENWOORDIGDE, Rol.VERTEGENWOORDIGER
    assert asked_functie(aanvraag(functie="chef"), ORG, giving) == ("chef", None)
    assert asked_functie(aanvraag(functie="chef", organisatie=ORG), NOOR, giving) == (None, "chef")
    assert asked_functie(aanvraag(functie="chef"), ORG, asking) == (None, "chef")
    assert asked_functie(aanvraag(), NOOR, giving) == (None, None)
    for rol in (giving, asking):
        with pytest.raises(FunctionNeedsOrganisation):
            asked_functie(aanvraag(functie="chef"), NOOR, rol)


def test_an_addressed_request_is_answered_by_that_organisation_only() -> None:
    to_org = machtiging(NOOR, None, gericht_aan=ORG)
    assert rules.may_answer(to_org, ORG, NOW)
    assert not rules.may_answer(to_org, ANJA, NOW)


# -- members -----------------------------------------------------------------------------------------


def lid(rol: Lidrol, niveau: Niveau = MIDDLE, identifier: str = "l1") -> Lid:
    return Lid(identifier, ORG, NOOR, rol, "functie", niveau, NOW)


@pytest.mark.parametrize(
    ("door", "wanted", "allowed"),
    [
        (Lidrol.BESTUURDER, Lidrol.BEHEERDER, True),
        (Lidrol.BESTUURDER, Lidrol.MEDEWERKER, True),
        (Lidrol.BEHEERDER, Lidrol.BEHEERDER, True),
        (Lidrol.BEHEERDER, Lidrol.BESTUURDER, False),
        (Lidrol.BESTUURDER, Lidrol.BESTUURDER, False),
        (Lidrol.MEDEWERKER, Lidrol.MEDEWERKER, False),
        (Lidrol.COMMISSARIS, Lidrol.MEDEWERKER, False),
    ],
)
def test_who_lets_whom_in(door: Lidrol, wanted: Lidrol, allowed: bool) -> None:
    if allowed:
        assert members.check_invites(lid(door), wanted, MIDDLE, MIDDLE) is MIDDLE
    else:
        with pytest.raises(errors.WrongRole):
            members.check_invites(lid(door), wanted, MIDDLE, MIDDLE)


@pytest.mark.parametrize(
    ("own", "login", "asked"),
    [
        (MIDDLE, Niveau.HOOG, Niveau.HOOG),
        (Niveau.HOOG, MIDDLE, Niveau.HOOG),
        (Niveau.LAAG, Niveau.HOOG, MIDDLE),
    ],
)
def test_nobody_lets_in_above_their_own_level(own: Niveau, login: Niveau, asked: Niveau) -> None:
    with pytest.raises(errors.LevelTooLow):
        members.check_invites(lid(Lidrol.BEHEERDER, own), Lidrol.MEDEWERKER, asked, login)


def test_only_directors_and_administrators_act_for_it() -> None:
    acting = {rol for rol in Lidrol if members.may_act(lid(rol))}
    assert acting == {Lidrol.BESTUURDER, Lidrol.BEHEERDER}
    assert not members.may_act(replace(lid(Lidrol.BESTUURDER), geeindigd_op=NOW))
    assert not members.may_act(None)
