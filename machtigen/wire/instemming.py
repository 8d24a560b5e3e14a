"""Agreement to use a joint power, and cases, on the wire."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from machtigen.wire.dienst import HandelingWire, Text
from machtigen.wire.machtiging import ShortText
from machtigen.wire.moment import Moment, MomentOfDag

Sub = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{22}$")]


class InstemmingAanvraagWire(BaseModel):
    """What somebody asks the other holders of a joint power: at most fourteen days, so many uses."""

    model_config = ConfigDict(extra="forbid")

    machtiging: Text
    dienst: Text
    handelingen: Annotated[list[HandelingWire], Field(min_length=1, max_length=5)]
    zaak: ShortText | None = None
    geldig_tot: MomentOfDag | None = None
    aantal: Annotated[int, Field(ge=1, le=100)] = 1


class InstemmingWire(BaseModel):
    """A request for agreement, as one concerned sees it. `gegeven`: how many were for it so far."""

    id: str
    status: str
    machtiging: str | None
    dienst: str
    handelingen: list[str]
    zaak: str | None
    nodig: int
    gegeven: int
    aantal: int
    gebruikt: int
    gevraagd_op: Moment
    geldig_tot: Moment
    ik_vroeg: bool
    acties: list[str]


class InstemmingenWire(BaseModel):
    """Requests for agreement, newest first."""

    resultaten: list[InstemmingWire]
    volgende: str | None = None


class ZaakAanmelding(BaseModel):
    """A case that a service registers. `sub`: whom it is about; `wederpartijen`: who has an opposite
    interest; `behandelaar`: the official who would handle it, checked and not kept. All as pairwise names
    of this service."""

    model_config = ConfigDict(extra="forbid")

    zaak: ShortText
    dienst: Text
    sub: Sub
    wederpartijen: Annotated[list[Sub], Field(max_length=20)] = Field(default_factory=list)
    behandelaar: Sub | None = None


class ZaakWire(BaseModel):
    """A registered case."""

    zaak: str
    dienst: str
    gesloten: bool


class BeroepsmatigWire(BaseModel):
    """In which case somebody acts by profession."""

    model_config = ConfigDict(extra="forbid")

    dienst: Text
    zaak: ShortText
