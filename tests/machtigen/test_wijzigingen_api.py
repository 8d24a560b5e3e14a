"""The acts on a machtiging that stands, as published: what each answers, to whom, and once."""

from __future__ import annotations

from typing import Any

import pytest

from tests.machtigen.house import House, Person
from tests.machtigen.test_machtigingen_api import accepted, code_of
from tests.machtigen.world import AANVULLENDE_BEURS, DAY, REISPRODUCT

pytestmark = pytest.mark.slow

LATER_END = "2027-12-01T00:00:00Z"
ACTS: dict[str, dict[str, Any] | None] = {
    "beperken": {"geldig_tot": "2027-01-01T00:00:00Z"},
    "verlengen": {"geldig_tot": LATER_END},
    "verlenging/afwijzen": None,
    "pauzeren": None,
    "hervatten": None,
    "betwisten": {"reden": "Dit heb ik nooit gewild"},
    "doormachtigen": {},
}


@pytest.fixture
def parties(site: House) -> tuple[Person, Person, str]:
    """Noor and Anja, and the machtiging between them, which may be passed on once."""
    noor, anja, machtiging = accepted(site, handelingen=["informatie_opvragen", "zaken_regelen"],
                                      doormachtigen=1)  # fmt: skip
    return noor, anja, f"/machtigingen/{machtiging['id']}"


def prepare(act: str, noor: Person, path: str) -> None:
    """Bring it where `act` is possible for Anja, or for Noor when it is hers to resume."""
    if act == "verlenging/afwijzen":
        assert noor.api(f"{path}/verlengen", {"geldig_tot": LATER_END}).status_code == 200
    if act == "hervatten":
        assert noor.api(f"{path}/pauzeren").status_code == 200


@pytest.mark.parametrize(("act", "sent"), ACTS.items(), ids=ACTS.keys())
def test_each_act_answers_the_machtiging_and_the_same_again(
    parties: tuple[Person, Person, str], act: str, sent: dict[str, Any] | None
) -> None:
    noor, anja, path = parties
    prepare(act, noor, path)
    who = noor if act == "hervatten" else anja
    before = len(noor.get(f"/machtigen/api/v1{path}/geschiedenis").json()["resultaten"])
    answers = [who.api(f"{path}/{act}", sent, Idempotency_Key="once") for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 200], answers[0].text
    assert answers[0].text == answers[1].text
    assert {
        "id",
        "status",
        "rol",
        "kind",
        "diensten",
        "handelingen",
        "geldig_van",
        "geldig_tot",
        "acties",
    } <= (answers[0].json().keys())
    after = noor.get(f"/machtigen/api/v1{path}/geschiedenis").json()["resultaten"]
    assert len(after) == before + 1


@pytest.mark.parametrize(("act", "sent"), ACTS.items(), ids=ACTS.keys())
def test_a_stranger_and_a_wrong_id_get_one_answer(
    site: House, parties: tuple[Person, Person, str], act: str, sent: dict[str, Any] | None
) -> None:
    _, anja, path = parties
    stranger = site.log_in("fatima")
    answers = [
        stranger.api(f"{path}/{act}", sent),
        stranger.api(f"/machtigingen/unknown/{act}", sent),
        anja.api(f"/machtigingen/%00/{act}", sent),
    ]
    assert {code_of(answer) for answer in answers} == {(404, "not-found")}
    assert len({answer.text for answer in answers}) == 1


@pytest.mark.parametrize(("act", "sent"), ACTS.items(), ids=ACTS.keys())
def test_what_has_ended_answers_a_conflict(
    parties: tuple[Person, Person, str], act: str, sent: dict[str, Any] | None
) -> None:
    noor, anja, path = parties
    noor.api(f"{path}/intrekken")
    assert code_of(anja.api(f"{path}/{act}", sent)) == (409, "already-ended")


