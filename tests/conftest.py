"""What all tests share: a database of either kind, a moment, and no way out of this machine."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest
from jinja2 import Environment

from keys.kernel.pages import rendering
from tests import postgres, sockets
from tests.templates import CompiledPages, Templates


def pytest_addoption(parser: pytest.Parser) -> None:
    """How many pairs of acts meet on PostgreSQL in `test_many_pairs`."""
    parser.addoption("--pairs", type=int, default=500, help="pairs of acts that meet (10000: some minutes)")


MAY_LEAVE = ("e2e", "browser", "postgres", "slow")


@pytest.fixture(scope="session", autouse=True)
def _only_this_machine() -> Iterator[pytest.MonkeyPatch]:
    """Sockets reach this machine only, in fixtures of the session too."""
    with pytest.MonkeyPatch.context() as patch:
        sockets.block(patch)
        yield patch


@pytest.fixture(autouse=True)
def _may_leave(request: pytest.FixtureRequest, _only_this_machine: pytest.MonkeyPatch) -> Iterator[None]:
    """Tests that start whole systems may reach further."""
    if not any(request.node.get_closest_marker(name) for name in MAY_LEAVE):
        yield
        return
    _only_this_machine.undo()
    yield
    sockets.block(_only_this_machine)


@pytest.fixture
def now() -> datetime:
    """The moment at which a test happens, always the same. Aware, UTC, with microseconds."""
    return datetime(2026, 11, 24, 12, 0, 0, 123_456, tzinfo=UTC)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[postgres.Postgres]:
    """One PostgreSQL for all tests of this process. That it cannot start is a failure, unless excused."""
    if left_out("postgres"):
        pytest.skip("NOT TESTED ON POSTGRESQL: MACHTIGEN_TEST_WITHOUT names postgres")
    with postgres.running() as server:
        yield server


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The SQLAlchemy address of an empty database of this test alone, on SQLite and on PostgreSQL."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'test.db'}"
        return
    with request.getfixturevalue("postgres_server").fresh_database() as url:
        yield url


@pytest.fixture(scope="session", autouse=True)
def _pages_compiled_once() -> Iterator[None]:
    """Every test that builds an app would compile its pages anew."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rendering, "Environment", partial(Environment, bytecode_cache=CompiledPages()))
        yield


@pytest.fixture(scope="session")
def templates(tmp_path_factory: pytest.TempPathFactory) -> Templates:
    """Migrated databases to copy, for tests that are not about migrating."""
    return Templates(tmp_path_factory.mktemp("templates"))


def left_out(kind: str) -> bool:
    """Whether this machine was found unable to run tests of this kind; never where CI is set."""
    named = re.split(r"[,\s]+", os.environ.get("MACHTIGEN_TEST_WITHOUT", ""))
    return kind in named and os.environ.get("CI", "").lower() in {"", "0", "false"}
