"""The clock of an installation: the real one, moved by the setting KLOK as in the packages."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import UTC, datetime

from keys.kernel.starting.klok import klok_offset


def installation_clock() -> Callable[[], datetime]:
    """A function that gives the present of the installation, aware, in UTC."""
    offset = klok_offset(os.environ.get("KLOK"), datetime.now(UTC))
    return lambda: datetime.now(UTC) + offset
