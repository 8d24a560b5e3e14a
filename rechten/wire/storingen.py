"""Storingen and proposals on the wire: towards actors, consumers, and the person."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import AwareDatetime, Field, StringConstraints

from rechten.wire.basis import EARLIEST, LATEST, Token, View, Wire

Id = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,64}$")]
Dag = Annotated[date, Field(ge=EARLIEST.date(), lt=LATEST.date())]


class ToestandView(View):
    """How a storing stands: `gemeld`, `oorzaak_weggenomen`, `hersteld` or `gesloten`.

    `sluit_op`: when a restored one closes if nobody answers. `verlopen`: it closed that way.
    """

    soort: str
    sinds: AwareDatetime
    sluit_op: AwareDatetime | None = None
    verlopen: bool | None = None


class VoorvalView(View):
    """A revoked token that was shown. `betrokkene`: a reference that means something in this storing only;
    `trace_id`: that of the first call. `begrensd`: not every further time was written down."""

    betrokkene: str
    doel: str
    trace_id: str
    namens: bool
    ingetrokken_op: AwareDatetime
    op: AwareDatetime
    na_seconden: int
    aantal: int
    begrensd: bool


class BetrokkeneView(View):
    """A person whom it concerns, and whether they said that it is restored."""

    betrokkene: str
    bevestigd: bool


class StapView(View):
    """A line of the history."""

    stap: str
    door: str
    op: AwareDatetime


class StoringView(View):
    """A storing as its actor and the operator see it."""

    id: str
    soort: str
    client_id: str
    geopend_op: AwareDatetime
    toestand: ToestandView
    betrokkenen: list[BetrokkeneView]
    voorvallen: list[VoorvalView]
    geschiedenis: list[StapView]


class StoringenView(View):
    """Storingen, newest first."""

    resultaten: list[StoringView]
    volgende: str | None = None


class EigenVoorvalView(View):
    """What happened with a token that was about the person."""

    doel: str
    namens: bool
    ingetrokken_op: AwareDatetime
    op: AwareDatetime
    na_seconden: int
    aantal: int
    begrensd: bool


class EigenStoringView(View):
    """A storing as the person sees it: at whom, what happened to them, how it stands, what they may say."""

    id: str
    wie: dict[str, str]
    geopend_op: AwareDatetime
    toestand: ToestandView
    voorvallen: list[EigenVoorvalView]
    acties: list[str]


class BetalingsvoorstelIn(Wire):
    """What is proposed: whole euros a month, from a day on."""

    bedrag_per_maand: Annotated[int, Field(ge=1, le=1_000_000)]
    vanaf: Dag | None = None


class VoorstelIn(BetalingsvoorstelIn):
    """A proposal about one obligation, by its id as a read or inspection gives it."""

    verplichting: Id


class VoorstelView(View):
    """A proposal. `status`: `open`, `aangenomen`, `afgewezen`, `ingetrokken` or `vervallen`, `sinds` then.

    `vervalt_op`: when an open one lapses. `motivering`: the reasons of who declined.
    """

    id: str
    verplichting: str
    categorie: str
    bedrag_per_maand: int
    vanaf: date | None
    namens: bool
    ingediend_op: AwareDatetime
    status: str
    sinds: AwareDatetime
    vervalt_op: AwareDatetime | None = None
    motivering: str | None = None


class VoorstellenView(View):
    """Proposals, newest first."""

    resultaten: list[VoorstelView]
    volgende: str | None = None


class AfwijzingIn(Wire):
    """The reasons for declining; the person reads them."""

    motivering: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2_000)]


class InvorderingView(View):
    """Whether an obligation is collected: `loopt`, or `gepauzeerd` since then because of a proposal.

    `voorstel` is told to the register's own actor and the person only.
    """

    stand: Literal["loopt", "gepauzeerd"]
    sinds: AwareDatetime | None = None
    voorstel: str | None = None


class EigenHandelingIn(Wire):
    """An act of a person, with ticket and proof as for inspection."""

    ticket: Token
    bewijs: Token
    handeling: Literal[
        "storing-bevestigen", "storing-tegenspreken", "voorstel-indienen", "voorstel-intrekken"
    ]
    onderwerp: Id
    voorstel: BetalingsvoorstelIn | None = None


class GedaanView(View):
    """It is done: the id of what it was about, or of what came of it."""

    id: str
