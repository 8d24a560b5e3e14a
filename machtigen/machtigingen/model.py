"""The words of machtigingen. A state carries its data: "revoked, but no date" cannot be written."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import reduce

from machtigen.diensten.model import DienstId, Grond, Handeling, Niveau
from machtigen.machtigingen.beperkingen import (
    AlleenDiensten,
    AlleenHandelingen,
    AlleenZaak,
    Beperking,
    MinNiveau,
    Periode,
)
from machtigen.partijen.model import PartijId


class Rol(StrEnum):
    """Rol (role) of a party in a machtiging: represented person or representative."""

    VERTEGENWOORDIGDE = "vertegenwoordigde"
    VERTEGENWOORDIGER = "vertegenwoordiger"

    @property
    def other(self) -> Rol:
        """The other side."""
        return Rol.VERTEGENWOORDIGER if self is Rol.VERTEGENWOORDIGDE else Rol.VERTEGENWOORDIGDE


@dataclass(frozen=True)
class Aangevraagd:
    """Aangevraagd (requested): the other side has a code and has not answered yet."""

    op: datetime
    code_hash: bytes  # 32, HMAC-SHA256 of the code
    code_geldig_tot: datetime
    naam = "aangevraagd"


@dataclass(frozen=True)
class Actief:
    """Actief (active): confirmed by the other side."""

    sinds: datetime
    naam = "actief"


@dataclass(frozen=True)
class Geweigerd:
    """Geweigerd (declined) by the other side."""

    op: datetime
    naam = "geweigerd"


@dataclass(frozen=True)
class Ingetrokken:
    """Ingetrokken (revoked) by the represented person; or the request withdrawn by who made it."""

    op: datetime
    door: Rol
    naam = "ingetrokken"


@dataclass(frozen=True)
class Opgezegd:
    """Opgezegd (renounced) by the representative."""

    op: datetime
    naam = "opgezegd"


@dataclass(frozen=True)
class Verlopen:
    """Verlopen (expired): the period ended, or the code was not used in time."""

    op: datetime
    naam = "verlopen"


@dataclass(frozen=True)
class Beeindigd:
    """Beëindigd (ended) by law or by an event; `reden` is an English slug."""

    op: datetime
    reden: str
    naam = "beeindigd"


Status = Aangevraagd | Actief | Geweigerd | Ingetrokken | Opgezegd | Verlopen | Beeindigd
ENDED = (Geweigerd, Ingetrokken, Opgezegd, Verlopen, Beeindigd)
STATUSES = ("aangevraagd", "actief", "geweigerd", "ingetrokken", "opgezegd", "verlopen", "beeindigd")


@dataclass(frozen=True)
class Machtiging:
    """Machtiging (mandate): a power that one person gives another, narrowed by its `beperkingen`.

    `aanvrager` started it in the role `initiatief`; `wederpartij` is the one who answered, None
    before that. `niveau` is the level at which the power was registered.
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
        return self._require(Rol.VERTEGENWOORDIGDE)

    @property
    def vertegenwoordiger(self) -> PartijId:
        """The representative. Raises LookupError while a grant has no answer yet."""
        return self._require(Rol.VERTEGENWOORDIGER)

    def _require(self, rol: Rol) -> PartijId:
        partij = self.party(rol)
        if partij is None:
            raise LookupError("the other side has not answered yet")
        return partij

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
        """The earliest end of all restrictions; the moment itself is no longer within it."""
        return min(part.geldig_tot for part in self.beperkingen if isinstance(part, Periode))

    @property
    def zaak(self) -> str | None:
        """The one case it is for, when it is bound to one."""
        return next((part.zaak for part in self.beperkingen if isinstance(part, AlleenZaak)), None)

    @property
    def min_niveau(self) -> Niveau:
        """The level at which the representative must log in to use it."""
        floors = [part.niveau for part in self.beperkingen if isinstance(part, MinNiveau)]
        return max(floors, key=lambda niveau: niveau.rank, default=Niveau.LAAG)


@dataclass(frozen=True)
class Aanvraag:
    """Aanvraag (request): what someone asks to become a machtiging."""

    diensten: tuple[str, ...]
    handelingen: frozenset[Handeling]
    geldig_tot: datetime
    geldig_van: datetime | None = None
    zaak: str | None = None
    label: str | None = None
    organisatie: bool = False


@dataclass(frozen=True)
class Besluit:
    """Besluit (decision) on a question: allowed, or every reason why not (English slugs)."""

    allowed: bool
    reasons: tuple[str, ...] = ()


class Gebeurtenis(StrEnum):
    """Gebeurtenis (event) in the history of a machtiging."""

    AANGEVRAAGD = "aangevraagd"
    BEVESTIGD = "bevestigd"
    GEWEIGERD = "geweigerd"
    INGETROKKEN = "ingetrokken"
    OPGEZEGD = "opgezegd"
    VERLOPEN = "verlopen"
    BEEINDIGD = "beeindigd"


@dataclass(frozen=True)
class Regel:
    """Regel (line) of the history: when, what, and by whom in words of roles ("stelsel" by itself)."""

    op: datetime
    gebeurtenis: Gebeurtenis
    door: str


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
