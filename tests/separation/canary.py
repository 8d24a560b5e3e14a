"""Canaries: people with data that occur nowhere else, and every form in which these could turn up.

A canary value that is found names its kind (`bsn`, `voornaam` …), so that a place can be allowed to
hold a name and still be refused a number.
"""

from __future__ import annotations

import base64
import hashlib
import html
import json
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from urllib.parse import quote, quote_plus

SHORTEST = 6  # of a form in bytes; what is shorter would be found by chance
ALGORITHMS = ("md5", "sha1", "sha224", "sha256", "sha384", "sha512", "blake2b", "blake2s", "sha3_256")
MONTHS = ("januari", "februari", "maart", "april", "mei", "juni", "juli", "augustus", "september", "oktober",
          "november", "december")  # fmt: skip


@dataclass(frozen=True)
class Canary:
    """One person, as the operator registers them. `label`: what others call them in free text."""

    demo_id: str
    bsn: str
    voornaam: str
    achternaam: str
    geboren: date
    straat: str
    huisnummer: str
    postcode: str
    woonplaats: str
    label: str

    def in_the_world(self) -> dict[str, Any]:
        """The person as `demo.yaml` writes one."""
        return {
            "id": self.demo_id,
            "bsn": self.bsn,
            "naam": [self.voornaam, self.achternaam],
            "geboren": self.geboren,
            "adres": [self.straat, self.huisnummer, self.postcode, self.woonplaats],
        }

    def texts(self) -> Iterator[tuple[str, str]]:
        """(kind, text): every value, in the ways in which people and programs write it."""
        bsn = self.bsn
        for text in (bsn, f"{bsn[:4]} {bsn[4:6]} {bsn[6:]}", f"{bsn[:4]}.{bsn[4:6]}.{bsn[6:]}", bsn[::-1]):
            yield "bsn", text
        yield "voornaam", self.voornaam
        yield "achternaam", self.achternaam
        yield "demo_id", self.demo_id
        yield "label", self.label
        yield from (("geboren", text) for text in dates(self.geboren))
        yield "straat", self.straat
        yield "huisnummer", self.huisnummer
        yield "postcode", self.postcode
        yield "woonplaats", self.woonplaats

    def joined(self) -> Iterator[tuple[str, str]]:
        """(kind, text): values put together, as someone who hashes them would."""
        born, naam = self.geboren.isoformat(), f"{self.voornaam} {self.achternaam}"
        for between in ("", "|", ":", ";", "-", " "):
            yield "bsn", between.join((self.bsn, born))
            yield "bsn", between.join((naam, self.bsn))
            yield "achternaam", between.join((naam, born))
            yield "achternaam", between.join((self.voornaam, self.achternaam, born))
            yield "postcode", between.join((self.postcode.replace(" ", ""), self.huisnummer))
        yield "achternaam", naam
        yield "straat", f"{self.straat} {self.huisnummer}"
        yield "bsn", f"bsn:{self.bsn}"
        yield "bsn", json.dumps({"bsn": self.bsn})
        yield "bsn", f"00{self.bsn}"


def dates(day: date) -> list[str]:
    """A date as it is written in the Netherlands and by machines, and turned about."""
    month = MONTHS[day.month - 1]
    return [
        day.isoformat(),
        day.strftime("%d-%m-%Y"),
        f"{day.day}-{day.month}-{day.year}",
        day.strftime("%d/%m/%Y"),
        day.strftime("%Y/%m/%d"),
        day.strftime("%Y%m%d"),
        day.strftime("%d%m%Y"),
        f"{day.day} {month} {day.year}",
        f"{day.day:02} {month} {day.year}",
    ]


def written(text: str) -> set[str]:
    """A text in other letters: lower, upper, without spaces and hyphens, without accents."""
    found = set()
    plain = unicodedata.normalize("NFD", text).encode("ascii", "ignore").decode()
    for one in (text, unicodedata.normalize("NFD", text), plain):
        for cased in (one, one.lower(), one.upper(), one.title()):
            found |= {cased, cased.replace(" ", ""), cased.replace(" ", "").replace("-", "")}
    return found


def encoded(data: bytes) -> Iterator[tuple[str, bytes]]:
    """(form, bytes): hex and base64 of `data`, wherever in a longer base64 text it stands."""
    yield "hex", data.hex().encode()
    yield "HEX", data.hex().upper().encode()
    for before in range(3):
        padded = base64.b64encode(b"\0" * before + data)
        first = -(-before * 8 // 6)  # letters that the bytes before take part in
        last = (before + len(data)) * 8 // 6  # letters that nothing behind takes part in
        inner = padded[first:last]
        yield f"base64+{before}", inner
        yield f"base64url+{before}", inner.replace(b"+", b"-").replace(b"/", b"_")


def plain_forms(text: str) -> Iterator[tuple[str, bytes]]:
    """(form, bytes): a text as it is, in other letters and encodings."""
    for one in written(text):
        data = one.encode()
        yield "plain", data
        yield "latin-1", one.encode("latin-1", "ignore")
        yield "utf-16", one.encode("utf-16-le")
        yield "url", quote(one).encode()
        yield "url", quote_plus(one).encode()
        yield "json", json.dumps(one)[1:-1].encode()
        yield "html", html.escape(one).encode()
        yield "html", one.encode("ascii", "xmlcharrefreplace")
        yield from encoded(data)


def hashed(text: str) -> Iterator[tuple[str, bytes]]:
    """(form, bytes): unsalted hashes of a text and of the ways in which it is written."""
    for one in written(text):
        for algorithm in ALGORITHMS:
            digest = hashlib.new(algorithm, one.encode()).digest()
            yield algorithm, digest
            yield from ((f"{algorithm} {form}", data) for form, data in encoded(digest))


@dataclass(frozen=True)
class Needle:
    """One form of one value of one canary."""

    who: str
    kind: str
    form: str
    data: bytes = field(repr=False)


def needles(canary: Canary) -> list[Needle]:
    """Every form of every value, each byte string once."""
    found: dict[bytes, Needle] = {}
    for kind, text in canary.texts():
        for form, data in [*plain_forms(text), *hashed(text)]:
            found.setdefault(data, Needle(canary.demo_id, kind, form, data))
    for kind, text in canary.joined():
        for form, data in hashed(text):
            found.setdefault(data, Needle(canary.demo_id, kind, form, data))
    return [needle for needle in found.values() if len(needle.data) >= SHORTEST]
