"""The linter refuses each banned name, under an alias too, and lets it pass only where that is meant."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
RULE = "TID251"

# banned name → ways to reach it; each must be found at once.
WAYS = {
    "datetime.datetime.now": (
        "import datetime\nx = datetime.datetime.now()\n",
        "import datetime as dt\nx = dt.datetime.now()\n",
        "from datetime import datetime as moment\nx = moment.now()\n",
    ),
    "datetime.datetime.utcnow": ("import datetime as dt\nx = dt.datetime.utcnow()\n",),
    "datetime.date.today": ("from datetime import date as day\nx = day.today()\n",),
    "time.time": ("import time as t\nx = t.time()\n", "from time import time as seconds\nx = seconds()\n"),
    "os.environ": ("import os as system\nx = system.environ\n", "from os import environ as e\nx = e\n"),
    "os.getenv": ("from os import getenv as read\nx = read('A')\n",),
    "random": ("import random as chance\nx = chance\n", "from random import choice\nx = choice\n"),
    "fastapi.HTTPException": (
        "import fastapi as web\nx = web.HTTPException\n",
        "from fastapi import HTTPException as Refusal\nx = Refusal\n",
    ),
    "unittest.mock": (
        "from unittest import mock as fake\nx = fake\n",
        "from unittest.mock import Mock\nx = Mock\n",
    ),
    "authlib.jose": (
        "import authlib.jose as jose\nx = jose\n",
        "from authlib.jose import jwt\nx = jwt\n",
    ),
}

# Where the list does not apply: the clock in deps.py, the environment in settings.py, and what is no product.
EXCEPTIONS = {"*/deps.py", "*/settings.py", "scripts/**", "tests/**"}


@pytest.fixture(scope="module")
def lint() -> dict[str, Any]:
    document = tomllib.loads((ROOT / "pyproject.toml").read_text())
    found: dict[str, Any] = document["tool"]["ruff"]["lint"]
    return found


def ruff(folder: Path, *paths: str) -> list[dict[str, Any]]:
    command = (sys.executable, "-m", "ruff", "check", "--no-cache", "--output-format", "json", *paths)
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode in {0, 1}, done.stderr
    found: list[dict[str, Any]] = json.loads(done.stdout)
    return found


def found_in(folder: Path) -> dict[str, list[str]]:
    """file name → the messages of the banned-API rule."""
    messages: dict[str, list[str]] = {}
    for entry in ruff(folder, "."):
        if entry["code"] == RULE:
            name = str(Path(entry["filename"]).relative_to(folder.resolve()))
            messages.setdefault(name, []).append(entry["message"])
    return messages


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def write(folder: Path, name: str, text: str) -> str:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return name


def test_every_banned_name_has_a_case(lint: dict[str, Any]) -> None:
    assert set(lint["flake8-tidy-imports"]["banned-api"]) == set(WAYS)
    assert "TID" in lint["select"]
    assert not {RULE, "TID", "TID2"} & set(lint["ignore"])


def test_every_way_to_a_banned_name_is_found_with_the_way_out(folder: Path, lint: dict[str, Any]) -> None:
    banned = lint["flake8-tidy-imports"]["banned-api"]
    expected = {
        write(folder, f"machtigen/case_{index}_{way}.py", text): name
        for index, (name, texts) in enumerate(WAYS.items())
        for way, text in enumerate(texts)
    }
    found = found_in(folder)
    assert set(found) == set(expected)
    for place, name in expected.items():
        assert all(banned[name]["msg"] in message for message in found[place]), place


def test_the_exceptions_are_those_that_are_meant(lint: dict[str, Any]) -> None:
    given = {pattern for pattern, rules in lint["per-file-ignores"].items() if {RULE, "TID"} & set(rules)}
    assert given == EXCEPTIONS


def test_the_exceptions_reach_no_further_than_their_files(folder: Path) -> None:
    text = WAYS["datetime.datetime.now"][0]
    for name in ("keys/deps.py", "keys/settings.py", "scripts/a.py", "tests/keys/test_a.py"):
        write(folder, name, text)
    refused = {
        write(folder, name, text)
        for name in (
            "keys/app.py",
            "keys/doelen/rules.py",
            "keys/kernel/starting/klok.py",
            "keys/__main__.py",
        )
    }
    assert set(found_in(folder)) == refused


def test_no_line_of_the_product_silences_the_rule() -> None:
    packages = ("identiteit", "keys", "machtigen", "rechten")
    files = [path for package in packages for path in (ROOT / package).rglob("*.py")]
    silent = [str(path.relative_to(ROOT)) for path in files if RULE in path.read_text()]
    assert silent == []


def test_the_clock_is_read_in_deps_and_the_environment_in_settings_only() -> None:
    """An exception allows the whole list; within it, each kind of file has its own reason."""
    for package in ("identiteit", "keys", "machtigen", "rechten"):
        for path in (ROOT / package).rglob("deps.py"):
            assert "environ" not in path.read_text(), path
            assert "import random" not in path.read_text(), path
        for path in (ROOT / package).rglob("settings.py"):
            assert ".now(" not in path.read_text(), path
            assert "import random" not in path.read_text(), path
