"""The words of agreement."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from machtigen.diensten.model import Dienst, DienstId, Grond, Handeling
from machtigen.partijen.model import PartijId


@dataclass(frozen=True)
class Instemming:
    """Instemming (agreement): one holder of a joint power asks the others to use it `aantal` times.

    `machtiging`: the power of who asks. `nodig`: how many holders must be for it, who asks included when
    they are one. `stemmen`: who was for it, when. `einde`: why it ended, when somebody ended it.
    """

    id: str
    machtiging: str
    vertegenwoordigde: PartijId
    verzoeker: PartijId
    grond: Grond
    dienst: DienstId
    handelingen: frozenset[Handeling]
    zaak: str | None
    nodig: int
    aantal: int
    gevraagd_op: datetime
    geldig_tot: datetime
    stemmen: tuple[tuple[PartijId, datetime], ...] = ()
    gebruikt: int = 0
    geeindigd_op: datetime | None = None
    einde: str | None = None

    @property
    def voorstemmers(self) -> frozenset[PartijId]:
        """Who was for it."""
        return frozenset(who for who, _ in self.stemmen)


@dataclass(frozen=True)
class InstemmingAanvraag:
    """InstemmingAanvraag (request for agreement): what somebody wants to do with a joint power."""

    machtiging: str
    dienst: str
    handelingen: frozenset[Handeling]
    zaak: str | None = None
    geldig_tot: datetime | None = None
    aantal: int = 1


@dataclass(frozen=True)
class Stand:
    """Stand (how it stands): a request, what its reader may do with it, and which holders may decide now
    (who asks included, when they are one)."""

    instemming: Instemming
    acties: tuple[str, ...]
    kring: tuple[PartijId, ...]

    @property
    def wachtend(self) -> tuple[PartijId, ...]:
        """Which holders were not for it so far."""
        return tuple(one for one in self.kring if one not in self.instemming.voorstemmers)


@dataclass(frozen=True)
class Aanbod:
    """Aanbod (offer): what a holder of a joint power may ask the others. `kring`: who may decide now."""

    machtiging: str
    vertegenwoordigde: PartijId
    dienst: Dienst
    handelingen: frozenset[Handeling]
    nodig: int
    kring: tuple[PartijId, ...]


@dataclass(frozen=True)
class Gezamenlijk:
    """Gezamenlijk (jointly): an agreement that counts now: who joined, and by which links of their own."""

    instemming: str
    handelingen: frozenset[Handeling]
    geldig_tot: datetime
    medebevoegden: tuple[PartijId, ...]
    schakels: tuple[str, ...]
