"""Lookups for people: for whom, by whom, and why not."""

from __future__ import annotations

import ast
import re
from itertools import product
from pathlib import Path

import pytest

from machtigen.diensten.model import Aard, Grond
from machtigen.machtigingen import gronden, uitleg
from machtigen.machtigingen.model import ENDED, Aangevraagd, Betwist, Gepauzeerd
from tests.machtigen.house import House, Person
from tests.machtigen.world import AANVULLENDE_BEURS, ONLY_GEZAG, READ, REISPRODUCT

ROOT = Path(__file__).resolve().parents[2]
API = "/machtigen/api/v1"
UNKNOWN = "urn:uuid:00000000-0000-0000-0000-000000000000"


@pytest.fixture
def people(site: House) -> tuple[Person, Person]:
    return site.log_in("noor"), site.log_in("anja")


def give(noor: Person, anja: Person, *handelingen: str, **changes: object) -> str:
    body = {"diensten": [AANVULLENDE_BEURS], "handelingen": list(handelingen or [READ]),
            "geldig_tot": "2027-06-01", **changes}  # fmt: skip
    issued = noor.api("/machtigingen", body)
    assert issued.status_code == 201, issued.text
    accepted = anja.api("/codes/bevestigen", {"code": issued.json()["code"]})
    assert accepted.status_code == 200, accepted.text
    return str(issued.json()["id"])


def listed(person: Person, what: str, dienst: str = AANVULLENDE_BEURS) -> list[str]:
    answer = person.get(f"{API}/{what}?dienst={dienst}")
    assert answer.status_code == 200, answer.text
    assert answer.json().keys() == {"resultaten", "volgende"}
    return [one["id"] for one in answer.json()["resultaten"]]


def test_each_side_finds_the_power_and_no_name(people: tuple[Person, Person]) -> None:
    noor, anja = people
    power = give(noor, anja)
    assert listed(anja, "vertegenwoordigden") == listed(noor, "vertegenwoordigers") == [power]
    assert listed(noor, "vertegenwoordigden") == listed(anja, "vertegenwoordigers") == []
    assert listed(noor, "vertegenwoordigers", REISPRODUCT) == []


def test_nobody_stands_twice_in_the_list(people: tuple[Person, Person]) -> None:
    noor, anja = people
    give(noor, anja, "informatie_opvragen")
    wider = give(noor, anja, "informatie_opvragen", "zaken_regelen")
    assert listed(anja, "vertegenwoordigden") == [wider]


def test_a_revocation_is_seen_at_the_very_next_look(people: tuple[Person, Person]) -> None:
    noor, anja = people
    power = give(noor, anja)
    noor.api(f"/machtigingen/{power}/intrekken", {})
    assert listed(anja, "vertegenwoordigden") == listed(noor, "vertegenwoordigers") == []


@pytest.mark.parametrize("what", ["vertegenwoordigden", "vertegenwoordigers"])
def test_an_unknown_service_is_empty_and_a_malformed_one_is_400(
    people: tuple[Person, Person], what: str
) -> None:
    noor, _ = people
    assert listed(noor, what, UNKNOWN) == []
    for wrong in ("", "x", "urn:uuid:1", UNKNOWN.upper(), UNKNOWN + "%00"):
        answer = noor.get(f"{API}/{what}?dienst={wrong}")
        assert (answer.status_code, answer.json()["code"]) == (400, "malformed-question"), wrong


