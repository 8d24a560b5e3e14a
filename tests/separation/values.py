"""Identifier-like values: every value of 8 bytes or more that could tie one record to another.

A value is compared in one shape, whatever way it is written: text that is hexadecimal or base64 counts
as the bytes that it stands for, so a hash in a column of bytes equals the same hash in a JSON text.
Times are kept apart: they tie by moment, not by name.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import re
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from tests.separation.canary import ALGORITHMS

SHORTEST = 8  # bytes, or characters
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d{1,6})?(?:Z|[+-]\d\d:?\d\d)?")
_PIECE = re.compile(r"[A-Za-z0-9_+/=-]+")
_HEX = re.compile(r"(?:[0-9a-f]{2})+|(?:[0-9A-F]{2})+")
_BASE64 = re.compile(r"[A-Za-z0-9_-]{11,}")
_JWS = re.compile(r"([A-Za-z0-9_-]{4,})\.([A-Za-z0-9_-]{4,})\.([A-Za-z0-9_-]{4,})")


@dataclass
class Values:
    """What one holder knows. `moments`: times with a fraction of a second, in microseconds since 1970."""

    names: set[bytes] = field(default_factory=set)
    moments: set[int] = field(default_factory=set)
    _texts: set[str] = field(default_factory=set, repr=False, compare=False)  # taken in before

    def add(self, value: object) -> None:
        """Take in a value with everything in it: members, parts of texts, decoded JWS."""
        if isinstance(value, dict):
            for name, inner in value.items():
                self.add(name)
                self.add(inner)
        elif isinstance(value, (list, tuple, set)):
            for inner in value:
                self.add(inner)
        elif isinstance(value, bytes):
            self._add_bytes(value)
        elif isinstance(value, str):
            if value not in self._texts:
                self._texts.add(value)
                self._add_text(value)
        elif isinstance(value, int) and abs(value) >= 10 ** (SHORTEST - 1) and not _is_moment(value):
            self.names.add(str(value).encode())

    def _add_bytes(self, value: bytes) -> None:
        if len(value) >= SHORTEST:
            self.names.add(value)
        try:
            self._add_text(value.decode())
        except UnicodeDecodeError:
            return

    def _add_text(self, text: str) -> None:
        for match in _MOMENT.finditer(text):
            if match[1]:
                moment = datetime.fromisoformat(match[0].replace("Z", "+00:00"))
                self.moments.add(int(moment.replace(tzinfo=None).timestamp() * 1_000_000))
        text = _MOMENT.sub(" ", text)
        if text[:1] in {"{", "["}:
            with suppress(ValueError):
                self.add(json.loads(text))
        for jws in _JWS.finditer(text):
            for part in jws.groups()[:2]:
                self._add_bytes(from_base64(part) or b"")
        if len(text) >= SHORTEST:
            self.names |= set(shapes(text))
        for piece in _PIECE.findall(text):
            if len(piece) >= SHORTEST and not (piece.isdecimal() and _is_moment(int(piece))):
                self.names |= set(shapes(piece))

    def __sub__(self, other: Values) -> Values:
        return Values(self.names - other.names, self.moments - other.moments)

    def __or__(self, other: Values) -> Values:
        return Values(self.names | other.names, self.moments | other.moments)


def _is_moment(value: int) -> bool:
    """Seconds or milliseconds since 1970, in our days: too coarse to tie anything by."""
    return any(1_500_000_000 < value / unit < 2_500_000_000 for unit in (1, 1000))


def of(*values: object) -> Values:
    """The values of these documents, texts and bytes."""
    found = Values()
    for value in values:
        found.add(value)
    return found


def shapes(text: str) -> Iterator[bytes]:
    """A text, and the bytes that it may stand for: UUID, hexadecimal, base64 in both alphabets."""
    yield text.encode()
    plain = text.replace("-", "")
    if _HEX.fullmatch(plain) and len(plain) >= 2 * SHORTEST:
        yield bytes.fromhex(plain)
    letters = text.rstrip("=").replace("+", "-").replace("/", "_")
    if _BASE64.fullmatch(letters) and (decoded := from_base64(letters)):
        yield decoded


def from_base64(letters: str) -> bytes | None:
    """Bytes of base64url without padding; None when it is none."""
    try:
        return base64.urlsafe_b64decode(letters + "=" * (-len(letters) % 4))
    except (binascii.Error, ValueError):
        return None


def hashes(names: Iterable[bytes]) -> set[bytes]:
    """The unsalted hashes of values."""
    return {hashlib.new(algorithm, name).digest() for name in names for algorithm in ALGORITHMS}


def rows(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """(table, row) of every row of a SQLite file."""
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as base:
        base.row_factory = sqlite3.Row
        tables = [row[0] for row in base.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        for table in tables:
            for row in base.execute(f'SELECT * FROM "{table}"'):  # noqa: S608 - names from the schema itself
                yield table, dict(row)


def of_database(path: Path) -> Values:
    """Every value in a SQLite file."""
    return of(*(row for _, row in rows(path)))


def of_lines(path: Path) -> Values:
    """Every value in a log of JSON lines."""
    return of(*path.read_text("utf-8").splitlines())
