"""Organisations, their members and professional registers on the wire. Nothing here names a person."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from machtigen.wire.dienst import Beroep, NiveauWire, Text
from machtigen.wire.machtiging import ShortText
from machtigen.wire.moment import Moment

Slug = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=64)]


class OrganisatieInschrijving(BaseModel):
    """What the operator registers as an organisation. `bron`: who says who its directors are."""

    model_config = ConfigDict(extra="forbid")

    slug: Slug
    naam: dict[Literal["nl", "en"], Text]
    nummer: Text
    bron: Text = "handelsregister"
    vereist_aantal: Annotated[int, Field(ge=1, le=20)] = 1
    lease: bool = False


class OrganisatieWire(BaseModel):
    """An organisation: public, and nothing about persons."""

    id: str
    slug: str
    naam: dict[str, str]
    nummer: str
    vereist_aantal: int


class LidmaatschapWire(BaseModel):
    """An organisation where I am, as what."""

    organisatie: OrganisatieWire
    lid: str
    rol: str
    functie: str | None
    niveau: str


class LidmaatschappenWire(BaseModel):
    """Where I am."""

    resultaten: list[LidmaatschapWire]
    volgende: str | None = None


class LidWire(BaseModel):
    """Somebody in an organisation, by role and function. `ik`: it is me."""

    id: str
    rol: str
    functie: str | None
    niveau: str
    sinds: Moment
    ik: bool = False


class LedenWire(BaseModel):
    """Who is in an organisation, by when they came."""

    resultaten: list[LidWire]
    volgende: str | None = None


class BronUitnodiging(BaseModel):
    """The source says that there is a director, or a supervisory director."""

    model_config = ConfigDict(extra="forbid")

    rol: Literal["bestuurder", "commissaris"] = "bestuurder"
    functie: ShortText | None = None


class UitnodigingAanvraag(BaseModel):
    """Whom a member lets in, up to which level."""

    model_config = ConfigDict(extra="forbid")

    rol: Literal["beheerder", "medewerker"]
    functie: ShortText
    niveau: NiveauWire = "substantieel"


class UitnodigingWire(BaseModel):
    """An invitation; its code is shown this once. `id`: of the member, once somebody came with it."""

    id: str
    code: str
    code_geldig_tot: Moment
    organisatie: str | None = None
    beroep: str | None = None
    rol: str | None = None
    functie: str | None = None


class BeroepInschrijving(BaseModel):
    """A professional register says that somebody stands in it."""

    model_config = ConfigDict(extra="forbid")

    beroep: Beroep
    bron: Text


class UitnodigingCode(BaseModel):
    """A code with which somebody joins."""

    model_config = ConfigDict(extra="forbid")

    code: Annotated[str, Field(max_length=100)]


class ToegetredenWire(BaseModel):
    """What somebody joined: an organisation in a role, or a professional register."""

    id: str
    organisatie: OrganisatieWire | None = None
    rol: str | None = None
    functie: str | None = None
    beroep: str | None = None


class VerversenWire(BaseModel):
    """How many directors the source named again."""

    aantal: int
