"""Pages of organisations: who is there, joining and leaving, and acting for one; as plain forms."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime

import httpx2
import pytest
import sqlalchemy as sa

from machtigen.diensten.model import Niveau
from machtigen.partijen.model import PartijId
from tests.machtigen.house import House, Person
from tests.machtigen.paginas import hidden, names_on, partij
from tests.machtigen.test_organisaties_api import DE_BRUG, director, joined, told
from tests.machtigen.world import AANVULLENDE_BEURS, REISPRODUCT

pytestmark = pytest.mark.slow
HOME = "/machtigen/organisaties/de-brug"
AS = "/machtigen/namens/de-brug"
LAST = {
    "dienst": AANVULLENDE_BEURS, "handeling": "informatie_opvragen", "van": "2026-11-24", "tot": "2027-08-31",
}  # fmt: skip


def code_on(page: httpx2.Response) -> str:
    found = re.search(r'class="code-tekst">([^<]+)<', page.text)
    assert found is not None, page.text
    return found.group(1)


def invited(by: Person, rol: str = "medewerker", functie: str = "bewindvoerder") -> str:
    page = by.form(f"{HOME}/uitnodigen", rol=rol, functie=functie, niveau="substantieel")
    assert page.status_code == 201, page.text
    return code_on(page)


def employee(site: House, by: Person, name: str = "ali", functie: str = "bewindvoerder") -> Person:
    person = site.log_in(name)
    answer = person.form("/machtigen/toetreden/bevestigen", code=invited(by, functie=functie))
    assert answer.headers["location"] == f"{HOME}?gedaan=toegetreden"
    return person


def given(site: House, to: Person, name: str = "willem") -> str:
    """A client gives; the organisation accepts on its pages. The id."""
    issued = site.log_in(name).api(
        "/machtigingen",
        {
            "diensten": [AANVULLENDE_BEURS, REISPRODUCT],
            "handelingen": ["informatie_opvragen"],
            "geldig_tot": "2027-06-01",
            "organisatie": "de-brug",
        },
    )
    answer = to.form(f"{AS}/code/bevestigen", code=issued.json()["code"])
    assert answer.headers["location"] == f"{AS}/{issued.json()['id']}?gedaan=bevestigd"
    return str(issued.json()["id"])


def link_to_remove(page: str) -> str:
    found = re.findall(rf'href="({HOME}/leden/[^"]+/verwijderen)"', page)
    return str(found[-1])


# -- joining and leaving -------------------------------------------------------------------------


def test_who_is_nowhere_is_told_so_and_how_to_join(site: House) -> None:
    page = site.log_in("ali").get("/machtigen/organisaties").text
    assert "U hoort nog bij geen organisatie." in page
    assert 'href="/machtigen/toetreden"' in page
    assert 'href="/machtigen/toetreden"' in site.log_in("ali").get("/machtigen/code").text


def test_what_one_would_become_is_shown_before_joining(site: House) -> None:
    told(site, "/organisaties", DE_BRUG)
    code = told(site, "/organisaties/de-brug/uitnodigingen", {"rol": "bestuurder", "functie": "directeur"})
    vera = site.log_in("vera", Niveau.HOOG)
    offer = vera.form("/machtigen/toetreden", code=str(code["code"]))
    assert offer.status_code == 200
    for text in ("Stichting De Brug", "90000017", "Bestuurder", "directeur", "hoog"):
        assert text in offer.text
    assert vera.get(HOME).status_code == 404  # looking is not joining
    answer = vera.form("/machtigen/toetreden/bevestigen", code=hidden(offer.text, "code"))
    page = vera.get(answer.headers["location"])
    assert "U hoort nu bij deze organisatie." in page.text
    front = vera.get("/machtigen/").text
    assert f'href="{HOME}"' in front
    assert f'href="{AS}/"' in front


def test_a_professional_registration_is_joined_in_the_same_way(site: House) -> None:
    code = told(site, "/beroepen", {"beroep": "advocaat", "bron": "nova"})["code"]
    marieke = site.log_in("marieke")
    assert "advocaat" in marieke.form("/machtigen/toetreden", code=str(code)).text
    answer = marieke.form("/machtigen/toetreden/bevestigen", code=str(code))
    assert "Uw beroep is vastgelegd." in marieke.get(answer.headers["location"]).text


def test_a_wrong_code_shows_the_form_again_and_is_counted(site: House) -> None:
    ali = site.log_in("ali")
    for path in ("/machtigen/toetreden", "/machtigen/toetreden/bevestigen"):
        page = ali.form(path, code="AAAA-BBBB-CCCC")
        assert page.status_code == 422
        assert 'value="AAAA-BBBB-CCCC"' in page.text
    for _ in range(8):
        ali.form("/machtigen/toetreden", code="AAAA-BBBB-CCCC")
    assert "te vaak" in ali.form("/machtigen/toetreden", code="AAAA-BBBB-CCCC").text


def test_who_is_that_there_already_keeps_the_code(site: House) -> None:
    vera = director(site)
    ali = employee(site, vera)
    code = invited(vera)
    page = ali.form("/machtigen/toetreden/bevestigen", code=code)
    assert (page.status_code, "U bent dat daar al." in page.text) == (422, True)
    answer = site.log_in("eva").form("/machtigen/toetreden/bevestigen", code=code)
    assert answer.status_code == 303


def test_a_director_sees_people_by_function_each_by_name_in_a_frame(site: House) -> None:
    vera = director(site)
    employee(site, vera, "ali", "bewindvoerder")
    employee(site, vera, "eva", "jurist")
    page = vera.get(HOME).text
    assert re.findall(r"<h3>(\w+)</h3>", page) == ["bewindvoerder", "directeur", "jurist"]
    assert names_on(page) == 3
    assert page.count("/verwijderen") == 3  # two employees, and oneself in "Vertrekken"


def test_an_employee_sees_no_people_and_cannot_act_for_it(site: House) -> None:
    vera = director(site)
    ali = employee(site, vera)
    page = ali.get(HOME).text
    assert "Stichting De Brug" in page
    assert "Mensen, per functie" not in page
    assert names_on(page) == 0
    for path in (f"{HOME}/uitnodigen", f"{AS}/", f"{AS}/nieuw", f"{AS}/berichten"):
        assert ali.get(path).status_code == 404
    assert ali.form(f"{HOME}/uitnodigen", rol="medewerker", functie="x", niveau="laag").status_code == 404
    assert ali.form(f"{AS}/berichten").status_code == 404


@pytest.mark.parametrize("name", ["de-brug", "unknown", "org:AAAAAAAAAAAAAAAAAAAAAA"])
def test_a_stranger_cannot_tell_whether_it_exists(site: House, name: str) -> None:
    director(site)
    stranger = site.log_in("omar")
    place = f"/machtigen/organisaties/{name}"
    for path in (place, f"{place}/uitnodigen", f"{place}/leden/{'A' * 22}/verwijderen",
                 f"/machtigen/namens/{name}/"):  # fmt: skip
        page = stranger.get(path)
        assert (page.status_code, "<code>not-found</code>" in page.text) == (404, True), path


def test_who_is_not_logged_in_is_sent_to_log_in_and_back(site: House) -> None:
    for path in (HOME, f"{AS}/", f"{AS}/nieuw", "/machtigen/toetreden", f"{HOME}/uitnodigen"):
        answer = site.browser().get(path)
        if path == f"{AS}/":  # as the front page: what this is
            assert answer.status_code == 200
            continue
        assert answer.status_code == 303
        assert answer.headers["location"].startswith("/machtigen/inloggen?terug=")


def test_a_form_with_mistakes_keeps_what_was_typed_and_says_where(site: House) -> None:
    vera = director(site)
    page = vera.form(f"{HOME}/uitnodigen", rol="", functie="jurist", niveau="hoogst")
    assert page.status_code == 422
    assert 'value="jurist"' in page.text
    assert page.text.count("Maak een keuze.") == 2
    assert "Vul in wat" in vera.form(f"{HOME}/uitnodigen", rol="beheerder", functie=" ", niveau="laag").text


@pytest.mark.parametrize(("rol", "niveau"), [("bestuurder", "laag"), ("medewerker", "hoog")])
def test_nobody_lets_a_director_in_or_above_their_own_level(site: House, rol: str, niveau: str) -> None:
    director(site)
    vera = site.log_in("vera", Niveau.SUBSTANTIEEL)
    page = vera.form(f"{HOME}/uitnodigen", rol=rol, functie="x", niveau=niveau)
    assert page.status_code == 422
    assert "code-tekst" not in page.text


def test_the_form_sent_twice_shows_the_same_code(site: House) -> None:
    vera = director(site)
    sent = {"rol": "medewerker", "functie": "jurist", "niveau": "laag"}
    key = hidden(vera.get(f"{HOME}/uitnodigen").text, "herhaalsleutel")
    first, second = (vera.form(f"{HOME}/uitnodigen", **sent, herhaalsleutel=key) for _ in range(2))
    assert code_on(first) == code_on(second)


def test_somebody_is_sent_away_after_a_page_that_says_what_that_means(site: House) -> None:
    vera = director(site)
    ali = employee(site, vera)
    link = link_to_remove(vera.get(HOME).text)
    asked = vera.get(link)
    assert names_on(asked.text) == 1
    assert ali.get(HOME).status_code == 200
    answer = vera.form(link)
    assert "hoort niet meer bij de organisatie" in vera.get(answer.headers["location"]).text
    assert ali.get(HOME).status_code == 404
    assert vera.form(link).status_code == 404


def test_one_leaves_by_oneself_and_no_colleague_sends_one_away(site: House) -> None:
    vera = director(site)
    ali, eva = employee(site, vera), employee(site, vera, "eva")
    own = link_to_remove(ali.get(HOME).text)
    assert eva.get(own).status_code == 404
    assert eva.form(own).status_code == 404
    assert "Wilt u vertrekken bij Stichting De Brug?" in ali.get(own).text
    answer = ali.form(own)
    assert answer.headers["location"] == "/machtigen/organisaties?gedaan=vertrokken"
    assert ali.get(HOME).status_code == 404


def test_an_administrator_sends_no_director_away(site: House) -> None:
    vera = director(site)
    omar = joined(site, invited(vera, "beheerder", "kantoor"), "omar")
    page = omar.get(HOME).text
    assert page.count("/verwijderen") == 1  # "Vertrekken"
    members = omar.get("/machtigen/api/v1/organisaties/de-brug/leden").json()["resultaten"]
    boss = next(one["id"] for one in members if one["rol"] == "bestuurder")
    for answer in (
        omar.get(f"{HOME}/leden/{boss}/verwijderen"),
        omar.form(f"{HOME}/leden/{boss}/verwijderen"),
    ):
        assert answer.status_code == 409


@pytest.mark.parametrize(
    "path", [f"{HOME}/uitnodigen", "/machtigen/toetreden", "/machtigen/toetreden/bevestigen", f"{AS}/nieuw",
             f"{AS}/code", f"{AS}/code/bevestigen", f"{AS}/berichten"]
)  # fmt: skip
def test_a_form_without_the_token_of_its_page_is_refused(site: House, path: str) -> None:
    vera = director(site)
    assert vera.browser.post(path, data={"code": "x"}).status_code == 403


# -- acting for it -------------------------------------------------------------------------------


def test_the_director_accepts_for_the_organisation_and_every_page_says_for_whom(site: House) -> None:
    vera = director(site)
    identifier = given(site, vera)
    page = vera.get(f"{AS}/{identifier}").text
    assert "U handelt namens <strong>Stichting De Brug</strong>" in page
    assert names_on(page) == 1
    assert "(directeur)" in page  # the history says in which function
    assert f'href="{AS}/{identifier}/opzeggen"' in page
    assert "?organisatie=de-brug" in page  # the download is the organisation's
    own = vera.get(f"/machtigen/{identifier}")
    assert own.status_code == 404  # it is the organisation's, not hers
    overview = vera.get(f"{AS}/").text
    assert f'href="{AS}/{identifier}"' in overview
    assert "Mijn organisaties" not in overview


def test_names_are_shown_to_the_person_who_looks(site: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """identiteit shows a name to the person who is logged in there: never to an organisation."""
    vera = director(site)
    given(site, vera)
    seen: list[str] = []
    tickets = site.services.weergave.tickets

    def watched(viewer: PartijId, shown: Sequence[PartijId], now: datetime) -> list[str]:
        seen.append(viewer)
        return tickets(viewer, shown, now)

    monkeypatch.setattr(site.services.weergave, "tickets", watched)
    vera.get(f"{AS}/")
    vera.get(HOME)
    assert set(seen) == {str(partij(site, "vera"))}


def test_who_acted_is_noted_for_every_act_on_the_pages(site: House) -> None:
    vera = director(site)
    identifier = given(site, vera)
    path = f"{AS}/{identifier}"
    for act in ("pauzeren", "hervatten", "opzeggen"):
        answer = vera.form(f"{path}/{act}")
        assert answer.headers["location"].startswith(f"{path}?gedaan=")
    acts = site.services.organisaties.acts_on(identifier)
    assert [(one.persoon, one.functie) for one in acts] == [(partij(site, "vera"), "directeur")] * 4


def test_a_power_by_function_is_given_in_the_steps_and_used_by_an_employee_only(site: House) -> None:
    vera = director(site)
    given(site, vera)
    ali, noor = employee(site, vera), site.log_in("noor")
    check = vera.get(f"{AS}/nieuw/controle?dienst={AANVULLENDE_BEURS}&handeling=informatie_opvragen"
                     "&van=2026-11-24&tot=2027-08-31").text  # fmt: skip
    assert 'name="functie"' in check
    assert f'action="{AS}/nieuw"' in check
    made = vera.form(f"{AS}/nieuw", **LAST, functie="bewindvoerder")
    assert made.status_code == 201, made.text
    refused = noor.form("/machtigen/code/bevestigen", code=code_on(made))
    assert refused.status_code == 422
    accepted = ali.form("/machtigen/code/bevestigen", code=code_on(made))
    assert accepted.status_code == 303, accepted.text
    page = vera.get(HOME).text
    assert "voor alles wat de organisatie daar mag" in page
    assert "Aanvullende beurs" in ali.get("/machtigen/").text


def test_a_person_by_themself_is_asked_for_no_function(site: House) -> None:
    noor = site.log_in("noor")
    check = noor.get(f"/machtigen/nieuw/controle?dienst={AANVULLENDE_BEURS}&handeling=informatie_opvragen"
                     "&van=2026-11-24&tot=2027-08-31").text  # fmt: skip
    assert 'name="functie"' not in check
    made = noor.form("/machtigen/nieuw", **LAST, functie="jurist")
    assert made.status_code == 201
    assert site.log_in("anja").form("/machtigen/code/bevestigen", code=code_on(made)).status_code == 303


def test_passing_on_for_one_client_names_the_function(site: House) -> None:
    vera = director(site)
    identifier = given(site, vera)
    ali = employee(site, vera)
    made = vera.form(
        f"{AS}/{identifier}/doormachtigen", **{**LAST, "tot": "2027-05-01"}, functie="bewindvoerder"
    )
    assert made.status_code == 201, made.text
    assert ali.form("/machtigen/code/bevestigen", code=code_on(made)).status_code == 303
    assert "voor één cliënt" in vera.get(HOME).text


def test_who_asked_for_the_organisation_does_not_accept_for_themself(site: House) -> None:
    vera = director(site)
    made = vera.form(f"{AS}/nieuw", **LAST)
    page = vera.form("/machtigen/code/bevestigen", code=code_on(made))
    assert page.status_code == 422
    assert "Wilt u deze machtiging bevestigen?" in page.text


def test_a_form_sent_again_for_somebody_else_is_no_repeat(site: House) -> None:
    """As over JSON: the key of what she did for the organisation does not show its code to her alone."""
    vera = director(site)
    first, again = (vera.form(f"{AS}/nieuw", **LAST, herhaalsleutel="one") for _ in range(2))
    assert code_on(first) == code_on(again)
    other = vera.form("/machtigen/nieuw", **LAST, herhaalsleutel="one")
    assert (other.status_code, "idempotency-key-reused" in other.text) == (422, True)
    assert code_on(first) not in other.text


def test_the_page_tells_by_function_how_often_a_power_was_used(site: House) -> None:
    vera = director(site)
    identifier = given(site, vera)
    site.app.state.database.write(lambda session: _use(session, identifier))
    page = vera.get(HOME).text
    assert "bewindvoerder: 2 keren, het laatst op" in re.sub(r"\s+", " ", page)
    assert "Zonder functie: 1 keer, het laatst op" in re.sub(r"\s+", " ", page)


def _use(session: sa.orm.Session, identifier: str) -> None:
    for number, functie in enumerate(("bewindvoerder", "bewindvoerder", None)):
        session.execute(
            sa.text(
                "INSERT INTO gebruik (jti, op, persoon, machtiging, sector, client_id, dienst, handelingen,"
                " doelen, functie) VALUES (:jti, :op, 'x', :id, 's', 'c', :dienst, '[]', '[]', :functie)"
            ),
            {"jti": str(number), "op": f"2026-11-2{number} 10:00:00", "id": identifier, "dienst": REISPRODUCT,
             "functie": functie},
        )  # fmt: skip


def test_everything_is_there_in_english(site: House) -> None:
    vera = director(site)
    given(site, vera)
    page = vera.get(f"{HOME}?taal=en").text
    for text in ("De Brug", "People, by function", "Used by", "Director"):
        assert text in page
    assert "You are acting for <strong>De Brug</strong>" in vera.get(f"{AS}/?taal=en").text
