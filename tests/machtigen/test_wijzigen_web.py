"""Narrow, extend, pause and contest by page: plain forms, both sides, and what is refused."""

from __future__ import annotations

import re

import pytest

from machtigen.diensten.model import Niveau
from machtigen.web import beperken, onderbreken, verlengen
from tests.machtigen.house import House
from tests.machtigen.paginas import BOTH, given, hidden, mirrored, wire
from tests.machtigen.world import AANVULLENDE_BEURS, DAY, HIGH, REISPRODUCT

pytestmark = pytest.mark.slow
ACTIONS = ["informatie_opvragen", "zaken_regelen"]
ALL = {"dienst": [*map(str, BOTH)], "handeling": ACTIONS, "tot": "2027-08-31"}


# -- narrow ------------------------------------------------------------------------------------------


def test_narrowing_shows_before_and_after_and_changes_nothing_yet(site: House) -> None:
    noor, _, path = given(site)
    form = noor.get(f"{path}/beperken").text
    assert form.count(" checked") == 4
    shown = noor.form(f"{path}/beperken", **{**ALL, "dienst": AANVULLENDE_BEURS, "tot": "2026-12-31"})
    assert shown.status_code == 200
    assert re.search(r"Nu</p>.*Studentenreisproduct.*Straks</p>", shown.text, re.DOTALL)
    assert "31 augustus 2027" in shown.text
    assert "31 december 2026" in shown.text
    assert wire(noor, path)["diensten"] == BOTH


def test_narrowing_holds_at_once_and_tells_the_other(site: House) -> None:
    noor, anja, path = given(site)
    narrower = {**ALL, "handeling": "informatie_opvragen", "zaak": "Z-1", "max_gebruik": "3"}
    asked = noor.form(f"{path}/beperken", **narrower).text
    assert hidden(asked, "zaak") == "Z-1"
    done = noor.form(f"{path}/beperken", **narrower, zeker="ja")
    assert done.headers["location"] == f"{path}?gedaan=beperkt"
    left = wire(anja, path)
    assert (left["handelingen"], left["zaak"], left["max_gebruik"]) == (["informatie_opvragen"], "Z-1", 3)
    site.upkeep()
    assert "U mag nu minder voor de ander doen dan eerst" in anja.get("/machtigen/berichten").text
    page = anja.get(path).text
    assert "hoogstens 3 keer; nog 3 keer over" in page
    assert "Alleen voor zaak" in page


def test_the_representative_may_narrow_too(site: House) -> None:
    _, anja, path = given(site)
    anja.form(f"{path}/beperken", **{**ALL, "dienst": REISPRODUCT}, zeker="ja")
    assert wire(anja, path)["diensten"] == [REISPRODUCT]


@pytest.mark.parametrize(
    ("changed", "text", "kept"),
    [
        ({}, beperken.UNCHANGED, 'value="2027-08-31"'),
        ({"dienst": []}, "Laat ten minste één dienst over", 'value="2027-08-31"'),
        ({"handeling": []}, "Laat ten minste één handeling over", 'value="2027-08-31"'),
        ({"tot": "morgen"}, "Vul een goede datum in", 'value="morgen"'),
        ({"tot": "2028-01-01"}, "Beperken kan alleen tot minder", 'value="2028-01-01"'),
        ({"tot": "2026-01-01"}, "moet in de toekomst liggen", 'value="2026-01-01"'),
        ({"max_gebruik": "nul", "zaak": "Z-9"}, "Vul een heel getal in", 'value="Z-9"'),
        ({"max_gebruik": "0"}, "Vul een heel getal in", 'value="0"'),
    ],
)
def test_what_cannot_be_stands_beside_its_field_and_keeps_what_was_typed(
    site: House, changed: dict[str, str | list[str]], text: str, kept: str
) -> None:
    noor, _, path = given(site)
    for sure in ("", "ja"):
        answer = noor.form(f"{path}/beperken", **{**ALL, **changed}, zeker=sure)
        assert answer.status_code == 422
        assert text in answer.text
        assert kept in answer.text
        assert 'role="alert"' in answer.text
    assert wire(noor, path)["diensten"] == BOTH


