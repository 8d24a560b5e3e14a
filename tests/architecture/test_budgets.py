"""Sizes that keep code readable, and words that say nothing or the wrong thing."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SOURCES = ("identiteit", "keys", "machtigen", "rechten", "scripts")
MODULE_LINES = 300
FUNCTION_LINES = 40
KERNEL_MODULES = 12
EMPTY_NAMES = {"utils", "util", "helpers", "helper", "common", "misc", "manager", "managers"}
TEXT = {".py", ".html", ".css", ".po", ".sql", ".toml", ".yaml", ".yml", ".sh", ".json"}


def modules() -> Iterator[Path]:
    for source in SOURCES:
        for path in (ROOT / source).rglob("*"):
            if path.is_file() and (path.suffix == ".py" or is_script(path)):
                yield path


def is_script(path: Path) -> bool:
    """A command without a suffix, such as scripts/run."""
    return path.suffix == "" and path.read_bytes()[:2] == b"#!"


def python_modules() -> list[Path]:
    return [path for path in modules() if path.suffix == ".py"]


def body_lines(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines from the first statement to the last; signature and docstring declare and do not count."""
    body = function.body[1:] if ast.get_docstring(function, clean=False) is not None else function.body
    return (body[-1].end_lineno or 0) - body[0].lineno + 1 if body else 0


def functions(source: str) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def is_migration(path: Path) -> bool:
    """A migration is written once, table by table, and never changed: splitting it helps nobody."""
    return path.parent.name == "versions"


def test_no_module_is_longer_than_its_budget() -> None:
    lengths = {str(path.relative_to(ROOT)): len(path.read_text().splitlines()) for path in modules()}
    assert len(lengths) > 100
    assert {name: lines for name, lines in lengths.items() if lines > MODULE_LINES} == {}


def test_no_function_is_longer_than_its_budget() -> None:
    too_long = {
        f"{path.relative_to(ROOT)}:{function.name}": body_lines(function)
        for path in python_modules()
        if not is_migration(path)
        for function in functions(path.read_text())
        if body_lines(function) > FUNCTION_LINES
    }
    assert too_long == {}


@pytest.mark.parametrize(("statements", "lines"), [(0, 1), (39, 40), (40, 41)])
def test_the_measure_counts_each_line_of_a_body(statements: int, lines: int) -> None:
    text = (
        'def f(\n    a: int,\n) -> int:\n    """One.\n\n    Two."""\n'
        + "    a += 1\n" * statements
        + "    return a\n"
    )
    assert [body_lines(function) for function in functions(text)] == [lines]


def test_the_kernel_stays_small() -> None:
    entries = {
        path.stem
        for path in (ROOT / "keys" / "kernel").iterdir()
        if path.name != "__init__.py" and (path.suffix == ".py" or (path / "__init__.py").exists())
    }
    assert 0 < len(entries) <= KERNEL_MODULES


def test_no_module_or_folder_has_a_name_that_says_nothing() -> None:
    named = {
        part
        for path in modules()
        for part in (*path.relative_to(ROOT).parts[:-1], path.stem)
        if EMPTY_NAMES & set(part.lower().split("_"))
    }
    assert named == set()


def test_the_word_mandaat_is_used_nowhere() -> None:
    """What art. 10:1 Awb calls so is another thing: a power of one public body under another."""
    word = re.compile(r"mandaat|mandaten|mandater", re.IGNORECASE)
    files = [
        path
        for source in SOURCES
        for path in (ROOT / source).rglob("*")
        if path.is_file() and path.suffix in TEXT
    ]
    found = [str(path.relative_to(ROOT)) for path in files if word.search(path.read_text(errors="replace"))]
    assert len(files) > 100
    assert found == []
