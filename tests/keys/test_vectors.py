"""The vectors command: all rows pass, and any change anywhere makes it fail."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from keys.vectors.command import run

FOLDER = Path(__file__).parents[1] / "vectors"
PRIMITIVES = FOLDER / "pep_primitives.jsonl"
DISTRIBUTED = FOLDER / "pep_distributed.jsonl"
VOPRF = FOLDER / "rfc9497_ristretto255.json"


def first_row(path: Path) -> dict[str, Any]:
    row: dict[str, Any] = json.loads(path.read_text("utf-8").splitlines()[0])
    return row


def checked(path: Path, content: str | bytes) -> tuple[int, list[str]]:
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    said: list[str] = []
    return run([path], said.append), said


def changed(text: str, place: int = 0) -> str:
    """Another digit in that place (not its highest bit: the one-way map ignores two of those)."""
    digit = text[place]
    other = format(int(digit, 16) ^ 1, "x") if digit in "0123456789abcdef" else "z"
    return text[:place] + other + text[place + 1 :]


def test_all_stored_rows_pass() -> None:
    said: list[str] = []
    assert run([PRIMITIVES, DISTRIBUTED, VOPRF], said.append) == 0
    assert said == [
        "pep_primitives: 40 checked (720 fields), 0 failed",
        "pep_distributed: 10 checked (150 fields), 0 failed",
        "rfc9497_ristretto255: 2 checked (17 fields), 0 failed",
    ]


@pytest.mark.parametrize("field", sorted(first_row(PRIMITIVES)))
@pytest.mark.parametrize("place", [0, -1])
def test_one_changed_digit_in_a_primitive_fails(tmp_path: Path, field: str, place: int) -> None:
    row = first_row(PRIMITIVES)
    row[field] = changed(row[field], place % len(row[field]))
    code, said = checked(tmp_path / "changed.jsonl", json.dumps(row))
    assert code == 1
    assert "1 failed" in said[-1]


@pytest.mark.parametrize("field", sorted(first_row(DISTRIBUTED)))
def test_one_changed_digit_in_a_distributed_row_fails(tmp_path: Path, field: str) -> None:
    row = first_row(DISTRIBUTED)
    values = row[field] if isinstance(row[field], list) else [row[field]]
    for number in range(len(values)):
        for place in (0, len(values[number]) - 1):
            other = json.loads(json.dumps(row))
            if isinstance(row[field], list):
                other[field][number] = changed(values[number], place)
            else:
                other[field] = changed(values[number], place)
            assert checked(tmp_path / "changed.jsonl", json.dumps(other))[0] == 1


def test_one_changed_digit_in_the_voprf_entries_fails(tmp_path: Path) -> None:
    entries = json.loads(VOPRF.read_text())

    def paths(value: Any, so_far: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
        if isinstance(value, dict):
            return [path for key, one in value.items() for path in paths(one, (*so_far, key))]
        if isinstance(value, list):
            return [path for key, one in enumerate(value) for path in paths(one, (*so_far, key))]
        return [so_far]

    for path in paths(entries):
        other = json.loads(json.dumps(entries))
        parent = other
        for step in path[:-1]:
            parent = parent[step]
        value = parent[path[-1]]
        parent[path[-1]] = value + 1 if isinstance(value, int) else changed(value, len(value) - 1)
        assert checked(tmp_path / "changed.json", json.dumps(other))[0] == 1, path


def without(row: dict[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in row.items() if key != name}


@pytest.mark.parametrize(
    "line",
    [
        "geen json",
        '"een tekst"',
        "[1]",
        "NaN",
        "{",
        '{"y": "00", "y": "01"}',
        "[" * 100_000,
        json.dumps({"iets": "anders"}),
        json.dumps(without(first_row(PRIMITIVES), "Y")),
        json.dumps({**first_row(PRIMITIVES), "extra": "00"}),
        json.dumps({**first_row(PRIMITIVES), "y": 5}),
        json.dumps({**first_row(PRIMITIVES), "y": None}),
        json.dumps({**first_row(PRIMITIVES), "y": first_row(PRIMITIVES)["y"].upper()}),
        json.dumps({**first_row(PRIMITIVES), "y": "00" * 32}),
        json.dumps({**first_row(PRIMITIVES), "y": "ff" * 32}),
        json.dumps({**first_row(PRIMITIVES), "y": first_row(PRIMITIVES)["y"] + "00"}),
        json.dumps({**first_row(PRIMITIVES), "ct": "00" * 64}),
        json.dumps({**first_row(PRIMITIVES), "Y": "00" * 32}),
        json.dumps({**first_row(PRIMITIVES), "h": ""}),
        json.dumps({**first_row(PRIMITIVES), "domain": "\ud800"}),
    ],
)
def test_a_bad_line_among_good_ones_is_one_failure(tmp_path: Path, line: str) -> None:
    good = PRIMITIVES.read_text("utf-8").splitlines()[:2]
    code, said = checked(tmp_path / "mixed.jsonl", "\n".join([good[0], line, good[1]]))
    assert code == 1
    assert said[-1].startswith("pep_primitives: 3 checked")
    assert said[-1].endswith("1 failed")
    assert ": line 2: " in said[0]


@pytest.mark.parametrize(
    "change",
    [
        {"hops": []},
        {"hops": "x"},
        {"hops": [1, 2]},
        {"beta": []},
        {"beta": [[], []]},
        {"ps": ["a"]},
        {"es": ["a", 1]},
        {"shareA": None},
        {"blinded": "00" * 32},
        {"plainB": 1},
    ],
)
def test_a_distributed_row_of_the_wrong_shape_fails_without_a_traceback(
    tmp_path: Path, change: dict[str, Any]
) -> None:
    row = {**first_row(DISTRIBUTED), **change}
    assert checked(tmp_path / "shape.jsonl", json.dumps(row))[0] == 1


@pytest.mark.parametrize(
    "change",
    [
        {"mode": [0]},
        {"mode": 2},
        {"mode": 1.0},
        {"mode": True},
        {"vectors": []},
        {"vectors": [1]},
        {"hash": 1},
    ],
)
def test_a_voprf_entry_of_the_wrong_shape_fails_without_a_traceback(
    tmp_path: Path, change: dict[str, Any]
) -> None:
    entries = json.loads(VOPRF.read_text())
    assert checked(tmp_path / "shape.json", json.dumps([{**entries[0], **change}, entries[1]]))[0] == 1


@pytest.mark.parametrize("content", [b"", b"\n\n \n", b"[]", b"[1", b"\xff\xfe", b'{"iets": 1}'])
def test_an_empty_unreadable_or_unknown_file_fails(tmp_path: Path, content: bytes) -> None:
    code, said = checked(tmp_path / "file.jsonl", content)
    assert code == 1
    assert said


def test_no_file_and_a_missing_file_fail(tmp_path: Path) -> None:
    said: list[str] = []
    assert run([], said.append) == 1
    assert run([tmp_path / "bestaat-niet.jsonl", tmp_path], said.append) == 1
    assert len(said) == 3


def test_a_good_file_does_not_hide_a_bad_one(tmp_path: Path) -> None:
    bad = tmp_path / "bad.jsonl"
    bad.write_text('{"iets": 1}')
    assert run([PRIMITIVES, bad], lambda _: None) == 1


def test_a_domain_outside_ascii_is_taken_as_utf_8(tmp_path: Path) -> None:
    from keys.pseudonyms.derive import ENCRYPTION, PSEUDONYM, factor

    row = first_row(PRIMITIVES)
    name = "oin:0001|doel:café-🎓"
    secret = bytes.fromhex(row["secret"])
    row |= {
        "domain": name,
        "f3": factor(secret, PSEUDONYM, name.encode()).hex(),
        "f1": factor(secret, ENCRYPTION, name.encode()).hex(),
    }
    assert checked(tmp_path / "plain.jsonl", json.dumps(row, ensure_ascii=False))[0] == 0
    assert checked(tmp_path / "escaped.jsonl", json.dumps(row))[0] == 0
    assert checked(tmp_path / "windows.jsonl", json.dumps(row) + "\r\n")[0] == 0


@pytest.mark.slow
def test_the_command_itself_ends_as_it_says(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "keys", "vectors"]
    good = subprocess.run(
        [*command, str(PRIMITIVES), str(DISTRIBUTED)], capture_output=True, text=True, check=False
    )
    assert (good.returncode, good.stderr) == (0, "")
    assert "pep_distributed: 10 checked" in good.stdout
    row = first_row(PRIMITIVES)
    (tmp_path / "bad.jsonl").write_text(json.dumps({**row, "sM": changed(row["sM"])}))
    bad = subprocess.run([*command, str(tmp_path / "bad.jsonl")], capture_output=True, text=True, check=False)
    assert bad.returncode == 1
    assert "differs: sM" in bad.stdout
    assert "Traceback" not in bad.stderr
