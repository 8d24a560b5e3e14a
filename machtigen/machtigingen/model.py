"""The words of machtigingen; their states stand in `toestanden`, their history in `gebeurtenis`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import reduce

from machtigen.diensten.model import DienstId, Grond, Handeling, Niveau
from machtigen.machtigingen.beperkingen import (
    AlleenDiensten,
    AlleenDoelen,
    AlleenHandelingen,
    AlleenZaak,
    Beperking,
    MaxDiepte,
    MaxGebruik,
    MinNiveau,
    Periode,
)
from machtigen.machtigingen.gebeurtenis import Gebeurtenis, Regel
from machtigen.machtigingen.toestanden import (
    ENDED,
    STANDING,
    STATUSES,
    Aangevraagd,
    Actief,
    Beeindigd,
    Betwist,
    Betwisting,
    Gepauzeerd,
    Geweigerd,
    Ingetrokken,
    Medebevestiging,
    Opgezegd,
    Rol,
    Status,
    Verlopen,
)
from machtigen.partijen.model import PartijId, is_organisation

__all__ = [  # the states too: who reads a machtiging reads its state
    "ENDED", "STANDING", "STATUSES", "Aangevraagd", "Aanvraag", "Actief", "Beeindigd", "Beperking",
    "Besluit", "Betwist", "Betwisting", "Gebeurtenis", "Gepauzeerd", "Geweigerd", "Ingetrokken", "Inperking",
    "Lijst", "Machtiging", "Medebevestiging", "Opgezegd", "Regel", "Rol", "Status", "Uitgegeven",
    "Verlengingsvoorstel", "Verlopen",
]  # fmt: skip


@dataclass(frozen=True)
class Verlengingsvoorstel:
    """Verlengingsvoorstel (proposal to extend): one side wants a later end, the other must confirm it."""

    geldig_tot: datetime
    door: Rol
    op: datetime


@dataclass(frozen=True)
class Machtiging:
    """Machtiging (mandate): a power that one party gives another, narrowed by its `beperkingen`.

    `aanvrager` started it in the role `initiatief`; `wederpartij` is the one who answered, None
    before that. `niveau` is the level at which the power was registered.

    In a chain (ketenmachtiging) `boven` is the link above: that one lets the vertegenwoordigde of this
    link act for somebody, this one lets the vertegenwoordiger do so in turn. A power that the law or a
    court gave is mirrored from `bron`; it counts until `lease_tot` unless the source renews it.

    `functie`: within an organisation that gives it, for all that was given to that organisation.
    `gericht_aan`: the one organisation that may answer; `gericht_functie`: for whom within it.
    """

    id: str  # random, 22 characters base64url
    initiatief: Rol
    aanvrager: PartijId
    wederpartij: PartijId | None
    beperkingen: tuple[Beperking, ...]
    niveau: Niveau
    status: Status
    label: str | None = None
    grond: Grond = Grond.MACHTIGING
    boven: str | None = None
    bron: str | None = None
    lease_tot: datetime | None = None
    gebruikt: int = 0
    voorstel: Verlengingsvoorstel | None = None
    bevestiging: Medebevestiging | None = None
    kanaal: str = "digitaal"
    functie: str | None = None
    gericht_aan: PartijId | None = None
    gericht_functie: str | None = None

    @property
    def kind(self) -> str:
        """`machtiging`, `zaakmachtiging` (one case), `ketenmachtiging` (a link), or the ground in law."""
        if self.grond is not Grond.MACHTIGING:
            return self.grond.value
        if self.boven is not None:
            return "ketenmachtiging"
        return "machtiging" if self.zaak is None else "zaakmachtiging"

    @property
    def is_vrijwillig(self) -> bool:
        """Whether people gave it themselves: only then they can end it themselves."""
        return self.grond is Grond.MACHTIGING

    def covers(self, dienst: DienstId) -> bool:
        """Whether its restrictions leave this service; a power by law is bound to none."""
        lists = [part.diensten for part in self.beperkingen if isinstance(part, AlleenDiensten)]
        return all(dienst in one for one in lists) if lists else not self.is_vrijwillig

    def party(self, rol: Rol) -> PartijId | None:
        """Who has this role; None while nobody has answered."""
        return self.aanvrager if rol is self.initiatief else self.wederpartij

    def role_of(self, partij: PartijId) -> Rol | None:
        """The role of this party; None for a stranger."""
        if partij == self.aanvrager:
            return self.initiatief
        return self.initiatief.other if partij == self.wederpartij else None

    @property
    def vertegenwoordigde(self) -> PartijId:
        """The represented person. Raises LookupError while a request has no answer yet."""
        by_them = self.initiatief is Rol.VERTEGENWOORDIGDE
        return _answered(self.aanvrager if by_them else self.wederpartij)

    @property
    def vertegenwoordiger(self) -> PartijId:
        """The representative. Raises LookupError while a grant has no answer yet."""
        by_them = self.initiatief is Rol.VERTEGENWOORDIGER
        return _answered(self.aanvrager if by_them else self.wederpartij)

    @property
    def diensten(self) -> tuple[DienstId, ...]:
        """The services that all restrictions leave, in the order of the first."""
        lists = [part.diensten for part in self.beperkingen if isinstance(part, AlleenDiensten)]
        if not lists:
            return ()
        return tuple(dienst for dienst in lists[0] if all(dienst in other for other in lists))

    @property
    def handelingen(self) -> frozenset[Handeling]:
        """The actions that all restrictions leave."""
        sets = [part.handelingen for part in self.beperkingen if isinstance(part, AlleenHandelingen)]
        return reduce(frozenset.intersection, sets) if sets else frozenset()

    @property
    def geldig_van(self) -> datetime:
        """The latest start of all restrictions."""
        return max(part.geldig_van for part in self.beperkingen if isinstance(part, Periode))

    @property
    def geldig_tot(self) -> datetime:
        """The earliest end of all restrictions, or of the lease; the moment itself is no longer within it."""
        end = min(part.geldig_tot for part in self.beperkingen if isinstance(part, Periode))
        return end if self.lease_tot is None else min(end, self.lease_tot)

    @property
    def zaak(self) -> str | None:
        """The one case it is for, when it is bound to one."""
        return next((part.zaak for part in self.beperkingen if isinstance(part, AlleenZaak)), None)

    @property
    def doelen(self) -> frozenset[str] | None:
        """The purposes that all restrictions leave; None: all of the service."""
        sets = [part.doelen for part in self.beperkingen if isinstance(part, AlleenDoelen)]
        return reduce(frozenset.intersection, sets) if sets else None

    @property
    def max_gebruik(self) -> int | None:
        """How often it may be used in all; None: no limit."""
        return min((part.aantal for part in self.beperkingen if isinstance(part, MaxGebruik)), default=None)

    @property
    def max_diepte(self) -> int:
        """How many links may stand below it: none, unless it was granted so; one below a power by law, and
        below that of an organisation, for which people act."""
        given = [part.diepte for part in self.beperkingen if isinstance(part, MaxDiepte)]
        if given:
            return min(given)
        holder = self.party(Rol.VERTEGENWOORDIGER)
        return 1 if not self.is_vrijwillig or (holder is not None and is_organisation(holder)) else 0

    @property
    def min_niveau(self) -> Niveau:
        """The level at which the representative must log in to use it."""
        floors = [part.niveau for part in self.beperkingen if isinstance(part, MinNiveau)]
        return max(floors, key=lambda niveau: niveau.rank, default=Niveau.LAAG)


def _answered(partij: PartijId | None) -> PartijId:
    if partij is None:
        raise LookupError("the other side has not answered yet")
    return partij


@dataclass(frozen=True)
class Aanvraag:
    """Aanvraag (request): what someone asks to become a machtiging. `organisatie`: who alone may answer."""

    diensten: tuple[str, ...]
    handelingen: frozenset[Handeling]
    geldig_tot: datetime
    geldig_van: datetime | None = None
    zaak: str | None = None
    label: str | None = None
    organisatie: PartijId | None = None
    doelen: frozenset[str] | None = None
    min_niveau: Niveau | None = None
    max_gebruik: int | None = None
    doormachtigen: int = 0
    functie: str | None = None


@dataclass(frozen=True)
class Inperking:
    """Inperking (narrowing): what is left of a power; None leaves that as it is."""

    diensten: tuple[str, ...] | None = None
    handelingen: frozenset[Handeling] | None = None
    geldig_tot: datetime | None = None
    zaak: str | None = None
    doelen: frozenset[str] | None = None
    min_niveau: Niveau | None = None
    max_gebruik: int | None = None


@dataclass(frozen=True)
class Besluit:
    """Besluit (decision) on a question: allowed, or every reason why not (English slugs)."""

    allowed: bool
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True)
class Uitgegeven:
    """Uitgegeven (issued): a new request with its code, which is shown this once and never again."""

    machtiging: Machtiging
    code: str

    def __repr__(self) -> str:
        return f"Uitgegeven(machtiging={self.machtiging.id!r}, code=<hidden>)"


@dataclass(frozen=True)
class Lijst:
    """Lijst (list) page, newest first, with an opaque cursor for the next one."""

    resultaten: tuple[Machtiging, ...]
    volgende: str | None