@pytest.mark.parametrize(("act", "sent"), ACTS.items(), ids=ACTS.keys())
def test_without_the_pages_token_or_a_session_nothing_is_done(
    site: House, parties: tuple[Person, Person, str], act: str, sent: dict[str, Any] | None
) -> None:
    noor, anja, path = parties
    before = noor.get(f"/machtigen/api/v1{path}").json()
    for headers in ({}, {"X-CSRF-Token": noor.csrf}):
        answer = anja.browser.post(f"/machtigen/api/v1{path}/{act}", json=sent, headers=headers)
        assert code_of(answer) == (403, "csrf-rejected")
    nobody = site.browser().post(f"/machtigen/api/v1{path}/{act}", json=sent)
    assert code_of(nobody) == (401, "not-logged-in")
    assert noor.get(f"/machtigen/api/v1{path}").json() == before


def test_one_key_with_another_body_is_refused(parties: tuple[Person, Person, str]) -> None:
    _, anja, path = parties
    anja.api(f"{path}/beperken", {"max_gebruik": 5}, Idempotency_Key="k")
    again = anja.api(f"{path}/beperken", {"max_gebruik": 4}, Idempotency_Key="k")
    assert code_of(again) == (422, "idempotency-key-reused")


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        ({}, "not-narrower"),
        ({"handelingen": ["informatie_opvragen", "zaken_regelen"]}, "not-narrower"),
        ({"handelingen": ["betalen"]}, "not-narrower"),
        ({"diensten": [REISPRODUCT]}, "not-narrower"),
        ({"geldig_tot": "2028-01-01"}, "not-narrower"),
        ({"diensten": []}, "nothing-chosen"),
        ({"handelingen": []}, "nothing-chosen"),
        ({"geldig_tot": "2026-11-24T10:00:00Z"}, "end-in-the-past"),
        ({"geldig_tot": None, "geldig_van": "2026-12-01"}, "invalid-input"),
        ({"handelingen": ["vliegen"]}, "invalid-input"),
        ({"geldig_tot": "9999-12-31"}, "invalid-input"),
        ({"geldig_tot": "2027-01-01T00:00:00"}, "invalid-input"),
        ({"max_gebruik": 0}, "invalid-input"),
        ({"doelen": []}, "invalid-input"),
        ({"doelen": ["Marketing & co"]}, "invalid-input"),
        ({"min_niveau": "hoogst"}, "invalid-input"),
        ({"zaak": "x" * 81}, "invalid-input"),
    ],
)
def test_what_is_no_narrowing_is_refused_with_a_code(
    parties: tuple[Person, Person, str], sent: dict[str, Any], code: str
) -> None:
    noor, _, path = parties
    before = noor.get(f"/machtigen/api/v1{path}").json()
    assert code_of(noor.api(f"{path}/beperken", sent)) == (422, code)
    assert noor.get(f"/machtigen/api/v1{path}").json() == before


def test_narrowing_shows_what_is_left(parties: tuple[Person, Person, str]) -> None:
    noor, anja, path = parties
    sent = {"handelingen": ["informatie_opvragen"], "geldig_tot": "2027-03-31", "zaak": "2026-1",
            "doelen": ["studiefinanciering"], "min_niveau": "hoog", "max_gebruik": 3}  # fmt: skip
    left = anja.api(f"{path}/beperken", sent).json()
    assert left["handelingen"] == ["informatie_opvragen"]
    assert left["geldig_tot"] == "2027-03-31T22:00:00Z"
    assert (left["kind"], left["zaak"], left["doelen"]) == (
        "zaakmachtiging",
        "2026-1",
        ["studiefinanciering"],
    )
    assert (left["min_niveau"], left["max_gebruik"]) == ("hoog", 3)
    seen = noor.get(f"/machtigen/api/v1{path}").json()
    assert {**seen, "rol": "", "acties": []} == {**left, "rol": "", "acties": []}


def test_extending_takes_both_sides(parties: tuple[Person, Person, str]) -> None:
    noor, anja, path = parties
    proposed = anja.api(f"{path}/verlengen", {"geldig_tot": LATER_END}).json()
    assert proposed["verlenging"] == {"geldig_tot": LATER_END, "door": "vertegenwoordiger"}
    assert proposed["geldig_tot"] != LATER_END
    agreed = noor.api(f"{path}/verlengen", {"geldig_tot": LATER_END}).json()
    assert (agreed["geldig_tot"], agreed["verlenging"]) == (LATER_END, None)
    lines = noor.get(f"/machtigen/api/v1{path}/geschiedenis").json()["resultaten"]
    assert [line["gebeurtenis"] for line in lines[-2:]] == ["verlenging_gevraagd", "verlengd"]


