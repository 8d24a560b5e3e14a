"""The desk on the wire."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from identiteit.wire.persoon import Line, Wire
from identiteit.wire.ticket import AanmeldpersoonIn

Number = Annotated[str, Field(max_length=20)]


class MedewerkerIn(Wire):
    """Register a clerk; `loket` is the desk."""

    bsn: Number
    loket: Line


class EindeIn(Wire):
    """A clerk who is none any more."""

    bsn: Number


class MedewerkerUit(Wire):
    """The ticket for `machtigen`."""

    ticket: str


class BalieticketsIn(Wire):
    """The numbers on the documents that were shown."""

    personen: Annotated[list[AanmeldpersoonIn], Field(min_length=1, max_length=2)]
