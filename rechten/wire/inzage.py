"""Inspection: what the page asks a register, what a register answers, what the person gets."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from pydantic import AwareDatetime, Field

from rechten.wire.basis import Token, View, Wire
from rechten.wire.storingen import EigenStoringView, InvorderingView, VoorstelView

# On the wire `register`; as a Python name it would hide a method that every model class has.
RegisterId = Annotated[str, Field(alias="register")]


class InzageIn(Wire):
    """A look with a ticket (of `identiteit`, for this register) and proof of possession of its key."""

    ticket: Token
    bewijs: Token
    van: date | None = None
    tot: date | None = None


class DoelView(View):
    """A purpose as it stood when it was logged; `uri` names this version for ever."""

    id: str
    versie: int
    naam: dict[str, str]
    uri: str
    wettelijke_grondslag: list[str]


class EigenGegevenView(View):
    """A record as the person sees it."""

    id: str
    categorie: str
    categorie_naam: dict[str, str]
    waarde: dict[str, Any]
    bron: str
    doel: str
    geldig_van: AwareDatetime
    geldig_tot: AwareDatetime | None
    vastgelegd_op: AwareDatetime
    status: str
    verplichting: str | None = None
    invordering: InvorderingView | None = None


class WeigeringView(View):
    """A category that was not given."""

    categorie: str
    reden: str


class WieView(View):
    """The organisation at the other side."""

    actor: str
    naam: dict[str, str]


class DoorView(View):
    """Who acted there: the person, a representative (under which machtiging), or nobody (a system)."""

    soort: str
    machtiging: str | None = None
    audience: str | None = None


class GebruikView(View):
    """One use: who, by whom, which categories, for which purpose, on which ground, when."""

    trace_id: str
    span_id: str
    tijd: AwareDatetime
    rol: str
    wie: WieView | None
    door: DoorView
    doel: DoelView
    categorieen: list[str]
    geweigerd: list[WeigeringView]
    redenen: list[str]


class InzageView(View):
    """The answer of one register."""

    register_id: RegisterId
    gegevens: list[EigenGegevenView]
    gebruik: list[GebruikView]
    storingen: list[EigenStoringView] = Field(default_factory=list)
    voorstellen: list[VoorstelView] = Field(default_factory=list)


class RegisterRef(View):
    """A register that did not answer. That is not the same as a register that has nothing."""

    register_id: RegisterId
    naam: dict[str, str]


class RegisterGegevensView(View):
    """The records of one register, and the proposals about them."""

    register_id: RegisterId
    naam: dict[str, str]
    gegevens: list[EigenGegevenView]
    voorstellen: list[VoorstelView] = Field(default_factory=list)


class RegisterGebruikView(View):
    """The uses of one register, and the storingen that concern me there."""

    register_id: RegisterId
    naam: dict[str, str]
    gebruik: list[GebruikView]
    storingen: list[EigenStoringView] = Field(default_factory=list)


class OverzichtGegevensView(View):
    """What all registers hold about me."""

    registers: list[RegisterGegevensView]
    onbereikbaar: list[RegisterRef]


class OverzichtGebruikView(View):
    """What happened with my data, in all registers."""

    van: date
    tot: date
    registers: list[RegisterGebruikView]
    onbereikbaar: list[RegisterRef]
