"""The words of life events."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from identiteit.personen.model import Bsn


class Soort(StrEnum):
    """Soort (kind) of life event."""

    OVERLIJDEN = "overlijden"
    GEZAG = "gezag"
    GEZAG_EINDE = "gezag-einde"
    CURATELE = "curatele"
    BEWIND = "bewind"
    MENTORSCHAP = "mentorschap"
    MAATREGEL_EINDE = "maatregel-einde"
    GEBOORTEDATUM = "geboortedatum"


NEEDS_PARTY = frozenset(
    {Soort.GEZAG, Soort.GEZAG_EINDE, Soort.CURATELE, Soort.BEWIND, Soort.MENTORSCHAP, Soort.MAATREGEL_EINDE}
)


@dataclass(frozen=True)
class Gebeurtenis:
    """Gebeurtenis (life event): what happened to whom, as of when, said by which source."""

    soort: Soort
    persoon: Bsn = field(repr=False)
    partij: Bsn | None = field(repr=False)
    per: datetime
    bron: str
