"""The states of a machtiging, and the joint confirmation it may wait for.

A state carries its data: "revoked, but no date" cannot be written.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

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
class Gepauzeerd:
    """Gepauzeerd (paused) by either side: nothing can be done with it until that side resumes it."""

    op: datetime
    door: Rol
    naam = "gepauzeerd"


@dataclass(frozen=True)
class Betwist:
    """Betwist (contested) by either side: use is frozen until it is judged. `was`: the state before."""

    op: datetime
    door: Rol
    was: Actief | Gepauzeerd
    naam = "betwist"


@dataclass(frozen=True)
class Betwisting:
    """Betwisting (contest) that waits for a judgement. `reden`: in the own words of who contests."""

    machtiging: str
    op: datetime
    rol: Rol
    reden: str | None


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


Status = (
    Aangevraagd | Actief | Gepauzeerd | Betwist | Geweigerd | Ingetrokken | Opgezegd | Verlopen | Beeindigd
)
STANDING = (Actief, Gepauzeerd, Betwist)  # accepted, and not ended
ENDED = (Geweigerd, Ingetrokken, Opgezegd, Verlopen, Beeindigd)
STATUSES = (
    "aangevraagd",
    "actief",
    "gepauzeerd",
    "betwist",
    "geweigerd",
    "ingetrokken",
    "opgezegd",
    "verlopen",
    "beeindigd",
)


@dataclass(frozen=True)
class Medebevestiging:
    """Medebevestiging (joint confirmation): `nodig` of the parties in `kring` must agree; who did, when."""

    nodig: int
    kring: tuple[PartijId, ...]
    gegeven: tuple[tuple[PartijId, datetime], ...] = ()

    @property
    def is_compleet(self) -> bool:
        """Whether enough of them agreed."""
        return len(self.gegeven) >= self.nodig

    def waits_for(self, partij: PartijId) -> bool:
        """Whether this party may still agree."""
        return partij in self.kring and all(partij != who for who, _ in self.gegeven)

    def agree(self, partij: PartijId, now: datetime) -> Medebevestiging:
        """With this party's agreement."""
        return replace(self, gegeven=(*self.gegeven, (partij, now)))

    def only(self, holders: Collection[PartijId]) -> Medebevestiging:
        """What is left of it among those who still hold the joint power: who left no longer counts."""
        kring = tuple(partij for partij in self.kring if partij in holders)
        return replace(self, kring=kring, gegeven=tuple(one for one in self.gegeven if one[0] in holders))

    @property
    def can_be_complete(self) -> bool:
        """Whether enough people are left to decide."""
        return len(self.kring) >= self.nodig
