"""The words of life events, and of what stands because of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from identiteit.personen.model import Bsn


class Soort(StrEnum):
    """Soort (kind) of life event."""

    OVERLIJDEN = "overlijden"
    GEZAG = "gezag"
    GEZAG_EINDE = "gezag-einde"
    VOOGDIJ = "voogdij"
    VOOGDIJ_EINDE = "voogdij-einde"
    CURATELE = "curatele"
    BEWIND = "bewind"
    MENTORSCHAP = "mentorschap"
    WSNP = "wsnp"
    MAATREGEL_EINDE = "maatregel-einde"
    EXECUTEUR = "executeur"
    EXECUTEUR_EINDE = "executeur-einde"
    GEBOORTEDATUM = "geboortedatum"


class Grond(StrEnum):
    """Grond (ground) of a power by law, as `machtigen` names it."""

    GEZAG = "gezag"
    VOOGDIJ = "voogdij"
    CURATELE = "curatele"
    BEWIND = "bewind"
    MENTORSCHAP = "mentorschap"
    WSNP = "wsnp"
    EXECUTEUR = "executeur"


class Feit(StrEnum):
    """Feit (fact) about what a person can do themselves."""

    OVERLEDEN = "overleden"
    ONDER_CURATELE = "onder-curatele"
    MINDERJARIG = "minderjarig"


class Hoedanigheid(StrEnum):
    """Hoedanigheid (capacity) in which someone has authority over a child: parent, or with a parent."""

    OUDER = "ouder"
    DERDE = "derde"


BEGINS: Mapping[Soort, Grond] = {
    Soort.GEZAG: Grond.GEZAG,
    Soort.VOOGDIJ: Grond.VOOGDIJ,
    Soort.CURATELE: Grond.CURATELE,
    Soort.BEWIND: Grond.BEWIND,
    Soort.MENTORSCHAP: Grond.MENTORSCHAP,
    Soort.WSNP: Grond.WSNP,
    Soort.EXECUTEUR: Grond.EXECUTEUR,
}
MEASURES = (Grond.CURATELE, Grond.BEWIND, Grond.MENTORSCHAP, Grond.WSNP)
ENDS: Mapping[Soort, tuple[Grond, ...]] = {
    Soort.GEZAG_EINDE: (Grond.GEZAG,),
    Soort.VOOGDIJ_EINDE: (Grond.VOOGDIJ,),
    Soort.MAATREGEL_EINDE: MEASURES,
    Soort.EXECUTEUR_EINDE: (Grond.EXECUTEUR,),
}
NEEDS_PARTY = frozenset(BEGINS) | frozenset(ENDS)


@dataclass(frozen=True)
class Gebeurtenis:
    """Gebeurtenis (life event): what happened to whom, as of when, said by which source.

    `in_onderzoek`: the source has these data under investigation. `maatregel`: of several measures
    between the same two, the one that ends.
    """

    soort: Soort
    persoon: Bsn = field(repr=False)
    partij: Bsn | None = field(repr=False)
    per: datetime
    bron: str
    in_onderzoek: bool = False
    hoedanigheid: Hoedanigheid = Hoedanigheid.OUDER
    maatregel: Grond | None = None


@dataclass(frozen=True)
class Verhouding:
    """Verhouding (relation) between two persons, as a source says that it stands. Persons by id."""

    grond: Grond
    persoon: str
    partij: str
    sinds: datetime
    bron: str
    in_onderzoek: bool = False
    hoedanigheid: Hoedanigheid = Hoedanigheid.OUDER


@dataclass(frozen=True)
class Toestand:
    """Toestand (condition) of a person at a moment: everything that the rules look at.

    `meerderjarig_op`: the first moment of the eighteenth birthday; of who has none, never.
    """

    overleden: bool = False
    onder_curatele: bool = False
    minderjarig: bool = False
    meerderjarig_op: datetime | None = None


@dataclass(frozen=True)
class Gemeld:
    """Gemeld (told): a fact, or a power of `partij` for `persoon`, as receivers hold it now.

    `soort`: a ground or a fact. `tot`: the moment at which it ends by itself, once that was told.
    """

    soort: str
    persoon: str
    partij: str | None
    sinds: datetime
    bron: str
    in_onderzoek: bool = False
    tot: datetime | None = None

    @property
    def key(self) -> tuple[str, str, str | None]:
        """What it is, whatever is said of it."""
        return self.soort, self.persoon, self.partij


@dataclass(frozen=True)
class Wijziging:
    """Wijziging (change) for receivers: from now on this holds, or no longer does and why."""

    gemeld: Gemeld
    geldt: bool
    reden: str | None = None


@dataclass(frozen=True)
class Levering:
    """Levering (delivery) of one event to one receiver, with persons by id."""

    ontvanger: str
    volgnummer: int
    jti: str
    soort: str
    per: datetime
    wijzigingen: tuple[Mapping[str, Any], ...] = field(repr=False)
    pogingen: int = 0

    @property
    def personen(self) -> list[str]:
        """Everyone in it, each once, the person of the event first."""
        named = [one[rol] for one in self.wijzigingen for rol in ("persoon", "partij") if one.get(rol)]
        return list(dict.fromkeys(named))


@dataclass(frozen=True)
class Stand:
    """Stand (state) of the deliveries to one receiver: the last number given out, the last one that arrived
    or was given up, how many wait, and which are dead."""

    ontvanger: str
    laatste: int
    afgehandeld: int
    wachtend: int
    dood: tuple[int, ...]
