"""Machtigingen on the wire."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from machtigen.wire.dienst import HandelingWire
from machtigen.wire.moment import Moment, MomentOfDag

ShortText = Annotated[str, Field(min_length=1, max_length=80, pattern=r"^[^\x00-\x1f\x7f]*$")]


class AanvraagWire(BaseModel):
    """What someone asks to become a machtiging."""

    model_config = ConfigDict(extra="forbid")

    diensten: Annotated[list[Annotated[str, Field(max_length=100)]], Field(max_length=50)]
    handelingen: Annotated[list[HandelingWire], Field(max_length=5)]
    geldig_van: MomentOfDag | None = None
    geldig_tot: MomentOfDag
    zaak: ShortText | None = None
    label: ShortText | None = None
    organisatie: Annotated[str, Field(max_length=200)] | None = None


class CodeWire(BaseModel):
    """A code that someone got from the other side."""

    model_config = ConfigDict(extra="forbid")

    code: Annotated[str, Field(max_length=100)]


class MachtigingWire(BaseModel):
    """A machtiging, seen by one of its parties. Nothing here names the other one."""

    id: str
    status: str
    rol: str
    kind: str
    initiatief: str
    diensten: list[str]
    handelingen: list[str]
    geldig_van: Moment
    geldig_tot: Moment
    niveau: str
    min_niveau: str
    acties: list[str]
    zaak: str | None = None
    label: str | None = None
    code_geldig_tot: Moment | None = None
    actief_sinds: Moment | None = None
    geeindigd_op: Moment | None = None


class UitgegevenWire(MachtigingWire):
    """The answer to a new request: the machtiging and its code, which is shown this once."""

    code: str


class MachtigingenWire(BaseModel):
    """A list of machtigingen, newest first; `volgende` is the cursor of the next page, given back as `na`."""

    resultaten: list[MachtigingWire]
    volgende: str | None


class RegelWire(BaseModel):
    """A line of the history. `door`: vertegenwoordigde, vertegenwoordiger or stelsel."""

    op: Moment
    gebeurtenis: str
    door: str


class GeschiedenisWire(BaseModel):
    """The history, oldest first."""

    resultaten: list[RegelWire]
    volgende: str | None = None


class BerichtWire(BaseModel):
    """A notice."""

    id: str
    machtiging: str
    rol: str
    soort: str
    door: str
    op: Moment
    gelezen: bool


class BerichtenWire(BaseModel):
    """The inbox, newest first."""

    resultaten: list[BerichtWire]
    volgende: str | None
    ongelezen: int


class WeergaveAanvraag(BaseModel):
    """For which machtiging, by its pairwise identifier towards an audience, a name is to be shown."""

    model_config = ConfigDict(extra="forbid")

    identifier: Annotated[str, Field(min_length=1, max_length=200)]
    audience: Annotated[str, Field(min_length=1, max_length=200)]


class WeergaveTicket(BaseModel):
    """A ticket with which identiteit shows a name; `url` is the address of the frame."""

    ticket: str
    url: str
