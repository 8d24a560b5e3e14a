"""A server for the tests of this folder, started by `scripts/run` as its user does."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

SCRIPTS = str(Path(__file__).resolve().parents[2] / "scripts")
if SCRIPTS not in sys.path:
    sys.path.append(SCRIPTS)

from tests.e2e.system import System, running  # noqa: E402 - visitor.py lies in scripts

MODES = ("together", "separate")


@pytest.fixture(scope="module", params=["together"])
def server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """One process with the demo world, or the mode that an indirect parameter names."""
    mode = request.param
    with running(tmp_path_factory.mktemp("whole") / "data", separate=mode == "separate") as system:
        yield system
