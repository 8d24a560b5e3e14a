"""Contests on the wire, for who is appointed to judge them."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict

from machtigen.wire.moment import Moment


class BetwistingWire(BaseModel):
    """A contest that waits. `reden`: in the own words of the side that contests (`rol`)."""

    machtiging: str
    op: Moment
    rol: str
    reden: str | None


class BetwistingenWire(BaseModel):
    """Contests that wait, oldest first; `volgende` is given back as `na`."""

    resultaten: list[BetwistingWire]
    volgende: str | None


class OordeelWire(BaseModel):
    """The judgement: the machtiging goes on as it was (`blijft`), or ends (`vervalt`)."""

    model_config = ConfigDict(extra="forbid")

    besluit: Literal["blijft", "vervalt"]


class BeoordeeldWire(BaseModel):
    """What the judgement led to."""

    machtiging: str
    status: str
