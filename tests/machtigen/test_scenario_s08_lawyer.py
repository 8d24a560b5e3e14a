"""S8: Noor's lawyer objects without machtiging, in this case only; a neighbour needs one."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from keys.kernel.caller import assertion
from machtigen.diensten.model import DienstId, Grond, Handeling
from tests.machtigen.people import Someone, someone, wish
from tests.machtigen.token_flow import Flow, choices_of, claims_of
from tests.machtigen.token_house import DUO, OWN, TokenHouse, scope_of
from tests.machtigen.world import ACTOR, NOW, READ, dienst

BEURS = DienstId("urn:uuid:0ae17a2e-d358-406d-9d5f-ad6045f712c3")
OBJECT = Handeling.BEZWAAR_MAKEN
CASE = "BZ-2026-0042"


class Objection:
    """Noor, her lawyer, a neighbour, the other side, and a service that knows the case."""

    def __init__(self, house: TokenHouse) -> None:
        self.house = house
        both = dienst(
            BEURS, "Bezwaar", handelingen=frozenset({READ, OBJECT}),
            gronden=frozenset({Grond.MACHTIGING, Grond.BEROEPSMATIG}),
        )  # fmt: skip
        lawyers = {"advocaat": frozenset({READ, OBJECT})}
        house.diensten.register(replace(both, beroepsmatig=lawyers), NOW)
        self.service = house.register("bezwaar", diensten=(BEURS,), actor=ACTOR, domein=str(DUO))
        self.noor, self.lawyer, self.neighbour, self.opponent = (
            someone(house, name) for name in ("noor", "advocaat", "buur", "tegenpartij")
        )
        self.registration = house.organisaties.invite_professional("advocaat", "NOvA", house.now)
        self.lawyer.does("/uitnodigingen/bevestigen", {"code": self.registration.code})

    def sub(self, flow: Flow, who: Someone) -> str:
        """Who comes to the service as themself; how it knows them."""
        tokens = flow.tokens(who.browser, "zelf", self.service, scope=scope_of(BEURS))
        return str(claims_of(tokens["access_token"])["sub"])

    def as_service(self, path: str, body: object = None) -> tuple[int, str]:
        proof = assertion(self.service.client.client_id, self.service.key, OWN, self.house.now)
        answer = self.house.http.post(
            f"{OWN}/api/v1{path}", json=body or {}, headers={"Authorization": f"Bearer {proof}"}
        )
        return answer.status_code, answer.json().get("code", "") if answer.content else ""

    def register(self, flow: Flow, zaak: str = CASE, **more: object) -> tuple[int, str]:
        body = {"zaak": zaak, "dienst": BEURS, "sub": self.sub(flow, self.noor), **more}
        return self.as_service("/zaken", body)


@pytest.fixture
def objection(house: TokenHouse, flow: Flow) -> Objection:
    made = Objection(house)
    assert made.register(flow)[0] == 201
    return made


def detail_of(zaak: str) -> dict[str, str]:
    wanted = f'[{{"type": "{OWN}/rar/machtiging/v1", "dienst": "{BEURS}", "zaak": "{zaak}"}}]'
    return {"authorization_details": wanted}


def by_profession(objection: Objection, zaak: str = CASE) -> dict[str, Any]:
    return objection.lawyer.does("/beroepsmatig", {"dienst": BEURS, "zaak": zaak})


def test_the_lawyer_acts_in_this_case_by_profession(objection: Objection, flow: Flow) -> None:
    made = by_profession(objection)
    assert (made["kind"], made["zaak"], made["status"], made["bron"]) == (
        "beroepsmatig", CASE, "actief", "NOvA",
    )  # fmt: skip
    assert sorted(made["handelingen"]) == ["bezwaar_maken", "informatie_opvragen"]
    tokens = flow.tokens(
        objection.lawyer.browser, made["id"], objection.service, scope=scope_of(BEURS), **detail_of(CASE)
    )
    (detail,) = claims_of(tokens["access_token"])["authorization_details"]
    assert (detail["grond"], detail["zaak"]) == ("beroepsmatig", CASE)
    (use,) = objection.noor.get(f"/machtigingen/{made['id']}/gebruik")["resultaten"]
    assert use["functie"] == "advocaat"


def test_it_gives_no_read_of_other_cases(objection: Objection, flow: Flow) -> None:
    made = by_profession(objection)
    other = flow.begin(objection.service, scope=scope_of(BEURS), **detail_of("BZ-2026-0043"))
    assert made["id"] not in choices_of(flow.open(objection.lawyer.browser, other.url))
    plain = flow.begin(objection.service, scope=scope_of(BEURS))
    assert made["id"] not in choices_of(flow.open(objection.lawyer.browser, plain.url))


def test_noor_sees_it_and_may_contest_it(objection: Objection, flow: Flow) -> None:
    made = by_profession(objection)
    (seen,) = objection.noor.get("/machtigingen?rol=vertegenwoordigde")["resultaten"]
    assert (seen["id"], seen["acties"]) == (made["id"], ["betwisten"])
    objection.noor.does(f"/machtigingen/{made['id']}/betwisten", {"reden": "Niet mijn advocaat."})
    attempt = flow.begin(objection.service, scope=scope_of(BEURS), **detail_of(CASE))
    assert made["id"] not in choices_of(flow.open(objection.lawyer.browser, attempt.url))


def test_an_ordinary_neighbour_needs_a_machtiging_to_object(objection: Objection, flow: Flow) -> None:
    refused = (403, "profession-not-accepted")
    assert objection.neighbour.fails("/beroepsmatig", {"dienst": BEURS, "zaak": CASE}) == refused
    asked = wish(objection.house, diensten=[BEURS], handelingen=["bezwaar_maken"])
    issued = objection.noor.does("/machtigingen", asked)
    objection.neighbour.does("/codes/bevestigen", {"code": issued["code"]})
    attempt = flow.begin(objection.service, scope=scope_of(BEURS))
    assert issued["id"] in choices_of(flow.open(objection.neighbour.browser, attempt.url))


def test_twice_is_the_same_power(objection: Objection) -> None:
    assert by_profession(objection)["id"] == by_profession(objection)["id"]


@pytest.mark.parametrize("zaak", ["BZ-unknown", "BZ-closed"])
def test_a_case_that_is_not_there_or_is_closed_looks_the_same(
    objection: Objection, flow: Flow, zaak: str
) -> None:
    objection.register(flow, "BZ-closed")
    objection.as_service("/zaken/BZ-closed/sluiten")
    refused = (404, "code-unknown")
    assert objection.lawyer.fails("/beroepsmatig", {"dienst": BEURS, "zaak": zaak}) == refused


def test_guessing_references_is_throttled(objection: Objection) -> None:
    for number in range(10):
        objection.lawyer.fails("/beroepsmatig", {"dienst": BEURS, "zaak": f"BZ-{number}"})
    assert objection.lawyer.fails("/beroepsmatig", {"dienst": BEURS, "zaak": CASE})[0] == 429


def test_closing_the_case_ends_what_is_bound_to_it(objection: Objection, flow: Flow) -> None:
    made = by_profession(objection)
    asked = wish(objection.house, diensten=[BEURS], zaak=CASE)
    issued = objection.noor.does("/machtigingen", asked)
    objection.neighbour.does("/codes/bevestigen", {"code": issued["code"]})
    tokens = flow.tokens(
        objection.lawyer.browser, made["id"], objection.service, scope=scope_of(BEURS), **detail_of(CASE)
    )
    assert objection.as_service(f"/zaken/{CASE}/sluiten")[0] == 204
    for who, identifier in ((objection.lawyer, made["id"]), (objection.neighbour, issued["id"])):
        assert who.get(f"/machtigingen/{identifier}")["reden"] == "case-closed"
    assert objection.house.tokens.introspectie.read(tokens["access_token"], objection.house.now) is None


def test_who_is_struck_off_acts_no_longer(objection: Objection) -> None:
    made = by_profession(objection)
    objection.house.organisaties.strike_off(objection.registration.uitnodiging.id, objection.house.now)
    assert objection.lawyer.get(f"/machtigingen/{made['id']}")["reden"] == "profession-ended"
    assert objection.lawyer.fails("/beroepsmatig", {"dienst": BEURS, "zaak": CASE})[0] == 403


# -- conflicts ---------------------------------------------------------------------------------------


def test_the_other_side_of_a_case_does_not_act_in_it(objection: Objection, flow: Flow) -> None:
    against = objection.sub(flow, objection.neighbour)
    assert objection.register(flow, "BZ-9", wederpartijen=[against])[0] == 201
    asked = wish(objection.house, diensten=[BEURS], handelingen=["bezwaar_maken"])
    issued = objection.noor.does("/machtigingen", asked)
    objection.neighbour.does("/codes/bevestigen", {"code": issued["code"]})
    elsewhere = flow.begin(objection.service, scope=scope_of(BEURS), **detail_of(CASE))
    assert issued["id"] in choices_of(flow.open(objection.neighbour.browser, elsewhere.url))
    here = flow.begin(objection.service, scope=scope_of(BEURS), **detail_of("BZ-9"))
    assert issued["id"] not in choices_of(flow.open(objection.neighbour.browser, here.url))


def test_a_lawyer_of_the_other_side_is_refused(objection: Objection, flow: Flow) -> None:
    against = objection.sub(flow, objection.lawyer)
    objection.register(flow, "BZ-9", wederpartijen=[against])
    refused = (409, "conflict-of-interest")
    assert objection.lawyer.fails("/beroepsmatig", {"dienst": BEURS, "zaak": "BZ-9"}) == refused


def test_an_official_handles_neither_their_own_case_nor_that_of_whom_they_represent(
    objection: Objection, flow: Flow
) -> None:
    clerk = objection.sub(flow, objection.opponent)
    assert objection.register(flow, "BZ-10", behandelaar=clerk)[0] == 201
    own = objection.sub(flow, objection.noor)
    assert objection.register(flow, "BZ-11", behandelaar=own) == (409, "conflict-of-interest")
    issued = objection.noor.does("/machtigingen", wish(objection.house, diensten=[BEURS]))
    objection.opponent.does("/codes/bevestigen", {"code": issued["code"]})
    assert objection.register(flow, "BZ-12", behandelaar=clerk) == (409, "conflict-of-interest")


def test_a_service_registers_cases_of_its_own_services_and_people_it_knows_only(
    objection: Objection, flow: Flow
) -> None:
    assert objection.register(flow)[0] == 200
    assert objection.register(flow, dienst="urn:uuid:a9e17a2e-d358-406d-9d5f-ad6045f712ba")[0] == 409
    unknown = {"zaak": "BZ-13", "dienst": BEURS, "sub": "x" * 22}
    assert objection.as_service("/zaken", unknown) == (404, "not-found")
    answer = objection.house.http.post(f"{OWN}/api/v1/zaken", json=unknown)
    assert answer.status_code == 401
