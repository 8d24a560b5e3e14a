"""The words of translation."""

from __future__ import annotations

from dataclasses import dataclass

from keys.kernel.pep.names import Context
from keys.pseudonyms.shares import Pair


@dataclass(frozen=True)
class Permit:
    """Vergunning: what an actor signed for. `digest` binds the original items."""

    request_id: str
    actor: str
    van: Context
    naar: Context
    doel: str
    count: int
    pair: Pair
    digest: str
    trace_id: str | None


@dataclass(frozen=True)
class Recorded:
    """What a party writes down about a batch before it answers."""

    permit: Permit
    step: int
    gebruiksgrond: str
    limit: int | None  # items a day; None: counted only


@dataclass(frozen=True)
class Translated:
    """The batch after this party's hop, and its signed statement about it."""

    items: list[bytes]
    statement: str
