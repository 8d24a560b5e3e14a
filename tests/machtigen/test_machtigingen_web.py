"""The pages: clicked through as plain forms, in both languages, without JavaScript."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from keys.kernel.jws import Jwks, verify
from keys.kernel.pages import untranslated
from keys.kernel.pep import Ciphertext, decrypt
from machtigen import errors
from machtigen.diensten.model import Niveau
from machtigen.web import (
    aanvragen,
    beperken,
    instemming,
    keuzes,
    leden,
    machtiging,
    onderbreken,
    pagina,
    verlengen,
)
from machtigen.web.teksten import all_texts
from tests.machtigen.house import House, Person
from tests.machtigen.test_machtigingen_api import accepted, grant
from tests.machtigen.world import AANVULLENDE_BEURS, DAY, HIGH, NOT_DELEGABLE

pytestmark = pytest.mark.slow

WEB = Path(__file__).resolve().parents[2] / "machtigen" / "web"
CHOICES = f"dienst={AANVULLENDE_BEURS}&handeling=informatie_opvragen&van=2026-11-24&tot=2027-08-31"


def frames(text: str) -> list[str]:
    """The addresses of the name frames on a page."""
    return [unescape(found) for found in re.findall(r'<iframe[^>]* src="([^"]+)"', text)]


def shown_code(text: str) -> str:
    found = re.search(r'class="code-tekst">([^<]+)<', text)
    assert found is not None
    return found.group(1)


def make(person: Person, soort: str = "nieuw", **more: str) -> str:
    """The last form of the flow; gives the code on the receipt."""
    answer = person.form(
        f"/machtigen/{soort}", dienst=AANVULLENDE_BEURS, handeling=["informatie_opvragen", "zaken_regelen"],
        van="2026-11-24", tot="2027-08-31", **more,
    )  # fmt: skip
    assert answer.status_code == 201, answer.text
    return shown_code(answer.text)


def test_noor_goes_through_the_steps_and_gets_a_code(site: House) -> None:
    noor = site.log_in("noor")
    found = noor.get("/machtigen/nieuw?zoek=beurs").text
    assert "Aanvullende beurs aanvragen" in found
    assert "Diploma inzien" not in found
    assert "Diploma inzien" in noor.get("/machtigen/nieuw").text
    actions = noor.get(f"/machtigen/nieuw/handelingen?dienst={AANVULLENDE_BEURS}").text
    assert "Zaken regelen" in actions
    assert 'value="betalen"' not in actions
    period = noor.get(
        f"/machtigen/nieuw/periode?dienst={AANVULLENDE_BEURS}&handeling=informatie_opvragen"
    ).text
    assert 'name="tot" type="date" value="2027-11-23"' in period
    check = noor.get(f"/machtigen/nieuw/controle?{CHOICES}").text
    assert "31 augustus 2027" in check
    (repeat_key,) = re.findall(r'herhaalsleutel" value="([^"]+)"', check)
    receipt = noor.form(
        "/machtigen/nieuw", dienst=AANVULLENDE_BEURS, handeling="informatie_opvragen", van="2026-11-24",
        tot="2027-08-31", label="Mama", herhaalsleutel=repeat_key,
    )  # fmt: skip
    assert receipt.status_code == 201
    assert receipt.headers["cache-control"] == "no-store"
    assert re.fullmatch(r"[A-Z0-9]{4}-[A-Z0-9]{4}-[A-Z0-9]{4}", shown_code(receipt.text))
    overview = noor.get("/machtigen/").text
    assert "Wacht op de ander" in overview
    assert shown_code(receipt.text) not in overview


def test_sending_the_last_form_twice_shows_the_same_receipt(site: House) -> None:
    noor = site.log_in("noor")
    assert make(noor, herhaalsleutel="one") == make(noor, herhaalsleutel="one")
    assert len(noor.get("/machtigen/api/v1/machtigingen").json()["resultaten"]) == 1


def test_anja_sees_what_she_would_accept_and_accepts(site: House) -> None:
    noor, anja = site.log_in("noor"), site.log_in("anja")
    code = make(noor, label="Geheim van Noor")
    offer = anja.form("/machtigen/code", code=code.lower())
    assert offer.status_code == 200
    for text in (
        "Aanvullende beurs aanvragen",
        "Informatie opvragen",
        "31 augustus 2027",
        "Wat dit betekent",
    ):
        assert text in offer.text
    assert "Geheim van Noor" not in offer.text
    assert len(frames(offer.text)) == 1
    done = anja.form("/machtigen/code/bevestigen", code=code)
    assert done.status_code == 303
    detail = anja.get(done.headers["location"]).text
    assert "U hebt de machtiging bevestigd" in detail
    site.upkeep()
    assert "Iemand mag nu voor u handelen" in noor.get("/machtigen/berichten").text
    overview = noor.get("/machtigen/").text
    assert "1 nieuw bericht" in overview
    assert "status-actief" in overview


def test_anja_declines(site: House) -> None:
    noor, anja = site.log_in("noor"), site.log_in("anja")
    done = anja.form("/machtigen/code/weigeren", code=make(noor))
    assert "geweigerd" in anja.get(done.headers["location"]).text


def test_the_representative_asks_first_by_pages(site: House) -> None:
    noor, anja = site.log_in("noor"), site.log_in("anja")
    assert "voor wie u wilt handelen" in anja.get(f"/machtigen/verzoek/controle?{CHOICES}").text
    code = make(anja, "verzoek")
    assert "Iemand vraagt of hij of zij voor u mag handelen" in noor.form("/machtigen/code", code=code).text
    done = noor.form("/machtigen/code/bevestigen", code=code)
    assert "Iemand handelt voor u" in noor.get(done.headers["location"]).text


def test_the_name_frame_shows_the_other_side_to_this_viewer_only(site: House) -> None:
    noor, anja, machtiging = accepted(site)
    for reader, viewer, shown in ((noor, "noor", "anja"), (anja, "anja", "noor")):
        (url,) = frames(reader.get(f"/machtigen/{machtiging['id']}").text)
        assert url.startswith("http://127.0.0.1:8000/identiteit/weergave?ticket=")
        ticket = parse_qs(urlsplit(url).query)["ticket"][0]
        claims = verify(ticket, Jwks.of(site.signing_key), typ="weergaveticket+jwt")
        assert claims["iss"] == "http://127.0.0.1:8000/machtigen"
        assert claims["aud"] == "http://127.0.0.1:8000/identiteit"
        assert claims["exp"] - claims["iat"] == 120
        for claim, person in (("kijker", viewer), ("getoond", shown)):
            opened = decrypt(Ciphertext.from_alt_sub(claims[claim]), site.keys.target)
            assert opened.point == site.login.people[person].point
    assert {purpose for _, _, purpose in site.keys.calls} == {"naam-tonen"}


def test_all_names_of_a_page_are_translated_in_one_batch(site: House) -> None:
    noor = site.log_in("noor")
    for person in ("anja", "ali", "eva"):
        site.log_in(person).api("/codes/bevestigen", {"code": grant(noor)["code"]})
    site.keys.calls.clear()
    assert len(frames(noor.get("/machtigen/").text)) == 3
    assert [count for count, _, _ in site.keys.calls] == [6]


def test_without_names_the_pages_still_work(site: House) -> None:
    noor, _, machtiging = accepted(site)
    site.keys.down = True
    page = noor.get(f"/machtigen/{machtiging['id']}")
    assert page.status_code == 200
    assert "Naam nu niet beschikbaar" in page.text
    assert frames(page.text) == []


def test_revoking_asks_once_and_then_says_so(site: House) -> None:
    noor, anja, machtiging = accepted(site)
    path = f"/machtigen/{machtiging['id']}"
    assert f'href="{path}/intrekken"' in noor.get(path).text
    assert f'href="{path}/opzeggen"' not in noor.get(path).text
    assert "Ja, trek in" in noor.get(f"{path}/intrekken").text
    assert noor.get(path).text.count("status-actief") == 1
    done = noor.form(f"{path}/intrekken")
    assert "Zij werkt vanaf nu niet meer" in noor.get(done.headers["location"]).text
    assert noor.get(f"{path}/intrekken").status_code == 409
    assert anja.form(f"{path}/opzeggen").status_code == 409


def test_renouncing_by_page(site: House) -> None:
    _, anja, machtiging = accepted(site)
    path = f"/machtigen/{machtiging['id']}"
    assert anja.get(f"{path}/intrekken").headers["location"] == path
    assert "Ja, zeg op" in anja.get(f"{path}/opzeggen").text
    done = anja.form(f"{path}/opzeggen")
    assert "opgezegd" in anja.get(done.headers["location"]).text


@pytest.mark.parametrize("typed", ["", "AAAA-AAAA-AAAA", "<script>alert(1)</script>", "x" * 100])
def test_a_wrong_code_is_explained_and_not_executed(site: House, typed: str) -> None:
    answer = site.log_in("fatima").form("/machtigen/code", code=typed)
    assert answer.status_code == 422
    assert "Deze code klopt niet" in answer.text
    assert "<script>" not in answer.text


def test_a_duplicate_is_explained(site: House) -> None:
    noor, anja, _ = accepted(site)
    second = grant(noor)
    answer = anja.form("/machtigen/code/bevestigen", code=second["code"])
    assert answer.status_code == 422
    assert "bestaat al tussen u beiden" in answer.text


@pytest.mark.parametrize(
    ("query", "text"),
    [
        (CHOICES.replace("2027-08-31", "2026-11-01"), "De einddatum moet in de toekomst liggen"),
        (CHOICES.replace("2027-08-31", "2040-01-01"), "hoogstens vijf jaar"),
        (CHOICES.replace("2027-08-31", "morgen"), "Vul een goede datum in"),
        (CHOICES.replace("2027-08-31", "9999-12-31"), "Vul een goede datum in"),
        (CHOICES.replace("informatie_opvragen", "vliegen"), "Vul een goede datum in"),
        (CHOICES.replace(AANVULLENDE_BEURS, NOT_DELEGABLE), "kunt u niemand machtigen"),
    ],
)
def test_choices_that_cannot_be_are_explained(site: House, query: str, text: str) -> None:
    answer = site.log_in("noor").get(f"/machtigen/nieuw/controle?{query}")
    assert answer.status_code == 422
    assert text in answer.text


def test_a_step_that_was_skipped_is_asked_for(site: House) -> None:
    noor = site.log_in("noor")
    assert "Kies ten minste één dienst." in noor.get("/machtigen/nieuw/handelingen").text
    page = noor.get(f"/machtigen/nieuw/periode?dienst={AANVULLENDE_BEURS}").text
    assert "Kies ten minste één handeling." in page


def test_a_service_of_a_higher_level_leads_to_logging_in_higher(site: House) -> None:
    noor = site.log_in("noor")
    page = noor.get(f"/machtigen/nieuw/controle?{CHOICES.replace(AANVULLENDE_BEURS, HIGH)}")
    assert page.status_code == 422
    link = unescape(re.findall(r'href="(/machtigen/inloggen[^"]+)"', page.text)[0])
    noor.get(link)
    assert site.login.begun[-1]["acr_values"] == Niveau.HOOG.acr
    assert site.login.begun[-1]["prompt"] == "login"
    assert str(site.login.begun[-1]["return_to"]).startswith("/machtigen/nieuw/controle?")


def test_the_inbox_is_read_and_marked(site: House) -> None:
    noor, _, machtiging = accepted(site)
    site.upkeep()
    page = noor.get("/machtigen/berichten").text
    assert f'href="/machtigen/{machtiging["id"]}"' in page
    assert "Nieuw" in page
    assert noor.form("/machtigen/berichten").headers["location"] == "/machtigen/berichten"
    assert "Alles als gelezen markeren" not in noor.get("/machtigen/berichten").text


def test_who_is_not_logged_in_is_sent_to_log_in_and_back(site: House) -> None:
    browser = site.browser()
    home = browser.get("/machtigen/")
    assert home.status_code == 200
    assert "Zo werkt het" in home.text
    for path in (
        "/machtigen/nieuw",
        "/machtigen/verzoek",
        "/machtigen/code",
        "/machtigen/berichten",
        "/machtigen/" + "a" * 22,
    ):
        answer = browser.get(path)
        assert answer.status_code == 303
        assert answer.headers["location"] == f"/machtigen/inloggen?terug={path.replace('/', '%2F')}"


@pytest.mark.parametrize("path", ["/machtigen/onbekend", "/machtigen/" + "a" * 22, "/machtigen/x/intrekken"])
def test_what_does_not_exist_is_not_found(site: House, path: str) -> None:
    answer = site.log_in("noor").get(path)
    assert answer.status_code == 404
    assert "Niet gevonden" in answer.text


def test_a_stranger_gets_the_same_page_as_for_nothing(site: House) -> None:
    _, _, machtiging = accepted(site)
    stranger = site.log_in("fatima")
    nothing = stranger.get("/machtigen/" + "a" * 22)
    existing = stranger.get(f"/machtigen/{machtiging['id']}")
    assert existing.status_code == nothing.status_code == 404
    assert existing.text.replace(machtiging["id"], "") == nothing.text.replace("a" * 22, "")


def test_pages_speak_english_too(site: House) -> None:
    noor, _, machtiging = accepted(site)
    for path, text in (
        ("/machtigen/", "Who may act for me"),
        (f"/machtigen/{machtiging['id']}", "Someone acts for you"),
        ("/machtigen/code", "I have a code"),
        (f"/machtigen/nieuw/controle?{CHOICES}", "Is this right?"),
    ):
        joint = "&" if "?" in path else "?"
        page = noor.get(f"{path}{joint}taal=en").text
        assert text in page
        assert '<html lang="en">' in page


def test_every_text_has_an_english_translation() -> None:
    titles = [
        kind.title
        for kind in vars(errors).values()
        if isinstance(kind, type) and issubclass(kind, errors.MachtigenError)
    ]
    own = ["Kies ten minste één dienst.", "Kies ten minste één handeling.", aanvragen.BAD_DATE]
    own += [*beperken.TEXTS, *verlengen.TEXTS, *onderbreken.TEXTS, *keuzes.TEXTS, *machtiging.TEXTS]
    own += [*leden.TEXTS, *instemming.TEXTS, *(text for _, text in pagina.MENU)]
    missing = untranslated(WEB / "templates", WEB / "vertalingen" / "en.po", [*all_texts(), *titles, *own])
    assert missing == []


def test_an_expired_machtiging_is_shown_as_such_before_any_upkeep(site: House) -> None:
    noor, _, machtiging = accepted(site)
    site.clock.forward(300 * DAY + timedelta(hours=1))
    noor = site.log_in("noor")
    page = noor.get(f"/machtigen/{machtiging['id']}").text
    assert "status-verlopen" in page
    assert "niemand: de tijd of de wet" in page


def test_pages_may_not_be_framed_and_frame_only_names(site: House) -> None:
    policy = site.log_in("noor").get("/machtigen/").headers["content-security-policy"]
    assert "frame-src http://127.0.0.1:8000" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
