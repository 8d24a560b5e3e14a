"""The words of notices."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from machtigen.machtigingen.model import Gebeurtenis, Rol
from machtigen.partijen.model import PartijId


@dataclass(frozen=True)
class Bericht:
    """Bericht (notice) to one party: what happened to which machtiging, seen from their role.

    It holds no name and no text: the page words it, and the machtiging's own page shows the name.
    """

    id: str
    aan: PartijId
    machtiging: str
    rol: Rol
    soort: Gebeurtenis
    door: str
    op: datetime
    gelezen: bool = False


@dataclass(frozen=True)
class Postvak:
    """Postvak (inbox) page, newest first, with an opaque cursor for the next one."""

    resultaten: tuple[Bericht, ...]
    volgende: str | None
