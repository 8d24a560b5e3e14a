"""The words of the processing log (Logboek Dataverwerkingen 1.0, sections on the record)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from rechten.doelen.model import DoelVersie

ACTIVITY = "dpl.core.processing_activity_id"
SUBJECT = "dpl.core.data_subject_id"
SUBJECT_TYPE = "dpl.core.data_subject_id_type"
PROCESSOR = "dpl.core.foreign_operation.processor"


class Status(StrEnum):
    """`Error` is for an internal failure only; a refusal or an empty result is `Unset`."""

    UNSET = "Unset"
    OK = "Ok"
    ERROR = "Error"


class Rol(StrEnum):
    """Rol (role): what this register did with the data."""

    VERSTREKKING = "verstrekking"
    WIJZIGING = "wijziging"
    INZAGE = "inzage"
    WEIGERING = "weigering"
    VOORSTEL = "voorstel"
    STORING = "storing"


@dataclass(frozen=True)
class Weigering:
    """Weigering (refusal): a category that was not given, and the code of the rule that said so."""

    categorie: str
    reden: str


@dataclass(frozen=True)
class Tegenpartij:
    """Tegenpartij (counterparty): who got the data or delivered them."""

    actor: str
    naam: Mapping[str, str]
    client_id: str | None = None


@dataclass(frozen=True)
class Handelende:
    """Handelende (who acts) at the counterparty: a pairwise reference, and under which machtiging, if any."""

    sub: str | None = field(default=None, repr=False)
    namens: bool = False
    machtiging: str | None = field(default=None, repr=False)
    machtiging_iss: str | None = None


NOBODY = Handelende()


@dataclass(frozen=True)
class Logdetail:
    """Logdetail (log detail): what may not stand in the open line; encrypted under a key of the register."""

    doel: DoelVersie
    rol: Rol
    categorieen: tuple[str, ...]
    geweigerd: tuple[Weigering, ...] = ()
    redenen: tuple[str, ...] = ()
    gebruiksgrond: str | None = None
    tegenpartij: Tegenpartij | None = None
    handelende: Handelende = NOBODY


@dataclass(frozen=True)
class Logregel:
    """Logregel (log line): an action (span) of a processing (trace), about at most one person.

    `trace_id` 32, `span_id` 16 lower-case hexadecimal digits; times in milliseconds since the epoch.
    `data_subject_id` is the tag of this person, in this register, on this day.
    """

    trace_id: str
    span_id: str
    status: Status
    name: str
    start_time: int
    end_time: int
    processing_activity_id: str
    parent_span_id: str | None = None
    data_subject_id: str | None = None
    data_subject_id_type: str | None = None
    processor: str | None = None
    resource: Mapping[str, Any] = field(default_factory=dict)

    def attributes(self) -> dict[str, str]:
        """The attributes under the names of the standard; none of our own invention."""
        named = {
            ACTIVITY: self.processing_activity_id,
            SUBJECT: self.data_subject_id,
            SUBJECT_TYPE: self.data_subject_id_type,
            PROCESSOR: self.processor,
        }
        return {name: value for name, value in named.items() if value is not None}


@dataclass(frozen=True)
class Gelogd:
    """Gelogd (logged): a line with its detail, as the person may see it."""

    regel: Logregel
    detail: Logdetail
