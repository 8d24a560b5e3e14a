"""A name is in the language of its source: English, or a Dutch term that the glossary explains.

Every word in the names of classes and fields in `model.py`, `toestanden.py` and `wire/` stands in the
README's glossary, in `english.txt`, or in `nederlands.txt` with its gloss. A new word demands a decision.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).parent
PACKAGES = ("identiteit", "keys", "machtigen", "rechten")
ROWS = 30
WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
ROW = re.compile(r"^\|(?P<term>[^|]+)\|(?P<gloss>[^|]+)\|(?P<source>[^|]+)\|(?P<package>[^|]+)\|$")
ENDINGS = ("", "s", "n", "en", "e")


def glossary() -> dict[str, tuple[str, str]]:
    """term → (gloss, package), from the table in the README."""
    section = (ROOT / "README.md").read_text().split("## Glossary", 1)[1].split("\n## ", 1)[0]
    rows = [found for line in section.splitlines() if (found := ROW.match(line.strip()))]
    return {row["term"].strip(): (row["gloss"].strip(), row["package"].strip()) for row in rows[2:]}


def lines_of(name: str) -> list[str]:
    text = (HERE / name).read_text().splitlines()
    return [line for line in text if line and not line.startswith("#")]


def english() -> set[str]:
    return set(lines_of("english.txt"))


def dutch() -> dict[str, str]:
    return dict(line.split(": ", 1) for line in lines_of("nederlands.txt"))


def forms_of_terms() -> set[str]:
    return {term + ending for term in glossary() for ending in ENDINGS}


def classes() -> Iterator[tuple[Path, ast.ClassDef]]:
    for package in PACKAGES:
        root = ROOT / package
        for path in (*root.glob("*/model.py"), *root.glob("*/toestanden.py"), *root.glob("wire/*.py")):
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.ClassDef):
                    yield path.relative_to(ROOT), node


def words_of(name: str) -> set[str]:
    return {word.lower() for word in WORD.findall(name)}


def names() -> Iterator[tuple[str, str]]:
    """(place, name) of every class and every field."""
    for path, node in classes():
        yield f"{path}:{node.name}", node.name
        for entry in node.body:
            if isinstance(entry, ast.AnnAssign) and isinstance(entry.target, ast.Name):
                yield f"{path}:{node.name}.{entry.target.id}", entry.target.id


def test_the_glossary_fits_on_a_page_and_each_row_is_whole() -> None:
    table = glossary()
    assert 0 < len(table) <= ROWS
    for term, (gloss, package) in table.items():
        assert re.fullmatch(r"[a-z]+", term), term
        assert gloss, term
        assert package in PACKAGES, term


def test_every_word_in_a_model_or_on_the_wire_is_english_or_explained() -> None:
    known = english() | set(dutch()) | forms_of_terms()
    unknown = {place: words for place, name in names() if (words := words_of(name) - known)}
    assert unknown == {}


def test_the_lists_hold_no_word_that_is_not_used_or_stands_elsewhere() -> None:
    used = set().union(*(words_of(name) for _, name in names()))
    assert (english() | set(dutch())) - used == set()
    assert english() & set(dutch()) == set()
    assert set(dutch()) & forms_of_terms() == set()


def test_the_class_of_a_dutch_term_opens_with_its_gloss() -> None:
    """ "Machtiging (mandate): …": someone without Dutch reads on."""
    without = [
        f"{path}:{node.name}"
        for path, node in classes()
        if path.name == "model.py" and words_of(node.name) <= set(dutch()) | forms_of_terms() - english()
        if not re.match(r"[A-Z]?\w+(-\w+)?( \w+)? \([^)]+\)", ast.get_docstring(node) or "")
    ]
    assert without == []
