"""The commands of README's Start section, run as they are written there."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest

from tests.e2e.readme import blocks, inline, sections, words
from tests.e2e.system import ROOT, running

pytestmark = [pytest.mark.e2e, pytest.mark.slow]
START, CHECK_ALL, STORY = "scripts/run", "scripts/test", "scripts/demo.py"


def test_the_section_has_the_three_commands() -> None:
    """Start, test, story: nothing else has to be known."""
    run, test, story = blocks("Start")
    assert (run, test) == (START, CHECK_ALL)
    assert STORY in story
    for command in (run, test, story.split()[0]):
        assert os.access(ROOT / command, os.X_OK), command


def test_every_command_in_the_text_exists() -> None:
    """In any section: a script that README names is there and may be run."""
    for heading in sections():
        for command in (*blocks(heading), *inline(heading)):
            name = command.split()[0]
            if "/" in name:
                assert os.access(ROOT / name, os.X_OK), f"{heading}: {command}"


def test_every_option_in_the_text_is_known() -> None:
    """`scripts/run --help` names each option that the section names."""
    done = subprocess.run([ROOT / START, "--help"], capture_output=True, text=True, timeout=60, check=True)
    options = set(re.findall(r"(--[a-z-]+)", sections()["Start"].split("```sh\nscripts/test")[0]))
    assert options >= {"--data", "--port", "--no-demo", "--reset-demo", "--separate"}
    for option in options:
        assert option in done.stdout


def test_the_defaults_are_those_of_the_story_command() -> None:
    """The address and the folder in the text are the ones that `scripts/run` takes by itself."""
    done = subprocess.run([ROOT / START, "--help"], capture_output=True, text=True, timeout=60, check=True)
    command = words(blocks("Start")[2])
    assert command[2:] == ["--base", "http://127.0.0.1:8000", "--data", "data"]
    for default in ("(default: 8000)", "(default: ./data)", "(default: 127.0.0.1)"):
        assert default in done.stdout


def test_start_and_story_go_as_written(tmp_path: Path) -> None:
    """From the project's folder; only port and folder are others, so that nobody's own data are touched."""
    run, _, story = blocks("Start")
    assert words(run) == [START]
    with running(tmp_path / "data") as system:
        places = {"http://127.0.0.1:8000": system.base, "data": str(system.data)}
        done = subprocess.run(
            words(story, **places), cwd=ROOT, capture_output=True, text=True, timeout=120, check=False
        )
    assert (done.returncode, done.stderr) == (0, "")
    assert "All steps went as told." in done.stdout
    assert "What each database knows about Noor" in done.stdout
