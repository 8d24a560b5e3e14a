"""The decision about a read: the cases a policy officer may dispute, and what holds for all cases."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from keys.kernel.pep import Domain
from rechten.doelen.model import Doel, DoelVersie
from rechten.registers.model import Categorie, Gebruiksgrond, Register
from rechten.toegang.model import Bevoegdheid, Feiten, Vraag
from rechten.toegang.rules import CATEGORY_REASONS, REASONS, decide
from rechten.web.teksten import REDENEN

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
ACTOR = "oin:00000001003214345000:studiefinanciering"
KEPT = ("toekenning", "inkomen-ouders", "nationaliteit")
DOEL = "aanvullende-beurs"
REGISTER = Register(
    id="studiefinanciering",
    naam={"nl": "Studiefinanciering"},
    actor=ACTOR,
    domein=Domain(ACTOR, "studiefinanciering"),
    categorieen=tuple(Categorie(one, {"nl": one}) for one in KEPT),
    audience="https://api.duo.test/sf",
)
CASES = yaml.safe_load((Path(__file__).parents[1] / "cases" / "toegang.yaml").read_text("utf-8"))


def days(number: int) -> datetime:
    return NOW + timedelta(days=number)


def purpose(given: dict[str, Any] | None) -> Doel | None:
    if given is None:
        return None
    version = DoelVersie(DOEL, 1, "digest", "https://keys.test/doelen/x/v1", {"nl": DOEL}, ("Wet",))
    tot = days(given["tot"]) if "tot" in given else None
    return Doel(version, frozenset(given["categorieen"]), days(given.get("van", -10)), tot)


def ground(given: dict[str, Any]) -> Gebruiksgrond:
    return Gebruiksgrond(
        id="g",
        afnemer=given.get("afnemer", ACTOR),
        afnemer_naam={"nl": "DUO"},
        doel=given.get("doel", DOEL),
        categorieen=frozenset(given["categorieen"]),
        geldig_van=days(given.get("van", -10)),
        geldig_tot=days(given["tot"]) if "tot" in given else None,
    )


def question(asked: dict[str, Any]) -> Vraag:
    token = asked.get("token", {})
    bevoegdheid = None
    if token is not None:
        bevoegdheid = Bevoegdheid(
            actions=frozenset(token.get("actions", ["informatie_opvragen"])),
            doelen=frozenset(token.get("doelen", [DOEL])),
            datatypes=frozenset(token.get("datatypes", [])),
            geldig_tot=days(token["tot"]) if "tot" in token else None,
        )
    categorieen = frozenset(asked["categorieen"]) if "categorieen" in asked else None
    return Vraag(REGISTER, ACTOR, DOEL, bevoegdheid, categorieen)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_case(case: dict[str, Any]) -> None:
    facts = Feiten(purpose(case["given"]["doel"]), tuple(map(ground, case["given"]["gronden"])))
    decision = decide(question(case["when"]), facts, NOW)
    then = case["then"]
    assert decision.allowed is then["allowed"]
    assert list(decision.reasons) == then.get("reasons", [])
    assert sorted(decision.categories) == then.get("categories", [])
    if "refused" in then:
        assert {one.categorie: one.reden for one in decision.refused} == then["refused"]


def test_every_reason_has_a_case_and_a_sentence() -> None:
    told = {reason for case in CASES for reason in case["then"].get("reasons", [])}
    told |= {reason for case in CASES for reason in case["then"].get("refused", {}).values()}
    assert told == {*REASONS, *CATEGORY_REASONS} == set(REDENEN)


CATEGORIES = st.frozensets(st.sampled_from([*KEPT, "adres", "diploma"]))
GROUNDS = st.builds(
    Gebruiksgrond,
    id=st.just("g"),
    afnemer=st.sampled_from([ACTOR, "oin:00000001003214345000:ander"]),
    afnemer_naam=st.just({"nl": "DUO"}),
    doel=st.sampled_from([DOEL, "ander"]),
    categorieen=CATEGORIES,
    geldig_van=st.sampled_from([days(-1), days(1)]),
    geldig_tot=st.sampled_from([None, days(0), days(2)]),
)
TOKENS = st.none() | st.builds(
    Bevoegdheid,
    actions=st.frozensets(st.sampled_from(["informatie_opvragen", "betalen"])),
    doelen=st.frozensets(st.sampled_from([DOEL, "ander"])),
    datatypes=CATEGORIES,
    geldig_tot=st.sampled_from([None, days(0), days(2)]),
)
PURPOSES = st.none() | st.builds(
    lambda categorieen, van, tot: Doel(
        DoelVersie(DOEL, 1, "d", "https://keys.test/d", {"nl": DOEL}, ("Wet",)), categorieen, van, tot
    ),
    CATEGORIES,
    st.sampled_from([days(-1), days(1)]),
    st.sampled_from([None, days(0), days(2)]),
)


@given(PURPOSES, st.lists(GROUNDS, max_size=4), TOKENS, st.none() | CATEGORIES)
def test_nothing_is_ever_given_outside_purpose_ground_token_and_register(
    doel: Doel | None,
    gronden: list[Gebruiksgrond],
    token: Bevoegdheid | None,
    asked: frozenset[str] | None,
) -> None:
    decision = decide(Vraag(REGISTER, ACTOR, DOEL, token, asked), Feiten(doel, tuple(gronden)), NOW)
    granted = [one for one in gronden if one.afnemer == ACTOR and one.doel == DOEL and one.holds_at(NOW)]
    for categorie in decision.categories:
        assert doel is not None
        assert categorie in doel.categorieen
        assert categorie in KEPT
        assert any(categorie in one.categorieen for one in granted)
        assert asked is None or categorie in asked
        assert token is None or not token.datatypes or categorie in token.datatypes
    assert decision.allowed or not decision.categories
    assert decision.allowed != bool(decision.reasons)
    assert not decision.categories & {one.categorie for one in decision.refused}
    if decision.allowed and asked is not None:
        assert decision.categories | {one.categorie for one in decision.refused} == asked
