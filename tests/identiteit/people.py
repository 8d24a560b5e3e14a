"""Synthetic people whose data are canaries: whatever carries them, in any usual form, is caught."""

from __future__ import annotations

import base64
import hashlib
import itertools
from collections.abc import Iterator
from datetime import date
from typing import Any

from identiteit.personen.model import WEIGHTS, Adres, Bsn, Persoonsgegevens

NOOR, ANJA = "noor", "anja"


def numbers() -> Iterator[str]:
    """BSNs of the test range 99999xxxx that pass the 11-test."""
    for last in range(10_000):
        number = f"99999{last:04}"
        if sum(weight * int(digit) for weight, digit in zip(WEIGHTS, number, strict=True)) % 11 == 0:
            yield number


_fresh = itertools.islice(numbers(), 100, None)


def fresh_bsn() -> str:
    """A BSN that no other test has."""
    return next(_fresh)


def person(
    bsn: str, voornaam: str, achternaam: str, geboren: str, straat: str, demo_id: str | None = None
) -> dict[str, Any]:
    """The body of a registration."""
    adres = {"straat": straat, "huisnummer": "8413", "postcode": "9931 XZ", "woonplaats": "Kwikstaartdam"}
    return {
        "bsn": bsn,
        "voornaam": voornaam,
        "achternaam": achternaam,
        "geboortedatum": geboren,
        "adres": adres,
        "demo_id": demo_id,
    }


def somebody(geboren: str = "1980-05-05") -> dict[str, Any]:
    """The body of a registration of somebody whom no other test has."""
    return person(fresh_bsn(), "Iemand", "Anders", geboren, "Elders")


_NUMBERS = list(itertools.islice(numbers(), 2))
POSTED = {
    NOOR: person(_NUMBERS[0], "Noortjelien", "Zwaluwstaart", "2006-02-17", "Rietgorsplantsoen", NOOR),
    ANJA: person(_NUMBERS[1], "Anjolinde", "Boomkruiper", "1971-09-23", "Grauwekiekendijk", ANJA),
}


def gegevens(body: dict[str, Any]) -> Persoonsgegevens:
    """The same as the package's own words."""
    return Persoonsgegevens(
        Bsn(body["bsn"]),
        body["voornaam"],
        body["achternaam"],
        date.fromisoformat(body["geboortedatum"]),
        Adres(**body["adres"]),
        body["demo_id"],
    )


def _canaries() -> Iterator[str]:
    for body in POSTED.values():
        born = date.fromisoformat(body["geboortedatum"])
        yield from (body["bsn"], body["voornaam"], body["achternaam"], body["adres"]["straat"])
        yield from (f"{body['voornaam']} {body['achternaam']}", body["adres"]["postcode"])
        yield body["adres"]["woonplaats"]
        yield from (born.strftime(form) for form in ("%Y-%m-%d", "%Y%m%d", "%d-%m-%Y"))


def _forms(value: str) -> Iterator[bytes]:
    raw = value.encode()
    yield from (raw, raw.lower(), raw.upper(), raw[::-1], raw.hex().encode(), raw.hex().upper().encode())
    for shift in range(3):  # whatever stands before it in the encoded text
        encoded = base64.b64encode(b"\0" * shift + raw)
        inner = encoded[[0, 2, 3][shift] : (len(raw) + shift) * 8 // 6]
        yield from (inner, inner.translate(bytes.maketrans(b"+/", b"-_")))
    for name in ("md5", "sha1", "sha256", "sha384", "sha512", "sha3_256", "blake2b", "blake2s"):
        digest = hashlib.new(name, raw).digest()
        yield from (digest, digest.hex().encode(), base64.b64encode(digest)[:-3])
        yield base64.urlsafe_b64encode(digest)[:-3]


FORMS = {form: value for value in _canaries() for form in _forms(value)}


def found_in(text: str | bytes) -> set[str]:
    """The canaries that stand in a text: plain, reversed, hex, base64 or hashed."""
    raw = text.encode() if isinstance(text, str) else text
    return {value for form, value in FORMS.items() if form in raw}
