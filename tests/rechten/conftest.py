"""Fixtures of the tests of rechten."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from keys.kernel.database import Database
from tests.rechten.wereld import Wereld
from tests.templates import Templates


@pytest.fixture
def wereld(tmp_path: Path) -> Iterator[Wereld]:
    """Two registers with Noor's record, and every neighbour."""
    world = Wereld(tmp_path / "rechten").furnish()
    yield world
    world.close()


@pytest.fixture
def register_database(database_url: str, templates: Templates) -> Iterator[Database]:
    """An empty database of a register."""
    templates.migrate(database_url, "rechten", "register_migrations")
    database = Database(database_url)
    yield database
    database.close()
