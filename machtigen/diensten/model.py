"""The words of the service catalogue: what one can be authorised for, and who serves it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, NewType

DienstId = NewType("DienstId", str)  # urn:uuid:…


class Handeling(StrEnum):
    """Handeling (action): what the representative may do. DUO grants these five separately."""

    INFORMATIE_OPVRAGEN = "informatie_opvragen"
    ZAKEN_REGELEN = "zaken_regelen"
    POST_ONTVANGEN = "post_ontvangen"
    BETALEN = "betalen"
    BEZWAAR_MAKEN = "bezwaar_maken"


class Grond(StrEnum):
    """Grond (ground) of a power of representation. Only `machtiging` is given by people themselves."""

    MACHTIGING = "machtiging"
    GEZAG = "gezag"
    VOOGDIJ = "voogdij"
    CURATELE = "curatele"
    BEWIND = "bewind"
    MENTORSCHAP = "mentorschap"
    WSNP = "wsnp"
    EXECUTEUR = "executeur"
    BESTUURDER = "bestuurder"
    BEROEPSMATIG = "beroepsmatig"


class Aard(StrEnum):
    """Aard (nature) of a service: about money, about the person (care, school), or neither in particular."""

    FINANCIEEL = "financieel"
    PERSOONLIJK = "persoonlijk"
    ALGEMEEN = "algemeen"


_ACR = {
    "laag": "http://eidas.europa.eu/LoA/low",
    "substantieel": "http://eidas.europa.eu/LoA/substantial",
    "hoog": "http://eidas.europa.eu/LoA/high",
}
_RANK = {name: rank for rank, name in enumerate(_ACR)}


class Niveau(StrEnum):
    """Betrouwbaarheidsniveau (level of assurance), eIDAS article 8. It travels with every use."""

    LAAG = "laag"
    SUBSTANTIEEL = "substantieel"
    HOOG = "hoog"

    @property
    def rank(self) -> int:
        """0 for laag, 1 for substantieel, 2 for hoog."""
        return _RANK[self]

    @property
    def acr(self) -> str:
        """The eIDAS URI that stands for this level in `acr`."""
        return _ACR[self.value]

    def reaches(self, needed: Niveau) -> bool:
        """Whether this level is at least `needed`."""
        return self.rank >= needed.rank

    @classmethod
    def from_acr(cls, acr: object) -> Niveau | None:
        """The level of an eIDAS URI; None for anything else."""
        return _OF_ACR.get(acr) if isinstance(acr, str) else None

    @classmethod
    def weakest(cls, first: Niveau, *others: Niveau) -> Niveau:
        """The lowest of them: a chain is as strong as its weakest link."""
        return min((first, *others), key=lambda niveau: niveau.rank)


_OF_ACR = {niveau.acr: niveau for niveau in Niveau}


@dataclass(frozen=True)
class Dienst:
    """Dienst (service) of an actor. `upl_naam`: its name in the Uniforme Productnamenlijst.

    `quorum`: of how many holders of a power on this ground the service wants the agreement.
    `beroepsmatig`: what members of a profession may do in a case without a machtiging.
    """

    id: DienstId
    naam: str
    actor: str
    handelingen: frozenset[Handeling]
    gronden: frozenset[Grond]
    doelen: tuple[str, ...]
    min_niveau: Niveau
    machtigbaar: bool
    audience: str
    upl_naam: str = ""
    omschrijving: Mapping[str, str] = field(default_factory=dict)
    wettelijke_grondslag: tuple[str, ...] = ()
    minderjarigen_zelf: bool = False  # whether minors act here for themselves, and may let others do so
    aard: Aard = Aard.ALGEMEEN
    quorum: Mapping[Grond, int] = field(default_factory=dict)
    beroepsmatig: Mapping[str, frozenset[Handeling]] = field(default_factory=dict)

    def describe(self, taal: str) -> str:
        """What it is, in `taal` ("nl", "en"); Dutch where there is no translation."""
        return self.omschrijving.get(taal) or self.omschrijving.get("nl", "")


@dataclass(frozen=True)
class Client:
    """A registered OAuth client of an actor. `domein` is the pseudonymisation domain its key opens.

    `beheert_machtigingen`: it may ask people for scope `machtigingen`, with which it acts here for them.
    """

    client_id: str
    naam: str
    actor: str
    domein: str
    redirect_uris: tuple[str, ...]
    diensten: tuple[DienstId, ...]
    jwks: Mapping[str, Any]
    audience: str
    token_endpoint_auth_method: str = "private_key_jwt"
    gegevensdienst: bool = False
    beheert_machtigingen: bool = False


@dataclass(frozen=True)
class Bladzijde:
    """Bladzijde (page) of the catalogue, with an opaque cursor for the next one."""

    resultaten: tuple[Dienst, ...]
    volgende: str | None
