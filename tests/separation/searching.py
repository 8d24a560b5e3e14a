"""The search: bytes in, canaries out. JWS, base64, hex, zlib, URL, HTML and JSON escapes are unwrapped."""

from __future__ import annotations

import base64
import binascii
import html
import re
import zlib
from collections.abc import Iterable, Iterator
from functools import cache
from urllib.parse import unquote_to_bytes

from tests.separation.canary import Canary, Needle, needles
from tests.separation.people import CANARIES

GRAM = 4
DEPTH = 4  # of wrappings within wrappings
LARGEST = 2_000_000  # bytes that a compressed value may unfold to
_WRAPPED = re.compile(rb"[A-Za-z0-9_+/-]{12,}={0,2}")
_HEX = re.compile(rb"(?:[0-9a-f]{2}){6,}|(?:[0-9A-F]{2}){6,}")
_PRINTABLE = re.compile(rb"[\x20-\x7e]{6,}")
_ESCAPE = re.compile(rb"%[0-9a-fA-F]{2}|&#?[a-zA-Z0-9]+;|\\u[0-9a-fA-F]{4}")
_ESCAPED = re.compile(r"\\u([0-9a-fA-F]{4})")


class Search:
    """Knows the forms of some canaries and finds them in bytes of any size.

    A needle of 7 bytes or more holds four bytes that lie at a multiple of four in the haystack: only
    these are looked up, so that thousands of needles cost no more than one.
    """

    def __init__(self, canaries: Iterable[Canary]) -> None:
        self._grams: dict[bytes, list[tuple[int, Needle]]] = {}
        self._short: list[Needle] = []
        for canary in canaries:
            for needle in needles(canary):
                if len(needle.data) < 2 * GRAM - 1:
                    self._short.append(needle)
                    continue
                for shift in range(GRAM):
                    gram = needle.data[shift : shift + GRAM]
                    self._grams.setdefault(gram, []).append((shift, needle))

    def in_bytes(self, data: bytes) -> set[Needle]:
        """What stands in `data` as it is."""
        found = {needle for needle in self._short if needle.data in data}
        grams = self._grams
        for place in range(0, len(data), GRAM):
            for shift, needle in grams.get(data[place : place + GRAM], ()):
                start = place - shift
                if start >= 0 and data.startswith(needle.data, start):
                    found.add(needle)
        return found

    def find(self, data: bytes) -> set[Needle]:
        """What stands in `data`, also within what it wraps."""
        return self.in_bytes(b"\n".join(unwrapped(data)))


@cache
def canary_search() -> Search:
    """The search for the canaries of these tests."""
    return Search(CANARIES)


def unwrapped(data: bytes) -> list[bytes]:
    """`data` and everything wrapped in it, each once."""
    seen: dict[bytes, None] = {}
    _unwrap(data, DEPTH, seen)
    return list(seen)


def _unwrap(data: bytes, depth: int, seen: dict[bytes, None]) -> None:
    if data in seen:
        return
    seen[data] = None
    if depth:
        for inner in _inner(data):
            _unwrap(inner, depth - 1, seen)


def _inner(data: bytes) -> Iterator[bytes]:
    yield from _unzipped(data)
    for run in set(_PRINTABLE.findall(data)):
        if _ESCAPE.search(run):
            yield from _unescaped(run)
    for match in set(_HEX.findall(data)):
        yield bytes.fromhex(match.decode())
    for match in set(_WRAPPED.findall(data)):
        letters = match.rstrip(b"=").replace(b"+", b"-").replace(b"/", b"_")
        try:
            yield base64.urlsafe_b64decode(letters + b"=" * (-len(letters) % 4))
        except (binascii.Error, ValueError):
            continue


def _unescaped(run: bytes) -> Iterator[bytes]:
    """Printable text with `%41`, `&#65;` or `\\u0041` in it, without these."""
    text = run.decode("ascii")
    yield unquote_to_bytes(run)
    yield unquote_to_bytes(run.replace(b"+", b" "))
    yield html.unescape(text).encode("utf-8", "surrogatepass")
    yield _ESCAPED.sub(lambda match: chr(int(match[1], 16)), text).encode("utf-8", "surrogatepass")


def _unzipped(data: bytes) -> Iterator[bytes]:
    if data[:1] != b"\x78" and data[:2] != b"\x1f\x8b":
        return
    try:
        yield zlib.decompressobj(wbits=47).decompress(data, LARGEST)
    except zlib.error:
        return
