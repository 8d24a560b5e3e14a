"""The register of use on the wire."""

from __future__ import annotations

from pydantic import BaseModel

from machtigen.wire.moment import Moment


class GebruikWire(BaseModel):
    """One use of a machtiging: a service received a token with which it may act on it."""

    op: Moment
    dienst: str
    dienst_naam: str
    actor: str
    client: str
    handelingen: list[str]
    doelen: list[str]


class GebruikenWire(BaseModel):
    """Uses, newest first."""

    resultaten: list[GebruikWire]
    volgende: str | None
