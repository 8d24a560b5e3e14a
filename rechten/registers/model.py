"""The words of registers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from keys.kernel.pep import Domain

Teksten = Mapping[str, str]  # language ("nl", "en") → text
Json = Any  # a JSON value as the source delivered it


class Gevoeligheid(StrEnum):
    """Gevoeligheid (sensitivity): how careful a category must be treated (AVG 9 and 10)."""

    GEWOON = "gewoon"
    GEVOELIG = "gevoelig"
    BIJZONDER = "bijzonder"


class GegevenStatus(StrEnum):
    """How far a record can be relied on."""

    VASTGESTELD = "vastgesteld"
    IN_ONDERZOEK = "in_onderzoek"
    BETWIST = "betwist"
    GECORRIGEERD = "gecorrigeerd"


@dataclass(frozen=True)
class Categorie:
    """Categorie (kind of data): a slug that purposes and grounds name, and what people call it.

    `verplichting`: its records are obligations, which are collected."""

    id: str
    naam: Teksten
    gevoeligheid: Gevoeligheid = Gevoeligheid.GEWOON
    verplichting: bool = False


@dataclass(frozen=True)
class Register:
    """Register (register): the records of one actor under one pseudonymisation domain.

    `audience` is the URI of its interface as registered at `machtigen`: representation tokens must
    name it. `gepauzeerd`: in maintenance, answers nothing. `vorig_domein`: the version before, while
    persons are renumbered and both are answered for.
    """

    id: str
    naam: Teksten
    actor: str
    domein: Domain
    categorieen: tuple[Categorie, ...]
    audience: str
    gepauzeerd: bool = False
    vorig_domein: Domain | None = None

    @property
    def domeinen(self) -> tuple[Domain, ...]:
        """The versions that are answered for, the present one first."""
        return (self.domein,) if self.vorig_domein is None else (self.domein, self.vorig_domein)

    @property
    def doel(self) -> str:
        """The purpose for which these records are kept."""
        return self.domein.doel

    def categorie_ids(self) -> frozenset[str]:
        """The categories that may be recorded here."""
        return frozenset(categorie.id for categorie in self.categorieen)

    def verplichtingen(self) -> frozenset[str]:
        """The categories whose records are obligations."""
        return frozenset(categorie.id for categorie in self.categorieen if categorie.verplichting)


@dataclass(frozen=True)
class Bron:
    """Bron (source): a client that may deliver records to these registers."""

    client_id: str
    naam: Teksten
    registers: frozenset[str]
    jwks: Mapping[str, Any]


@dataclass(frozen=True)
class Gebruiksgrond:
    """Gebruiksgrond (ground of use): this consumer may have these categories for this purpose."""

    id: str
    afnemer: str
    afnemer_naam: Teksten
    doel: str
    categorieen: frozenset[str]
    geldig_van: datetime
    geldig_tot: datetime | None = None

    def holds_at(self, now: datetime) -> bool:
        """Whether `now` lies in its period (end excluded)."""
        return self.geldig_van <= now and (self.geldig_tot is None or now < self.geldig_tot)


@dataclass(frozen=True)
class NieuwGegeven:
    """NieuwGegeven (new record), as a source delivers it."""

    categorie: str
    waarde: Json = field(repr=False)
    bron: str
    geldig_van: datetime
    geldig_tot: datetime | None
    doel: str
    corrigeert: str | None = None


@dataclass(frozen=True)
class Gegeven:
    """Gegeven (record), bitemporal: when it was true (`geldig_…`), since when we know (`vastgelegd_op`).

    Never overwritten: a correction is a new record that names the one it corrects.
    """

    id: str
    categorie: str
    waarde: Json = field(repr=False)
    bron: str
    geldig_van: datetime
    geldig_tot: datetime | None
    vastgelegd_op: datetime
    status: GegevenStatus
    doel: str
    corrigeert: str | None = None


@dataclass(frozen=True)
class Betrokkene:
    """Betrokkene (data subject) as one register knows one: row key and log seed, both secret."""

    pid: str = field(repr=False)
    zaad: bytes = field(repr=False)  # 32
