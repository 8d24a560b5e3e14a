"""The words of the registry."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from keys.kernel.pep.names import Context, Domain


class Rol(StrEnum):
    """Rol (role): what an actor does in the whole."""

    IDENTITEIT = "identiteit"
    MACHTIGEN = "machtigen"
    REGISTER = "register"
    DIENST = "dienst"


class Stand(StrEnum):
    """Stand (state) of an actor that a decision put it in."""

    BEEINDIGD = "beeindigd"
    HERTOEGELATEN = "hertoegelaten"


class Overschrijding(StrEnum):
    """Overschrijding (excess): what happens above a day's volume; bulk is refused, log-in alarms."""

    WEIGEREN = "weigeren"
    ALARM = "alarm"


@dataclass(frozen=True)
class Actor:
    """Actor: a registered sub-actor of an organisation, with the public keys it signs with."""

    oin: str
    onderactor: str
    naam: str
    rol: Rol
    jwks: dict[str, Any]
    beeindigd_op: datetime | None = None  # withdrawn: nothing is translated to or from its domains

    @property
    def id(self) -> str:
        """`oin:<20 digits>:<sub-actor>`."""
        return f"oin:{self.oin}:{self.onderactor}"


@dataclass(frozen=True)
class DoelInhoud:
    """DoelInhoud (purpose content): what a version says. Its digest is over exactly these fields."""

    id: str
    naam: str
    uitleg: str
    naam_en: str
    uitleg_en: str
    wettelijke_grondslag: str
    avg_grondslag: str
    categorieen: tuple[str, ...]
    bewaartermijn: str  # ISO 8601 duration, such as P7Y
    geldig_van: datetime
    geldig_tot: datetime | None
    goedgekeurd_door: tuple[str, ...]  # two different people


@dataclass(frozen=True)
class Doel:
    """Doel (purpose): one published version. Never changed; ended by an end date of its own."""

    inhoud: DoelInhoud
    versie: int
    digest: str  # SHA-256 of the RFC 8785 form, hex
    beeindigd_per: datetime | None = None


@dataclass(frozen=True)
class DomainKey:
    """The certified public key (32 bytes) of a context, with both transcryptors' signed statements."""

    context: Context
    public: bytes
    certificates: tuple[str, ...]
    generation: int = 1  # in which it was certified, as far as the caller looked


@dataclass(frozen=True)
class Gebruiksgrond:
    """Gebruiksgrond (ground of use): one direction that may be translated for one purpose."""

    id: str
    van: Domain
    naar: Domain
    doel: str
    geldig_van: datetime
    geldig_tot: datetime | None
    max_per_dag: int | None
    bij_overschrijding: Overschrijding
    ingetrokken_op: datetime | None = None


@dataclass(frozen=True)
class DirectionFacts:
    """All that the registry knows about one request to translate."""

    actor: Actor | None
    doel: Doel | None
    gebruiksgronden: tuple[Gebruiksgrond, ...]
    van_key: DomainKey | None
    naar_key: DomainKey | None
    ended: frozenset[str] = frozenset()  # those of both actors that were withdrawn
    revoked: frozenset[Context] = frozenset()  # those of both contexts that were revoked
    van_commitments: tuple[str, ...] = ()  # signed by the parties, about `van`
    naar_commitments: tuple[str, ...] = ()


class GeneratieStand(StrEnum):
    """GeneratieStand (state of a generation of shares)."""

    BEGONNEN = "begonnen"
    INGEGAAN = "ingegaan"
    AFGEBROKEN = "afgebroken"


@dataclass(frozen=True)
class Generatie:
    """Generatie (generation) of all three shares, and the one that it replaces."""

    nummer: int
    vorige: int
    stand: GeneratieStand


@dataclass(frozen=True)
class Overdracht:
    """Overdracht (carrying over) of one key's context: what is recorded of it in both generations."""

    key: DomainKey
    before: Mapping[str, str]  # commitments by party
    after: Mapping[str, str]
    proof: str | None
