"""Fixtures of the tests of rechten."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.rechten.wereld import Wereld


@pytest.fixture
def wereld(tmp_path: Path) -> Iterator[Wereld]:
    """Two registers with Noor's record, and every neighbour."""
    world = Wereld(tmp_path / "rechten").furnish()
    yield world
    world.close()
