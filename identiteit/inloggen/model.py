"""The words of logging in."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

SESSION_LIVES = timedelta(hours=8)
ATTEMPT_LIVES = timedelta(minutes=30)
CODE_LIVES = timedelta(seconds=60)


class Niveau(StrEnum):
    """Betrouwbaarheidsniveau (level of assurance, eIDAS)."""

    LAAG = "laag"
    SUBSTANTIEEL = "substantieel"
    HOOG = "hoog"

    @property
    def acr(self) -> str:
        """The eIDAS URI."""
        return f"http://eidas.europa.eu/LoA/{_LOA[self]}"

    @property
    def rank(self) -> int:
        """0 for laag, 2 for hoog."""
        return list(Niveau).index(self)


_LOA = {Niveau.LAAG: "low", Niveau.SUBSTANTIEEL: "substantial", Niveau.HOOG: "high"}


@dataclass(frozen=True)
class Inlogwens:
    """Inlogwens (wish to log in): what a package asked when it sent the browser here."""

    client_id: str
    redirect_uri: str
    scope: str
    state: str
    nonce: str
    code_challenge: str
    minimum: Niveau = Niveau.LAAG
    opnieuw: bool = False  # a fresh login is asked, whatever session there is
    nooit_tonen: bool = False  # prompt=none: no page may be shown
    max_age_s: int | None = None

    def __repr__(self) -> str:
        return f"Inlogwens({self.client_id!r})"


@dataclass(frozen=True)
class Poging:
    """Poging (attempt): a login page that is open in one browser. Without a wish it is for our own page."""

    id: str
    csrf: str = field(repr=False)
    wens: Inlogwens | None


@dataclass(frozen=True)
class Sessie:
    """Sessie (session) of a person in one browser."""

    persoon_id: str = field(repr=False)
    niveau: Niveau
    auth_op: datetime
    sid: str = field(repr=False)
    csrf: str = field(repr=False)


@dataclass(frozen=True)
class Code:
    """What an authorization code stands for."""

    client_id: str
    redirect_uri: str
    scope: str
    nonce: str = field(repr=False)
    code_challenge: str
    sid: str = field(repr=False)
    acr: str
    auth_op: datetime
    alt_sub: tuple[dict[str, Any], ...] = field(repr=False, default=())
