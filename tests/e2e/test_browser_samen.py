"""What people do for an organisation, and what two parents do together, clicked through."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.e2e.clicking import Person
from tests.e2e.conftest import MakePerson
from tests.e2e.test_browser_wijzigen import expect_text, follow, press, start

pytestmark = [pytest.mark.e2e, pytest.mark.browser, pytest.mark.slow]
DE_BRUG = "/organisaties/de-brug"
WAYS = {"with JavaScript": ("zoe", "noor"), "without JavaScript": ("daan", "mila"),
        "in English": ("julia", "thomas")}  # fmt: skip
FUNCTION = "budgetcoach"


@pytest.mark.parametrize("way", WAYS)
def test_a_director_lets_somebody_in_and_acts_for_the_organisation(people: MakePerson, way: str) -> None:
    """A client gives to the organisation, somebody acts by function, and is sent away again."""
    scripts, english = way != "without JavaScript", way == "in English"
    director, employee, client = (
        people(name, scripts=scripts, english=english) for name in ("vera", *WAYS[way])
    )
    for person in (director, employee, client):
        start(person)
    join(employee, invite(director))
    accept(director, client.grant())
    act_by_function(director, employee)
    send_away(director, employee)


def open_organisation(person: Person) -> None:
    person.go("machtigen")
    follow(person, "Mijn organisaties")
    person.watcher.look("mijn organisaties")
    person.page.locator(f"main a[href$='{DE_BRUG}']").click()


def invite(director: Person) -> str:
    """A code for an employee; a form with a mistake is shown again."""
    open_organisation(director)
    director.watcher.look("organisatie")
    follow(director, "Iemand toelaten")
    director.watcher.look("toelaten")
    director.page.locator("input[name=rol][value=medewerker]").check()
    director.page.locator("input[name=functie]").fill(" ")
    press(director, "Maak een code")
    director.watcher.look("toelaten met een fout", status=422)
    expect(director.page.locator("input[value=medewerker]")).to_be_checked()
    director.page.locator("input[name=functie]").fill(FUNCTION)
    press(director, "Maak een code")
    director.watcher.look("toelaten code")
    return director.page.locator(".code-tekst").inner_text().strip()


def join(employee: Person, code: str) -> None:
    """What one becomes is shown first."""
    employee.go("machtigen", "/organisaties")
    employee.watcher.look("nog geen organisaties")
    follow(employee, "Ik heb een code van een organisatie")
    employee.page.locator("input[name=code]").fill("AAAA-BBBB-CCCC")
    press(employee, "Bekijk wat dit is")
    employee.watcher.look("code van een organisatie fout", status=422)
    employee.page.locator("input[name=code]").fill(code)
    press(employee, "Bekijk wat dit is")
    employee.watcher.look("toetreden")
    expect(employee.page.locator("main dl")).to_contain_text(FUNCTION)
    press(employee, "Ja, dat wil ik")
    employee.watcher.look("toegetreden")
    expect(employee.page.locator("h1")).to_contain_text("De Brug")


def accept(director: Person, code: str) -> None:
    """The director takes a code for the organisation, and that is what every page says."""
    open_organisation(director)
    follow(director, "Code aannemen voor de organisatie")
    director.watcher.look("code namens")
    expect(director.page.locator(".namens")).to_contain_text("De Brug")
    director.page.locator("input[name=code]").fill(code)
    director.press(director.words.view)
    director.watcher.look("aanbod namens")
    director.press(director.words.accept)
    director.watcher.look("bevestigd namens")
    assert "/namens/de-brug/" in director.page.url
    director.go("machtigen", "/namens/de-brug/")
    director.watcher.look("overzicht namens")
    director.go("machtigen", "/namens/de-brug/berichten")
    director.watcher.look("berichten namens")


def act_by_function(director: Person, employee: Person) -> None:
    """Whoever has the function acts for every client, at the services named."""
    open_organisation(director)
    follow(director, "Machtigen namens de organisatie")
    director.page.locator("input[name=zoek]").fill("aanvullende")
    press(director, "Zoeken")
    director.page.get_by_label("Aanvullende beurs", exact=True).check()
    press(director, "Verder")
    director.page.locator("input[name=handeling]").first.check()
    press(director, "Verder")
    press(director, "Verder")
    director.watcher.look("controle namens")
    director.page.locator("input[name=functie]").fill(FUNCTION)
    press(director, "Machtiging maken")
    director.watcher.look("nieuwe code namens")
    employee.enter(director.page.locator(".code-tekst").inner_text().strip())
    employee.watcher.look("aanbod van een functie")
    employee.press(employee.words.accept)
    employee.watcher.look("bevoegd door functie")
    employee.go("machtigen", "/voor-wie")
    employee.page.locator("main .linklijst a").first.click()
    employee.watcher.look("voor wie door functie")


def send_away(director: Person, employee: Person) -> None:
    """At once, and for who was sent away the organisation is not there any more."""
    open_organisation(director)
    director.watcher.look("organisatie met functies")
    expect(director.page.locator("#functies ~ .kaarten")).to_contain_text(FUNCTION)
    group = director.page.locator("#mensen ~ h3", has_text=FUNCTION)
    group.locator("xpath=following-sibling::ul[1]").locator("a[href$='/verwijderen']").click()
    director.watcher.look("verwijderen")
    press(director, "Ja, verwijder")
    director.watcher.look("verwijderd")
    employee.go("machtigen", DE_BRUG)
    employee.watcher.look("organisatie die er niet is", status=404)


@pytest.mark.parametrize("way", WAYS)
def test_two_parents_decide_together_at_a_service_that_wants_both(people: MakePerson, way: str) -> None:
    """One asks, the other sees it on the front page and agrees; the child sees it too."""
    scripts, english = way != "without JavaScript", way == "in English"
    esther, jeroen, bram = (
        people(name, scripts=scripts, english=english) for name in ("esther", "jeroen", "bram")
    )
    for person in (esther, jeroen, bram):
        start(person)
    address = ask(esther)
    answer(jeroen)
    esther.page.goto(address)
    esther.watcher.look("genoeg instemming")
    expect_text(esther, "Genoeg instemming")
    bram.go("machtigen", "/instemmingen")
    bram.watcher.look("instemmingen over mij")
    bram.page.locator("main li.kaart a").first.click()
    bram.watcher.look("instemming over mij")
    press(esther, "Vraag intrekken")
    esther.watcher.look("vraag ingetrokken")
    expect_text(esther, "U hebt uw vraag ingetrokken.")


def ask(esther: Person) -> str:
    """From the power by law, by way of the service; the address of the request."""
    esther.go("machtigen", "/?rol=wet")
    follow(esther, "Ouderlijk gezag")
    esther.watcher.look("gezag samen gebruiken")
    follow(esther, "Instemming vragen")
    esther.watcher.look("instemming dienst")
    esther.page.locator("main li.kaart a").first.click()
    esther.watcher.look("instemming vragen")
    press(esther, "Vraag instemming")
    esther.watcher.look("instemming vragen met een fout", status=422)
    esther.page.locator("input[name=handeling]").first.check()
    press(esther, "Vraag instemming")
    esther.watcher.look("instemming gevraagd")
    expect_text(esther, "Wacht op instemming")
    expect(esther.page.locator("iframe.naam")).to_have_count(2)  # the child, and the other parent
    return esther.page.url.partition("?")[0]


def answer(jeroen: Person) -> None:
    """From the front page; yes, no longer, and at last yes to a new question is another test's."""
    jeroen.go("machtigen")
    jeroen.watcher.look("overzicht met instemming")
    expect_text(jeroen, "Wacht op u")
    jeroen.page.locator("li.wachtend a").first.click()
    jeroen.watcher.look("instemmen")
    press(jeroen, "Ik stem in")
    jeroen.watcher.look("ingestemd")
    expect_text(jeroen, "U stemt in. Degene die het vroeg, krijgt bericht.")
    jeroen.notices()
