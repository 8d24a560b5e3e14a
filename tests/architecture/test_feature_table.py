"""Each cell of the table of features in the README of machtigen points at a test that is there."""

from __future__ import annotations

import ast
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ROW = re.compile(
    r"^\| (?P<feature>[^|]+) \| (?P<ours>[^|]+) \| `(?P<file>test_\w+\.py)(::(?P<test>test_\w+))?` \|$"
)


def rows() -> list[re.Match[str]]:
    section = (
        (ROOT / "machtigen" / "README.md").read_text().split("## Beside the best existing systems", 1)[1]
    )
    lines = section.split("\n## ", 1)[0].splitlines()
    table = [line for line in lines if line.startswith("|")][2:]
    found = [match for line in table if (match := ROW.match(line))]
    assert len(found) == len(table) >= 28  # every row is whole
    return found


def test_every_feature_is_shown_by_a_test_that_exists() -> None:
    missing = []
    for row in rows():
        path = ROOT / "tests" / "machtigen" / row["file"]
        names = {
            node.name
            for node in ast.walk(ast.parse(path.read_text() if path.exists() else ""))
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
        }
        if not names or (row["test"] and row["test"] not in names):
            missing.append(row["feature"])
    assert missing == []
