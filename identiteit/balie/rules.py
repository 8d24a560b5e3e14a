"""How much a clerk may look up. Pure."""

from __future__ import annotations

from datetime import timedelta

WINDOW = timedelta(hours=1)
LOOKUPS = 60  # people a clerk may look up in an hour
MISSES = 10  # of which unknown


def too_many(lookups: int, misses: int, asked: int) -> bool:
    """Whether `asked` more people are too many, after what this clerk looked up in the last hour."""
    return lookups + asked > LOOKUPS or misses >= MISSES