def test_one_service_is_stopped_with_one_press(site: House) -> None:
    noor, anja, path = given(site)
    page = noor.get(path).text
    assert page.count(f'action="{path}/diensten/stoppen"') == 2
    done = noor.form(f"{path}/diensten/stoppen", dienst=AANVULLENDE_BEURS)
    assert "geldt niet meer voor die dienst" in noor.get(done.headers["location"]).text
    assert wire(anja, path)["diensten"] == [REISPRODUCT]
    assert "diensten/stoppen" not in noor.get(path).text
    assert noor.form(f"{path}/diensten/stoppen", dienst=AANVULLENDE_BEURS).status_code == 422


def test_the_level_can_be_raised_for_the_one_who_acts(site: House) -> None:
    noor, anja, path = given(site)
    noor.form(f"{path}/beperken", **ALL, min_niveau="hoog", zeker="ja")
    assert wire(anja, path)["min_niveau"] == "hoog"


# -- extend ------------------------------------------------------------------------------------------


def test_an_extension_is_proposed_and_agreed_to_in_one_step(site: House) -> None:
    noor, anja, path = given(site)
    assert 'value="2028-08-30"' in anja.get(f"{path}/verlengen").text
    done = anja.form(f"{path}/verlengen", tot="2028-01-31")
    assert done.headers["location"] == f"{path}?gedaan=verlenging-gevraagd"
    assert "Voorstel terugnemen" in anja.get(path).text
    overview = noor.get("/machtigen/").text
    assert "Wacht op u" in overview
    assert "31 januari 2028" in overview
    page = noor.get(path).text
    agreed = noor.form(f"{path}/verlengen/antwoord", antwoord="ja", tot=hidden(page, "tot"))
    assert agreed.headers["location"] == f"{path}?gedaan=verlengd"
    assert "tot en met 31 januari 2028" in anja.get(path).text
    assert "Wacht op u" not in noor.get("/machtigen/").text


def test_the_same_day_from_the_other_side_is_a_yes(site: House) -> None:
    noor, anja, path = given(site)
    anja.form(f"{path}/verlengen", tot="2028-01-31")
    assert noor.form(f"{path}/verlengen", tot="2028-01-31").headers["location"].endswith("gedaan=verlengd")


@pytest.mark.parametrize("who", ["noor", "anja"])
def test_a_proposal_is_refused_or_taken_back(site: House, who: str) -> None:
    noor, anja, path = given(site)
    anja.form(f"{path}/verlengen", tot="2028-01-31")
    done = {"noor": noor, "anja": anja}[who].form(f"{path}/verlengen/antwoord", antwoord="nee")
    assert done.headers["location"] == f"{path}?gedaan=verlenging-afgewezen"
    assert "Wacht op u" not in noor.get("/machtigen/").text
    assert "tot en met 31 augustus 2027" in noor.get(path).text


def test_a_yes_to_a_proposal_that_changed_meanwhile_is_no_yes(site: House) -> None:
    noor, anja, path = given(site)
    anja.form(f"{path}/verlengen", tot="2028-01-31")
    seen = hidden(noor.get(path).text, "tot")
    anja.form(f"{path}/verlengen", tot="2030-01-31")
    answer = noor.form(f"{path}/verlengen/antwoord", antwoord="ja", tot=seen)
    assert answer.status_code == 422
    assert verlengen.CHANGED in answer.text
    assert wire(noor, path)["geldig_tot"] == "2027-08-31T22:00:00Z"


def test_nobody_agrees_to_their_own_proposal(site: House) -> None:
    _, anja, path = given(site)
    anja.form(f"{path}/verlengen", tot="2028-01-31")
    own = "2028-01-31T23:00:00+00:00"
    assert anja.form(f"{path}/verlengen/antwoord", antwoord="ja", tot=own).status_code == 422
    assert wire(anja, path)["geldig_tot"] == "2027-08-31T22:00:00Z"


