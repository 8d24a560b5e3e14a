"""The words of the desk."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Medewerker:
    """Medewerker (clerk): a person who may look people up at a desk (`loket`)."""

    persoon_id: str
    loket: str


@dataclass(frozen=True)
class Gevonden:
    """Gevonden (found): the name behind a number, and a ticket with which `machtigen` knows who it is."""

    naam: str = field(repr=False)
    ticket: str = field(repr=False)
