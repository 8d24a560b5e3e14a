"""What the tests of conversion share."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from keys.kernel.pep import Domain
from tests.keys.bulk.registers import DOEL, Register
from tests.keys.conftest import World

sys.path.insert(0, str(Path(__file__).resolve().parents[3] / "scripts"))


@pytest.fixture
def register(world: World, new_register: Callable[[], Domain], tmp_path: Path) -> Register:
    """A register that may send its people to another."""
    van, naar = new_register(), new_register()
    world.allow(van, naar, DOEL)
    (tmp_path / "sleutels").mkdir()
    return Register.of(world, van, naar, tmp_path / "sleutels")
