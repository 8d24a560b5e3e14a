"""The words of proposals. A state carries its data; nothing of it is ever written over."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum


@dataclass(frozen=True)
class Betalingsvoorstel:
    """Betalingsvoorstel (proposal to pay): whole euros a month, from a day on."""

    bedrag_per_maand: int
    vanaf: date | None = None


class Afloop(StrEnum):
    """Afloop (ending): how a proposal was ended by somebody; by time it ends without any line."""

    AANGENOMEN = "aangenomen"
    AFGEWEZEN = "afgewezen"
    INGETROKKEN = "ingetrokken"


@dataclass(frozen=True)
class Beeindiging:
    """Beeindiging (end) of a proposal. `motivering`: the reasons of who declined."""

    afloop: Afloop
    op: datetime
    motivering: str | None = field(default=None, repr=False)


@dataclass(frozen=True)
class Voorstel:
    """Voorstel (proposal) about one obligation.

    `verplichting` is the id of the first record of that obligation: a correction keeps it. `pid` is the
    row key of whose obligation it is, `namens`: filed by somebody who acted for them.
    """

    id: str
    pid: str = field(repr=False)
    verplichting: str
    categorie: str
    volgnummer: int
    inhoud: Betalingsvoorstel = field(repr=False)
    namens: bool
    ingediend_op: datetime
    beeindiging: Beeindiging | None = None


@dataclass(frozen=True)
class Open:
    """Waits for an answer, and pauses collection until it lapses."""

    sinds: datetime
    vervalt_op: datetime


@dataclass(frozen=True)
class Aangenomen:
    """Aangenomen (accepted): the arrangement takes the place of what was to be collected."""

    op: datetime


@dataclass(frozen=True)
class Afgewezen:
    """Afgewezen (declined), with reasons."""

    op: datetime
    motivering: str = field(repr=False)


@dataclass(frozen=True)
class Ingetrokken:
    """Ingetrokken (withdrawn) by the person, or by who may act for them."""

    op: datetime


@dataclass(frozen=True)
class Vervallen:
    """Vervallen (lapsed): nobody answered within the term."""

    op: datetime


Toestand = Open | Aangenomen | Afgewezen | Ingetrokken | Vervallen


@dataclass(frozen=True)
class Loopt:
    """Loopt (goes on): the obligation is collected as usual."""


@dataclass(frozen=True)
class Gepauzeerd:
    """Gepauzeerd (paused): nothing is collected since then, because of this proposal."""

    sinds: datetime
    voorstel: str


Invordering = Loopt | Gepauzeerd
