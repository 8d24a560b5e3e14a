"""Means of login. Each proves who someone is, at a level."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from identiteit.inloggen.model import Niveau


@dataclass(frozen=True)
class Bewezen:
    """Bewezen (proven): who it is, at which level."""

    persoon_id: str
    niveau: Niveau


class Inlogmiddel(Protocol):
    """A means of login behind our own page."""

    def prove(self, form: Mapping[str, str]) -> Bewezen:
        """Who it is. Raises LoginRefused."""