@pytest.mark.parametrize(
    ("until", "code"),
    [
        ("2027-01-01", "not-later"),
        ("2031-11-25", "period-too-long"),
        ("9999-01-01", "invalid-input"),
        (None, "invalid-input"),
        ("later", "invalid-input"),
    ],
)
def test_an_end_that_cannot_be_is_refused(
    parties: tuple[Person, Person, str], until: str | None, code: str
) -> None:
    noor, _, path = parties
    assert code_of(noor.api(f"{path}/verlengen", {"geldig_tot": until})) == (422, code)


def test_a_conflict_names_the_state(parties: tuple[Person, Person, str]) -> None:
    noor, anja, path = parties
    assert code_of(noor.api(f"{path}/hervatten")) == (409, "not-paused")
    assert code_of(noor.api(f"{path}/verlenging/afwijzen")) == (409, "nothing-proposed")
    noor.api(f"{path}/pauzeren")
    assert code_of(anja.api(f"{path}/hervatten")) == (409, "wrong-role")
    assert code_of(anja.api(f"{path}/pauzeren")) == (409, "not-active")
    assert code_of(anja.api(f"{path}/verlengen", {"geldig_tot": LATER_END})) == (409, "not-active")
    assert code_of(anja.api(f"{path}/doormachtigen", {})) == (409, "not-active")
    assert anja.api(f"{path}/betwisten", {"reden": "onjuist"}).json()["status"] == "betwist"
    assert code_of(noor.api(f"{path}/betwisten", {"reden": "onjuist"})) == (409, "not-active")
    assert code_of(noor.api(f"{path}/hervatten")) == (409, "not-paused")


@pytest.mark.parametrize("path", ["/machtigingen", "/verzoeken"])
def test_what_waits_for_an_answer_can_be_looked_at_and_not_be_changed(site: House, path: str) -> None:
    noor = site.log_in("noor")
    wish = {"diensten": [AANVULLENDE_BEURS], "handelingen": ["informatie_opvragen"], "label": "hulp",
            "geldig_tot": "2027-06-01", "doormachtigen": 1}  # fmt: skip
    asked = noor.api(path, wish)
    assert asked.status_code == 201, asked.text
    one = f"/machtigingen/{asked.json()['id']}"
    for act, body in ACTS.items():
        refused = noor.api(f"{one}/{act}", body)
        assert refused.status_code in {409, 422}, (act, refused.text)
    assert code_of(noor.api(f"{one}/doormachtigen", {})) in {(409, "not-active"), (409, "wrong-role")}
    for place in ("", "/geschiedenis", f"/toets?dienst={AANVULLENDE_BEURS}"):
        assert noor.get(f"/machtigen/api/v1{one}{place}").status_code == 200, place
    assert noor.get(f"/machtigen/{asked.json()['id']}").status_code == 200


def test_passing_on_gives_a_code_and_a_link(site: House, parties: tuple[Person, Person, str]) -> None:
    noor, anja, path = parties
    eva = site.log_in("eva")
    given = anja.api(f"{path}/doormachtigen", {"handelingen": ["informatie_opvragen"]})
    assert given.headers["cache-control"] == "no-store"
    link = eva.api("/codes/bevestigen", {"code": given.json()["code"]}).json()
    assert (link["status"], link["kind"], link["rol"]) == ("actief", "ketenmachtiging", "vertegenwoordiger")
    assert link["keten"] == [path.rpartition("/")[2], link["id"]]
    found = eva.get(f"/machtigen/api/v1/vertegenwoordigden?dienst={AANVULLENDE_BEURS}").json()["resultaten"]
    assert [(one["id"], one["handelingen"]) for one in found] == [(link["id"], ["informatie_opvragen"])]
    assert code_of(eva.api(f"/machtigingen/{link['id']}/doormachtigen", {})) == (422, "chain-too-long")
    noor.api(f"{path}/intrekken")
    ended = eva.get(f"/machtigen/api/v1/machtigingen/{link['id']}").json()
    assert (ended["status"], ended["reden"]) == ("beeindigd", "parent-ended")


