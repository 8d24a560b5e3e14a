"""Pages on which two parents decide together on the use of their power; as plain forms."""

from __future__ import annotations

import re
from dataclasses import replace

import httpx2
import pytest

from machtigen.diensten.model import Grond, Niveau
from tests.machtigen.house import House, Person
from tests.machtigen.paginas import hidden, mirrored, names_on
from tests.machtigen.test_joint_parents import ALONE, SCHOOL
from tests.machtigen.world import DAY, NOW, dienst

pytestmark = pytest.mark.slow
LIST = "/machtigen/instemmingen"


class Parents:
    """Sem, his parents, an aunt, and a service that wants both parents."""

    def __init__(self, site: House) -> None:
        gronden = frozenset({Grond.GEZAG, Grond.MACHTIGING})
        both = replace(dienst(SCHOOL, "Schoolkeuze", gronden=gronden), quorum={Grond.GEZAG: 2})
        site.services.diensten.register(both, NOW)
        site.services.diensten.register(dienst(ALONE, "Verzuimbrief", gronden=gronden), NOW)
        self.site = site
        self.sem, self.karim, self.by_karim = mirrored(site)
        _, self.anja, self.by_anja = mirrored(site, ouder="anja")
        self.tante = site.log_in("tante")

    def sent(self, **more: str | list[str]) -> httpx2.Response:
        values = {"dienst": str(SCHOOL), "handeling": "informatie_opvragen", "aantal": "1", **more}
        return self.karim.form(f"{self.by_karim}/instemming", **values)

    def asked(self, **more: str | list[str]) -> str:
        """The address of a new request."""
        answer = self.sent(**more)
        assert answer.status_code == 303, answer.text
        return str(answer.headers["location"].partition("?")[0])


@pytest.fixture
def parents(site: House) -> Parents:
    return Parents(site)


def press(who: Person, address: str, what: str) -> str:
    """A button that is on the page; the page after it."""
    assert f'action="{address}/{what}"' in who.get(address).text
    answer = who.form(f"{address}/{what}")
    assert answer.status_code == 303, answer.text
    return who.get(answer.headers["location"]).text


def test_one_asks_from_the_page_of_the_power_by_way_of_the_service(parents: Parents) -> None:
    assert f'href="{parents.by_karim}/instemming"' in parents.karim.get(parents.by_karim).text
    offered = parents.karim.get(f"{parents.by_karim}/instemming").text
    assert "Schoolkeuze" in offered
    assert "Verzuimbrief" not in offered
    form = parents.karim.get(f"{parents.by_karim}/instemming?dienst={SCHOOL}").text
    assert names_on(form) == 2  # the child, and who must agree
    assert "Samen met u zijn er 2 nodig." in form
    assert "bezwaar_maken" not in form
    page = parents.karim.get(f"{parents.asked()}?gedaan=instemming-gevraagd").text
    for text in ("Wacht op instemming", "1 van de 2 die nodig zijn, stemmen in.", "Nog niet", "Schoolkeuze"):
        assert text in page
    assert "pseudoniem" in page  # what the proof will show
    assert names_on(page) == 2


def test_the_other_sees_it_on_the_front_page_and_agrees(parents: Parents) -> None:
    address = parents.asked()
    front = parents.anja.get("/machtigen/").text
    assert "Wacht op u" in front
    assert f'href="{address}"' in front
    page = press(parents.anja, address, "instemmen")
    assert "Genoeg instemming" in page
    assert "2 van de 2 die nodig zijn, stemmen in." in page
    assert f'href="{address}"' not in parents.anja.get("/machtigen/").text
    assert f'href="{address}"' in parents.anja.get(parents.by_anja).text


def test_a_yes_is_taken_back_and_a_refusal_ends_it(parents: Parents) -> None:
    address = parents.asked()
    press(parents.anja, address, "instemmen")
    assert "Instemming terugnemen" in parents.anja.get(address).text
    page = press(parents.anja, address, "weigeren")
    assert "Geweigerd" in page
    assert f'action="{address}' not in page
    refused = parents.asked(zaak="SK-1")
    assert "Niet ingestemd" in press(parents.anja, refused, "weigeren")


def test_who_asked_takes_it_back(parents: Parents) -> None:
    address = parents.asked()
    assert "U hebt uw vraag ingetrokken." in press(parents.karim, address, "intrekken")
    assert parents.anja.form(f"{address}/instemmen").status_code == 409


