"""Secret scalars stay bytes inside libsodium: Python's integers compute in a time that tells about them."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("keys/kernel/pep", "keys/pseudonyms")


def arithmetic_in(source: str) -> list[str]:
    """What makes a number of bytes or hex, or computes powers: `line: what`."""
    return [f"{node.lineno}: {what}" for node in ast.walk(ast.parse(source)) if (what := _what(node))]


def _what(node: ast.AST) -> str | None:
    if isinstance(node, ast.Attribute) and node.attr == "from_bytes":
        return "from_bytes"
    if isinstance(node, ast.Attribute) and node.attr in {"unpack", "unpack_from", "iter_unpack"}:
        return node.attr
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        if node.func.id == "pow":
            return "pow("
        if node.func.id == "int" and (len(node.args) > 1 or node.keywords):
            return "int( with a base"
    if isinstance(node, ast.Attribute) and node.attr == "pow":
        return ".pow"
    return None


def modules() -> Iterator[Path]:
    for room in ROOMS:
        yield from sorted((ROOT / room).rglob("*.py"))


def test_the_rooms_that_hold_secrets_are_looked_at() -> None:
    names = {path.name for path in modules()}
    assert {"group.py", "proof.py", "derive.py", "shares.py", "filestore.py", "tokenstore.py"} <= names


@pytest.mark.parametrize("path", list(modules()), ids=lambda path: str(path.relative_to(ROOT)))
def test_no_secret_becomes_a_number(path: Path) -> None:
    assert arithmetic_in(path.read_text("utf-8")) == []


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("x = int.from_bytes(key, 'little')", "from_bytes"),
        ("make = int.from_bytes\nx = make(key)", "from_bytes"),
        ("x = pow(k, -1, L)", "pow("),
        ("import math\nx = math.pow(k, 2)", ".pow"),
        ("x = int(key.hex(), 16)", "int( with a base"),
        ("x = int(key.hex(), base=16)", "int( with a base"),
        ("import struct\nx = struct.unpack('<4Q', key)", "unpack"),
    ],
)
def test_every_way_to_a_number_is_found(source: str, found: str) -> None:
    assert any(found in what for what in arithmetic_in(source))


def test_a_length_or_a_counter_may_be_written_as_bytes() -> None:
    assert arithmetic_in("x = len(part).to_bytes(4, 'big')\ny = int('12')") == []
