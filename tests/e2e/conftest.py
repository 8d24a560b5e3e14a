"""A server for the tests of this folder, started by `scripts/run` as its user does."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Protocol

import pytest

SCRIPTS = str(Path(__file__).resolve().parents[2] / "scripts")
if SCRIPTS not in sys.path:
    sys.path.append(SCRIPTS)

from tests.conftest import left_out  # noqa: E402
from tests.e2e.clicking import DUTCH, ENGLISH, Person  # noqa: E402
from tests.e2e.looking import DESKTOP, Watcher  # noqa: E402
from tests.e2e.system import System, running  # noqa: E402 - visitor.py lies in scripts

MODES = ("together", "separate")


class MakePerson(Protocol):
    """`name` is the id at the simulated login provider."""

    def __call__(self, name: str, *, scripts: bool = True, english: bool = False) -> Person:
        """A person with a browser of their own."""
        ...


@pytest.fixture(scope="module", params=["together"])
def server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """One process with the demo world, or the mode that an indirect parameter names."""
    mode = request.param
    with running(tmp_path_factory.mktemp("whole") / "data", separate=mode == "separate") as system:
        yield system


@pytest.fixture(scope="session")
def base_url() -> None:
    """Addresses are whole; this stands in for a plug-in's fixture that a later pytest will refuse."""


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """The Chromium of this system, which scripts/test found or installed."""
    if left_out("browser"):
        pytest.skip("NOT TESTED IN A BROWSER: MACHTIGEN_TEST_WITHOUT names browser")
    chromium = os.environ.get("MACHTIGEN_CHROMIUM") or shutil.which("chromium")
    root = ["--no-sandbox"] if os.geteuid() == 0 else []  # Chromium's sandbox refuses to run as root
    return {**browser_type_launch_args, "executable_path": chromium, "args": root}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    """A Dutch browser."""
    return {**browser_context_args, "locale": "nl-NL", "viewport": DESKTOP}


@pytest.fixture
def people(server: System, new_context: Any) -> MakePerson:
    """Makes people, each in a browser of their own."""

    def make(name: str, *, scripts: bool = True, english: bool = False) -> Person:
        context = new_context(java_script_enabled=scripts)
        context.set_default_timeout(15_000)
        watcher = Watcher(context, name, scripts=scripts, english=english)
        return Person(watcher, server, ENGLISH if english else DUTCH)

    return make
