"""The words of storingen. A state carries its data; nothing of it is ever written over."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from keys.wire.trace import Trace
from rechten.doelen.model import DoelVersie
from rechten.logboek.model import Handelende


class Soort(StrEnum):
    """Soort (kind): which work path it takes. W5: restored by a change, and by making good what it did."""

    W5 = "W5"


class Stap(StrEnum):
    """Stap (step): what someone says about a storing."""

    OORZAAK_WEGGENOMEN = "oorzaak_weggenomen"
    HERSTELD = "hersteld"
    BEVESTIGD = "bevestigd"
    TEGENGESPROKEN = "tegengesproken"


class Door(StrEnum):
    """Door (by): in which role."""

    ACTOR = "actor"
    BEHEER = "beheer"
    BETROKKENE = "betrokkene"


BY_WHOM = {
    Stap.OORZAAK_WEGGENOMEN: frozenset({Door.ACTOR, Door.BEHEER}),
    Stap.HERSTELD: frozenset({Door.ACTOR, Door.BEHEER}),
    Stap.BEVESTIGD: frozenset({Door.BETROKKENE}),
    Stap.TEGENGESPROKEN: frozenset({Door.BETROKKENE}),
}


@dataclass(frozen=True)
class Tijdig:
    """Tijdig (in time): shown so soon after the revocation that nobody could have known of it."""


@dataclass(frozen=True)
class Telaat:
    """Telaat (too late): shown so long after the revocation that its holder should have known."""

    na: timedelta


@dataclass(frozen=True)
class Aanbieding:
    """Aanbieding (presentation) of a token that had been revoked, as it was refused.

    `token` is a keyed digest of its `jti`. `namens`: it was to act for another, under a machtiging.
    """

    token: str = field(repr=False)
    afnemer: str
    client_id: str
    doel: DoelVersie
    handelende: Handelende
    ingetrokken_op: datetime
    trace: Trace

    @property
    def namens(self) -> bool:
        """Whether it was to act for another."""
        return self.handelende.namens


@dataclass(frozen=True)
class Voorval:
    """Voorval (occurrence): one revoked token, about one person, and each time that it was shown.

    `pid` is the row key of the person in this register. `momenten` in order, at least one; only the first
    `rules.MOST_NOTED` since the last step are kept, of which `begrensd` tells.
    """

    id: str
    pid: str = field(repr=False)
    doel: str
    trace_id: str
    namens: bool
    ingetrokken_op: datetime
    momenten: tuple[datetime, ...]

    @property
    def na(self) -> timedelta:
        """How long after the revocation it was shown first."""
        return self.momenten[0] - self.ingetrokken_op


@dataclass(frozen=True)
class Gezet:
    """Gezet (taken): a step, by whom, when. `pid` for a step of a person."""

    stap: Stap
    door: Door
    op: datetime
    pid: str | None = field(default=None, repr=False)


@dataclass(frozen=True)
class Storing:
    """Storing (failure) at one client of an actor, in one register, with all that is known of it."""

    id: str
    soort: Soort
    afnemer: str
    client_id: str
    volgnummer: int
    geopend_op: datetime
    voorvallen: tuple[Voorval, ...] = ()
    stappen: tuple[Gezet, ...] = ()

    @property
    def betrokkenen(self) -> frozenset[str]:
        """The row keys of everybody whom it concerns."""
        return frozenset(voorval.pid for voorval in self.voorvallen)


@dataclass(frozen=True)
class Gemeld:
    """Gemeld (reported): the cause is still there, or was seen again."""

    sinds: datetime


@dataclass(frozen=True)
class OorzaakWeggenomen:
    """OorzaakWeggenomen (cause removed): what it did to people is not restored yet."""

    sinds: datetime


@dataclass(frozen=True)
class Hersteld:
    """Hersteld (restored), says the actor: it waits for the persons, `sluit_op` at the latest."""

    sinds: datetime
    sluit_op: datetime
    bevestigd: frozenset[str] = field(default=frozenset(), repr=False)  # row keys


@dataclass(frozen=True)
class Gesloten:
    """Gesloten (closed): confirmed by everybody, or (`verlopen`) by the lapse of the term."""

    op: datetime
    verlopen: bool


Toestand = Gemeld | OorzaakWeggenomen | Hersteld | Gesloten
