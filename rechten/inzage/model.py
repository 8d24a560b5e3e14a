"""The words of inspection."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from rechten.errors import InvalidPeriod
from rechten.logboek.model import Gelogd
from rechten.registers.model import Gegeven
from rechten.storingen.model import Storing
from rechten.voorstellen.model import Voorstel

LONGEST = timedelta(days=7_320)  # twenty years, the longest that uses must be kept
STANDARD = timedelta(days=365)


@dataclass(frozen=True)
class Periode:
    """Periode (period): UTC days, both ends included; at most twenty years. Raises InvalidPeriod."""

    van: date
    tot: date

    def __post_init__(self) -> None:
        if self.van > self.tot or self.tot - self.van > LONGEST:
            raise InvalidPeriod

    @classmethod
    def choose(cls, van: date | None, tot: date | None, today: date) -> Periode:
        """What was asked; without an end today, without a begin a year before the end."""
        end = tot or today
        return cls(van or end - STANDARD, end)


@dataclass(frozen=True)
class Inzage:
    """Inzage (inspection): what one register answers to a person. Shown, never stored.

    `pid` is the row key of the person; `verplichtingen`: by id of a record, the id of its obligation.
    """

    gegevens: Sequence[Gegeven] = field(repr=False)
    gebruik: Sequence[Gelogd] = field(repr=False)
    pid: str = field(default="", repr=False)
    storingen: Sequence[Storing] = field(default=(), repr=False)
    voorstellen: Sequence[Voorstel] = field(default=(), repr=False)
    verplichtingen: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True)
class RegisterAntwoord:
    """RegisterAntwoord (a register's answer) on the wire, as the composer got it."""

    register: str
    naam: Mapping[str, str]
    antwoord: Mapping[str, Any] = field(repr=False)


@dataclass(frozen=True)
class Overzicht:
    """Overzicht (overview): all answers. A register that failed is in `onbereikbaar`, never left out."""

    antwoorden: Sequence[RegisterAntwoord]
    onbereikbaar: Sequence[tuple[str, Mapping[str, str]]]
