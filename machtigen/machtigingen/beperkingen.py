"""Beperkingen (restrictions) of a machtiging: tagged values that can only narrow.

A machtiging is what all its restrictions together leave. Adding one never widens it. They are
stored as `[tag, field, …]` and must stay readable for decades: a tag is never reused, fields are
only added at the end, with a default.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, ClassVar

from msgspec import Struct

from machtigen.diensten.model import DienstId, Handeling, Niveau


class Vraag(Struct, frozen=True):
    """Vraag (question): may this be done? `handeling` and `zaak` None: not asked for one in particular."""

    dienst: DienstId
    niveau: Niveau
    now: datetime
    handeling: Handeling | None = None
    zaak: str | None = None
    doel: str | None = None
    gebruikt: int = 0  # how often the power was used before


@dataclass(frozen=True)
class AlleenDiensten:
    """Only at these services."""

    tag: ClassVar[int] = 1
    diensten: tuple[DienstId, ...]

    def refuses(self, vraag: Vraag) -> str | None:
        """The reason why not, or None."""
        return None if vraag.dienst in self.diensten else "service-outside"

    def fields(self) -> list[Any]:
        """As stored."""
        return [list(self.diensten)]


@dataclass(frozen=True)
class AlleenHandelingen:
    """Only these actions."""

    tag: ClassVar[int] = 2
    handelingen: frozenset[Handeling]

    def refuses(self, vraag: Vraag) -> str | None:
        """The reason why not, or None."""
        return None if vraag.handeling is None or vraag.handeling in self.handelingen else "action-outside"

    def fields(self) -> list[Any]:
        """As stored."""
        return [sorted(self.handelingen)]


@dataclass(frozen=True)
class Periode:
    """Only from `geldig_van` until, but not including, `geldig_tot`."""

    tag: ClassVar[int] = 3
    geldig_van: datetime
    geldig_tot: datetime

    def refuses(self, vraag: Vraag) -> str | None:
        """The reason why not, or None."""
        if vraag.now < self.geldig_van:
            return "not-yet-valid"
        return "expired" if vraag.now >= self.geldig_tot else None

    def fields(self) -> list[Any]:
        """As stored: moments in UTC."""
        return [self.geldig_van.astimezone(UTC).isoformat(), self.geldig_tot.astimezone(UTC).isoformat()]


@dataclass(frozen=True)
class AlleenZaak:
    """Only in this one case (zaakmachtiging). A question that names no case is refused."""

    tag: ClassVar[int] = 4
    zaak: str

    def refuses(self, vraag: Vraag) -> str | None:
        """The reason why not, or None."""
        return None if vraag.zaak == self.zaak else "case-outside"

    def fields(self) -> list[Any]:
        """As stored."""
        return [self.zaak]


@dataclass(frozen=True)
class MinNiveau:
    """Only for a representative who is logged in at least at this level."""

    tag: ClassVar[int] = 5
    niveau: Niveau

    def refuses(self, vraag: Vraag) -> str | None:
        """The reason why not, or None."""
        return None if vraag.niveau.reaches(self.niveau) else "level-too-low"

    def fields(self) -> list[Any]:
        """As stored."""
        return [self.niveau.value]


@dataclass(frozen=True)
class MaxDiepte:
    """At most so many links below it in a chain; it refuses no use."""

    tag: ClassVar[int] = 6
    diepte: int

    def refuses(self, _vraag: Vraag) -> str | None:
        """None: it limits passing the power on, not using it."""
        return None

    def fields(self) -> list[Any]:
        """As stored."""
        return [self.diepte]


@dataclass(frozen=True)
class AlleenDoelen:
    """Only for these purposes of use."""

    tag: ClassVar[int] = 7
    doelen: frozenset[str]

    def refuses(self, vraag: Vraag) -> str | None:
        """The reason why not, or None."""
        return None if vraag.doel is None or vraag.doel in self.doelen else "purpose-outside"

    def fields(self) -> list[Any]:
        """As stored."""
        return [sorted(self.doelen)]


@dataclass(frozen=True)
class MaxGebruik:
    """At most so many uses in all."""

    tag: ClassVar[int] = 8
    aantal: int

    def refuses(self, vraag: Vraag) -> str | None:
        """The reason why not, or None."""
        return None if vraag.gebruikt < self.aantal else "used-up"

    def fields(self) -> list[Any]:
        """As stored."""
        return [self.aantal]


Beperking = (
    AlleenDiensten
    | AlleenHandelingen
    | Periode
    | AlleenZaak
    | MinNiveau
    | MaxDiepte
    | AlleenDoelen
    | MaxGebruik
)

_READERS: dict[int, Callable[..., Beperking]] = {
    1: lambda diensten: AlleenDiensten(tuple(DienstId(value) for value in diensten)),
    2: lambda handelingen: AlleenHandelingen(frozenset(Handeling(value) for value in handelingen)),
    3: lambda van, tot: Periode(datetime.fromisoformat(van), datetime.fromisoformat(tot)),
    4: lambda zaak: AlleenZaak(zaak),
    5: lambda niveau: MinNiveau(Niveau(niveau)),
    6: lambda diepte: MaxDiepte(int(diepte)),
    7: lambda doelen: AlleenDoelen(frozenset(str(value) for value in doelen)),
    8: lambda aantal: MaxGebruik(int(aantal)),
}


class UnknownBeperking(ValueError):
    """A stored restriction that this version cannot read: then nothing is allowed."""


def to_stored(beperkingen: Sequence[Beperking]) -> list[list[Any]]:
    """Restrictions as stored."""
    return [[beperking.tag, *beperking.fields()] for beperking in beperkingen]


def from_stored(stored: Sequence[Sequence[Any]]) -> tuple[Beperking, ...]:
    """Stored restrictions. Raises UnknownBeperking: one that cannot be read is never skipped."""
    try:
        return tuple(_READERS[tag](*fields) for tag, *fields in stored)
    except (KeyError, TypeError, ValueError) as error:
        raise UnknownBeperking("a stored restriction cannot be read") from error
