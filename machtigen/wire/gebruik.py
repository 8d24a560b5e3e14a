"""The register of use on the wire."""

from __future__ import annotations

from pydantic import BaseModel

from machtigen.wire.moment import Moment


class GebruikWire(BaseModel):
    """One use of a machtiging: a service received a token with which it may act on it.

    `functie`: in which function somebody acted, when it was for an organisation.
    """

    op: Moment
    dienst: str
    dienst_naam: str
    actor: str
    client: str
    handelingen: list[str]
    doelen: list[str]
    functie: str | None = None


class GebruikenWire(BaseModel):
    """Uses, newest first."""

    resultaten: list[GebruikWire]
    volgende: str | None
