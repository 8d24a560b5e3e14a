"""Life events on the wire (api: `POST /identiteit/api/v1/gebeurtenissen`)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Literal

from pydantic import AwareDatetime, Field

from identiteit.wire.persoon import Line, Slug, Wire

Kind = Literal[
    "overlijden",
    "gezag",
    "gezag-einde",
    "voogdij",
    "voogdij-einde",
    "curatele",
    "bewind",
    "mentorschap",
    "wsnp",
    "maatregel-einde",
    "executeur",
    "executeur-einde",
    "geboortedatum",
]
Measure = Literal["curatele", "bewind", "mentorschap", "wsnp"]
EARLIEST, LATEST = datetime(1900, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)
Moment = Annotated[AwareDatetime, Field(ge=EARLIEST, lt=LATEST)]
Number = Annotated[str, Field(max_length=20)]


class PartijIn(Wire):
    """A person by BSN."""

    bsn: Number


class GebeurtenisIn(Wire):
    """A life event. `hoedanigheid`: with `gezag`, a third who has it with a parent; `maatregel`: with
    `maatregel-einde`, the one that ends where several stand between the same two."""

    soort: Kind
    persoon: PartijIn
    partij: PartijIn | None = None
    per: Moment
    bron: Line
    in_onderzoek: Annotated[bool, Field(alias="inOnderzoek")] = False
    hoedanigheid: Literal["ouder", "derde"] = "ouder"
    maatregel: Measure | None = None


class HerleverenIn(Wire):
    """Ask for deliveries again. `ontvanger`: by the operator only; a receiver asks for its own."""

    van: Annotated[int, Field(ge=1, lt=2**63)]
    tot: Annotated[int, Field(ge=1, lt=2**63)]
    ontvanger: Slug | None = None


class StandUit(Wire):
    """How deliveries to one receiver stand: the last number given out, the last one that arrived or was
    given up, how many wait, which are dead."""

    ontvanger: str
    laatste: int
    afgehandeld: int
    wachtend: int
    dood: list[int]


class StandenUit(Wire):
    """The same for every receiver."""

    resultaten: list[StandUit]
    volgende: None = None
