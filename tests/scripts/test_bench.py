"""The measures of `scripts/bench` run, and give every row: what they find is no test."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from benching.__main__ import PARTS, line, main
from benching.measuring import TINY, Case, Row, interleave

ROOT = Path(__file__).resolve().parents[2]
CURVE = {"rsk", "transcryption", "transcryption-pooled", "libpep-wasm", "proof-prove", "proof-verify"}
OTHERS = {"processes", "http-batch", "convert-memory", "convert-flat"}


def rows_of(path: Path) -> dict[str, dict[str, object]]:
    document = json.loads(path.read_text())
    assert {"machine", "processor", "cores", "python", "libsodium", "openssl"} <= document["machine"].keys()
    found: dict[str, dict[str, object]] = document["rows"]
    return found


def check(row: dict[str, object]) -> None:
    """Measured, with figures and judged against its target; or the reason why not."""
    assert ("at-least" in row) is not ("at-most" in row)
    if row["ratio"] is None:
        assert row["why"]
        assert row["met"] is None
        return
    ratio, figures = row["ratio"], row["figures"]
    assert isinstance(ratio, float)
    assert ratio > 0
    assert isinstance(figures, dict)
    assert figures
    assert all(value > 0 for value in figures.values())
    bound = row.get("at-least", row.get("at-most"))
    assert isinstance(bound, float | int)
    assert row["met"] is (ratio >= bound if "at-least" in row else ratio <= bound)


def test_the_curve_is_measured_and_every_figure_stands_in_the_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "/nonexistent")  # no Node: its row says so, and the others are there
    assert main(["keys", "--tiny", "--only", "curve", "--json", str(tmp_path / "bench.json")]) == 0
    rows = rows_of(tmp_path / "bench.json")
    assert rows.keys() == CURVE
    for row in rows.values():
        check(row)
    assert rows["libpep-wasm"]["why"] == "node is not installed"
    said = capsys.readouterr().out
    assert said.count(" met\n") + said.count(" NOT MET\n") + said.count("not measured") == len(CURVE)


@pytest.mark.slow
def test_the_whole_table_has_all_its_rows(tmp_path: Path) -> None:
    path = tmp_path / "bench.json"
    environment = {"PYTHONPATH": f"{ROOT}:{ROOT / 'scripts'}", "PATH": "/usr/bin:/bin", "HOME": str(tmp_path)}
    command = [sys.executable, "-m", "benching", "keys", "--tiny", "--json", str(path)]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    rows = rows_of(path)
    assert rows.keys() == CURVE | OTHERS
    for row in rows.values():
        check(row)


def test_every_part_has_a_name() -> None:
    assert set(PARTS["keys"]) == {"curve", "processes", "http", "convert"}


@pytest.mark.parametrize(
    ("ratio", "at_most", "met", "told"),
    [
        (2.0, False, True, " met"),
        (0.9, False, False, "NOT MET"),
        (0.9, True, True, " met"),
        (1.1, True, False, "NOT MET"),
        (None, False, None, "not measured: no such thing"),
    ],
)
def test_a_row_is_judged_by_its_target(
    ratio: float | None, at_most: bool, met: bool | None, told: str
) -> None:
    row = Row("a", "a measure", 1.0, ratio, at_most=at_most, why="no such thing")
    assert row.met is met
    assert told in line(row)


def test_each_case_gets_its_turn_in_every_round() -> None:
    turns: list[str] = []
    cases = {name: Case(lambda name=name: turns.append(name), 2) for name in ("a", "b")}  # type: ignore[misc]
    found = interleave(cases, TINY)
    assert found.keys() == {"a", "b"}
    order = "".join(turns).replace("aa", "a")
    while "aa" in order or "bb" in order:
        order = order.replace("aa", "a").replace("bb", "b")
    assert order == "ab" * (1 + TINY.rounds)


CHECKS = {"sqlite-pair", "sqlite-chain", "sqlite-pair-8000", "sqlite-chain-8000", "revocation"}


def test_the_check_of_machtigen_is_measured(tmp_path: Path) -> None:
    path = tmp_path / "bench.json"
    assert main(["machtigen", "--tiny", "--only", "check", "--only", "revocation", "--json", str(path)]) == 0
    rows = rows_of(path)
    assert rows.keys() == CHECKS
    for row in rows.values():
        check(row)
    assert rows["revocation"]["ratio"] == 1.0


@pytest.mark.slow
def test_a_decision_over_http_is_measured(tmp_path: Path) -> None:
    path = tmp_path / "bench.json"
    assert main(["machtigen", "--tiny", "--only", "decision", "--json", str(path)]) == 0
    [row] = rows_of(path).values()
    check(row)
