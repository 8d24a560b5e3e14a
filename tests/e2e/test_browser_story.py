"""The whole story in a real browser: Noor, Anja and DUO's portal, with JavaScript and without."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager

import httpx2
import pytest
from clock import installation_clock
from operating import Operator
from playwright.sync_api import expect

from tests.e2e.clicking import SERVICE, Person
from tests.e2e.conftest import MakePerson
from tests.e2e.system import System

pytestmark = [pytest.mark.e2e, pytest.mark.browser, pytest.mark.slow]
STATUS_LIST_WITHIN_S = 15 + 15 + 5  # published within 15 s, kept for its ttl of 15 s, and a margin
LOGGED_OUT_WITHIN_S = 5
NOOR, ANJA = "Noor Verbeek", "Anja Verbeek-de Wit"


@contextmanager
def paused(server: System, register: str) -> Iterator[None]:
    """A register that gives no answer."""
    with httpx2.Client(timeout=30) as http:
        operator = Operator(server.endpoints, server.data / "beheer.jwk", http, installation_clock())
        operator.tell("rechten", f"/api/v1/beheer/registers/{register}/pauzeren", {})
        try:
            yield
        finally:
            operator.tell("rechten", f"/api/v1/beheer/registers/{register}/hervatten", {})


@pytest.mark.parametrize("server", ["together", "separate"], indirect=True)
@pytest.mark.parametrize("scripts", [True, False], ids=["with JavaScript", "without JavaScript"])
def test_the_whole_story_is_clicked_through(server: System, people: MakePerson, scripts: bool) -> None:
    """All that issue and README tell, by clicks alone."""
    noor, anja = people("noor", scripts=scripts), people("anja", scripts=scripts)
    begin(noor)
    withdrawn = noor.grant("eerste")
    noor.follow(noor.words.look)
    noor.watcher.look("machtiging aangevraagd")
    noor.withdraw()
    code = noor.grant("voor mama")
    accept(noor, anja, withdrawn, code)
    act(anja)
    inspect(noor, server)
    revoke(noor, anja)
    log_out(noor)
    leave_portal(anja)


def begin(noor: Person) -> None:
    """From the address that the server prints, to being logged in."""
    noor.page.goto(noor.server.base + "/")
    noor.watcher.look("start")
    noor.follow("Machtigen")
    noor.watcher.look("welkom machtigen")
    noor.log_in()
    noor.watcher.look("overzicht")
    assert "99999" not in noor.page.content()


def accept(noor: Person, anja: Person, withdrawn: str, code: str) -> None:
    """Anja: a withdrawn code is worth nothing; the other shows exactly what she accepts, and from whom."""
    anja.page.goto(anja.server.base + "/")
    anja.follow("Machtigen")
    anja.log_in()
    anja.enter(withdrawn)
    anja.watcher.look("code geweigerd", status=422)
    expect(anja.page.get_by_role("alert")).to_be_visible()
    anja.enter(code.lower().replace("-", " "))
    anja.watcher.look("aanbod")
    assert anja.name_in_frame() == NOOR
    offered = re.compile(f"{SERVICE}.*opvragen.*regelen", re.DOTALL | re.IGNORECASE)
    expect(anja.page.locator("main dl")).to_contain_text(offered)
    anja.press(anja.words.accept)
    anja.watcher.look("bevestigd")
    expect(anja.page.locator(".status-actief")).to_be_visible()
    for person, words in ((anja, "U mag nu voor iemand handelen"), (noor, "Iemand mag nu voor u handelen")):
        until_told(person, words)
    noor.go("machtigen")
    noor.watcher.look("overzicht met machtiging")
    assert ANJA in noor.name_in_frame("li.kaart >> nth=0")


def until_told(person: Person, words: str) -> None:
    """Notices are delivered twice a second."""
    for _ in range(50):
        if words in person.notices():
            return
        person.page.wait_for_timeout(100)
    raise AssertionError(f"{person.name} is not told: {words}")


def act(anja: Person) -> None:
    """At the portal of DUO, for Noor: the choice, and Noor's record."""
    anja.open_portal()
    assert anja.name_in_frame("fieldset") == NOOR
    anja.page.locator("input[name=namens]").nth(1).check()
    anja.press(anja.words.on)
    anja.watcher.look("dossier")
    expect(anja.page.get_by_role("heading", name="U handelt voor iemand anders")).to_be_visible()
    expect(anja.page.locator("section", has_text="Het dossier")).to_contain_text("aanvullende beurs")
    assert NOOR not in anja.page.content()
    anja.go("portaal")
    anja.watcher.look("portaal ingelogd")


