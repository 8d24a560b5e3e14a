"""The words of facts about what a party can do themselves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from machtigen.partijen.model import PartijId


class Feit(StrEnum):
    """Feit (fact) that a source reports about a party."""

    OVERLEDEN = "overleden"
    ONDER_CURATELE = "onder-curatele"
    MINDERJARIG = "minderjarig"


@dataclass(frozen=True)
class Vermelding:
    """Vermelding (entry): whether a fact holds for a party, and until when where that is known.

    `volgnummer`: that of the event that said it; an older one never undoes a newer one.
    """

    partij: PartijId
    feit: Feit
    geldt: bool
    volgnummer: int
    tot: datetime | None = None

    def holds_at(self, now: datetime) -> bool:
        """Whether it holds at this moment: its end needs no job."""
        return self.geldt and (self.tot is None or now < self.tot)


@dataclass(frozen=True)
class Bekwaamheid:
    """Bekwaamheid (capacity) of a party: what keeps them from acting for themselves."""

    feiten: frozenset[Feit] = frozenset()

    @property
    def overleden(self) -> bool:
        """Whether they died."""
        return Feit.OVERLEDEN in self.feiten

    @property
    def onder_curatele(self) -> bool:
        """Whether they stand under curatele (BW 1:378)."""
        return Feit.ONDER_CURATELE in self.feiten

    @property
    def minderjarig(self) -> bool:
        """Whether they are a minor (BW 1:233)."""
        return Feit.MINDERJARIG in self.feiten