@pytest.mark.parametrize(
    ("sent", "status", "code"),
    [
        ({"diensten": [REISPRODUCT]}, 422, "wider-than-parent"),
        ({"geldig_tot": "2028-01-01"}, 422, "wider-than-parent"),
        ({"handelingen": ["betalen"]}, 422, "action-not-offered"),
        ({"diensten": []}, 422, "nothing-chosen"),
        ({"geldig_tot": "2026-11-01"}, 422, "end-in-the-past"),
        ({"geldig_van": "2026-11-01"}, 422, "start-in-the-past"),
        ({"organisatie": "de-brug"}, 422, "organisation-unknown"),
        ({"doormachtigen": 1}, 422, "invalid-input"),
    ],
)
def test_what_cannot_be_passed_on_is_refused(
    parties: tuple[Person, Person, str], sent: dict[str, Any], status: int, code: str
) -> None:
    _, anja, path = parties
    assert code_of(anja.api(f"{path}/doormachtigen", sent)) == (status, code)


def test_only_the_representative_passes_on_and_only_what_may_be(site: House) -> None:
    noor, anja, machtiging = accepted(site)
    path = f"/machtigingen/{machtiging['id']}/doormachtigen"
    assert code_of(noor.api(path, {})) == (409, "wrong-role")
    assert code_of(anja.api(path, {})) == (422, "chain-too-long")


def test_nobody_closes_a_circle(parties: tuple[Person, Person, str]) -> None:
    noor, anja, path = parties
    code = {"code": anja.api(f"{path}/doormachtigen", {}).json()["code"]}
    assert code_of(noor.api("/codes/bevestigen", code)) == (409, "circular-chain")
    assert code_of(anja.api("/codes/bevestigen", code)) == (404, "code-unknown")


def test_a_link_that_no_longer_fits_is_not_confirmed(
    site: House, parties: tuple[Person, Person, str]
) -> None:
    noor, anja, path = parties
    code = {"code": anja.api(f"{path}/doormachtigen", {}).json()["code"]}
    noor.api(f"{path}/beperken", {"handelingen": ["informatie_opvragen"]})
    assert code_of(site.log_in("eva").api("/codes/bevestigen", code)) == (422, "wider-than-parent")
    noor.api(f"{path}/pauzeren")
    assert code_of(site.log_in("eva").api("/codes/bevestigen", code)) == (409, "not-active")
    noor.api(f"{path}/intrekken")
    assert code_of(site.log_in("eva").api("/codes/bevestigen", code)) == (404, "code-unknown")


def test_a_link_is_extended_within_the_one_above_only(
    site: House, parties: tuple[Person, Person, str]
) -> None:
    _, anja, path = parties
    code = anja.api(f"{path}/doormachtigen", {"geldig_tot": "2027-01-01T00:00:00Z"}).json()["code"]
    eva = site.log_in("eva")
    link = eva.api("/codes/bevestigen", {"code": code}).json()["id"]
    wanted = {"geldig_tot": LATER_END}
    assert code_of(eva.api(f"/machtigingen/{link}/verlengen", wanted)) == (422, "wider-than-parent")
    within = {"geldig_tot": "2027-06-01T00:00:00Z"}
    assert eva.api(f"/machtigingen/{link}/verlengen", within).status_code == 200
    assert anja.api(f"/machtigingen/{link}/verlengen", within).json()["geldig_tot"] == within["geldig_tot"]


def test_the_list_shows_what_ends_soon(site: House, parties: tuple[Person, Person, str]) -> None:
    noor, _, path = parties
    noor.api(f"{path}/beperken", {"geldig_tot": "2026-12-14T10:00:00Z"})
    identifier = path.rpartition("/")[2]

    def within(days: int) -> list[str]:
        found = noor.get(f"/machtigen/api/v1/machtigingen?verloopt_binnen={days}").json()["resultaten"]
        return [one["id"] for one in found]

    assert within(19) == []
    assert within(20) == [identifier]
    site.clock.forward(20 * DAY)
    noor = site.log_in("noor")
    assert noor.get("/machtigen/api/v1/machtigingen?verloopt_binnen=20").json()["resultaten"] == []
    assert code_of(noor.get("/machtigen/api/v1/machtigingen?verloopt_binnen=0")) == (422, "invalid-input")