@pytest.mark.parametrize(
    ("tot", "text"),
    [
        ("", "Vul een goede datum in"),
        ("9999-12-31", "Vul een goede datum in"),
        ("2027-08-31", "na de huidige einddatum"),
        ("2040-01-01", "hoogstens vijf jaar"),
    ],
)
def test_an_end_that_cannot_be_is_explained_beside_the_field(site: House, tot: str, text: str) -> None:
    noor, _, path = given(site)
    answer = noor.form(f"{path}/verlengen", tot=tot)
    assert answer.status_code == 422
    assert text in answer.text
    assert f'value="{tot}"' in answer.text
    assert 'aria-invalid="true"' in answer.text


def test_answering_where_nothing_was_proposed_is_refused(site: House) -> None:
    noor, _, path = given(site)
    assert noor.form(f"{path}/verlengen/antwoord", antwoord="ja", tot="x").status_code == 409
    assert noor.form(f"{path}/verlengen/antwoord", antwoord="nee").status_code == 409


def test_a_level_too_low_leads_to_logging_in_higher(site: House) -> None:
    noor, anja = site.log_in("noor", Niveau.HOOG), site.log_in("anja")
    body = {"diensten": [HIGH], "handelingen": ["informatie_opvragen"], "geldig_tot": "2027-09-01"}
    issued = noor.api("/machtigingen", body).json()
    anja.api("/codes/bevestigen", {"code": issued["code"]})
    low = site.log_in("noor")
    answer = low.form(f"/machtigen/{issued['id']}/verlengen", tot="2028-01-31")
    assert answer.status_code == 422
    assert "/machtigen/inloggen?terug=" in answer.text


def test_the_reminder_renews_in_one_step(site: House) -> None:
    noor, anja, path = given(site)
    site.clock.forward(260 * DAY)
    site.upkeep()
    noor, anja = site.log_in("noor"), site.log_in("anja")
    inbox = noor.get("/machtigen/berichten").text
    assert "De machtiging loopt bijna af" in inbox
    done = noor.form(f"{path}/verlengen", tot=hidden(inbox, "tot"))
    assert done.headers["location"] == f"{path}?gedaan=verlenging-gevraagd"
    assert "Stel een jaar langer voor" not in noor.get("/machtigen/berichten").text
    site.upkeep()
    assert "Er is een langere machtiging voorgesteld" in anja.get("/machtigen/berichten").text


# -- pause -------------------------------------------------------------------------------------------


def test_who_paused_resumes_and_the_other_cannot(site: House) -> None:
    noor, anja, path = given(site)
    done = noor.form(f"{path}/pauzeren")
    page = noor.get(done.headers["location"]).text
    assert "U kunt het hervatten wanneer u wilt" in page
    assert "Alleen de ander kan het hervatten" in anja.get(path).text
    assert f'action="{path}/hervatten"' not in anja.get(path).text
    assert anja.form(f"{path}/hervatten").status_code == 409
    assert noor.form(f"{path}/pauzeren").status_code == 409
    noor.form(f"{path}/hervatten")
    assert wire(anja, path)["status"] == "actief"


# -- contest -----------------------------------------------------------------------------------------


def test_contesting_freezes_until_it_is_judged(site: House) -> None:
    noor, anja, path = given(site)
    assert "Vanaf dat moment kan niemand de machtiging gebruiken" in noor.get(f"{path}/betwisten").text
    done = noor.form(f"{path}/betwisten", reden="Ik ken deze persoon niet.\r\nEcht niet.")
    assert done.headers["location"] == f"{path}?gedaan=betwist"
    for person, text in ((noor, "U hebt dit betwist op"), (anja, "Dit is betwist op")):
        page = person.get(path).text
        assert "Betwist: niemand kan hier nu gebruik van maken" in page
        assert text in page
        assert "Ik ken deze persoon niet" not in page
    ((contest,), _) = site.services.machtigingen.list_contests()
    assert (contest.rol.value, contest.reden) == (
        "vertegenwoordigde",
        "Ik ken deze persoon niet.\nEcht niet.",
    )
    assert noor.get(f"{path}/betwisten").headers["location"] == path
    assert noor.form(f"{path}/betwisten").headers["location"] == path


