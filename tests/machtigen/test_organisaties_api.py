"""Organisations over HTTP: what the operator registers, and what people see of it."""

from __future__ import annotations

import re

import pytest
import sqlalchemy as sa

from keys.kernel.caller import assertion
from machtigen.diensten.model import Niveau
from tests.machtigen.house import OWN, House, Person
from tests.machtigen.world import DAY

DE_BRUG = {"slug": "de-brug", "naam": {"nl": "Stichting De Brug", "en": "De Brug"}, "nummer": "90000017"}


def told(site: House, path: str, body: object = None, status: int = 201) -> dict[str, object]:
    answer = site.as_operator(f"/machtigen/api/v1/beheer{path}", body or {})
    assert answer.status_code == status, answer.text
    return dict(answer.json()) if answer.content else {}


def joined(site: House, code: object, person: str = "vera", niveau: Niveau = Niveau.HOOG) -> Person:
    someone = site.log_in(person, niveau)
    answer = someone.api("/uitnodigingen/bevestigen", {"code": code})
    assert answer.status_code == 200, answer.text
    return someone


def director(site: House, person: str = "vera") -> Person:
    told(site, "/organisaties", DE_BRUG, 200 if site.services.organisaties.find("de-brug") else 201)
    wanted = {"rol": "bestuurder", "functie": "directeur"}
    return joined(site, told(site, "/organisaties/de-brug/uitnodigingen", wanted)["code"], person)


def test_the_same_registration_again_is_answered_the_same_and_another_is_refused(site: House) -> None:
    first = told(site, "/organisaties", DE_BRUG)
    assert told(site, "/organisaties", DE_BRUG, 200) == first
    assert re.fullmatch(r"org:[A-Za-z0-9_-]{22}", str(first["id"]))
    other = {**DE_BRUG, "nummer": "90000018"}
    assert site.as_operator("/machtigen/api/v1/beheer/organisaties", other).json()["code"] == (
        "registration-differs"
    )


def test_only_the_operator_registers(site: House) -> None:
    answer = site.as_caller("rechten", site.rechten, "/machtigen/api/v1/beheer/organisaties", DE_BRUG)
    assert answer.status_code == 403
    assert site.browser().post("/machtigen/api/v1/beheer/organisaties", json=DE_BRUG).status_code == 401


def test_a_director_joins_with_the_code_at_their_own_login(site: House) -> None:
    vera = director(site)
    (mine,) = vera.get("/machtigen/api/v1/organisaties").json()["resultaten"]
    assert (mine["rol"], mine["functie"], mine["organisatie"]["slug"]) == (
        "bestuurder", "directeur", "de-brug",
    )  # fmt: skip
    (power,) = vera.get("/machtigen/api/v1/machtigingen").json()["resultaten"]
    assert (power["kind"], power["bron"], power["acties"]) == (
        "bestuurder", "handelsregister", ["doormachtigen", "betwisten"],
    )  # fmt: skip


def test_a_code_joins_once_and_every_other_code_looks_the_same(site: House) -> None:
    told(site, "/organisaties", DE_BRUG)
    code = told(site, "/organisaties/de-brug/uitnodigingen", {"rol": "bestuurder"})["code"]
    joined(site, code)
    late = site.log_in("omar")
    for wrong in (code, "AAAA-BBBB-CCCC", "", "x" * 99):
        answer = late.api("/uitnodigingen/bevestigen", {"code": wrong})
        assert (answer.status_code, answer.json()["code"]) == (404, "code-unknown")


def test_a_code_is_valid_for_fourteen_days(site: House) -> None:
    told(site, "/organisaties", DE_BRUG)
    code = told(site, "/organisaties/de-brug/uitnodigingen", {"rol": "bestuurder"})["code"]
    site.clock.forward(14 * DAY)
    assert site.log_in("vera").api("/uitnodigingen/bevestigen", {"code": code}).status_code == 404


def test_wrong_codes_are_throttled(site: House) -> None:
    guesser = site.log_in("omar")
    for _ in range(10):
        guesser.api("/uitnodigingen/bevestigen", {"code": "AAAA-BBBB-CCCC"})
    assert guesser.api("/uitnodigingen/bevestigen", {"code": "AAAA-BBBB-CCCC"}).status_code == 429


def test_a_supervisory_director_has_no_power(site: House) -> None:
    told(site, "/organisaties", DE_BRUG)
    code = told(site, "/organisaties/de-brug/uitnodigingen", {"rol": "commissaris"})["code"]
    lisa = joined(site, code, "lisa")
    assert lisa.get("/machtigen/api/v1/machtigingen").json()["resultaten"] == []
    assert lisa.get("/machtigen/api/v1/machtigingen?organisatie=de-brug").status_code == 404
    wanted = {"rol": "medewerker", "functie": "assistent"}
    assert lisa.api("/organisaties/de-brug/uitnodigingen", wanted).status_code == 404


