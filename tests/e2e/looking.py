"""What is looked at on every page that a browser test visits."""

from __future__ import annotations

import os
import re
from functools import cache
from itertools import count
from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from babel.messages.pofile import read_po
from playwright.sync_api import BrowserContext, ConsoleMessage, Page

from tests.e2e.system import ROOT

RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"],
    "resultTypes": ["violations"],
    "iframes": False,
}
PHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1280, "height": 900}
NARROW_PX = 320
# For people who work on the pages: a folder for screenshots. Not set in ordinary runs.
SCREENSHOTS = os.environ.get("MACHTIGEN_SCREENSHOTS")
DUTCH_WORDS = re.compile(
    r"\b(de|het|een|niet|voor|wordt|uw|u|van|naar|bij|ook|maar|hoeft|kunt|kiest|wij|geen|zijn|moet|dit)\b",
    re.IGNORECASE,
)
_number = count(1)


class Watcher:
    """Looks at the pages of one browser. `scripts`: whether JavaScript is on (axe needs it)."""

    def __init__(
        self, context: BrowserContext, name: str, *, scripts: bool = True, english: bool = False
    ) -> None:
        self.page = context.new_page()
        self.name = name
        self.scripts = scripts
        self.english = english
        self.messages: list[str] = []
        self.expected_before: str | None = None
        self.seen: list[str] = []
        self.page.on("console", self._hear)
        self.page.on("pageerror", lambda error: self.messages.append(str(error)))

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.messages.append(message.text)

    def look(self, what: str, *, status: int = 200) -> Page:
        """Check the page that is open: sound, accessible, fit for a phone, silent console, one language.

        `status` is that of its answer: a browser reports any other than success in its console.
        """
        page = self.page
        page.wait_for_load_state("load")
        self.seen.append(what)
        self._require_silence(what, status)
        language = "en" if self.english else "nl"
        assert page.locator("html").get_attribute("lang") == language, what
        assert page.locator("h1").count() == 1, what
        assert page.title().split(" – ")[0].strip(), what
        assert page.locator("style, script, [style]").count() == 0, what
        if self.english:
            self._require_english(what)
        if self.scripts:
            self._require_accessible(what)
            self._require_fit(what)
        self._photograph(what)
        return page

    def _require_silence(self, what: str, status: int) -> None:
        expected = f"the server responded with a status of {status}" if status >= 400 else None
        allowed = [text for text in (expected, self.expected_before) if text]  # a message may come late
        self.expected_before = expected
        heard = [text for text in self.messages if not any(one in text for one in allowed)]
        self.messages.clear()
        assert not heard, f"{what}: {heard}"

    def _require_accessible(self, what: str) -> None:
        for scheme in ("dark", "light"):
            self.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            found = Axe().run(self.page, options=RULES)
            assert found.violations_count == 0, f"{what}, {scheme}: {found.generate_report()}"

    def _require_fit(self, what: str) -> None:
        """No sideways scrolling at 320 CSS pixels (WCAG 1.4.10)."""
        self.page.set_viewport_size({"width": NARROW_PX, "height": 700})
        wide = self.page.evaluate("document.documentElement.scrollWidth")
        self.page.set_viewport_size(DESKTOP)
        assert wide <= NARROW_PX, f"{what} is {wide} pixels wide on a screen of {NARROW_PX}"

    def _require_english(self, what: str) -> None:
        text = self.visible_text()
        left = [phrase for phrase in dutch_phrases() if re.search(rf"(?<!\w){re.escape(phrase)}(?!\w)", text)]
        assert not left, f"{what}: Dutch is left: {left}"
        lines = [line.strip() for line in text.splitlines()]
        dutch = [line for line in lines if len(set(map(str.lower, DUTCH_WORDS.findall(line)))) >= 2]
        assert not dutch, f"{what}: Dutch is left: {dutch}"

    def visible_text(self) -> str:
        """What stands on the page, without what says of itself that it is Dutch (names of services)."""
        texts = []
        for part in self.page.locator("body, head > title").all():
            clone = part.evaluate(
                """element => {
                    const words = [], walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
                    while (walker.nextNode()) {
                        const parent = walker.currentNode.parentElement;
                        if (!parent.closest('[lang=nl]')) words.push(walker.currentNode.nodeValue);
                    }
                    for (const one of element.querySelectorAll('[aria-label], [title], [placeholder]'))
                        if (!one.closest('[lang=nl]'))
                            for (const name of ['aria-label', 'title', 'placeholder'])
                                words.push(one.getAttribute(name) || '');
                    return words.join('\\n');
                }"""
            )
            texts.append(str(clone))
        return "\n".join(texts)

    def _photograph(self, what: str) -> None:
        if SCREENSHOTS is None or not self.scripts:
            return
        folder = Path(SCREENSHOTS)
        folder.mkdir(parents=True, exist_ok=True)
        number = next(_number)
        language = "-en" if self.english else ""
        for size, screen in (("phone", PHONE), ("desktop", DESKTOP)):
            self.page.set_viewport_size(screen)  # type: ignore[arg-type]  # a plain dict of two numbers
            name = f"{number:02}-{what}{language}-{size}.png".replace(" ", "-")
            self.page.screenshot(path=folder / name, full_page=True)


@cache
def catalogue() -> dict[str, str]:
    """Every Dutch text of all pages with the English beside it."""
    found: dict[str, str] = {}
    for path in sorted(ROOT.glob("*/**/en.po")):
        if ".venv" not in path.parts:
            with path.open("rb") as file:
                entries = [entry for entry in read_po(file, locale="en") if entry.id]
            for entry in entries:
                found |= dict(zip(_texts(entry.id), _texts(entry.string), strict=True))
    assert len(found) > 200, "the catalogues were not found"
    return found


@cache
def dutch_phrases() -> frozenset[str]:
    """The Dutch texts of all pages, cut at their placeholders, that are no English text at the same time."""
    english = "\n".join(catalogue().values())
    dutch = {part for text in catalogue() for part in _parts(text)}
    return frozenset(one for one in dutch if not re.search(rf"(?<!\w){re.escape(one)}(?!\w)", english))


def _texts(value: object) -> list[str]:
    return [str(one) for one in value] if isinstance(value, list | tuple) else [str(value)]


def _parts(text: str) -> list[str]:
    pieces = re.split(r"%\(\w+\)s|<[^>]*>|\s{2,}|\n", text)
    return [piece.strip(" .,:;()") for piece in pieces if len(piece.strip(" .,:;()")) >= 4]