@pytest.mark.parametrize(
    ("stands", "text"),
    [(True, "De machtiging blijft zoals zij was"), (False, "de machtiging was niet terecht")],
)
def test_the_judgement_is_shown_to_both(site: House, stands: bool, text: str) -> None:
    noor, anja, path = given(site)
    anja.form(f"{path}/betwisten")
    site.services.machtigingen.settle_contest(path.rsplit("/", 1)[1], stands=stands, now=site.clock.now())
    for person in (noor, anja):
        assert text in person.get(path).text


def test_a_reason_that_is_too_long_is_kept_and_refused(site: House) -> None:
    noor, _, path = given(site)
    long = "x" * 2001
    answer = noor.form(f"{path}/betwisten", reden=long)
    assert answer.status_code == 422
    assert long in answer.text
    assert onderbreken.TOO_LONG in answer.text
    assert wire(noor, path)["status"] == "actief"


def test_a_power_by_law_can_only_be_contested(site: House) -> None:
    sem, karim, path = mirrored(site)
    for person in (sem, karim):
        page = person.get(path).text
        assert f'href="{path}/betwisten"' in page
        for act in ("intrekken", "opzeggen", "beperken", "verlengen", "pauzeren"):
            assert f"{path}/{act}" not in page
            assert person.get(f"{path}/{act}").status_code in {303, 405}
        assert person.form(f"{path}/pauzeren").status_code == 409
    assert sem.form(f"{path}/betwisten", reden="").status_code == 303
    assert wire(karim, path)["status"] == "betwist"


# -- who may not -------------------------------------------------------------------------------------

FORMS = (
    "beperken",
    "diensten/stoppen",
    "verlengen",
    "verlengen/antwoord",
    "pauzeren",
    "hervatten",
    "betwisten",
)
PAGES = ("beperken", "verlengen", "betwisten", "doormachtigen")


def test_a_stranger_gets_the_answer_for_nothing(site: House) -> None:
    _, _, path = given(site)
    stranger = site.log_in("fatima")
    for act in (*FORMS, "doormachtigen"):
        assert stranger.form(f"{path}/{act}", **ALL).status_code == 404, act
        assert stranger.form(f"/machtigen/{'a' * 22}/{act}", **ALL).status_code == 404, act
    for act in PAGES:
        assert stranger.get(f"{path}/{act}").status_code == 404, act


def test_a_form_without_the_token_of_the_page_is_refused(site: House) -> None:
    noor, _, path = given(site)
    for act in (*FORMS, "doormachtigen"):
        assert noor.browser.post(f"{path}/{act}", data={"csrf_token": "x"}).status_code == 403, act
        assert site.browser().post(f"{path}/{act}", data={}).status_code == 401, act
    assert wire(noor, path)["status"] == "actief"


def test_who_is_not_logged_in_is_sent_to_log_in(site: House) -> None:
    _, _, path = given(site)
    for act in PAGES:
        assert site.browser().get(f"{path}/{act}").headers["location"].startswith("/machtigen/inloggen?")


def test_what_has_ended_cannot_be_changed(site: House) -> None:
    noor, anja, path = given(site, doormachtigen=1)
    noor.form(f"{path}/intrekken")
    for act in PAGES:
        assert anja.get(f"{path}/{act}").status_code == 409, act
    for act in (*FORMS, "doormachtigen"):
        assert anja.form(f"{path}/{act}", **ALL).status_code == 409, act


def test_what_waits_for_an_answer_cannot_be_changed(site: House) -> None:
    noor = site.log_in("noor")
    body = {"diensten": BOTH, "handelingen": ["informatie_opvragen"], "geldig_tot": "2027-09-01"}
    path = f"/machtigen/{noor.api('/machtigingen', body).json()['id']}"
    for act in PAGES:
        assert noor.get(f"{path}/{act}").status_code in {303, 409}, act
