"""The words of received life events."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from machtigen.diensten.model import Grond
from machtigen.feiten.model import Feit
from machtigen.partijen.model import PartijId

RENEWAL = "verlenging"


@dataclass(frozen=True)
class Wijziging:
    """Wijziging (change): from now on a fact about a party, or a power of `partij` for `persoon`, holds or
    no longer does.

    `eindigt_op`: it ends by itself then; `lease_tot`: until when it may be relied on without another word.
    """

    wat: Feit | Grond
    persoon: PartijId
    geldt: bool
    partij: PartijId | None = None
    reden: str | None = None
    sinds: datetime | None = None
    bron: str = ""
    in_onderzoek: bool = False
    lease_tot: datetime | None = None
    eindigt_op: datetime | None = None


@dataclass(frozen=True)
class Bericht:
    """Bericht (message) from identiteit, read: its place in the stream, its kind, and what it changes."""

    jti: str
    volgnummer: int
    soort: str
    per: datetime
    wijzigingen: tuple[Wijziging, ...]


@dataclass(frozen=True)
class Gat:
    """Gat (gap) in the stream: the numbers of this stretch did not come."""

    van: int
    tot: int
