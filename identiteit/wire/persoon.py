"""Persons and sources on the wire."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

ONE_LINE = r"^[^\x00-\x1f\x7f]+$"  # control signs are no part of names; PostgreSQL keeps no NUL
Line = Annotated[str, Field(min_length=1, max_length=200, pattern=ONE_LINE)]
Short = Annotated[str, Field(min_length=1, max_length=20, pattern=ONE_LINE)]
Slug = Annotated[str, Field(pattern=r"^[a-z0-9-]{1,64}$")]


class Wire(BaseModel):
    """Strict about what comes in: no unknown members."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class AdresIn(Wire):
    """An address in the Netherlands."""

    straat: Line
    huisnummer: Short
    postcode: Annotated[str, Field(pattern=r"^[1-9][0-9]{3} ?[A-Z]{2}$")]
    woonplaats: Line


class PersoonIn(Wire):
    """Register a person."""

    bsn: Annotated[str, Field(max_length=20)]
    voornaam: Line
    achternaam: Line
    geboortedatum: date
    adres: AdresIn
    demo_id: Slug | None = None


class PersoonUit(Wire):
    """A registered person, by random id."""

    id: str


class BronIn(Wire):
    """Register a source with its public keys; `registers`: the domains at which it may enrol people
    (without it: at every one; empty: at none, for who tells life events only)."""

    client_id: Slug
    jwks: dict[str, Any]
    registers: Annotated[list[Line], Field(max_length=100)] | None = None
