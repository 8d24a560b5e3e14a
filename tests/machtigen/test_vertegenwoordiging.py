"""The cases of `vertegenwoordiging.yaml`: by the pure rules, by the database, and by a service that asks."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from sqlmodel import Session

from machtigen.diensten.model import Dienst, DienstId, Grond, Handeling, Niveau
from machtigen.machtigingen import toets, toetsstore
from machtigen.machtigingen.beperkingen import (
    AlleenDiensten,
    AlleenDoelen,
    AlleenHandelingen,
    AlleenZaak,
    Beperking,
    MaxGebruik,
    MinNiveau,
    Periode,
)
from machtigen.machtigingen.keten import Keten
from machtigen.machtigingen.model import Actief, Betwist, Gepauzeerd, Machtiging, Rol, Status
from machtigen.machtigingen.store import MachtigingStore
from machtigen.machtigingen.toets import Toetsing, Toetsvraag
from machtigen.partijen.model import PartijId, is_organisation
from machtigen.sealing import Seal
from tests.machtigen.decision_point import DecisionPoint
from tests.machtigen.token_house import TokenHouse
from tests.machtigen.world import ACTOR, ARRANGE, DAY, NOW, PAY, READ

CASES = yaml.safe_load((Path(__file__).parents[1] / "cases" / "vertegenwoordiging.yaml").read_text("utf-8"))
HERE = DienstId("urn:uuid:0a517a2e-d358-406d-9d5f-ad6045f712b0")
ELSEWHERE = DienstId("urn:uuid:0b517a2e-d358-406d-9d5f-ad6045f712b1")
MOST = 3
STATES: Mapping[str, Status] = {
    "actief": Actief(NOW - 9 * DAY),
    "gepauzeerd": Gepauzeerd(NOW - DAY, Rol.VERTEGENWOORDIGDE),
    "betwist": Betwist(NOW - DAY, Rol.VERTEGENWOORDIGDE, Actief(NOW - 9 * DAY)),
}


def service(identifier: DienstId = HERE) -> Dienst:
    return Dienst(
        id=identifier,
        naam="Geval",
        actor=ACTOR,
        handelingen=frozenset({READ, ARRANGE, PAY}),
        gronden=frozenset({Grond.MACHTIGING, Grond.GEZAG, Grond.BEWIND, Grond.MENTORSCHAP}),
        doelen=("studiefinanciering", "onderzoek"),
        min_niveau=Niveau.SUBSTANTIEEL,
        machtigbaar=True,
        audience="https://api.duo.example.nl",
    )


def power(given: Mapping[str, Any], number: int, ids: Mapping[str, PartijId]) -> Machtiging:
    grond = Grond(given.get("grond", "machtiging"))
    parts: list[Beperking] = [
        Periode(NOW + given.get("vanaf", -9) * DAY, NOW + given.get("tot", 365) * DAY),
        AlleenHandelingen(frozenset(map(Handeling, given.get("handelingen", [READ, ARRANGE, PAY])))),
    ]
    if grond is Grond.MACHTIGING:
        parts.append(AlleenDiensten((ELSEWHERE if "dienst" in given else HERE,)))
    for name, make in (("zaak", AlleenZaak), ("max_gebruik", MaxGebruik)):
        if name in given:
            parts.append(make(given[name]))
    if "doelen" in given:
        parts.append(AlleenDoelen(frozenset(given["doelen"])))
    if "min_niveau" in given:
        parts.append(MinNiveau(Niveau(given["min_niveau"])))
    general = given["van"].startswith("org:") and "boven" not in given  # for all clients of that organisation
    return Machtiging(
        id=given.get("id", f"power-{number}"),
        initiatief=Rol.VERTEGENWOORDIGDE,
        aanvrager=ids[given["van"]],
        wederpartij=ids[given["aan"]],
        beperkingen=tuple(parts),
        niveau=Niveau(given.get("niveau", "substantieel")),
        status=STATES[given.get("status", "actief")],
        grond=grond,
        boven=given.get("boven"),
        bron="rechtspraak" if grond is not Grond.MACHTIGING else None,
        lease_tot=NOW + timedelta(hours=given["lease"]) if "lease" in given else None,
        gebruikt=given.get("gebruikt", 0),
        functie=given.get("functie", "medewerker" if general else None),
    )


def question(when: Mapping[str, Any], ids: Mapping[str, PartijId]) -> Toetsvraag:
    niveau = when.get("niveau", "substantieel")
    return Toetsvraag(
        dienst=service(),
        now=NOW,
        handeling=Handeling(when.get("handeling", READ)),
        niveau=Niveau(niveau) if niveau else None,
        zaak=when.get("zaak"),
        doel=when.get("doel"),
        via=tuple(ids[name] for name in when["via"]) if "via" in when else None,
    )


def chains(powers: list[Machtiging], who: PartijId, of: PartijId) -> list[Keten]:
    """Every chain between two, found in the plainest way."""
    found = []

    def go_down(path: tuple[Machtiging, ...]) -> None:
        last = path[0]
        seen = {of, *(link.vertegenwoordiger for link in path)}
        if len(path) > MOST or len(seen) <= len(path):
            return
        if last.vertegenwoordiger == who:
            found.append(Keten(path))
        for link in powers:
            below = link.boven == last.id
            general = link.boven is None and link.vertegenwoordigde == last.vertegenwoordiger
            if below or (general and is_organisation(link.vertegenwoordigde)):
                go_down((link, *path))

    for top in powers:
        if top.boven is None and top.vertegenwoordigde == of:
            go_down((top,))
    return found


def check(outcome: Toetsing, then: Mapping[str, Any]) -> None:
    assert outcome.besluit.allowed is then["allowed"]
    if "reasons" in then:
        assert list(outcome.besluit.reasons) == then["reasons"]
    if "schakels" in then:
        assert outcome.keten is not None
        assert len(outcome.keten.schakels) == then["schakels"]
    assert outcome.niveau_nodig == then.get("niveau")


@pytest.fixture(params=CASES, ids=lambda case: case["name"])
def case(request: pytest.FixtureRequest) -> dict[str, Any]:
    found: dict[str, Any] = request.param
    return found


def names(case: Mapping[str, Any]) -> set[str]:
    links = {link[side] for link in case["given"] for side in ("van", "aan")}
    return {case["when"]["wie"], case["when"]["voor"], *case["when"].get("via", ()), *links}


def test_by_the_rules(case: dict[str, Any]) -> None:
    ids = {name: PartijId(name) for name in names(case)}
    powers = [power(given, number, ids) for number, given in enumerate(case["given"])]
    found = chains(powers, ids[case["when"]["wie"]], ids[case["when"]["voor"]])
    check(toets.judge(found, question(case["when"], ids)), case["then"])


def test_by_the_database_and_by_a_service_that_asks(house: TokenHouse, case: dict[str, Any]) -> None:
    house.machtigingen.maximum_links = MOST
    for identifier in (HERE, ELSEWHERE):
        house.diensten.register(service(identifier), NOW)
    point = DecisionPoint(house, diensten=(HERE,))
    ids = {name: point.party(name) for name in names(case)}
    point.meet(*names(case))
    store = MachtigingStore(Seal(b"l" * 32))
    powers = [power(given, number, ids) for number, given in enumerate(case["given"])]

    def write(session: Session) -> None:
        for one in powers:
            store.add(session, one, NOW)
            session.flush()
            if one.gebruikt:
                from machtigen.machtigingen.tables import MachtigingRow

                session.get_one(MachtigingRow, one.id).gebruikt = one.gebruikt

    house.database.write(write)
    when = case["when"]
    found = house.database.look(
        lambda lookup: toetsstore.find_ketens(lookup, ids[when["wie"]], ids[when["voor"]], MOST)
    )
    check(toets.judge(found, question(when, ids)), case["then"])
    asked = point.question(
        when["wie"],
        *when.get("via", ()),
        when["voor"],
        handeling=when.get("handeling", READ),
        dienst=HERE,
        acr=Niveau(when["niveau"]).acr if when.get("niveau") else None if "niveau" in when else
        Niveau.SUBSTANTIEEL.acr,
        **({"purpose": when["doel"]} if "doel" in when else {}),
    )  # fmt: skip
    if "zaak" in when:
        asked["resource"]["properties"] = {"zaak": when["zaak"]}
    answer = point.ask("evaluation", asked)
    assert answer["decision"] is case["then"]["allowed"]
    if "niveau" in case["then"]:
        assert answer["context"] == {"acr_values": Niveau(case["then"]["niveau"]).acr}
    if case["then"]["allowed"]:
        assert len(answer["context"]["machtigingen"]) == case["then"].get("schakels", 1)
