"""The JSON interface as the logged-in person: paths and fields as published."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from machtigen.diensten.model import Niveau
from tests.machtigen.house import House, Person
from tests.machtigen.world import (
    AANVULLENDE_BEURS,
    DAY,
    HIGH,
    NOT_DELEGABLE,
    NOW,
    ONLY_GEZAG,
    ONLY_READING,
    REISPRODUCT,
)

pytestmark = pytest.mark.slow

END = "2027-09-01T00:00:00+02:00"


def body(**more: Any) -> dict[str, Any]:
    return {
        "diensten": [AANVULLENDE_BEURS],
        "handelingen": ["informatie_opvragen"],
        "geldig_tot": END,
        **more,
    }


def grant(person: Person, **more: Any) -> dict[str, Any]:
    answer = person.api("/machtigingen", body(**more))
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


def accepted(site: House, **more: Any) -> tuple[Person, Person, dict[str, Any]]:
    noor, anja = site.log_in("noor"), site.log_in("anja")
    issued = grant(noor, **more)
    answer = anja.api("/codes/bevestigen", {"code": issued["code"]})
    assert answer.status_code == 200, answer.text
    return noor, anja, answer.json()


def code_of(answer: Any) -> tuple[int, str]:
    assert answer.headers["content-type"].startswith("application/problem+json")
    return answer.status_code, answer.json()["code"]


def test_the_story_of_noor_and_anja(site: House) -> None:
    noor, anja = site.log_in("noor"), site.log_in("anja")
    issued = grant(noor, label="Mama")
    assert issued["status"] == "aangevraagd"
    assert issued["rol"] == "vertegenwoordigde"
    assert issued["kind"] == "machtiging"
    assert issued["niveau"] == "substantieel"
    assert issued["code_geldig_tot"] == "2026-12-08T10:00:00Z"
    seen = anja.api("/codes/inzien", {"code": issued["code"]}).json()
    assert (seen["rol"], seen["acties"]) == ("vertegenwoordiger", ["bevestigen", "weigeren"])
    assert (seen["diensten"], seen["handelingen"]) == ([AANVULLENDE_BEURS], ["informatie_opvragen"])
    assert seen["label"] is None
    mine = anja.api("/codes/bevestigen", {"code": issued["code"]}).json()
    assert (mine["status"], mine["rol"], mine["acties"][0]) == ("actief", "vertegenwoordiger", "opzeggen")
    shown = noor.get(f"/machtigen/api/v1/machtigingen/{issued['id']}").json()
    assert (shown["status"], shown["acties"][0], shown["label"]) == ("actief", "intrekken", "Mama")
    represented = anja.get(f"/machtigen/api/v1/vertegenwoordigden?dienst={AANVULLENDE_BEURS}").json()
    assert [one["id"] for one in represented["resultaten"]] == [issued["id"]]
    revoked = noor.api(f"/machtigingen/{issued['id']}/intrekken").json()
    assert (revoked["status"], revoked["acties"]) == ("ingetrokken", [])
    empty = anja.get(f"/machtigen/api/v1/vertegenwoordigden?dienst={AANVULLENDE_BEURS}").json()
    assert empty == {"resultaten": [], "volgende": None}
    history = anja.get(f"/machtigen/api/v1/machtigingen/{issued['id']}/geschiedenis").json()
    assert [(line["gebeurtenis"], line["door"]) for line in history["resultaten"]] == [
        ("aangevraagd", "vertegenwoordigde"),
        ("bevestigd", "vertegenwoordiger"),
        ("ingetrokken", "vertegenwoordigde"),
    ]


def test_nothing_on_the_wire_names_the_other_party(site: House) -> None:
    noor, anja, machtiging = accepted(site)
    numbers = {str(site.services.partijen.admit(site.login.people[name], NOW)) for name in ("noor", "anja")}
    for person in (noor, anja):
        for path in ("/machtigingen", f"/machtigingen/{machtiging['id']}", "/berichten"):
            text = person.get(f"/machtigen/api/v1{path}").text
            assert not any(number in text for number in numbers)


def test_the_representative_asks_first(site: House) -> None:
    noor, anja = site.log_in("noor"), site.log_in("anja")
    asked = anja.api("/verzoeken", body()).json()
    assert (asked["status"], asked["rol"]) == ("aangevraagd", "vertegenwoordiger")
    seen = noor.api("/codes/inzien", {"code": asked["code"]}).json()
    assert seen["rol"] == "vertegenwoordigde"
    declined = noor.api("/codes/weigeren", {"code": asked["code"]}).json()
    assert declined["status"] == "geweigerd"
    told = anja.get(f"/machtigen/api/v1/machtigingen/{asked['id']}").json()
    assert (told["status"], told["acties"]) == ("geweigerd", [])


def test_without_a_session_there_is_a_problem_document(site: House) -> None:
    browser = site.browser()
    for path in (
        "/machtigingen",
        "/diensten",
        "/berichten",
        f"/vertegenwoordigden?dienst={HIGH}",
        "/machtigingen/x",
    ):
        assert code_of(browser.get(f"/machtigen/api/v1{path}")) == (401, "not-logged-in")
    assert code_of(browser.post("/machtigen/api/v1/machtigingen", json=body())) == (401, "not-logged-in")


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"diensten": []}, "nothing-chosen"),
        ({"diensten": ["urn:uuid:00000000-0000-0000-0000-000000000000"]}, "service-unknown"),
        ({"diensten": [NOT_DELEGABLE]}, "service-not-delegable"),
        ({"diensten": [ONLY_GEZAG]}, "ground-not-accepted"),
        ({"diensten": [ONLY_READING], "handelingen": ["betalen"]}, "action-not-offered"),
        ({"geldig_tot": "2026-11-24T09:59:59Z"}, "end-in-the-past"),
        ({"geldig_tot": "2020-01-01"}, "end-in-the-past"),
        ({"geldig_van": "2027-10-01T00:00:00Z"}, "end-before-start"),
        ({"geldig_van": "2026-11-23"}, "start-in-the-past"),
        ({"geldig_tot": "2031-11-25"}, "period-too-long"),
        ({"organisatie": "de-brug"}, "organisation-unknown"),
    ],
)
def test_what_cannot_be_is_refused_with_a_code(site: House, change: dict[str, Any], code: str) -> None:
    noor = site.log_in("noor")
    assert code_of(noor.api("/machtigingen", body(**change))) == (422, code)
    assert noor.get("/machtigen/api/v1/machtigingen").json()["resultaten"] == []


@pytest.mark.parametrize(
    "change",
    [
        {"handelingen": ["vliegen"]},
        {"geldig_tot": None},
        {"geldig_tot": "2027-09-01T00:00:00"},
        {"geldig_tot": "soon"},
        {"geldig_tot": 1793000000},
        {"geldig_tot": "9999-12-31"},
        {"geldig_tot": "0001-01-01T00:00:00Z"},
        {"label": "x" * 81},
        {"label": "two\nlines"},
        {"zaak": ""},
        {"diensten": AANVULLENDE_BEURS},
        {"bsn": "999990019"},
    ],
)
def test_malformed_fields_are_refused_without_an_echo(site: House, change: dict[str, Any]) -> None:
    answer = site.log_in("noor").api("/machtigingen", body(**change))
    assert code_of(answer) == (422, "invalid-input")
    assert "999990019" not in answer.text


def test_a_day_as_end_is_the_last_day_that_counts(site: House) -> None:
    issued = grant(site.log_in("noor"), geldig_tot="2027-09-01", geldig_van="2026-12-01")
    assert issued["geldig_van"] == "2026-11-30T23:00:00Z"
    assert issued["geldig_tot"] == "2027-09-01T22:00:00Z"


def test_a_level_below_what_the_service_asks_is_refused(site: House) -> None:
    noor = site.log_in("noor", Niveau.LAAG)
    assert code_of(noor.api("/machtigingen", body())) == (403, "level-too-low")


def test_who_is_logged_in_too_low_may_act_for_nobody_there(site: House) -> None:
    noor, _, _ = accepted(site)
    assert noor is not None
    low = site.log_in("anja", Niveau.LAAG)
    found = low.get(f"/machtigen/api/v1/vertegenwoordigden?dienst={AANVULLENDE_BEURS}").json()
    assert found["resultaten"] == []


def test_every_wrong_code_gets_the_very_same_answer(site: House) -> None:
    noor, anja, stranger = site.log_in("noor"), site.log_in("anja"), site.log_in("fatima")
    used = grant(noor)
    anja.api("/codes/bevestigen", {"code": used["code"]})
    withdrawn = grant(noor, handelingen=["zaken_regelen"])
    noor.api(f"/machtigingen/{withdrawn['id']}/intrekken")
    own = grant(stranger)
    answers = {
        (answer.status_code, answer.text)
        for answer in (
            stranger.api("/codes/inzien", {"code": code})
            for code in (used["code"], withdrawn["code"], own["code"], "AAAA-AAAA-AAAA", "", "x" * 90)
        )
    }
    assert len(answers) == 1
    assert next(iter(answers))[0] == 404
    site.clock.forward(14 * DAY)
    expired = site.log_in("ali").api("/codes/bevestigen", {"code": own["code"]})
    assert (expired.status_code, expired.text) in answers


def test_guessing_is_throttled(site: House) -> None:
    stranger = site.log_in("fatima")
    for _ in range(10):
        assert stranger.api("/codes/inzien", {"code": "AAAA-AAAA-AAAA"}).status_code == 404
    assert code_of(stranger.api("/codes/inzien", {"code": "AAAA"})) == (429, "too-many-attempts")
    again = site.log_in("fatima")
    assert code_of(again.api("/codes/bevestigen", {"code": "AAAA"})) == (429, "too-many-attempts")


def test_what_its_state_forbids_is_a_conflict(site: House) -> None:
    noor, anja, machtiging = accepted(site)
    path = f"/machtigingen/{machtiging['id']}"
    assert code_of(anja.api(f"{path}/intrekken")) == (409, "wrong-role")
    assert code_of(noor.api(f"{path}/opzeggen")) == (409, "wrong-role")
    assert anja.api(f"{path}/opzeggen").json()["status"] == "opgezegd"
    assert code_of(anja.api(f"{path}/opzeggen")) == (409, "already-ended")
    assert code_of(noor.api(f"{path}/intrekken")) == (409, "already-ended")
    open_request = anja.api("/verzoeken", body()).json()
    assert code_of(anja.api(f"/machtigingen/{open_request['id']}/opzeggen")) == (409, "not-yet-accepted")


def test_the_same_power_twice_is_a_conflict(site: House) -> None:
    noor, anja, _ = accepted(site)
    second = grant(noor)
    assert code_of(anja.api("/codes/bevestigen", {"code": second["code"]})) == (409, "already-authorised")


def test_a_stranger_finds_nothing(site: House) -> None:
    _, _, machtiging = accepted(site)
    stranger = site.log_in("fatima")
    for path in ("", "/geschiedenis"):
        for identifier in (machtiging["id"], "unknown", "%00"):
            answer = stranger.get(f"/machtigen/api/v1/machtigingen/{identifier}{path}")
            assert code_of(answer) == (404, "not-found")
    for act in ("intrekken", "opzeggen"):
        assert code_of(stranger.api(f"/machtigingen/{machtiging['id']}/{act}")) == (404, "not-found")
    assert stranger.get("/machtigen/api/v1/machtigingen").json()["resultaten"] == []


def test_lists_are_filtered_and_paged(site: House) -> None:
    noor, anja, machtiging = accepted(site)
    site.clock.forward(timedelta(minutes=1))
    waiting = grant(noor, diensten=[REISPRODUCT])

    def ids(person: Person, query: str) -> list[str]:
        found = person.get(f"/machtigen/api/v1/machtigingen?{query}").json()["resultaten"]
        return [one["id"] for one in found]

    assert ids(noor, "") == [waiting["id"], machtiging["id"]]
    assert ids(noor, "rol=vertegenwoordigde&status=actief") == [machtiging["id"]]
    assert ids(noor, "rol=vertegenwoordiger") == []
    assert ids(anja, "rol=vertegenwoordiger") == [machtiging["id"]]
    assert ids(noor, "status=gepauzeerd") == []
    first = noor.get("/machtigen/api/v1/machtigingen?aantal=1").json()
    assert ids(noor, f"aantal=1&na={first['volgende']}") == [machtiging["id"]]
    assert code_of(noor.get("/machtigen/api/v1/machtigingen?na=x")) == (422, "invalid-cursor")
    assert code_of(noor.get("/machtigen/api/v1/machtigingen?rol=baas")) == (422, "invalid-input")


def test_services_are_found_whatever_case_and_accents(site: House) -> None:
    noor = site.log_in("noor")
    for words in ("AANVULLENDE", "een ouder", "één OUDER beurs", "supplementary"):
        found = noor.get(f"/machtigen/api/v1/diensten?zoek={words}").json()["resultaten"]
        assert AANVULLENDE_BEURS in [dienst["id"] for dienst in found]
    assert noor.get("/machtigen/api/v1/diensten?zoek=100%25_").json()["resultaten"] == []


def test_services_come_in_pages(site: House) -> None:
    noor = site.log_in("noor")
    seen: list[str] = []
    cursor = ""
    while True:
        page = noor.get(f"/machtigen/api/v1/diensten?aantal=2{cursor}").json()
        seen += [dienst["naam"] for dienst in page["resultaten"]]
        if page["volgende"] is None:
            break
        cursor = f"&na={page['volgende']}"
    assert seen == sorted(seen, key=str.casefold)
    assert len(seen) == 6
    for wrong in ("!", "eA", "AAAA%00"):
        assert code_of(noor.get(f"/machtigen/api/v1/diensten?na={wrong}")) == (422, "invalid-cursor")


def test_a_service_shows_what_it_is(site: House) -> None:
    noor = site.log_in("noor")
    shown = noor.get(f"/machtigen/api/v1/diensten/{AANVULLENDE_BEURS}").json()
    for name in ("id", "naam", "actor", "handelingen", "gronden", "min_niveau", "machtigbaar"):
        assert name in shown
    assert code_of(noor.get("/machtigen/api/v1/diensten/unknown")) == (404, "not-found")


def test_notices_are_read_and_marked(site: House) -> None:
    noor, _, machtiging = accepted(site)
    site.upkeep()
    found = noor.get("/machtigen/api/v1/berichten").json()
    assert found["ongelezen"] == 1
    assert [(one["soort"], one["machtiging"], one["gelezen"]) for one in found["resultaten"]] == [
        ("bevestigd", machtiging["id"], False)
    ]
    assert noor.api("/berichten/gelezen").status_code == 204
    assert noor.get("/machtigen/api/v1/berichten").json()["ongelezen"] == 0


def test_bodies_that_are_no_json_are_refused(site: House) -> None:
    noor = site.log_in("noor")
    headers = {"X-CSRF-Token": noor.csrf, "Content-Type": "application/json"}
    for content in (b"{", b"\xff\xfe", b'{"code": "\xff"}'):
        answer = noor.browser.post("/machtigen/api/v1/codes/inzien", content=content, headers=headers)
        assert code_of(answer) == (400, "malformed-body")
    large = noor.browser.post("/machtigen/api/v1/codes/inzien", content=b"x" * 10_000_000, headers=headers)
    assert code_of(large) == (413, "body-too-large")


def test_the_log_holds_no_code_and_no_party(site: House) -> None:
    noor, anja, _ = accepted(site)
    issued = grant(noor, diensten=[REISPRODUCT])
    anja.api("/codes/bevestigen", {"code": issued["code"]})
    text = site.log_file.read_text()
    assert issued["code"] not in text
    assert "logged-in" in text
