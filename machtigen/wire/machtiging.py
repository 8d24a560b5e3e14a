"""Machtigingen on the wire."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from machtigen.wire.dienst import HandelingWire
from machtigen.wire.moment import Moment, MomentOfDag

ShortText = Annotated[str, Field(min_length=1, max_length=80, pattern=r"^[^\x00-\x1f\x7f]*$")]


Diensten = Annotated[list[Annotated[str, Field(max_length=100)]], Field(max_length=50)]
Doelen = Annotated[
    list[Annotated[str, Field(pattern=r"^[a-z0-9-]{1,64}$")]], Field(min_length=1, max_length=50)
]
Aantal = Annotated[int, Field(ge=1, le=1_000_000)]
NiveauWire = Literal["laag", "substantieel", "hoog"]


class AanvraagWire(BaseModel):
    """What someone asks to become a machtiging."""

    model_config = ConfigDict(extra="forbid")

    diensten: Diensten
    handelingen: Annotated[list[HandelingWire], Field(max_length=5)]
    geldig_van: MomentOfDag | None = None
    geldig_tot: MomentOfDag
    zaak: ShortText | None = None
    label: ShortText | None = None
    organisatie: Annotated[str, Field(max_length=200)] | None = None
    doelen: Doelen | None = None
    min_niveau: NiveauWire | None = None
    max_gebruik: Aantal | None = None
    doormachtigen: Annotated[int, Field(ge=0, le=5)] = 0
    functie: ShortText | None = None


class DoorAanvraagWire(BaseModel):
    """What a representative passes on; what is not named stays as in the link above."""

    model_config = ConfigDict(extra="forbid")

    diensten: Diensten | None = None
    handelingen: Annotated[list[HandelingWire], Field(max_length=5)] | None = None
    geldig_van: MomentOfDag | None = None
    geldig_tot: MomentOfDag | None = None
    zaak: ShortText | None = None
    label: ShortText | None = None
    organisatie: Annotated[str, Field(max_length=200)] | None = None
    functie: ShortText | None = None
    doelen: Doelen | None = None
    min_niveau: NiveauWire | None = None
    max_gebruik: Aantal | None = None


class BeperkenWire(BaseModel):
    """What is to be left; what is not named stays as it is."""

    model_config = ConfigDict(extra="forbid")

    diensten: Diensten | None = None
    handelingen: Annotated[list[HandelingWire], Field(max_length=5)] | None = None
    geldig_tot: MomentOfDag | None = None
    zaak: ShortText | None = None
    doelen: Doelen | None = None
    min_niveau: NiveauWire | None = None
    max_gebruik: Aantal | None = None


class VerlengenWire(BaseModel):
    """The later end that is proposed, or agreed to."""

    model_config = ConfigDict(extra="forbid")

    geldig_tot: MomentOfDag


class BetwistenWire(BaseModel):
    """Why, in the person's own words; kept sealed."""

    model_config = ConfigDict(extra="forbid")

    reden: Annotated[str, Field(min_length=1, max_length=2000)] | None = None


class CodeWire(BaseModel):
    """A code that someone got from the other side."""

    model_config = ConfigDict(extra="forbid")

    code: Annotated[str, Field(max_length=100)]
    organisatie: Annotated[str, Field(max_length=200)] | None = None


class VerlengingWire(BaseModel):
    """A proposal to extend that waits for the other side."""

    geldig_tot: Moment
    door: str


class BevestigingenWire(BaseModel):
    """Joint confirmation: how many of how many must agree, and how many did."""

    nodig: int
    gegeven: int
    van: int


class MachtigingWire(BaseModel):
    """A machtiging, seen by one of its parties. Nothing here names the other one.

    `keten`: ids of the links of a chain, from who is represented down. `diensten` is empty for a power by
    law: it counts at every service that accepts its ground. `reden`: why it ended by itself.
    """

    id: str
    status: str
    rol: str
    kind: str
    grond: str
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
    keten: list[str] | None = None
    verlenging: VerlengingWire | None = None
    bevestigingen: BevestigingenWire | None = None
    doelen: list[str] | None = None
    max_gebruik: int | None = None
    gebruikt: int = 0
    doormachtigen: int = 0
    bron: str | None = None
    kanaal: str = "digitaal"
    functie: str | None = None
    organisatie: str | None = None
    reden: str | None = None


class UitgegevenWire(MachtigingWire):
    """The answer to a new request: the machtiging and its code, which is shown this once."""

    code: str


class MachtigingenWire(BaseModel):
    """A list of machtigingen, newest first; `volgende` is the cursor of the next page, given back as `na`."""

    resultaten: list[MachtigingWire]
    volgende: str | None


class RegelWire(BaseModel):
    """A line of the history. `door`: vertegenwoordigde, vertegenwoordiger, balie or stelsel.

    `functie`: in which function somebody acted for an organisation. `inhoud`: what was given or changed.
    """

    op: Moment
    gebeurtenis: str
    door: str
    reden: str | None = None
    functie: str | None = None
    inhoud: dict[str, Any] | None = None


class GeschiedenisWire(BaseModel):
    """The history, oldest first."""

    resultaten: list[RegelWire]
    volgende: str | None = None


class UitvoerWire(BaseModel):
    """What a person takes away: `inhoud` by part, and a signature with which it is checked offline
    (`machtigen.verifier.geschiedenis`)."""

    inhoud: dict[str, Any]
    handtekening: str


class ZegelsWire(BaseModel):
    """Seals on the history of the house, oldest first; `volgende` is given back as `na`."""

    zegels: list[str]
    volgende: int | None


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


class TokeneindeAanvraag(BaseModel):
    """Which representation token, by the token itself: who asks holds it."""

    model_config = ConfigDict(extra="forbid")

    token: Annotated[str, Field(min_length=1, max_length=16_384)]


class Tokeneinde(BaseModel):
    """When a token was ended before it expired by itself; by whom and why is not told."""

    geeindigd_op: AwareDatetime
