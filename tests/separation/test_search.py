"""The search can fail: every form, planted in a database, a log or a token, is found; other text is not."""

from __future__ import annotations

import base64
import gzip
import hashlib
import html
import json
import sqlite3
import zlib
from collections.abc import Callable
from contextlib import closing
from datetime import date
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.separation import values
from tests.separation.canary import ALGORITHMS, Canary, dates, needles
from tests.separation.people import CANARIES, REHEARSAL
from tests.separation.searching import Search, canary_search

pytestmark = pytest.mark.slow

CANARY = CANARIES[0]
VALUES = {
    "bsn": CANARY.bsn,
    "voornaam": CANARY.voornaam,
    "achternaam": CANARY.achternaam,
    "geboren": CANARY.geboren.isoformat(),
    "straat": CANARY.straat,
    "huisnummer": CANARY.huisnummer,
    "postcode": CANARY.postcode,
    "woonplaats": CANARY.woonplaats,
    "label": CANARY.label,
}
HIDING: dict[str, Callable[[str], bytes]] = {
    "plain": str.encode,
    "lower": lambda text: text.lower().encode(),
    "upper": lambda text: text.upper().encode(),
    "without spaces": lambda text: text.replace(" ", "").encode(),
    "utf-16": lambda text: text.encode("utf-16-le"),
    "hex": lambda text: text.encode().hex().encode(),
    "url": lambda text: "".join(f"%{byte:02X}" for byte in text.encode()).encode(),
    "url twice": lambda text: quote(quote(text)).encode(),
    "html": lambda text: "".join(f"&#{ord(letter)};" for letter in text).encode(),
    "html hexadecimal": lambda text: "".join(f"&#x{ord(letter):x};" for letter in text).encode(),
    "html names": lambda text: html.escape(text).encode("ascii", "xmlcharrefreplace"),
    "json": lambda text: json.dumps({"a": text}).encode(),
    "json escapes": lambda text: "".join(f"\\u{ord(letter):04x}" for letter in text).encode(),
    "zlib": lambda text: zlib.compress(b"x" * 40 + text.encode()),
    "gzip": lambda text: gzip.compress(b"x" * 40 + text.encode()),
    "zlib in base64": lambda text: base64.b64encode(zlib.compress(b"x" * 40 + text.encode())),
    "jws": lambda text: _jws({"sub": text}),
    "jws in a url": lambda text: b"/weergave?ticket=" + _jws({"sub": [text]}),
    "jws in a jws": lambda text: _jws({"inner": _jws({"sub": text}).decode()}),
    "base64 in base64": lambda text: base64.b64encode(base64.b64encode(b"{}" + text.encode())),
    **{
        f"base64 after {before}": lambda text, before=before: base64.b64encode(  # type: ignore[misc]  # bound here
            b"x" * before + text.encode() + b"yz"
        )
        for before in range(4)
    },
    **{
        f"base64url after {before}": lambda text, before=before: base64.urlsafe_b64encode(  # type: ignore[misc]
            b"\xff" * before + text.encode() + b"\xfe\xff"
        )
        for before in range(4)
    },
}


def _jws(claims: dict[str, object]) -> bytes:
    header, payload = (
        base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=")
        for part in ({"alg": "ES256"}, claims)
    )
    return header + b"." + payload + b".c2lnbmF0dXJl"


@pytest.fixture(scope="module")
def search() -> Search:
    return canary_search()


def kinds(search: Search, data: bytes) -> set[str]:
    """Which values of the canary are found, planted among other bytes at every alignment."""
    around = b'{"event": "read", "timestamp": "2026-11-24T12:00:00Z", "waarde": "'
    found = {
        frozenset(one.kind for one in search.find(around + b"." * shift + b" " + data + b' "}'))
        for shift in range(4)
    }
    assert len(found) == 1, "the place makes a difference"
    return set(found.pop())


@pytest.mark.parametrize("hiding", HIDING)
@pytest.mark.parametrize("kind", VALUES)
def test_every_value_is_found_in_every_wrapping(search: Search, kind: str, hiding: str) -> None:
    hidden = HIDING[hiding](VALUES[kind])
    if hiding in {"zlib", "gzip"}:  # compressed bytes are found where they begin, as in a cell or a body
        assert kind in {needle.kind for needle in search.find(hidden)}
    else:
        assert kind in kinds(search, hidden)


@pytest.mark.parametrize("algorithm", ALGORITHMS)
@pytest.mark.parametrize("kind", VALUES)
def test_every_value_is_found_as_an_unsalted_hash(search: Search, kind: str, algorithm: str) -> None:
    for text in (VALUES[kind], VALUES[kind].lower(), VALUES[kind].upper(), VALUES[kind].replace(" ", "")):
        digest = hashlib.new(algorithm, text.encode()).digest()
        for planted in (
            digest,
            digest.hex().encode(),
            digest.hex().upper().encode(),
            base64.b64encode(digest),
            base64.urlsafe_b64encode(digest).rstrip(b"="),
            base64.b64encode(b"a" + digest),
        ):
            assert kind in kinds(search, planted)


