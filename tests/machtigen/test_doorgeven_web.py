"""Passing on by page, the limits of a new machtiging, and bundles of services."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import pytest

from machtigen.diensten.model import DienstId, Niveau
from tests.machtigen.house import House, Person
from tests.machtigen.paginas import BOTH, given, mirrored, names_on, passed_on, wire
from tests.machtigen.test_machtigingen_web import shown_code
from tests.machtigen.world import (
    AANVULLENDE_BEURS,
    NOW,
    ONLY_GEZAG,
    ONLY_READING,
    READ,
    REISPRODUCT,
    dienst,
)

pytestmark = pytest.mark.slow
LAST = {
    "dienst": AANVULLENDE_BEURS,
    "handeling": "informatie_opvragen",
    "van": "2026-11-24",
    "tot": "2027-08-31",
}
TWO_PURPOSES = DienstId("urn:uuid:06e17a2e-d358-406d-9d5f-ad6045f712b0")


def steps(person: Person, path: str, **query: str) -> str:
    """The last page before it is made."""
    pairs = "&".join(f"{name}={value}" for name, value in {**LAST, **query}.items())
    return person.get(f"{path}/controle?{pairs}").text


def test_anja_passes_on_through_the_steps_and_lisa_acts_in_her_place(site: House) -> None:
    noor, anja, path = given(site, doormachtigen=1)
    door = f"{path}/doormachtigen"
    assert f'href="{door}"' in anja.get(path).text
    assert f'href="{door}"' not in noor.get(path).text
    first = anja.get(door).text
    assert first.count(" checked") == 2
    assert "Diploma inzien" not in first
    actions = anja.get(f"{door}/handelingen?dienst={REISPRODUCT}").text
    assert 'value="zaken_regelen"' in actions
    assert 'value="betalen"' not in actions
    assert 'max="2027-08-31"' in anja.get(f"{door}/periode?dienst={REISPRODUCT}&handeling=zaken_regelen").text
    assert "mag dit in uw plaats doen" in steps(anja, door)
    receipt = anja.form(door, **LAST)
    assert receipt.status_code == 201
    lisa = site.log_in("lisa")
    done = lisa.form("/machtigen/code/bevestigen", code=shown_code(receipt.text))
    page = lisa.get(done.headers["location"]).text
    assert "U handelt namens:" in page
    assert "Wie dit aan u doorgaf" in page
    assert names_on(page) == 2
    assert "Doorgegeven aan" in noor.get(path).text


def test_the_chain_is_shown_on_every_page_it_concerns(site: House) -> None:
    noor, anja, lisa, above, below = passed_on(site)
    assert names_on(noor.get(above).text) == 2
    assert f'href="{below}"' not in noor.get(above).text
    assert f'href="{below}"' in anja.get(above).text
    own = anja.get(below).text
    assert "Iemand handelt in uw plaats" in own
    assert f'href="{above}"' in own
    assert noor.get(below).status_code == 404
    assert lisa.get(above).status_code == 404
    assert "Wat is doorgegeven, stopt op hetzelfde moment" in noor.get(f"{above}/intrekken").text
    noor.form(f"{above}/intrekken")
    assert "De machtiging waar deze op rust, is geëindigd." in lisa.get(below).text


def test_a_link_above_that_is_paused_is_told_below(site: House) -> None:
    noor, _, lisa, above, below = passed_on(site)
    noor.form(f"{above}/pauzeren")
    page = lisa.get(below).text
    assert "De machtiging waar deze op rust:" in page
    assert "status-gepauzeerd" in page


@pytest.mark.parametrize(
    ("changed", "text"),
    [
        ({"tot": "2028-01-01"}, "U kunt niet meer doorgeven dan u zelf mag"),
        ({"dienst": ONLY_READING}, "U kunt niet meer doorgeven dan u zelf mag"),
        ({"tot": "nooit"}, "Vul een goede datum in"),
    ],
)
def test_nobody_passes_on_more_than_they_have(site: House, changed: dict[str, str], text: str) -> None:
    _, anja, path = given(site, doormachtigen=1)
    answer = anja.form(f"{path}/doormachtigen", **{**LAST, **changed})
    assert answer.status_code == 422
    assert text in answer.text


def test_what_is_passed_on_keeps_the_limits_of_what_it_rests_on(site: House) -> None:
    _, anja, path = given(site, niveau=Niveau.HOOG, doormachtigen=1, zaak="Z-7", min_niveau="hoog")
    door = f"{path}/doormachtigen"
    high = site.log_in("anja", Niveau.HOOG)
    page = steps(high, door)
    assert "Z-7" in page
    assert 'name="zaak"' not in page
    assert high.form(door, **LAST).status_code == 201
    issued = anja.form(door, **LAST)
    assert issued.status_code == 422  # Anja herself is not logged in at that level
    assert "/machtigen/inloggen?" in issued.text


def test_one_may_not_pass_on_what_may_not_be_or_is_not_ones_own(site: House) -> None:
    noor, anja, path = given(site)
    assert anja.get(f"{path}/doormachtigen").status_code == 422
    assert noor.get(f"{path}/doormachtigen").status_code == 409
    noor.form(f"{path}/pauzeren")
    assert anja.get(f"{path}/doormachtigen").status_code == 409


def test_a_parent_passes_on_at_services_that_accept_authority(site: House) -> None:
    _, karim, path = mirrored(site)
    page = karim.get(f"{path}/doormachtigen").text
    assert "Verzuim bekijken" in page
    assert "Diploma inzien" not in page
    receipt = karim.form(f"{path}/doormachtigen", **{**LAST, "dienst": ONLY_GEZAG})
    assert receipt.status_code == 201


def test_the_limits_of_a_new_machtiging_come_back_when_one_is_wrong(site: House) -> None:
    noor = site.log_in("noor")
    answer = noor.form(
        "/machtigen/nieuw", **LAST, zaak="Z-1", max_gebruik="veel", doorgeven="1", label="Mama"
    )
    assert answer.status_code == 422
    for kept in ('value="Z-1"', 'value="veel"', 'value="Mama"', '<details class="inklap" open>'):
        assert kept in answer.text
    assert "Vul een heel getal in van 1 of meer." in answer.text
    assert noor.get("/machtigen/api/v1/machtigingen").json()["resultaten"] == []


def test_a_new_machtiging_takes_its_limits(site: House) -> None:
    noor = site.log_in("noor")
    made = noor.form(
        "/machtigen/nieuw", **LAST, zaak=" Z-1 ", max_gebruik="5", doorgeven="1", min_niveau="hoog"
    )
    assert made.status_code == 422
    assert "Log in op een hoger niveau" in made.text  # nobody gives at a level above their own
    made = noor.form("/machtigen/nieuw", **LAST, zaak=" Z-1 ", max_gebruik="5", doorgeven="1")
    assert made.status_code == 201
    (found,) = noor.get("/machtigen/api/v1/machtigingen").json()["resultaten"]
    assert (found["zaak"], found["max_gebruik"], found["doormachtigen"]) == ("Z-1", 5, 1)
    page = noor.get(f"/machtigen/{found['id']}").text
    assert "hoogstens 5 keer; nog 5 keer over" in page
    assert "De ander mag dit één keer doorgeven" in page


def test_who_asks_may_ask_for_a_higher_level(site: House) -> None:
    anja = site.log_in("anja")
    assert '<option value="hoog">' in steps(anja, "/machtigen/verzoek")
    assert anja.form("/machtigen/verzoek", **LAST, min_niveau="hoog").status_code == 201
    (found,) = anja.get("/machtigen/api/v1/machtigingen").json()["resultaten"]
    assert found["min_niveau"] == "hoog"


def test_purposes_can_be_chosen_where_a_service_has_several(site: House) -> None:
    several = replace(dienst(TWO_PURPOSES, "Alles bekijken"), doelen=("beurs-toekennen", "schuld-innen"))
    site.services.diensten.register(several, NOW)
    noor = site.log_in("noor")
    assert 'name="doel"' not in steps(noor, "/machtigen/nieuw")
    assert "schuld innen" in steps(noor, "/machtigen/nieuw", dienst=TWO_PURPOSES)
    form = {**LAST, "dienst": TWO_PURPOSES, "doelen": "ja"}
    none = noor.form("/machtigen/nieuw", **form)
    assert none.status_code == 422
    assert "Kies voor elke dienst ten minste één doel." in none.text
    assert noor.form("/machtigen/nieuw", **form, doel=["schuld-innen"]).status_code == 201
    (found,) = noor.get("/machtigen/api/v1/machtigingen").json()["resultaten"]
    assert found["doelen"] == ["schuld-innen"]
    assert "Alleen voor deze doelen" in noor.get(f"/machtigen/{found['id']}").text
    site.clock.forward(timedelta(seconds=1))  # the list is by when it was made
    both = noor.form("/machtigen/nieuw", **form, doel=["schuld-innen", "beurs-toekennen"])
    assert both.status_code == 201
    newest = noor.get("/machtigen/api/v1/machtigingen").json()["resultaten"][0]
    assert newest["doelen"] is None


def test_several_services_of_several_providers_go_in_one_act(site: House) -> None:
    other = "oin:00000001003214345000:diplomaregister"
    site.services.diensten.register(
        replace(dienst(TWO_PURPOSES, "Diploma's ophalen", handelingen=frozenset({READ})), actor=other), NOW
    )
    noor = site.log_in("noor")
    page = noor.get(f"/machtigen/nieuw?dienst={AANVULLENDE_BEURS}&zoek=ophalen").text
    assert page.count(" checked") == 1
    assert re.search(r"diplomaregister</p>.*Diploma&#39;s ophalen", page, re.DOTALL)
    pair = f"dienst={AANVULLENDE_BEURS}&dienst={TWO_PURPOSES}"
    actions = noor.get(f"/machtigen/nieuw/handelingen?{pair}").text
    assert "alleen handelingen die bij al deze diensten horen" in actions
    assert 'value="zaken_regelen"' not in actions
    check = noor.get(f"/machtigen/nieuw/controle?{pair}&handeling=informatie_opvragen&tot=2027-01-01").text
    assert re.search(r"diplomaregister</p>.*studiefinanciering</p>", check, re.DOTALL)
    made = noor.form("/machtigen/nieuw", **{**LAST, "dienst": [AANVULLENDE_BEURS, TWO_PURPOSES]})
    assert made.status_code == 201
    (found,) = noor.get("/machtigen/api/v1/machtigingen").json()["resultaten"]
    assert set(found["diensten"]) == {AANVULLENDE_BEURS, TWO_PURPOSES}


def test_a_repeat_of_passing_on_shows_the_same_receipt(site: House) -> None:
    _, anja, path = given(site, doormachtigen=1)
    first, second = (anja.form(f"{path}/doormachtigen", **LAST, herhaalsleutel="one") for _ in range(2))
    assert shown_code(first.text) == shown_code(second.text)
    assert wire(anja, path)["diensten"] == BOTH