def inspect(noor: Person, server: System) -> None:
    """Noor sees who used what; a register that does not answer is named."""
    noor.page.goto(server.base + "/")
    noor.follow(noor.words.used)
    noor.watcher.look("inzage")
    newest = noor.page.locator(".tijdlijn > li", has_text="Gegevens verstrekt: DUO-Studiefinanciering").first
    expect(newest).to_contain_text("door iemand namens u")
    expect(newest).to_contain_text("Wet studiefinanciering 2000")
    assert newest.frame_locator("iframe.naam").locator("p").inner_text() == ANJA
    with paused(server, "verzuim"):
        noor.page.reload()
        noor.watcher.look("inzage met een stil register")
        expect(noor.page.locator(".melding-let-op").first).to_contain_text("Verzuim")
        expect(noor.page.locator(".melding-let-op").first).to_contain_text("geeft nu geen antwoord")
    noor.go("rechten")
    noor.watcher.look("welkom rechten")


def revoke(noor: Person, anja: Person) -> None:
    """Noor revokes: the portal is refused, and a new login shows nothing to choose."""
    noor.go("machtigen")
    noor.page.locator("li.kaart", has_text="voor mama").get_by_role("link").first.click()
    noor.watcher.look("machtiging actief")
    assert noor.name_in_frame() == ANJA
    noor.withdraw()
    anja.open_portal()
    assert anja.page.locator("input[name=namens]").count() == 1
    expect(anja.page.locator("main")).to_contain_text("voor niemand anders handelen")
    until_refused(anja)
    anja.watcher.look("dossier geweigerd", status=401)
    expect(anja.page.get_by_role("alert")).to_contain_text("U krijgt het dossier nu niet te zien")
    assert "Bedrag per maand" not in anja.page.locator("main").inner_text()


def until_refused(anja: Person) -> None:
    """The dossier with the token of before, until the status list says that it is revoked."""
    until = time.monotonic() + STATUS_LIST_WITHIN_S
    address = anja.ends["portaal"] + "/dossier"
    while (answer := anja.page.goto(address)) is not None and answer.status == 200:
        assert time.monotonic() < until, "the dossier is still shown"
        anja.page.wait_for_timeout(500)


def log_out(noor: Person) -> None:
    """Once, at machtigen: every package asks to log in again."""
    noor.go("identiteit")
    noor.watcher.look("mijn identiteit")
    expect(noor.page.locator("main")).to_contain_text(NOOR)
    noor.go("machtigen")
    noor.press(noor.words.log_out)
    noor.watcher.look("welkom na uitloggen")
    for package, path in (("machtigen", "/"), ("identiteit", "/")):
        noor.go(package, path)
        noor.watcher.look(f"{package} uitgelogd")
        expect(noor.page.get_by_role("link", name=noor.words.log_in, exact=True)).to_be_visible()
        assert NOOR not in noor.page.content()
    for package, path in (("machtigen", "/berichten"), ("rechten", "/inzage")):
        until_asked_to_log_in(noor, package, path)


def until_asked_to_log_in(person: Person, package: str, path: str) -> None:
    """identiteit tells the packages of a log-out from its outbox, twice a second."""
    until = time.monotonic() + LOGGED_OUT_WITHIN_S
    while True:
        person.go(package, path)
        if "/identiteit/inloggen?" in person.page.url:
            return
        assert time.monotonic() < until, f"{person.name} is still logged in at {package}"
        person.page.wait_for_timeout(100)


def leave_portal(anja: Person) -> None:
    """The portal has a session of its own, and a button that ends it."""
    anja.go("portaal")
    if anja.page.get_by_role("button", name=anja.words.log_out).count():
        anja.press(anja.words.log_out)
    anja.go("portaal", "/dossier")
    expect(anja.page).to_have_url(anja.ends["portaal"] + "/")
    anja.go("identiteit")
    anja.press(anja.words.out_everywhere)
    expect(anja.page.get_by_role("heading", name="U bent uitgelogd")).to_be_visible()
    anja.watcher.look("uitgelogd")
    for package, path in (("machtigen", "/berichten"), ("rechten", "/inzage")):
        until_asked_to_log_in(anja, package, path)
