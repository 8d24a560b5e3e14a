"""The words of the register of use."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from machtigen.diensten.model import DienstId, Handeling
from machtigen.partijen.model import PartijId


@dataclass(frozen=True)
class Gebruik:
    """Gebruik (use): a representation token was issued, so this service may now act on it.

    `machtiging` and `vertegenwoordigde` are None when a person acted for themself. `identifier` is
    the pairwise name of the machtiging for this service, `sector` the actor it is made for. `schakels`:
    the other links of a chain; `functie`: in which function someone acted for an organisation.
    """

    jti: str
    op: datetime
    persoon: PartijId
    vertegenwoordigde: PartijId | None
    machtiging: str | None
    identifier: str | None
    sector: str
    client_id: str
    dienst: DienstId
    handelingen: tuple[Handeling, ...]
    doelen: tuple[str, ...]
    schakels: tuple[str, ...] = ()
    functie: str | None = None


@dataclass(frozen=True)
class PerFunctie:
    """PerFunctie (per function): how often a power was used by people in one function, and when last."""

    functie: str | None
    aantal: int
    laatst: datetime


@dataclass(frozen=True)
class Bladzijde:
    """Bladzijde (page) of the register, newest first; `volgende` is the place to go on from."""

    resultaten: tuple[Gebruik, ...]
    volgende: str | None