def test_the_source_strikes_a_director_off(site: House) -> None:
    vera = director(site)
    answer = site.browser().get(
        "/machtigen/api/v1/beheer/organisaties/de-brug/leden",
        headers={"Authorization": f"Bearer {assertion('beheer', site.operator, OWN, site.clock.now())}"},
    )
    (lid,) = answer.json()["resultaten"]
    told(site, f"/organisaties/de-brug/leden/{lid['id']}/uitschrijven", status=204)
    (power,) = vera.get("/machtigen/api/v1/machtigingen").json()["resultaten"]
    assert (power["status"], power["reden"]) == ("beeindigd", "left-organisation")
    assert vera.get("/machtigen/api/v1/machtigingen?organisatie=de-brug").status_code == 404


def test_a_leased_director_counts_until_the_source_is_silent_for_a_day(site: House) -> None:
    told(site, "/organisaties", {**DE_BRUG, "lease": True})
    code = told(site, "/organisaties/de-brug/uitnodigingen", {"rol": "bestuurder"})["code"]
    joined(site, code)
    site.clock.forward(DAY / 2)
    assert told(site, "/organisaties/de-brug/verversen", status=200) == {"aantal": 1}
    (link,) = site.services.machtigingen.list_for(
        site.services.organisaties.require("de-brug").id, site.clock.now()
    ).resultaten
    assert link.lease_tot == site.clock.now() + DAY


def test_an_administrator_lets_employees_in_and_sends_them_away_but_no_director(site: House) -> None:
    vera = director(site)
    wanted = {"rol": "beheerder", "functie": "kantoor"}
    omar = joined(site, vera.api("/organisaties/de-brug/uitnodigingen", wanted).json()["code"], "omar")
    employee = {"rol": "medewerker", "functie": "assistent"}
    joined(site, omar.api("/organisaties/de-brug/uitnodigingen", employee).json()["code"], "eva")
    members = omar.get("/machtigen/api/v1/organisaties/de-brug/leden").json()["resultaten"]
    by_role = {one["rol"]: one["id"] for one in members}
    assert [one["rol"] for one in members if one["ik"]] == ["beheerder"]
    path = "/organisaties/de-brug/leden"
    refused = omar.api(f"{path}/{by_role['bestuurder']}/verwijderen")
    assert (refused.status_code, refused.json()["code"]) == (409, "wrong-role")
    assert omar.api(f"{path}/{by_role['medewerker']}/verwijderen").status_code == 204
    assert omar.api(f"{path}/{by_role['medewerker']}/verwijderen").status_code == 404
    assert omar.api(f"{path}/{by_role['beheerder']}/verwijderen").status_code == 204  # leaves
    assert omar.get("/machtigen/api/v1/organisaties/de-brug/leden").status_code == 404


@pytest.mark.parametrize("name", ["de-brug", "unknown", "org:AAAAAAAAAAAAAAAAAAAAAA"])
def test_who_is_not_there_cannot_tell_whether_it_exists(site: House, name: str) -> None:
    director(site)
    stranger = site.log_in("omar")
    answer = stranger.get(f"/machtigen/api/v1/machtigingen?organisatie={name}")
    assert (answer.status_code, answer.json()["code"]) == (404, "not-found")


def test_one_idempotency_key_is_another_request_for_another_organisation(site: House) -> None:
    vera = director(site)
    told(site, "/organisaties", {**DE_BRUG, "slug": "de-poort"})
    code = told(site, "/organisaties/de-poort/uitnodigingen", {"rol": "bestuurder"})["code"]
    vera.api("/uitnodigingen/bevestigen", {"code": code})
    body = {
        "diensten": ["urn:uuid:a9e17a2e-d358-406d-9d5f-ad6045f712ba"],
        "handelingen": ["informatie_opvragen"],
        "geldig_tot": "2027-06-01",
    }
    first = vera.api("/machtigingen?organisatie=de-brug", body, Idempotency_Key="een")
    assert first.status_code == 201, first.text
    assert vera.api("/machtigingen?organisatie=de-brug", body, Idempotency_Key="een").json() == first.json()
    other = vera.api("/machtigingen?organisatie=de-poort", body, Idempotency_Key="een")
    assert other.json()["code"] == "idempotency-key-reused"


def test_the_tables_of_organisations_hold_no_name_and_no_code(site: House) -> None:
    told(site, "/organisaties", DE_BRUG)
    code = str(told(site, "/organisaties/de-brug/uitnodigingen", {"rol": "bestuurder"})["code"])
    joined(site, code)
    with site.app.state.database.engine.connect() as connection:
        for table in ("organisatie", "organisatie_lid", "uitnodiging", "handelende", "machtiging"):
            rows = str(connection.execute(sa.text(f"SELECT * FROM {table}")).all())  # noqa: S608 - own tables
            assert code not in rows
            assert code.replace("-", "") not in rows
            assert "vera" not in rows
