"""Joint confirmation: several people who hold one power together must agree. Pure."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime

from machtigen.partijen.model import PartijId


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