def test_the_child_sees_it_and_decides_nothing(parents: Parents) -> None:
    address = parents.asked()
    assert f'href="{address}"' in parents.sem.get(LIST).text
    page = parents.sem.get(address).text
    assert "Iemand wil iets voor u doen" in page
    assert f'action="{address}' not in page
    assert parents.sem.form(f"{address}/instemmen").status_code == 409


def test_for_a_stranger_it_does_not_exist(parents: Parents) -> None:
    address = parents.asked()
    assert parents.tante.get(address).status_code == 404
    assert parents.tante.get(f"{LIST}/{'A' * 22}").status_code == 404
    assert "Er is nu niets gevraagd." in parents.tante.get(LIST).text
    assert parents.tante.get(f"{parents.by_karim}/instemming").status_code == 404
    for act in ("instemmen", "weigeren", "intrekken"):
        assert parents.tante.form(f"{address}/{act}").status_code == 404
    form = parents.tante.form(f"{parents.by_karim}/instemming", dienst=str(SCHOOL))
    assert form.status_code == 404
    other_holder = parents.anja.get(f"{parents.by_karim}/instemming?dienst={SCHOOL}")
    assert other_holder.status_code == 404  # her own power is another


@pytest.mark.parametrize(
    ("wrong", "text"),
    [
        ({"handeling": []}, "Kies ten minste één handeling."),
        ({"aantal": "0"}, "Vul een heel getal in van 1 tot en met 100."),
        ({"aantal": "veel"}, "Vul een heel getal in van 1 tot en met 100."),
        ({"tot": "morgen"}, "Vul een goede datum in."),
        ({"tot": "2026-12-31"}, "veertien dagen"),
        ({"tot": "2020-01-01"}, "Er klopt nog iets niet."),
    ],
)
def test_a_form_with_a_mistake_keeps_what_was_typed(
    parents: Parents, wrong: dict[str, str | list[str]], text: str
) -> None:
    page = parents.sent(zaak="SK-7", **wrong)
    assert (page.status_code, text in page.text, 'value="SK-7"' in page.text) == (422, True, True)
    assert "Er is nu niets gevraagd." in parents.karim.get(LIST).text


def test_the_form_sent_twice_asks_once(parents: Parents) -> None:
    form = parents.karim.get(f"{parents.by_karim}/instemming?dienst={SCHOOL}").text
    key = hidden(form, "herhaalsleutel")
    assert parents.asked(herhaalsleutel=key) == parents.asked(herhaalsleutel=key)
    assert len(re.findall(r'href="/machtigen/instemmingen/', parents.karim.get(LIST).text)) == 1


def test_where_nobody_else_is_needed_there_is_nothing_to_ask(parents: Parents) -> None:
    assert parents.karim.get(f"{parents.by_karim}/instemming?dienst={ALONE}").status_code == 409
    assert parents.karim.get(f"{parents.by_karim}/instemming?dienst=unknown").status_code == 404


def test_who_logged_in_too_low_is_shown_how_to_log_in_higher(parents: Parents) -> None:
    address = parents.asked()
    anja = parents.site.log_in("anja", Niveau.LAAG)
    page = anja.form(f"{address}/instemmen")
    assert page.status_code == 422
    assert "/machtigen/inloggen?terug=" in page.text


def test_after_fourteen_days_it_is_over(parents: Parents) -> None:
    address = parents.asked()
    parents.site.clock.forward(14 * DAY)
    assert "Verlopen" in parents.site.log_in("karim").get(address).text


def test_forms_need_the_token_of_their_page(parents: Parents) -> None:
    address = parents.asked()
    for path in (f"{address}/instemmen", f"{address}/weigeren", f"{parents.by_karim}/instemming"):
        assert parents.anja.browser.post(path, data={"dienst": "x"}).status_code == 403


def test_who_is_not_logged_in_is_sent_to_log_in(parents: Parents) -> None:
    for path in (LIST, parents.asked(), f"{parents.by_karim}/instemming"):
        assert parents.site.browser().get(path).status_code == 303


def test_it_is_all_there_in_english(parents: Parents) -> None:
    address = parents.asked()
    page = parents.anja.get(f"{address}?taal=en").text
    for text in ("Do you agree?", "1 of the 2 needed agree.", "What the service gets to see", "I agree"):
        assert text in page
