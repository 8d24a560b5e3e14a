"""The only SQL of a transcryptor. One durable write per answer, before the answer."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session

from keys.errors import LogUnavailable, ReplayedRequest, VolumeExceeded
from keys.kernel.database import Database, UtcDateTime
from keys.pseudonyms.answers import open_answer, seal_answer
from keys.pseudonyms.model import Kept, Permit, Recorded, Translated

T = TypeVar("T")

_OP = sa.bindparam("op", type_=UtcDateTime())
_TRANSLATION = sa.text(
    "INSERT INTO transcrypties (actor, aanvraag, stap, paar, van, naar, doel, gebruiksgrond, aantal,"
    " trace_id, op) VALUES (:actor, :aanvraag, :stap, :paar, :van, :naar, :doel, :gebruiksgrond, :aantal,"
    " :trace_id, :op) ON CONFLICT DO NOTHING"
).bindparams(_OP)
_COUNT = sa.text(
    "INSERT INTO tellers (gebruiksgrond, dag, aantal) VALUES (:gebruiksgrond, :dag, :aantal)"
    " ON CONFLICT (gebruiksgrond, dag) DO UPDATE SET aantal = tellers.aantal + excluded.aantal"
    " RETURNING aantal"
).bindparams(sa.bindparam("dag", type_=sa.Date()))
_REFUSAL = sa.text(
    "INSERT INTO weigeringen (actor, reden, trace_id, op) VALUES (:actor, :reden, :trace_id, :op)"
).bindparams(_OP)
_ANSWER = sa.text(
    "INSERT INTO antwoorden (actor, aanvraag, digest, items, verklaring, verloopt_op)"
    " VALUES (:actor, :aanvraag, :digest, :items, :verklaring, :verloopt_op)"
).bindparams(sa.bindparam("verloopt_op", type_=UtcDateTime()))
_AUDIT = sa.text(
    "INSERT INTO auditkopieen (actor, aanvraag, stap, verzegeld, op, verloopt_op)"
    " VALUES (:actor, :aanvraag, :stap, :verzegeld, :op, :verloopt_op)"
).bindparams(_OP, sa.bindparam("verloopt_op", type_=UtcDateTime()))
_FIND_ANSWER = sa.text(
    "SELECT items, verklaring FROM antwoorden"
    " WHERE actor = :actor AND aanvraag = :aanvraag AND digest = :digest"
)
_AUDITS = sa.text("SELECT actor, aanvraag, stap, verzegeld FROM auditkopieen ORDER BY op, actor, aanvraag")
_SWEEPS = tuple(
    sa.text(f"DELETE FROM {table} WHERE verloopt_op <= :op").bindparams(_OP)  # noqa: S608 - constants
    for table in ("antwoorden", "auditkopieen")
)
_ISSUED = sa.text(
    "INSERT INTO uitgiften (actor, aanvraag, domein, epoch, op)"
    " VALUES (:actor, :aanvraag, :domein, :epoch, :op) ON CONFLICT DO NOTHING"
).bindparams(_OP)


class PartijStore:
    """What one transcryptor writes down. Raises LogUnavailable when it cannot."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def record_translation(self, recorded: Recorded, now: datetime) -> int:
        """Write down a batch and count it; gives the day's total. Raises ReplayedRequest, VolumeExceeded.

        A refused batch leaves no trace here: neither its request id nor its count.
        """
        permit = recorded.permit
        values = {
            "actor": permit.actor,
            "aanvraag": permit.request_id,
            "stap": recorded.step,
            "paar": f"{permit.pair.first}-{permit.pair.second}",
            "van": str(permit.van),
            "naar": str(permit.naar),
            "doel": permit.doel,
            "gebruiksgrond": recorded.gebruiksgrond,
            "aantal": permit.count,
            "trace_id": permit.trace_id,
            "op": now,
        }

        def act(session: Session) -> int:
            if session.execute(_TRANSLATION, values).rowcount != 1:  # type: ignore[attr-defined]  # CursorResult
                raise ReplayedRequest
            counted = {"gebruiksgrond": recorded.gebruiksgrond, "dag": now.date(), "aantal": permit.count}
            total: int = session.execute(_COUNT, counted).scalar_one()
            if recorded.limit is not None and total > recorded.limit:
                raise VolumeExceeded
            return total

        return self._guarded(act)

    def keep(self, kept: Kept, now: datetime) -> None:
        """Keep an answer for a repeated request, and the auditor's sealed copy, before it leaves."""
        permit, done = kept.permit, kept.translated
        who = {"actor": permit.actor, "aanvraag": permit.request_id}
        items, statement = seal_answer(kept.answer_key, permit, done)
        sealed = {"digest": kept.digest, "items": items, "verklaring": statement}
        answer = {**who, **sealed, "verloopt_op": kept.answer_until}

        def act(session: Session) -> None:
            session.execute(_ANSWER, answer)
            if kept.audit is not None:
                copy = {"stap": kept.step, "verzegeld": kept.audit, "verloopt_op": kept.audit_until}
                session.execute(_AUDIT, {**who, **copy, "op": now})

        self._guarded(act)

    def find_answer(self, permit: Permit, digest: str, key: bytes) -> Translated | None:
        """The answer to the very same request, while it is kept. `key`: its 32 bytes."""
        values = {"actor": permit.actor, "aanvraag": permit.request_id, "digest": digest}
        row = self._database.read(lambda session: session.execute(_FIND_ANSWER, values).first())
        if row is None:
            return None
        return open_answer(key, permit.actor, permit.request_id, bytes(row.items), row.verklaring)

    def list_audits(self) -> list[tuple[str, str, int, bytes]]:
        """(actor, request id, step, sealed copy) of every batch that is kept for the auditor."""
        rows = self._database.read(lambda session: session.execute(_AUDITS).all())
        return [(row.actor, row.aanvraag, row.stap, bytes(row.verzegeld)) for row in rows]

    def sweep(self, now: datetime) -> None:
        """Throw away answers and copies whose term has ended."""

        def act(session: Session) -> None:
            for statement in _SWEEPS:
                session.execute(statement, {"op": now})

        self._guarded(act)

    def record_refusal(self, actor: str, reason: str, trace_id: str | None, now: datetime) -> None:
        """Write down that a known actor was refused, and why."""
        values = {"actor": actor, "reden": reason, "trace_id": trace_id, "op": now}
        self._guarded(lambda session: session.execute(_REFUSAL, values))

    def record_issue(self, actor: str, request_id: str, domein: str, epoch: int, now: datetime) -> None:
        """Write down that key shares are sealed to an actor. Raises ReplayedRequest."""
        values = {
            "actor": actor,
            "aanvraag": request_id,
            "domein": domein,
            "epoch": epoch,
            "op": now,
        }

        def act(session: Session) -> None:
            if session.execute(_ISSUED, values).rowcount != 1:  # type: ignore[attr-defined]  # CursorResult
                raise ReplayedRequest

        self._guarded(act)

    def _guarded(self, act: Callable[[Session], T]) -> T:
        try:
            return self._database.write(act)
        except SQLAlchemyError as error:
            raise LogUnavailable from error
