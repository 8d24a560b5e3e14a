"""Other ways of using the pages: with the keyboard alone, and in English."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.clicking import SERVICE, Person
from tests.e2e.conftest import MakePerson
from tests.e2e.system import System

pytestmark = [pytest.mark.e2e, pytest.mark.browser, pytest.mark.slow]
MOST_STEPS = 80  # presses of Tab within which anything on a page must be reached

FOCUSED = """() => {
    const one = document.activeElement, style = getComputedStyle(one), box = one.getBoundingClientRect();
    const label = one.labels && one.labels.length ? one.labels[0].innerText : one.innerText;
    return {
        tag: one.tagName, name: one.getAttribute('name') || '', value: one.value || '',
        text: (label || '').trim(), outline: style.outlineStyle + ' ' + style.outlineWidth,
        seen: box.width > 0 && box.height > 0 && box.left >= 0,
    };
}"""


def tab_to(page: Page, **wanted: str) -> None:
    """Press Tab until the focus is on what is wanted; whatever has the focus on the way shows it."""
    for _ in range(MOST_STEPS):
        page.keyboard.press("Tab")
        here = page.evaluate(FOCUSED)
        if here["tag"] in {"BODY", "HTML"}:
            continue
        assert here["outline"] == "solid 3px", f"the focus does not show on {here}"
        assert here["seen"], f"the focus is on something that is not seen: {here}"
        if all(here[name] == value for name, value in wanted.items()):
            return
    raise AssertionError(f"{wanted} is not reached by the keyboard at {page.url}")


def press(page: Page, key: str, **wanted: str) -> None:
    """Go there by Tab, press a key, and wait for the page that comes."""
    tab_to(page, **wanted)
    with page.expect_navigation():
        page.keyboard.press(key)


def test_granting_goes_by_keyboard_alone(server: System, people: MakePerson) -> None:
    """Log in, search, choose, period, check, code, withdraw: Tab, Space, Enter and typing."""
    page = people("lisa").page
    page.goto(server.base + "/")
    press(page, "Enter", tag="A", text="Machtigen")
    press(page, "Enter", tag="A", text="Inloggen")
    tab_to(page, name="persoon")
    page.keyboard.type("Lisa")
    press(page, "Enter", tag="BUTTON", text="Inloggen")
    press(page, "Enter", tag="A", text="Iemand machtigen")
    tab_to(page, name="zoek")
    page.keyboard.type("aanvullende")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    tab_to(page, name="dienst", text=SERVICE)
    page.keyboard.press("Space")
    press(page, "Space", tag="BUTTON", text="Verder")
    for action in ("informatie_opvragen", "zaken_regelen"):
        tab_to(page, name="handeling", value=action)
        page.keyboard.press("Space")
    press(page, "Enter", tag="BUTTON", text="Verder")
    press(page, "Enter", tag="BUTTON", text="Verder")
    tab_to(page, name="label")
    page.keyboard.type("met toetsen")
    press(page, "Enter", tag="BUTTON", text="Machtiging maken")
    expect(page.locator(".code-tekst")).to_be_visible()
    press(page, "Enter", tag="A", text="Bekijken of intrekken")
    expect(page.locator("main")).to_contain_text("met toetsen")
    press(page, "Enter", tag="A", text="Intrekken")
    press(page, "Enter", tag="BUTTON", text="Ja, trek in")
    expect(page.locator(".status-ingetrokken")).to_be_visible()
    press(page, "Enter", tag="BUTTON", text="Uitloggen")
    expect(page.get_by_role("link", name="Inloggen", exact=True)).to_be_visible()


def test_the_first_tab_leads_past_the_navigation(server: System, people: MakePerson) -> None:
    """A link to the content, which appears when it has the focus."""
    page = people("lisa").page
    page.goto(server.endpoints["machtigen"] + "/")
    page.keyboard.press("Tab")
    assert page.evaluate(FOCUSED)["text"] == "Naar de inhoud"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "inhoud"


def test_everything_is_english_after_the_switch(server: System, people: MakePerson) -> None:
    """One press on English, and no page of the story says a Dutch sentence any more."""
    thomas, ineke = people("thomas", english=True), people("ineke", english=True)
    for person in (thomas, ineke):
        switch(person)
    code = thomas.grant("for mum")
    thomas.follow(thomas.words.look)
    thomas.watcher.look("machtiging aangevraagd")
    ineke.enter("AAAA-BBBB-CCCC")
    ineke.watcher.look("code geweigerd", status=422)
    ineke.enter(code)
    ineke.watcher.look("aanbod")
    ineke.press(ineke.words.accept)
    ineke.watcher.look("bevestigd")
    ineke.go("portaal", "/?taal=en")
    ineke.open_portal()
    ineke.page.locator("input[name=namens]").nth(1).check()
    ineke.press(ineke.words.on)
    ineke.watcher.look("dossier")
    ineke.notices()
    thomas.notices()
    for package, path in (("rechten", "/?taal=en"), ("rechten", "/inzage"), ("identiteit", "/?taal=en")):
        thomas.go(package, path)
        thomas.watcher.look(f"{package} {path.partition('?')[0].strip('/')}")
    thomas.go("machtigen", "/onbekend")
    thomas.watcher.look("niet gevonden", status=404)
    thomas.go("machtigen")
    thomas.page.locator("li.kaart").first.get_by_role("link").first.click()
    thomas.withdraw()
    thomas.press(thomas.words.log_out)
    thomas.watcher.look("welkom na uitloggen")


def switch(person: Person) -> None:
    """To English at the front page and at each package, as their cookies are apart."""
    person.page.goto(person.server.base + "/")
    person.follow("English")
    person.watcher.look("start")
    person.go("machtigen")
    person.follow("English")
    person.watcher.look("welkom")
    person.go("identiteit", "/?taal=en")
    person.go("machtigen")
    person.log_in()
    person.watcher.look("overzicht")
