"""The words of the decision."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from keys.wire.trace import Trace
from rechten.doelen.model import Doel
from rechten.logboek.model import Weigering
from rechten.registers.model import Gebruiksgrond, Register

INFORMATIE_OPVRAGEN = "informatie_opvragen"
ZAKEN_REGELEN = "zaken_regelen"


@dataclass(frozen=True)
class Leesvraag:
    """Leesvraag (call with a token) as it came in: the token, the purpose, the asked categories (None: all
    of the purpose), and the action of the machtiging that it takes."""

    token: str = field(repr=False)
    doel: str
    categorieen: frozenset[str] | None
    trace: Trace
    handeling: str = INFORMATIE_OPVRAGEN


@dataclass(frozen=True)
class Bevoegdheid:
    """Bevoegdheid (permission) that a verified representation token conveys.

    `datatypes` narrows to these categories; empty: no narrowing. `geldig_tot` is the machtiging's.
    """

    actions: frozenset[str]
    doelen: frozenset[str]
    datatypes: frozenset[str] = frozenset()
    geldig_tot: datetime | None = None


@dataclass(frozen=True)
class Vraag:
    """Vraag (question): who wants which categories of this register for which purpose.

    `bevoegdheid` is None when a registered actor asks by itself, without a person at the keyboard.
    `handeling` is the action that the token must cover.
    `categorieen` None: everything that the purpose names.
    """

    register: Register
    afnemer: str
    doel: str
    bevoegdheid: Bevoegdheid | None
    categorieen: frozenset[str] | None = None
    handeling: str = INFORMATIE_OPVRAGEN


@dataclass(frozen=True)
class Feiten:
    """Feiten (facts): what is registered about the question."""

    doel: Doel | None
    gronden: tuple[Gebruiksgrond, ...] = ()


@dataclass(frozen=True)
class Decision:
    """The answer of the rules. `reasons` are codes; `categories` what may be released.

    Not allowed: nothing may be released. Allowed: `refused` names what was asked and is not given.
    """

    allowed: bool
    reasons: tuple[str, ...]
    categories: frozenset[str] = frozenset()
    refused: tuple[Weigering, ...] = ()
    gebruiksgrond: Gebruiksgrond | None = field(default=None)
