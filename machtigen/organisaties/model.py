"""The words of organisations."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from machtigen.diensten.model import Niveau
from machtigen.partijen.model import PartijId


class Lidrol(StrEnum):
    """Lidrol (role of a member). A commissaris (supervisory director) has no power (BW 2:140)."""

    BESTUURDER = "bestuurder"
    BEHEERDER = "beheerder"
    MEDEWERKER = "medewerker"
    COMMISSARIS = "commissaris"


@dataclass(frozen=True)
class Organisatie:
    """Organisatie (organisation), as the operator registered it: nothing in it is about persons.

    `naam`: by language ("nl", "en"). `nummer`: its public number. `bron`: who says who its directors are.
    `vereist_aantal`: how many directors must agree with what it gives. `lease`: directors count for 24
    hours unless the source says so again.
    """

    id: PartijId
    slug: str
    naam: Mapping[str, str]
    nummer: str
    bron: str
    vereist_aantal: int = 1
    lease: bool = False

    def name_in(self, taal: str) -> str:
        """Its name; the Dutch one where there is no translation."""
        return self.naam.get(taal) or self.naam["nl"]


@dataclass(frozen=True)
class Lid:
    """Lid (member): a person in an organisation. `niveau`: up to which they register anything there."""

    id: str
    organisatie: PartijId
    partij: PartijId
    rol: Lidrol
    functie: str | None
    niveau: Niveau
    sinds: datetime
    geeindigd_op: datetime | None = None


@dataclass(frozen=True)
class Uitnodiging:
    """Uitnodiging (invitation): who comes with its code joins. `beroep` instead of `organisatie`: who comes
    with it stands in a professional register."""

    id: str
    organisatie: PartijId | None
    beroep: str | None
    bron: str
    rol: Lidrol | None
    functie: str | None
    niveau: Niveau
    code_hash: bytes
    geldig_tot: datetime
    gebruikt_op: datetime | None = None


@dataclass(frozen=True)
class Beroepsregistratie:
    """Beroepsregistratie (professional registration) of a person, mirrored from the register of `bron`."""

    id: str
    partij: PartijId
    beroep: str
    bron: str
    sinds: datetime
    geeindigd_op: datetime | None = None


@dataclass(frozen=True)
class Uitgenodigd:
    """Uitgenodigd (invited): an invitation with its code, which is shown this once and never again."""

    uitnodiging: Uitnodiging
    code: str

    def __repr__(self) -> str:
        return f"Uitgenodigd(id={self.uitnodiging.id!r}, code=<hidden>)"


@dataclass(frozen=True)
class Toegetreden:
    """Toegetreden (joined): a new member, and the organisation they joined."""

    lid: Lid
    organisatie: Organisatie


@dataclass(frozen=True)
class Handelende:
    """Handelende (who acted): a person who acted on a machtiging for an organisation, on which side of it
    (as the history says it), and when."""

    machtiging: str
    zijde: str
    organisatie: PartijId
    persoon: PartijId
    rol: str
    functie: str | None
    op: datetime
