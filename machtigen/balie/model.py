"""The words of the desk. A state carries its data."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from machtigen.machtigingen.model import Aanvraag, Machtiging
from machtigen.partijen.model import PartijId


@dataclass(frozen=True)
class Medewerker:
    """Medewerker (clerk): a party who works at a desk (`loket`)."""

    partij: PartijId
    loket: str


@dataclass(frozen=True)
class Geopend:
    """Geopend (opened) ticket of `identiteit`: who stood at the desk, and until when the ticket counts."""

    partij: PartijId
    jti: str
    tot: datetime
    loket: str

    def __repr__(self) -> str:
        return "Geopend(…)"


@dataclass(frozen=True)
class Papier:
    """Papier (paper): what was signed, by whom, and the SHA-256 of its scan in hex, which stays at the desk.

    `gelegitimeerd`: the clerk saw the identity documents of both.
    """

    aanvraag: Aanvraag
    vertegenwoordigde: PartijId = field(repr=False)
    vertegenwoordiger: PartijId = field(repr=False)
    scan: str = field(repr=False)
    gelegitimeerd: bool

    @property
    def partijen(self) -> tuple[PartijId, PartijId]:
        """Both who signed."""
        return self.vertegenwoordigde, self.vertegenwoordiger


@dataclass(frozen=True)
class Wachtend:
    """Wachtend (waiting) for a second clerk, until `tot`."""

    tot: datetime
    naam = "wachtend"


@dataclass(frozen=True)
class Goedgekeurd:
    """Goedgekeurd (approved): the machtiging stands since then."""

    op: datetime
    door: PartijId = field(repr=False)
    machtiging: str
    naam = "goedgekeurd"


@dataclass(frozen=True)
class Afgekeurd:
    """Afgekeurd (refused) by the second clerk."""

    op: datetime
    door: PartijId = field(repr=False)
    naam = "afgekeurd"


@dataclass(frozen=True)
class Vervallen:
    """Vervallen (lapsed): no second clerk came in time."""

    op: datetime
    naam = "vervallen"


Stand = Wachtend | Goedgekeurd | Afgekeurd | Vervallen


@dataclass(frozen=True)
class Registratie:
    """Registratie (registration): a paper that a first clerk recorded, and what became of it."""

    id: str
    papier: Papier
    door: PartijId = field(repr=False)
    loket: str
    op: datetime
    stand: Stand


@dataclass(frozen=True)
class Bevestiging:
    """Bevestiging (confirmation): the machtiging, with the code that stands on the print, this once."""

    registratie: Registratie
    machtiging: Machtiging
    code: str

    def __repr__(self) -> str:
        return f"Bevestiging(machtiging={self.machtiging.id!r}, code=<hidden>)"


@dataclass(frozen=True)
class Controle:
    """Controle (check) of a paper: `stand` is geldig, nu-niet or voorbij, and what it is about."""

    stand: str
    machtiging: Machtiging


@dataclass(frozen=True)
class Handelingregel:
    """Handelingregel (line of the desk's journal): which clerk did what, when. No party ever sees it."""

    op: datetime
    soort: str
    medewerker: PartijId = field(repr=False)
    loket: str
    registratie: str | None = None
    machtiging: str | None = None
