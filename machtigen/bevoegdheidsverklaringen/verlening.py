"""What an award comes to at the moment of the issue, and the line in the register of use that it leaves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from machtigen.bevoegdheidsverklaringen.model import Toekenning
from machtigen.diensten.model import Client, Handeling
from machtigen.gebruik.model import Gebruik
from machtigen.instemming.model import Gezamenlijk
from machtigen.machtigingen.keten import Keten


@dataclass(frozen=True)
class Verlening:
    """Verlening (grant): what an award comes to now: detail, actions, and the chain it rests on; `samen` when
    others had to agree with this use."""

    detail: dict[str, object]
    actions: tuple[Handeling, ...]
    keten: Keten | None
    samen: Gezamenlijk | None = None

    @property
    def rests_on(self) -> tuple[str, ...]:
        """What else must stand, besides the link that names the chain: its end is that of the token."""
        others = self.keten.andere_ids if self.keten else ()
        return (*others, self.samen.instemming, *self.samen.schakels) if self.samen else others


def line_of(toekenning: Toekenning, client: Client, grant: Verlening, jti: str, now: datetime) -> Gebruik:
    """The line of the register of use."""
    identifier = grant.detail.get("identifier")
    doelen = grant.detail["doelen"]
    return Gebruik(
        jti=jti,
        op=now,
        persoon=toekenning.partij,
        vertegenwoordigde=toekenning.vertegenwoordigde,
        machtiging=toekenning.machtiging,
        identifier=identifier if isinstance(identifier, str) else None,
        sector=client.actor,
        client_id=client.client_id,
        dienst=toekenning.dienst,
        handelingen=grant.actions,
        doelen=tuple(doelen) if isinstance(doelen, list) else (),
        schakels=grant.keten.andere_ids if grant.keten else (),
        functie=grant.keten.functie if grant.keten else None,
    )
