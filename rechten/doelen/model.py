"""The words of purposes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class DoelVersie:
    """DoelVersie (purpose version) as it stood when it was logged. `uri` names this version for ever."""

    id: str
    versie: int
    digest: str
    uri: str
    naam: Mapping[str, str]
    wettelijke_grondslag: tuple[str, ...]


@dataclass(frozen=True)
class Doel:
    """Doel (purpose) that is registered, as far as rechten needs it."""

    versie: DoelVersie
    categorieen: frozenset[str]
    geldig_van: datetime
    geldig_tot: datetime | None
