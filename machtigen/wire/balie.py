"""The desk on the wire. Nothing here says which clerk it was, nor who the parties are."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from machtigen.wire.dienst import HandelingWire, Text
from machtigen.wire.machtiging import CodeWire, MachtigingWire, ShortText
from machtigen.wire.moment import Moment, MomentOfDag

__all__ = ["CodeWire"]
Ticket = Annotated[str, Field(min_length=1, max_length=8192)]


class MedewerkerWire(BaseModel):
    """Register a clerk: the ticket that `identiteit` gave for them, and the desk."""

    model_config = ConfigDict(extra="forbid")

    ticket: Ticket
    loket: Text


class EindeWire(BaseModel):
    """A clerk who is none any more."""

    model_config = ConfigDict(extra="forbid")

    ticket: Ticket


class PapierWire(BaseModel):
    """What was signed on paper. `scan`: the SHA-256 of the scan in hex; the scan itself stays at the desk.

    `gelegitimeerd`: the clerk saw the identity documents of both.
    """

    model_config = ConfigDict(extra="forbid")

    ticket_vertegenwoordigde: Ticket
    ticket_vertegenwoordiger: Ticket
    diensten: Annotated[list[Annotated[str, Field(max_length=100)]], Field(max_length=50)]
    handelingen: Annotated[list[HandelingWire], Field(max_length=5)]
    geldig_van: MomentOfDag | None = None
    geldig_tot: MomentOfDag
    zaak: ShortText | None = None
    scan: Annotated[str, Field(max_length=100)]
    gelegitimeerd: bool


class RegistratieWire(BaseModel):
    """A paper that was recorded, and what became of it. `eigen`: you recorded it, so another approves."""

    id: str
    stand: str
    op: Moment
    loket: str
    diensten: list[str]
    handelingen: list[str]
    geldig_van: Moment | None
    geldig_tot: Moment
    zaak: str | None
    scan: str
    gelegitimeerd: bool
    eigen: bool
    machtiging: str | None


class RegistratiesWire(BaseModel):
    """What waits for a second clerk, oldest first."""

    resultaten: list[RegistratieWire]


class BevestigingWire(RegistratieWire):
    """Approved: `code` stands on the print, this once."""

    code: str


class HulpWire(BaseModel):
    """Which machtiging, and the ticket of the person at the desk."""

    model_config = ConfigDict(extra="forbid")

    machtiging: Annotated[str, Field(max_length=100)]
    ticket: Ticket


class AfdrukWire(BaseModel):
    """A new print."""

    machtiging: MachtigingWire
    code: str


class ControleWire(BaseModel):
    """What whoever holds the paper may know. `stand`: geldig, nu-niet or voorbij."""

    stand: str
    diensten: list[str]
    handelingen: list[str]
    geldig_van: Moment
    geldig_tot: Moment
