"""Life events on the wire (api: `POST /identiteit/api/v1/gebeurtenissen`)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Literal

from pydantic import AwareDatetime, Field

from identiteit.wire.persoon import Line, Wire

Kind = Literal[
    "overlijden",
    "gezag",
    "gezag-einde",
    "curatele",
    "bewind",
    "mentorschap",
    "maatregel-einde",
    "geboortedatum",
]
EARLIEST, LATEST = datetime(1900, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)
Moment = Annotated[AwareDatetime, Field(ge=EARLIEST, lt=LATEST)]
Number = Annotated[str, Field(max_length=20)]


class PartijIn(Wire):
    """A person by BSN."""

    bsn: Number


class GebeurtenisIn(Wire):
    """A life event."""

    soort: Kind
    persoon: PartijIn
    partij: PartijIn | None = None
    per: Moment
    bron: Line
