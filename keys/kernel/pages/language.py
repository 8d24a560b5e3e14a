"""Dutch and English: catalogues read from `.po` files, dates as people write them."""

from __future__ import annotations

import gettext
from collections.abc import Iterable
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po
from starlette.requests import Request

LANGUAGES = ("nl", "en")
COOKIE = "taal"
AMSTERDAM = ZoneInfo("Europe/Amsterdam")
OWN_CATALOGUE = Path(__file__).parent / "en.po"


class Catalogue(gettext.NullTranslations):
    """Messages of one language: `messages` maps the Dutch text to the translated one."""

    def __init__(self, messages: dict[str, str]) -> None:
        super().__init__()
        self._messages = messages

    def gettext(self, message: str) -> str:
        """The translation; the Dutch text where there is none."""
        return self._messages.get(message, message)

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        """Singular for one, plural otherwise; both are translated as texts of their own."""
        return self.gettext(msgid1 if n == 1 else msgid2)


@cache
def _messages(path: Path) -> dict[str, str]:
    with path.open("rb") as file:
        entries = read_po(file, locale="en")
    found: dict[str, str] = {}
    for entry in entries:
        identifiers = entry.id if isinstance(entry.id, tuple | list) else [entry.id]
        strings = entry.string if isinstance(entry.string, tuple | list) else [entry.string]
        found |= {
            str(key): str(text) for key, text in zip(identifiers, strings, strict=False) if key and text
        }
    return found


def catalogue(language: str, paths: Iterable[Path]) -> Catalogue:
    """The catalogue of a language; Dutch needs none. Later files win."""
    messages: dict[str, str] = {}
    if language == "en":
        for path in (OWN_CATALOGUE, *paths):
            if path.exists():
                messages |= _messages(path)
    return Catalogue(messages)


def language_of(request: Request) -> str:
    """`?taal=`, otherwise the cookie, otherwise Accept-Language, otherwise Dutch."""
    for chosen in (request.query_params.get("taal"), request.cookies.get(COOKIE)):
        if chosen in LANGUAGES:
            return str(chosen)
    first = request.headers.get("accept-language", "").split(",")[0].strip().lower()
    return "en" if first.startswith("en") else "nl"


def show_moment(value: datetime, language: str) -> str:
    """`24 november 2026 om 13:05` in Dutch time."""
    local = (value if value.tzinfo else value.replace(tzinfo=UTC)).astimezone(AMSTERDAM)
    pattern = "d MMMM y 'om' HH:mm" if language == "nl" else "d MMMM y 'at' HH:mm"
    return format_datetime(local, pattern, locale=language)


def show_date(value: date | datetime, language: str) -> str:
    """`24 november 2026`; moments are shown as the day in the Netherlands."""
    day = value.astimezone(AMSTERDAM).date() if isinstance(value, datetime) else value
    return format_date(day, "d MMMM y", locale=language)


def untranslated(templates: Path, translations: Path, extra: Iterable[str] = ()) -> list[str]:
    """The Dutch texts of a template folder (and `extra`) that have no English yet; for tests."""
    options: dict[str, Any] = {"encoding": "utf-8", "extensions": "jinja2.ext.i18n", "trimmed": "true"}
    found = extract_from_dir(
        str(templates), method_map=[("**.html", "jinja2.ext:babel_extract")], options_map={"**.html": options}
    )
    known = {**_messages(OWN_CATALOGUE), **(_messages(translations) if translations.exists() else {})}
    texts: set[str] = set(extra)
    for _, _, message, _, _ in found:
        texts.update(message if isinstance(message, tuple | list) else [message])
    return sorted(text for text in texts if text and text not in known)