@pytest.mark.parametrize(
    "day", ["1947-03-29", "29-03-1947", "29-3-1947", "19470329", "29 maart 1947", "29/03/1947"]
)
def test_a_birth_date_is_found_in_every_order(search: Search, day: str) -> None:
    assert day in dates(date(1947, 3, 29))
    assert kinds(search, day.encode()) == {"geboren"}
    assert kinds(search, hashlib.sha256(day.encode()).digest()) == {"geboren"}


@pytest.mark.parametrize(
    "text",
    [
        f"{CANARY.bsn}|1947-03-29",
        f"{CANARY.voornaam} {CANARY.achternaam}1947-03-29",
        f"{CANARY.voornaam} {CANARY.achternaam}",
        f"7365QZ{CANARY.huisnummer}",
        f"bsn:{CANARY.bsn}",
        json.dumps({"bsn": CANARY.bsn}),
    ],
)
def test_values_put_together_are_found_as_a_hash(search: Search, text: str) -> None:
    assert kinds(search, hashlib.sha256(text.encode()).hexdigest().encode())


def test_a_number_is_found_with_points_spaces_and_turned_about(search: Search) -> None:
    for number in ("9999 98 067", "9999.98.067", "760899999"):
        assert kinds(search, number.encode()) == {"bsn"}


def test_a_value_in_a_free_page_or_journal_of_a_database_is_found(search: Search, tmp_path: Path) -> None:
    """Deleted rows stay in the file until they are written over: the raw bytes are what counts."""
    path = tmp_path / "a.db"
    with closing(sqlite3.connect(path)) as base:
        base.execute("PRAGMA journal_mode = wal")
        base.execute("CREATE TABLE t (a TEXT, b BLOB, c INTEGER)")
        row = (CANARY.achternaam, hashlib.sha256(CANARY.bsn.encode()).digest(), int(CANARY.bsn))
        base.execute("INSERT INTO t VALUES (?, ?, ?)", row)
        base.commit()
        cells = [str(value).encode() for _, found in values.rows(path) for value in found.values()]
        assert {needle.kind for needle in search.find(b"\n".join(cells))} == {"achternaam", "bsn"}
        base.execute("DELETE FROM t")
        base.commit()
        assert not list(values.rows(path))
        raw = b"".join(file.read_bytes() for file in tmp_path.iterdir())
    assert {needle.kind for needle in search.find(raw)} == {"achternaam", "bsn"}


def test_ordinary_text_and_other_people_are_left_alone(search: Search) -> None:
    for person in REHEARSAL:
        for _, text in person.texts():
            assert search.find(text.encode()) == set()
    assert search.find(hashlib.sha256(b"999990007").digest() * 1000) == set()


def test_every_form_of_every_value_is_found_as_it_is() -> None:
    """Thousands of needles, each at each alignment."""
    canary: Canary = CANARIES[1]
    search = Search([canary])
    for needle in needles(canary):
        for shift in range(4):
            assert needle in search.in_bytes(b"." * shift + needle.data + b".")


def test_an_equal_value_is_equal_in_every_spelling() -> None:
    """The comparison of holders sees through hexadecimal, base64, UUID, JSON and tokens."""
    secret = bytes(range(100, 132))
    spellings = (
        secret,
        secret.hex(),
        secret.hex().upper(),
        base64.b64encode(secret).decode(),
        base64.urlsafe_b64encode(secret).decode().rstrip("="),
        json.dumps({"a": [{"b": secret.hex()}]}),
        _jws({"alt_sub": [{"ciphertext": base64.urlsafe_b64encode(secret).decode()}]}).decode(),
        f"urn:x:{secret.hex()}",
    )
    for spelling in spellings:
        assert secret in values.of({"column": spelling}).names, spelling


def test_a_moment_is_compared_to_the_microsecond_and_not_as_a_name() -> None:
    one = values.of({"op": "2026-11-24 12:00:00.123456"})
    other = values.of('{"timestamp": "2026-11-24T12:00:00.123456Z"}')
    assert one.moments == other.moments != set()
    assert values.of({"op": "2026-11-24 12:00:00.123457"}).moments.isdisjoint(one.moments)
    assert not any(b"2026" in name for name in one.names)


def test_a_hash_of_a_value_is_known_as_such() -> None:
    assert hashlib.sha256(b"an identifier").digest() in values.hashes({b"an identifier"})
