"""What two people do with a machtiging that stands: extend, narrow, pause, pass on, contest."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from playwright.sync_api import expect

from tests.e2e.clicking import SERVICE, Person
from tests.e2e.conftest import MakePerson
from tests.e2e.looking import catalogue
from tests.e2e.system import System

pytestmark = [pytest.mark.e2e, pytest.mark.browser, pytest.mark.slow]
PEOPLE = {"with JavaScript": ("noor", "anja", "lisa"), "without JavaScript": ("marieke", "yusuf", "chen"),
          "in English": ("ali", "eva", "vera")}  # fmt: skip


@pytest.mark.parametrize("way", PEOPLE)
def test_everything_that_can_be_done_is_clicked_through(server: System, people: MakePerson, way: str) -> None:
    """Each page is looked at on the way: sound, accessible, fit for a phone, in one language."""
    scripts, english = way != "without JavaScript", way == "in English"
    giver, taker, third = (people(name, scripts=scripts, english=english) for name in PEOPLE[way])
    for person in (giver, taker, third):
        start(person)
    address = give(giver, taker)
    extend(giver, taker, address)
    narrow(giver, address)
    pause(giver, taker, address)
    below = pass_on(giver, taker, third, address)
    look_up(giver, taker)
    contest(giver, taker, third, address, below)


def say(person: Person, text: str) -> str:
    """A text of a page in the language of this person."""
    return catalogue()[text] if person.watcher.english else text


def press(person: Person, text: str) -> None:
    person.press(say(person, text))


def follow(person: Person, text: str) -> None:
    person.follow(say(person, text))


def expect_text(person: Person, text: str) -> None:
    expect(person.page.locator("main")).to_contain_text(say(person, text))


def start(person: Person) -> None:
    person.go("machtigen", "/?taal=en" if person.watcher.english else "/")
    if person.watcher.english:  # identiteit keeps a language of its own
        person.go("identiteit", "/?taal=en")
        person.go("machtigen")
    person.log_in()


def give(giver: Person, taker: Person) -> str:
    """Two services at once, to be passed on once, at most nine times; the address of its page."""
    giver.go("machtigen", "/nieuw?zoek=basisbeurs")
    giver.page.get_by_label("Basisbeurs", exact=True).check()
    giver.page.locator("input[name=zoek]").fill("aanvullende")
    press(giver, "Zoeken")
    giver.watcher.look("nieuw dienst met een keuze")
    giver.page.get_by_label(SERVICE, exact=True).check()
    press(giver, "Verder")
    for action in ("informatie_opvragen", "zaken_regelen"):
        giver.page.locator(f"input[name=handeling][value={action}]").check()
    press(giver, "Verder")
    giver.page.locator("input[name=tot]").fill((first_day(giver) + timedelta(days=60)).isoformat())
    press(giver, "Verder")
    giver.page.locator("summary").click()
    giver.page.locator("input[name=doorgeven]").check()
    giver.page.locator("input[name=max_gebruik]").fill("negen")
    press(giver, "Machtiging maken")
    giver.watcher.look("nieuw controle met een fout", status=422)
    expect(giver.page.locator("input[name=doorgeven]")).to_be_checked()
    giver.page.locator("input[name=max_gebruik]").fill("9")
    press(giver, "Machtiging maken")
    code = giver.page.locator(".code-tekst").inner_text().strip()
    taker.enter(code)
    taker.watcher.look("aanbod met grenzen")
    taker.press(taker.words.accept)
    taker.watcher.look("bevestigd met acties")
    return taker.page.url.partition("?")[0]


def first_day(person: Person) -> date:
    """Today, as the page says."""
    return date.fromisoformat(person.page.locator("input[name=van]").input_value())


def extend(giver: Person, taker: Person, address: str) -> None:
    """The one who acts proposes; the other says yes on the front page, in one step."""
    taker.page.goto(address)
    follow(taker, "Verlengen")
    taker.watcher.look("verlengen")
    press(taker, "Stel dit voor")
    taker.watcher.look("verlenging voorgesteld")
    giver.go("machtigen")
    giver.watcher.look("overzicht met wat wacht")
    expect_text(giver, "Wacht op u")
    press(giver, "Ja, verleng")
    giver.watcher.look("verlengd")
    expect_text(giver, "De machtiging is verlengd.")


def narrow(giver: Person, address: str) -> None:
    """First what changes, then at once."""
    follow(giver, "Beperken")
    giver.watcher.look("beperken")
    press(giver, "Bekijk wat verandert")
    giver.watcher.look("beperken zonder verandering", status=422)
    giver.page.locator("input[name=handeling][value=zaken_regelen]").uncheck()
    press(giver, "Bekijk wat verandert")
    giver.watcher.look("beperken controleren")
    press(giver, "Ja, beperk")
    giver.watcher.look("beperkt")
    expect_text(giver, "De machtiging is beperkt. Dat geldt vanaf nu. De ander krijgt bericht.")
    giver.page.locator("form[action$='/diensten/stoppen'] button").first.click()
    giver.watcher.look("dienst gestopt")
    assert giver.page.url.partition("?")[0] == address
    expect(giver.page.locator("form[action$='/diensten/stoppen']")).to_have_count(0)


def pause(giver: Person, taker: Person, address: str) -> None:
    """Who paused it lets it go on."""
    press(giver, "Pauzeren")
    giver.watcher.look("gepauzeerd")
    taker.page.goto(address)
    taker.watcher.look("gepauzeerd door de ander")
    expect_text(taker, "Alleen de ander kan het hervatten.")
    press(giver, "Hervatten")
    giver.watcher.look("hervat")
    expect(giver.page.locator(".status-actief").first).to_be_visible()


def pass_on(giver: Person, taker: Person, third: Person, address: str) -> str:
    """A third acts in the place of the second; all three see the chain. Gives the address of the link."""
    taker.page.goto(address)
    follow(taker, "Doorgeven")
    taker.watcher.look("doorgeven dienst")
    press(taker, "Verder")
    taker.watcher.look("doorgeven handelingen")
    taker.page.locator("input[name=handeling]").first.check()
    press(taker, "Verder")
    taker.watcher.look("doorgeven periode")
    press(taker, "Verder")
    taker.watcher.look("doorgeven controle")
    press(taker, "Machtiging maken")
    taker.watcher.look("doorgeven code")
    third.enter(taker.page.locator(".code-tekst").inner_text().strip())
    third.watcher.look("aanbod in een keten")
    third.press(third.words.accept)
    third.watcher.look("schakel bevestigd")
    expect_text(third, "U handelt namens:")
    expect(third.page.locator("iframe.naam")).to_have_count(2)
    below = third.page.url.partition("?")[0]
    taker.page.goto(below)
    taker.watcher.look("schakel van wie doorgaf")
    giver.page.goto(address)
    giver.watcher.look("machtiging met een schakel")
    expect_text(giver, "Doorgegeven aan")
    return below


def look_up(giver: Person, taker: Person) -> None:
    """Both questions, from the front page."""
    giver.go("machtigen")
    follow(giver, "Bekijk per dienst wie voor u mag handelen")
    giver.watcher.look("wie voor mij")
    expect(giver.page.locator("iframe.naam")).to_have_count(3)  # one, and the other by way of the one
    taker.go("machtigen")
    follow(taker, "Bekijk per dienst voor wie u mag handelen")
    taker.watcher.look("voor wie")
    taker.page.locator("main .linklijst a").first.click()
    taker.watcher.look("voor wie bij een dienst")


def contest(giver: Person, taker: Person, third: Person, address: str, below: str) -> None:
    """Nobody uses it any more; who acts reads why at the service."""
    giver.page.goto(address)
    follow(giver, "Betwisten")
    giver.watcher.look("betwisten")
    giver.page.locator("textarea").fill("Dit heb ik niet gedaan.")
    press(giver, "Ja, ik betwist dit")
    giver.watcher.look("betwist")
    third.page.goto(below)
    third.watcher.look("schakel onder wat betwist is")
    taker.go("machtigen", "/voor-wie")
    taker.page.locator("main .linklijst a").first.click()
    taker.watcher.look("voor wie niet")
    expect_text(taker, "De machtiging is betwist. Zij werkt niet zolang dat niet is beoordeeld.")
    giver.notices()
    giver.go("machtigen", "/?rol=voor-mij&status=stil")
    giver.watcher.look("overzicht gefilterd")
    expect(giver.page.locator("li.kaart")).to_have_count(1)
