"""What happens to a machtiging, and the line of its history that says so."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any


class Gebeurtenis(StrEnum):
    """Gebeurtenis (event) in the history of a machtiging."""

    AANGEVRAAGD = "aangevraagd"
    BEVESTIGD = "bevestigd"
    GEWEIGERD = "geweigerd"
    INGETROKKEN = "ingetrokken"
    OPGEZEGD = "opgezegd"
    VERLOPEN = "verlopen"
    BEEINDIGD = "beeindigd"
    BEPERKT = "beperkt"
    VERLENGING_GEVRAAGD = "verlenging_gevraagd"
    VERLENGD = "verlengd"
    VERLENGING_AFGEWEZEN = "verlenging_afgewezen"
    GEPAUZEERD = "gepauzeerd"
    HERVAT = "hervat"
    BETWIST = "betwist"
    BETWISTING_AFGEWEZEN = "betwisting_afgewezen"
    DOORGEMACHTIGD = "doorgemachtigd"
    MEDEBEVESTIGD = "medebevestigd"
    VASTGELEGD = "vastgelegd"
    AAN_BALIE = "aan_balie"
    HERINNERING = "herinnering"
    INSTEMMING_GEVRAAGD = "instemming_gevraagd"
    INGESTEMD = "ingestemd"
    INSTEMMING_GEWEIGERD = "instemming_geweigerd"
    NIEMAND_OVER = "niemand_over"
    AANBOD = "aanbod"


@dataclass(frozen=True)
class Regel:
    """Regel (line) of the history: when, what, and by whom in words of roles ("stelsel" by itself).

    `reden`: why it ended, where neither side ended it (an English slug). `functie`: in which function
    somebody acted for an organisation. `inhoud`: what was given or changed, without personal data.
    """

    op: datetime
    gebeurtenis: Gebeurtenis
    door: str
    reden: str | None = None
    functie: str | None = None
    inhoud: Mapping[str, Any] | None = None
