"""The words of persons."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date, datetime

WEIGHTS = (9, 8, 7, 6, 5, 4, 3, 2, -1)


@dataclass(frozen=True)
class Bsn:
    """Burgerservicenummer (citizen service number): nine digits that pass the 11-test (Besluit BSN).

    `repr` masks it. Raises ValueError without the value in its text.
    """

    value: str = field(repr=False)

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[0-9]{9}", self.value):
            raise ValueError("a BSN has nine digits")
        total = sum(weight * int(digit) for weight, digit in zip(WEIGHTS, self.value, strict=True))
        if total % 11 or self.value == "000000000":
            raise ValueError("a BSN passes the 11-test")

    def __repr__(self) -> str:
        return "Bsn(•••••••••)"

    __str__ = __repr__

    @property
    def masked(self) -> str:
        """For its owner's own page: the last three digits only."""
        return f"••••••{self.value[-3:]}"


@dataclass(frozen=True)
class Adres:
    """Adres (address) in the Netherlands."""

    straat: str = field(repr=False)
    huisnummer: str = field(repr=False)
    postcode: str = field(repr=False)
    woonplaats: str = field(repr=False)


@dataclass(frozen=True)
class Persoonsgegevens:
    """Persoonsgegevens (identifying data) of one person."""

    bsn: Bsn
    voornaam: str = field(repr=False)
    achternaam: str = field(repr=False)
    geboortedatum: date = field(repr=False)
    adres: Adres = field(repr=False)
    demo_id: str | None = None

    @property
    def naam(self) -> str:
        """The name as shown to others."""
        return f"{self.voornaam} {self.achternaam}"


@dataclass(frozen=True)
class Persoon:
    """Persoon (person): a random id, and who it is."""

    id: str
    gegevens: Persoonsgegevens
    overleden_op: datetime | None = None
