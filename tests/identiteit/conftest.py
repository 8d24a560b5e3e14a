"""Fixtures of identiteit's tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from keys.kernel.database import Database, migrate
from tests.identiteit.house import Browser, House


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """One house for all: each test brings browsers, codes and people of its own."""
    made = House(tmp_path_factory.mktemp("identiteit"))
    yield made
    made.close()


@pytest.fixture
def visitor(house: House) -> Browser:
    """A browser without a session."""
    return house.browser()


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """An empty database of identiteit."""
    migrate(database_url, "identiteit")
    made = Database(database_url)
    yield made
    made.close()
