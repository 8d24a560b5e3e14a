"""Write the processing log before anything else happens, and read a person's own lines back.

The standard's record says what, when and about whom (as a day tag); everything else about the line
stands in a sealed detail beside it, because a conforming record may not carry invented attributes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeVar

from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session

from keys.kernel.database import Database
from keys.wire.trace import Trace
from rechten.errors import LogUnavailable
from rechten.logboek import store
from rechten.logboek.model import Gelogd, Logdetail, Logregel, Status
from rechten.logboek.tags import tag_at, tags_between
from rechten.logboek.zegel import Zegel

T = TypeVar("T")


@dataclass(frozen=True)
class Actie:
    """What is about to be logged: an action within a trace, and the seed of the person it is about."""

    name: str
    trace: Trace
    begonnen_op: datetime
    detail: Logdetail
    zaad: bytes | None
    processor: str | None = None
    status: Status = Status.OK


class Logboek:
    """The processing log of one register. `subject_type` is the URI that says what a tag is."""

    def __init__(self, zegel: Zegel, *, subject_type: str, resource: str) -> None:
        self._zegel = zegel
        self._subject_type = subject_type
        self._resource = {"attributes": {"service.name": resource}}

    def append(self, session: Session, actie: Actie, now: datetime) -> None:
        """Write one line with its detail, in the transaction of `session`."""
        tag = tag_at(actie.zaad, now) if actie.zaad is not None else None
        regel = Logregel(
            trace_id=actie.trace.trace_id,
            span_id=actie.trace.span_id,
            parent_span_id=actie.trace.parent_span_id,
            status=actie.status,
            name=actie.name,
            start_time=milliseconds(actie.begonnen_op),
            end_time=milliseconds(now),
            processing_activity_id=actie.detail.doel.uri,
            data_subject_id=tag,
            data_subject_id_type=self._subject_type if tag else None,
            processor=actie.processor,
            resource=self._resource,
        )
        sealed = self._zegel.seal(actie.detail, regel.trace_id, regel.span_id)
        store.add(session, regel, actie.detail.doel.digest, sealed)

    def find(self, session: Session, zaad: bytes, van: date, tot: date) -> list[Gelogd]:
        """The lines about the person with this seed, on the UTC days `van` to `tot`, newest first."""
        return [
            Gelogd(
                found.regel,
                self._zegel.open(
                    found.verzegeld, found.regel.trace_id, found.regel.span_id, found.doel_digest
                ),
            )
            for found in store.find_by_tags(session, tags_between(zaad, van, tot))
        ]


def write_logged(database: Database, act: Callable[[Session], T]) -> T:
    """Run an act that writes the log, and return once it is durable.

    Raises LogUnavailable when the database refuses: then nothing of the act happened, and the caller
    must release nothing.
    """
    try:
        return database.write(act)
    except SQLAlchemyError as error:
        raise LogUnavailable from error


def milliseconds(moment: datetime) -> int:
    """Milliseconds since the epoch (the standard's unit)."""
    return int(moment.timestamp() * 1000)
