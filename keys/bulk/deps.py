"""The clock of a worker. The only module of this part that reads it, and light: workers load little."""

from __future__ import annotations

from datetime import UTC, datetime


def now() -> datetime:
    """Now, aware UTC."""
    return datetime.now(UTC)
