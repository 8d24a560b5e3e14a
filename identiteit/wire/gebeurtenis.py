"""Life events on the wire (api: `POST /identiteit/api/v1/gebeurtenissen`)."""

from __future__ import annotations

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
Number = Annotated[str, Field(max_length=20)]


class PartijIn(Wire):
    """A person by BSN."""

    bsn: Number


class GebeurtenisIn(Wire):
    """A life event."""

    soort: Kind
    persoon: PartijIn
    partij: PartijIn | None = None
    per: AwareDatetime
    bron: Line
