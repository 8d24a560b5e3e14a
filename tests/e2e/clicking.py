"""People at a browser: each does what a person does with the pages, and looks at every one of them."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from playwright.sync_api import Page, expect

from tests.e2e.looking import Watcher, catalogue
from tests.e2e.system import System

SERVICE = "Aanvullende beurs"


@dataclass
class Words:
    """What stands on buttons and links, in the language of the browser."""

    log_in: str = "Inloggen"
    log_out: str = "Uitloggen"
    grant: str = "Iemand machtigen"
    search: str = "Zoeken"
    on: str = "Verder"
    make: str = "Machtiging maken"
    look: str = "Bekijken of intrekken"
    revoke: str = "Intrekken"
    yes_revoke: str = "Ja, trek in"
    have_code: str = "Ik heb een code"
    view: str = "Bekijk de machtiging"
    accept: str = "Ja, ik bevestig"
    notices: str = "Berichten"
    used: str = "Waar zijn mijn gegevens gebruikt?"
    out_everywhere: str = "Overal uitloggen"


DUTCH = Words()
ENGLISH = Words(**{name: catalogue()[text] for name, text in asdict(DUTCH).items()})


class Person:
    """One person with a browser of their own."""

    def __init__(self, watcher: Watcher, server: System, words: Words = DUTCH) -> None:
        self.watcher = watcher
        self.server = server
        self.name = watcher.name
        self.words = words
        self.ends = server.endpoints

    @property
    def page(self) -> Page:
        """The page that is open."""
        return self.watcher.page

    def press(self, text: str) -> None:
        """A button with exactly this text."""
        self.page.get_by_role("button", name=text, exact=True).click()

    def follow(self, text: str) -> None:
        """A link with exactly this text."""
        self.page.get_by_role("link", name=text, exact=True).first.click()

    def go(self, package: str, path: str = "/") -> None:
        """Type an address."""
        self.page.goto(self.ends[package] + path)

    def log_in(self) -> None:
        """From the welcome page of machtigen, by identiteit, and back."""
        self.follow(self.words.log_in)
        self.prove()

    def prove(self) -> None:
        """Say who I am at the simulated provider."""
        self.watcher.look("inloggen")
        self.page.locator("#persoon").select_option(self.name)
        self.page.locator("input[name=niveau][value=substantieel]").check()
        self.press(self.words.log_in)

    def grant(self, label: str = "") -> str:
        """Through the steps of a new machtiging; gives the code."""
        self.go("machtigen")
        self.follow(self.words.grant)
        self.watcher.look("nieuw dienst")
        self.page.locator("input[name=zoek]").fill("aanvullende")
        self.press(self.words.search)
        self.watcher.look("nieuw dienst gezocht")
        self.page.get_by_label(SERVICE, exact=True).check()
        self.press(self.words.on)
        self.watcher.look("nieuw handelingen")
        for action in ("informatie_opvragen", "zaken_regelen"):
            self.page.locator(f"input[name=handeling][value={action}]").check()
        self.press(self.words.on)
        self.watcher.look("nieuw periode")
        self.press(self.words.on)
        self.watcher.look("nieuw controle")
        expect(self.page.locator("main dl")).to_contain_text(SERVICE)
        self.page.locator("input[name=label]").fill(label)
        self.press(self.words.make)
        self.watcher.look("nieuw code")
        return self.page.locator(".code-tekst").inner_text().strip()

    def withdraw(self) -> None:
        """From the page of a machtiging, through the page that asks whether one is sure."""
        self.follow(self.words.revoke)
        self.watcher.look("intrekken")
        self.press(self.words.yes_revoke)
        self.watcher.look("ingetrokken")
        expect(self.page.locator(".status-ingetrokken")).to_be_visible()

    def enter(self, code: str) -> None:
        """Type a code."""
        self.go("machtigen")
        self.follow(self.words.have_code)
        self.watcher.look("code")
        self.page.locator("input[name=code]").fill(code)
        self.press(self.words.view)

    def open_portal(self) -> None:
        """At the portal of DUO, log in for the service."""
        self.go("portaal")
        self.watcher.look("portaal")
        card = self.page.locator("li.kaart").filter(
            has=self.page.get_by_role("heading", name=SERVICE, exact=True)
        )
        card.get_by_role("button").click()
        self.watcher.look("keuze")

    def notices(self) -> str:
        """My inbox: the text of the page."""
        self.go("machtigen", "/berichten")
        self.watcher.look("berichten")
        return self.page.locator("main").inner_text()

    def name_in_frame(self, what: str = "main") -> str:
        """The name that identiteit shows in the first frame."""
        shown = self.page.locator(what).frame_locator("iframe.naam >> nth=0").locator("p")
        return shown.inner_text()
