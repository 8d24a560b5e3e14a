"""Read a file of vectors strictly: rows with their line numbers, or the reason why a row is none."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_HEX = re.compile(r"(?:[0-9a-f]{2})*", re.ASCII)


class Malformed(ValueError):
    """A row does not have the shape of its kind. The text names the field, for the operator."""


@dataclass(frozen=True)
class Row:
    """A row, or why it could not be read. `place` is `line 3` or `entry 2`."""

    place: str
    value: dict[str, Any] | None
    problem: str = ""


def read_rows(path: Path) -> list[Row]:
    """All rows of a JSON Lines file or of a JSON document that is an array. Raises OSError."""
    data = path.read_bytes()
    if data.lstrip()[:1] == b"[":
        return _document(data)
    lines = enumerate(data.split(b"\n"), start=1)
    return [_row(f"line {number}", line) for number, line in lines if line.strip()]


def _document(data: bytes) -> list[Row]:
    try:
        entries = _parse(data)
    except ValueError as error:
        return [Row("document", None, f"not JSON: {error}")]
    rows = []
    for number, entry in enumerate(entries, start=1):
        is_object = isinstance(entry, dict)
        rows.append(
            Row(f"entry {number}", entry if is_object else None, "" if is_object else "not an object")
        )
    return rows


def _row(place: str, line: bytes) -> Row:
    try:
        value = _parse(line)
    except ValueError as error:
        return Row(place, None, f"not JSON: {error}")
    if not isinstance(value, dict):
        return Row(place, None, "not an object")
    return Row(place, value)


def _parse(data: bytes) -> Any:
    try:
        return json.loads(data.decode("utf-8"), object_pairs_hook=_unique, parse_constant=_refuse)
    except UnicodeDecodeError as error:
        raise ValueError("not UTF-8") from error
    except RecursionError as error:
        raise ValueError("nested too deep") from error


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len({name for name, _ in pairs}) != len(pairs):
        raise ValueError("a member occurs twice")
    return dict(pairs)


def _refuse(constant: str) -> Any:
    raise ValueError(f"{constant} is not JSON")


def octets(row: dict[str, Any], name: str, length: int | None = None) -> bytes:
    """A field of lower-case hex as bytes, of exactly `length` bytes when given. Raises Malformed."""
    return octets_of(row[name], name, length)


def octets_of(value: object, name: str, length: int | None = None) -> bytes:
    """The same for a value that stands in a list."""
    if not isinstance(value, str) or _HEX.fullmatch(value) is None:
        raise Malformed(f"{name} is not lower-case hex")
    data = bytes.fromhex(value)
    if length is not None and len(data) != length:
        raise Malformed(f"{name} does not have {length} bytes")
    return data


def text(row: dict[str, Any], name: str) -> bytes:
    """A text field as its UTF-8 bytes. Raises Malformed."""
    return text_of(row[name], name)


def text_of(value: object, name: str) -> bytes:
    """The same for a value that stands in a list."""
    if not isinstance(value, str):
        raise Malformed(f"{name} is not a text")
    try:
        return value.encode("utf-8")
    except UnicodeEncodeError as error:
        raise Malformed(f"{name} is not Unicode text") from error


def items(row: dict[str, Any], name: str, length: int | None = None) -> list[Any]:
    """A list field, of exactly `length` entries when given. Raises Malformed."""
    value = row[name]
    if not isinstance(value, list) or not value or (length is not None and len(value) != length):
        raise Malformed(f"{name} is not a list of the right length")
    return value
