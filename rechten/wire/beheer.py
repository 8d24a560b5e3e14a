"""What the operator registers."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, Field, StringConstraints

from rechten.wire.basis import ActorId, CategorieId, Moment, Naam, Slug, Tekst, View, Wire


class CategorieIn(Wire):
    """A kind of data that a register keeps. `verplichting`: these are obligations, which are collected."""

    id: CategorieId
    naam: Naam
    gevoeligheid: Literal["gewoon", "gevoelig", "bijzonder"] = "gewoon"
    verplichting: bool = False


class RegisterIn(Wire):
    """Create a register."""

    id: Slug
    naam: Naam
    actor: ActorId
    domein: Annotated[str, Field(max_length=200)]
    categorieen: Annotated[list[CategorieIn], Field(min_length=1, max_length=100)]
    audience: Annotated[str, Field(min_length=1, max_length=400)]


class RegisterView(View):
    """A register; `jwks`: public keys, which the operator registers for its actor at `keys`."""

    id: str
    naam: dict[str, str]
    actor: str
    domein: str
    audience: str
    gepauzeerd: bool
    categorieen: list[dict[str, Any]]
    jwks: dict[str, Any]


class GebruiksgrondIn(Wire):
    """Which categories a consumer may have for a purpose, from when until when."""

    afnemer: ActorId
    afnemer_naam: Naam | None = None
    doel: Slug
    categorieen: Annotated[list[CategorieId], Field(min_length=1, max_length=100)]
    geldig_van: Moment
    geldig_tot: Moment | None = None


class GebruiksgrondView(View):
    """A ground of use."""

    id: str
    afnemer: str
    afnemer_naam: dict[str, str]
    doel: str
    categorieen: list[str]
    geldig_van: AwareDatetime
    geldig_tot: AwareDatetime | None


class BronIn(Wire):
    """A source: a client that may deliver records to these registers."""

    client_id: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9:._-]{1,128}$")]
    naam: Naam | Tekst
    registers: Annotated[list[Slug], Field(min_length=1, max_length=100)]
    jwks: dict[str, Any]


class BronView(View):
    """A source."""

    client_id: str
    naam: dict[str, str]
    registers: list[str]
