"""The words of cases."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from machtigen.diensten.model import DienstId
from machtigen.partijen.model import PartijId


@dataclass(frozen=True)
class Zaak:
    """Zaak (case) of a service. `kenmerk`: its reference there. `betrokkene`: whom it is about;
    `wederpartijen`: who has an opposite interest in it."""

    id: str
    actor: str
    kenmerk: str
    dienst: DienstId
    betrokkene: PartijId
    wederpartijen: frozenset[PartijId]
    gemeld_op: datetime
    gesloten_op: datetime | None = None
