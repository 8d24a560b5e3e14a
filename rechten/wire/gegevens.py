"""Delivering records, and reading them."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import AwareDatetime, Field

from rechten.wire.basis import CategorieId, Moment, Slug, Tekst, Token, View, Wire
from rechten.wire.storingen import InvorderingView


class GegevenIn(Wire):
    """One record: what, according to whom, from when until when, kept for which purpose."""

    categorie: CategorieId
    waarde: dict[str, Any]
    bron: Tekst
    geldig_van: Moment
    geldig_tot: Moment | None = None
    doel: Slug
    corrigeert: Annotated[str, Field(max_length=64)] | None = None


class LeveringIn(Wire):
    """Records about the one person that the enrolment ticket of `identiteit` stands for."""

    aanmelding: Token
    gegevens: Annotated[list[GegevenIn], Field(min_length=1, max_length=200)]


class VastgelegdView(View):
    """Under which id a record was stored."""

    id: str


class LeveringView(View):
    """The stored records, in the order in which they were delivered."""

    gegevens: list[VastgelegdView]


class GegevenView(View):
    """One record as released. Of an obligation also whether it is collected; `verplichting`, the id under
    which a proposal names it, is told to the register's own actor only."""

    waarde: dict[str, Any]
    bron: str
    geldig_van: AwareDatetime
    geldig_tot: AwareDatetime | None
    vastgelegd_op: AwareDatetime
    status: str
    verplichting: str | None = None
    invordering: InvorderingView | None = None


class WeigeringView(View):
    """A category that is not given, with the code of the rule."""

    categorie: str
    reden: str


class GegevensView(View):
    """The answer to a read: per category the records that are valid now; and what is not given."""

    categorieen: dict[str, list[GegevenView]]
    geweigerd: list[WeigeringView]
