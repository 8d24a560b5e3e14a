"""What the READMEs point at exists: links, scripts, operators' commands."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LINK = re.compile(r"\[[^\]]*\]\((?P<target>[^)\s]+)\)")
SCRIPT = re.compile(r"(?<![\w./-])scripts/[\w./]+\w")
MODULE = re.compile(r"python -m (?P<name>identiteit|keys|machtigen|rechten)(?: (?P<verb>[a-z][a-z-]+))?")


def readmes() -> list[Path]:
    packages = ("identiteit", "keys", "machtigen", "rechten", "scripts", "tests")
    return [ROOT / "README.md", *(path for name in packages for path in (ROOT / name).rglob("README.md"))]


def heading_anchor(heading: str) -> str:
    return re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")


def anchors(path: Path) -> set[str]:
    return {
        heading_anchor(line.lstrip("#")) for line in path.read_text().splitlines() if line.startswith("#")
    }


@pytest.mark.parametrize("readme", readmes(), ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_leads_to_a_file_and_a_heading(readme: Path) -> None:
    for target in LINK.findall(readme.read_text()):
        if re.match(r"[a-z]+:", target):
            continue
        name, _, anchor = target.partition("#")
        path = (readme.parent / name).resolve() if name else readme
        assert path.exists(), target
        assert not anchor or anchor in anchors(path), target


@pytest.mark.parametrize("readme", readmes(), ids=lambda path: str(path.relative_to(ROOT)))
def test_every_script_that_a_readme_names_exists(readme: Path) -> None:
    named = set(SCRIPT.findall(readme.read_text()))
    assert {name for name in named if not (ROOT / name).exists()} == set()


def test_the_readme_names_the_commands_to_start_with() -> None:
    named = set(SCRIPT.findall((ROOT / "README.md").read_text()))
    assert {"scripts/run", "scripts/test", "scripts/check", "scripts/demo.py"} <= named


def named_commands() -> set[tuple[str, str]]:
    text = "\n".join(path.read_text() for path in readmes())
    return {(found["name"], found["verb"] or "") for found in MODULE.finditer(text)}


@pytest.mark.slow
def test_every_operators_command_that_a_readme_names_exists() -> None:
    commands = named_commands()
    assert commands
    missing = {}
    for package, verb in sorted(commands):
        command = (sys.executable, "-m", package, *filter(None, (verb,)), "--help")
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            missing[f"{package} {verb}"] = (done.stdout + done.stderr)[-300:]
    assert missing == {}


@pytest.mark.slow
@pytest.mark.parametrize("package", ["identiteit", "keys", "machtigen", "rechten"])
def test_every_package_has_the_three_verbs_of_an_operator(package: str) -> None:
    """The README says it once for all: `python -m <package> migrate`, `serve` and `upkeep`."""
    assert {"migrate", "serve", "upkeep"} <= set(
        re.findall(r"python -m <package> (\w+)", (ROOT / "README.md").read_text())
    )
    for verb in ("migrate", "serve", "upkeep"):
        command = (sys.executable, "-m", package, verb, "--help")
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr


def test_the_readme_is_a_front_door_and_no_book() -> None:
    assert len((ROOT / "README.md").read_text().splitlines()) <= 200
