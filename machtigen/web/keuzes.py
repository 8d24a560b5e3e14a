"""What was chosen in the steps of a new machtiging, and which course the steps are part of.

Choices travel in the address (services, actions and dates, nothing personal). What may say something
about a person (case, note, function) and the other limits are typed in the last form only.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Annotated
from urllib.parse import urlencode

from fastapi import Depends, Form, Query, Request

from machtigen.deps import services
from machtigen.diensten.model import Dienst, Grond, Handeling, Niveau
from machtigen.errors import AlreadyEnded, ChainTooLong, NotActive, WrongRole
from machtigen.machtigingen import rules
from machtigen.machtigingen.dagen import day_of, end_of, start_of
from machtigen.machtigingen.keten import Keten
from machtigen.machtigingen.model import ENDED, Aanvraag, Actief, Machtiging, Rol
from machtigen.sessies.model import Sessie
from machtigen.web.beschrijving import A_MOMENT, purposes_of
from machtigen.web.namens import here
from machtigen.web.velden import identifier_of, read_count, read_text

ROLLEN = {"nieuw": Rol.VERTEGENWOORDIGDE, "verzoek": Rol.VERTEGENWOORDIGER}
BAD_COUNT = "Vul een heel getal in van 1 of meer."
NO_PURPOSE = "Kies voor elke dienst ten minste één doel."
TEXTS = (BAD_COUNT, NO_PURPOSE)
Text = Annotated[str, Query(max_length=200)]
Many = Annotated[list[str] | None, Query(max_length=50)]
Short = Annotated[str, Form(max_length=200)]
Fields = Annotated[list[str] | None, Form(max_length=50)]


@dataclass(frozen=True)
class Choices:
    """What was chosen so far."""

    diensten: tuple[str, ...]
    handelingen: tuple[str, ...]
    van: str
    tot: str

    def query(self, **more: str) -> str:
        """As the query of the next address."""
        pairs = [("dienst", value) for value in self.diensten]
        pairs += [("handeling", value) for value in self.handelingen]
        pairs += [(name, value) for name, value in (("van", self.van), ("tot", self.tot)) if value]
        return urlencode([*pairs, *more.items()])


def from_query(dienst: Many = None, handeling: Many = None, van: Text = "", tot: Text = "") -> Choices:
    """Choices from the address."""
    return Choices(tuple(dict.fromkeys(dienst or ())), tuple(dict.fromkeys(handeling or ())), van, tot)


def from_form(dienst: Fields = None, handeling: Fields = None, van: Short = "", tot: Short = "") -> Choices:
    """Choices from the hidden fields of the last form."""
    return from_query(dienst, handeling, van, tot)


@dataclass(frozen=True)
class Gang:
    """Gang (course) of the steps: giving (`nieuw`), asking (`verzoek`), or passing on (`doormachtigen`).

    `boven`: what is passed on, all links above together; `boven_id`: the link that the new one stands below.
    """

    soort: str
    basis: str
    rol: Rol
    boven: Machtiging | None = None
    boven_id: str | None = None

    @property
    def grond(self) -> Grond:
        """The ground that a service must accept."""
        return self.boven.grond if self.boven else Grond.MACHTIGING

    def offers(self, dienst: Dienst) -> bool:
        """Whether this service can be chosen."""
        within = self.boven is None or self.boven.covers(dienst.id)
        return dienst.machtigbaar and self.grond in dienst.gronden and within

    def actions(self, diensten: Iterable[Dienst]) -> frozenset[Handeling]:
        """The actions that all these services know, and that one may give."""
        shared = frozenset.intersection(*(dienst.handelingen for dienst in diensten))
        return shared & self.boven.handelingen if self.boven else shared


def gang_of(request: Request, person: Sessie) -> Gang:
    """The course that the address names. Raises NotFound, and why one may not pass this on."""
    place = here(request)
    first, _, rest = request.url.path.removeprefix(f"{place}/").partition("/")
    if not rest.startswith("doormachtigen"):
        return Gang(first, f"{place}/{first}", ROLLEN[first])
    app, identifier = services(request), identifier_of(first)
    link, rol = app.machtigingen.require(identifier, person.partij)
    if "doormachtigen" not in rules.acties(link, rol, app.now()):
        raise _why_not_passed_on(rol, rules.status_at(link, app.now()))
    above, _ = app.machtigingen.chain(identifier, person.partij)
    together = Keten((link, *above)).effectief
    basis = f"{place}/{identifier}/doormachtigen"
    return Gang("doormachtigen", basis, Rol.VERTEGENWOORDIGDE, together, identifier)


def _why_not_passed_on(rol: Rol, status: object) -> Exception:
    if isinstance(status, ENDED):
        return AlreadyEnded()
    if rol is not Rol.VERTEGENWOORDIGER:
        return WrongRole()
    return NotActive() if not isinstance(status, Actief) else ChainTooLong()


@dataclass(frozen=True)
class Grenzen:
    """Grenzen (limits), as typed in the last form, and what is wrong with them, by field."""

    zaak: str = ""
    label: str = ""
    functie: str = ""
    max_gebruik: str = ""
    min_niveau: str = ""
    doorgeven: bool = False
    doelen: tuple[str, ...] | None = None  # None: not asked
    fouten: Mapping[str, str] = field(default_factory=dict)

    @property
    def used(self) -> bool:
        """Whether anything was limited: then the disclosure is open."""
        typed = (self.zaak, self.functie, self.max_gebruik, self.min_niveau)
        return any(typed) or self.doorgeven or bool(self.fouten)

    def checked(self, diensten: Iterable[Dienst]) -> Grenzen:
        """The same, with what is wrong beside each field (Dutch texts)."""
        wrong = {}
        if self.max_gebruik and read_count(self.max_gebruik) is None:
            wrong["max_gebruik"] = BAD_COUNT
        if self.doelen is not None and not all(set(self.doelen) & set(one.doelen) for one in diensten):
            wrong["doel"] = NO_PURPOSE
        return replace(self, fouten=wrong)


def limits_from_form(
    zaak: Short = "",
    label: Short = "",
    functie: Short = "",
    max_gebruik: Short = "",
    min_niveau: Short = "",
    doorgeven: Short = "",
    doel: Fields = None,
    doelen: Short = "",
) -> Grenzen:
    """Limits from the last form. `doelen`: the form asked for purposes, so that none is none."""
    asked = tuple(doel or ()) if doelen else None
    level = min_niveau if min_niveau in set(Niveau) else ""
    return Grenzen(
        read_text(zaak),
        read_text(label),
        read_text(functie),
        max_gebruik.strip(),
        level,
        doorgeven == "1",
        asked,
    )


def aanvraag_of(chosen: Choices, gang: Gang, limits: Grenzen, diensten: Iterable[Dienst]) -> Aanvraag | None:
    """The request; None when a date or an action cannot be read. What is passed on keeps its own limits."""
    above = gang.boven
    floor = above.min_niveau if above else None
    try:
        return Aanvraag(
            diensten=chosen.diensten,
            handelingen=frozenset(Handeling(value) for value in chosen.handelingen),
            geldig_van=_start(chosen, above),
            geldig_tot=_end(chosen, above),
            zaak=(above.zaak if above else None) or limits.zaak or None,
            label=limits.label or None,
            doelen=_purposes(limits, above, diensten),
            min_niveau=Niveau(limits.min_niveau) if limits.min_niveau else floor,
            max_gebruik=read_count(limits.max_gebruik),
            doormachtigen=int(limits.doorgeven and above is None),
        )
    except (ValueError, OverflowError):
        return None


def _start(chosen: Choices, above: Machtiging | None) -> datetime | None:
    start = start_of(date.fromisoformat(chosen.van)) if chosen.van else None
    return max(start, above.geldig_van) if start and above else start


def _end(chosen: Choices, above: Machtiging | None) -> datetime:
    """The last day as a whole; on the very last day of what is passed on, until the moment that ends."""
    day = date.fromisoformat(chosen.tot)
    last = rules.last_moment(above) if above else None
    return last if last is not None and day_of(last - A_MOMENT) == day else end_of(day)


def _purposes(limits: Grenzen, above: Machtiging | None, diensten: Iterable[Dienst]) -> frozenset[str] | None:
    limit = above.doelen if above else None
    if limits.doelen is None:
        return limit
    chosen = frozenset(limits.doelen)
    return limit if limit is None and chosen >= set(purposes_of(diensten)) else chosen


Chosen = Annotated[Choices, Depends(from_query)]
ChosenForm = Annotated[Choices, Depends(from_form)]
LimitsForm = Annotated[Grenzen, Depends(limits_from_form)]
