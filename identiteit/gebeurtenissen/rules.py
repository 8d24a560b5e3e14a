"""Which life events make sense. Pure."""

from __future__ import annotations

from identiteit.errors import InvalidEvent
from identiteit.gebeurtenissen.model import NEEDS_PARTY, Gebeurtenis


def check(gebeurtenis: Gebeurtenis) -> None:
    """Raise InvalidEvent when a party is missing, superfluous, or the person itself."""
    needed = gebeurtenis.soort in NEEDS_PARTY
    if needed != (gebeurtenis.partij is not None) or gebeurtenis.partij == gebeurtenis.persoon:
        raise InvalidEvent