def test_a_party_is_told_why_not_in_words(site: House, people: tuple[Person, Person]) -> None:
    noor, anja = people
    power = give(noor, anja, zaak="Z-1")
    path = f"{API}/machtigingen/{power}/toets?dienst={AANVULLENDE_BEURS}"
    allowed = anja.get(f"{path}&handeling=informatie_opvragen&zaak=Z-1").json()
    assert allowed == {"toegestaan": True, "redenen": [], "bevoegd": []}
    refused = anja.get(f"{path}&handeling=zaken_regelen&zaak=Z-2").json()
    assert refused["toegestaan"] is False
    assert [one["code"] for one in refused["redenen"]] == ["action-outside", "case-outside"]
    assert all(one["nl"] and one["en"] for one in refused["redenen"])
    noor.api(f"/machtigingen/{power}/pauzeren", {})
    paused = noor.get(f"{path}&zaak=Z-1").json()
    assert [one["code"] for one in paused["redenen"]] == ["status-gepauzeerd"]


def test_who_else_could_be_competent_is_told_by_kind(people: tuple[Person, Person]) -> None:
    noor, anja = people
    power = give(noor, anja)
    answer = anja.get(f"{API}/machtigingen/{power}/toets?dienst={ONLY_GEZAG}").json()
    assert "ground-not-accepted" in {one["code"] for one in answer["redenen"]}
    assert answer["bevoegd"] == [
        {"code": "gezag", "nl": "een ouder met gezag", "en": "a parent with authority"}
    ]


def test_a_check_is_for_parties_only(site: House, people: tuple[Person, Person]) -> None:
    noor, anja = people
    power = give(noor, anja)
    stranger = site.log_in("stranger")
    for person, identifier, dienst in (
        (stranger, power, AANVULLENDE_BEURS), (noor, "nergens", AANVULLENDE_BEURS), (noor, power, UNKNOWN),
    ):  # fmt: skip
        answer = person.get(f"{API}/machtigingen/{identifier}/toets?dienst={dienst}")
        assert (answer.status_code, answer.json()["code"]) == (404, "not-found")


def test_a_request_without_an_answer_is_nobodys_yet(people: tuple[Person, Person]) -> None:
    noor, anja = people
    body = {"diensten": [AANVULLENDE_BEURS], "handelingen": [READ], "geldig_tot": "2027-06-01"}
    for person, path in ((noor, "/machtigingen"), (anja, "/verzoeken")):
        asked = person.api(path, {**body, "label": "hulp"}).json()
        answer = person.get(f"{API}/machtigingen/{asked['id']}/toets?dienst={AANVULLENDE_BEURS}&zaak=Z-1")
        assert [one["code"] for one in answer.json()["redenen"]] == ["status-aangevraagd"]


RULES = {
    "toets": {"refusals", "_about_form", "_about_service", "_about_login", "judge", "judge_own"},
    "rules": {"decide"},
    "beperkingen": {"refuses"},
}
SLUG = re.compile(r"[a-z]+(-[a-z]+)+")


def slugs(name: str, functions: set[str]) -> set[str]:
    """Every text in the form of a reason in these functions, and in the constants of the module."""
    tree = ast.parse((ROOT / "machtigen" / "machtigingen" / f"{name}.py").read_text())
    parts: list[ast.AST] = [one for one in tree.body if isinstance(one, ast.Assign)]
    parts += [one for one in ast.walk(tree) if isinstance(one, ast.FunctionDef) and one.name in functions]
    texts = {node.value for part in parts for node in ast.walk(part) if isinstance(node, ast.Constant)}
    return {text for text in texts if isinstance(text, str) and SLUG.fullmatch(text)}


def test_every_reason_has_words() -> None:
    """All slugs that the rules give as reasons, the states, and who else is competent."""
    given = set().union(*(slugs(name, functions) for name, functions in RULES.items()))
    states = {f"status-{state.naam}" for state in (Aangevraagd, Gepauzeerd, Betwist, *ENDED)}
    beyond = {"others-must-agree", "conflict-of-interest", "expired"}  # not of the rules; of one word
    assert given | states | beyond == set(uitleg.TEXTS)
    for grond, aard in product(Grond, Aard):
        reason = gronden.refuses(grond, aard)
        if reason is not None:
            (told,) = uitleg.explain([reason])
            assert told.nl != told.en
