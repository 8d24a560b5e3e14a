"""Answers the questions of services, and records each call before its answer leaves."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.exc import SQLAlchemyError

from keys.kernel.database import Database, Lookup
from keys.wire.trace import Trace, continue_trace
from machtigen.beslissingen import opname, rules
from machtigen.beslissingen.aanroepers import Aanroeper, Aanroepers
from machtigen.beslissingen.guesses import Guesses
from machtigen.beslissingen.logboek import Logboek
from machtigen.beslissingen.model import Batch, Beslissing, Decision, Evaluation
from machtigen.beslissingen.oordeel import Found, Oordeel
from machtigen.beslissingen.store import milliseconds
from machtigen.beslissingen.zoeken import Zoeken
from machtigen.errors import CallerNotAllowed, DecisionNotRecorded, MalformedQuestion

BROKEN = Decision(False, reasons=("not-readable",))


@dataclass(frozen=True)
class Call:
    """One request as it came in. `proof`: what stands after `Bearer`."""

    proof: str
    content_type: str
    body: bytes
    traceparent: str | None


@dataclass(frozen=True)
class Outcome:
    """What leaves and what is recorded. `unknown`: names that the caller was never given."""

    body: dict[str, Any]
    attributes: dict[str, Any]
    unknown: int
    traceparent: str | None = None


Answer = Callable[[Lookup, Aanroeper, dict[str, Any], datetime], Outcome]


class Beslissingen:
    """The decision point. Every method answers one call: authenticate, read, judge, record."""

    def __init__(
        self,
        database: Database,
        aanroepers: Aanroepers,
        oordeel: Oordeel,
        logboek: Logboek,
        now: Callable[[], datetime],
    ) -> None:
        self._database = database
        self._aanroepers = aanroepers
        self._oordeel = oordeel
        self._zoeken = Zoeken(oordeel)
        self._guesses = Guesses()
        self.logboek = logboek
        self._now = now

    def evaluation(self, call: Call) -> dict[str, Any]:
        """One question. Raises CallerRejected, CallerNotAllowed, MalformedQuestion, TooManyGuesses,
        DecisionNotRecorded."""
        return self._answer("access_evaluation", call, self._single)

    def evaluations(self, call: Call) -> dict[str, Any]:
        """Several questions in one. Raises as `evaluation`."""
        return self._answer("access_evaluations", call, self._several)

    def search(self, wanted: str, call: Call) -> dict[str, Any]:
        """Search for `subject`, `resource` or `action`. Raises as `evaluation`."""
        find = {
            "subject": self._zoeken.subjects,
            "resource": self._zoeken.resources,
            "action": self._zoeken.actions,
        }[wanted]

        def act(lookup: Lookup, caller: Aanroeper, body: dict[str, Any], now: datetime) -> Outcome:
            search = rules.read_search(body, wanted)
            results = find(lookup, caller, search, now)
            answer = results.body()
            seen = opname.question(search.evaluation, caller, self._oordeel, results.found)
            attributes = opname.attributes(seen, answer, {}, self._oordeel)
            unknown = len(results.found.unknown)
            return Outcome(answer, attributes, unknown, search.evaluation.context.traceparent)

        return self._answer(f"search_{wanted}", call, act)

    def _answer(self, event: str, call: Call, answer: Answer) -> dict[str, Any]:
        now = self._now()
        try:
            caller = self._aanroepers.require(call.proof, now)
            client_id = caller.client.client_id
            self._guesses.check(client_id, now)
            body = rules.read_body(call.content_type, call.body)
            outcome = self._database.look(lambda lookup: answer(lookup, caller, body, now))
        except MalformedQuestion:
            self._record(event, caller, continue_trace(call.traceparent), "Error", {}, now)
            raise
        except SQLAlchemyError as error:
            raise DecisionNotRecorded from error
        self._guesses.add(client_id, outcome.unknown, now)
        trace = continue_trace(call.traceparent or outcome.traceparent)
        self._record(event, caller, trace, "Ok", outcome.attributes, now)
        return outcome.body

    def _single(self, lookup: Lookup, caller: Aanroeper, body: dict[str, Any], now: datetime) -> Outcome:
        asked = rules.read_evaluation(body)
        if asked.resource.id in caller.client.diensten and asked.resource.id not in caller.diensten:
            raise CallerNotAllowed  # its own service, but not in the scope of this token
        decision, found = self._oordeel.judge(lookup, caller, asked, now)
        answer = decision.body()
        seen = opname.question(asked, caller, self._oordeel, found)
        attributes = opname.attributes(seen, answer, opname.information(decision), self._oordeel)
        return Outcome(answer, attributes, len(found.unknown), asked.context.traceparent)

    def _several(self, lookup: Lookup, caller: Aanroeper, body: dict[str, Any], now: datetime) -> Outcome:
        batch = rules.read_batch(body)
        if batch is None:
            return self._single(lookup, caller, body, now)
        unknown: set[str] = set()
        answers, seen, looked_at = [], [], []
        for asked, decision, found in self._each(lookup, caller, batch, now):
            answers.append(decision.body())
            looked_at.append(opname.information(decision))
            unknown |= found.unknown
            seen.append(None if asked is None else
                        opname.question(asked, caller, self._oordeel, found))  # fmt: skip
            if decision.decision is batch.until:
                break
        answer = {"evaluations": answers}
        attributes = opname.attributes(
            {"evaluations": seen}, answer, {"evaluations": looked_at}, self._oordeel
        )
        traceparents = (one.context.traceparent for one in batch.evaluations if one is not None)
        return Outcome(answer, attributes, len(unknown), next(filter(None, traceparents), None))

    def _each(
        self, lookup: Lookup, caller: Aanroeper, batch: Batch, now: datetime
    ) -> Iterator[tuple[Evaluation | None, Decision, Found]]:
        for asked in batch.evaluations:
            if asked is None:
                yield None, BROKEN, Found()
            else:
                yield asked, *self._oordeel.judge(lookup, caller, asked, now)

    def _record(
        self,
        event: str,
        caller: Aanroeper,
        trace: Trace,
        status: str,
        attributes: Mapping[str, Any],
        now: datetime,
    ) -> None:
        self.logboek.record(
            Beslissing(
                trace_id=trace.trace_id,
                span_id=trace.span_id,
                parent_span_id=trace.parent_span_id,
                event_name=f"adl.{event}",
                timestamp=milliseconds(now),
                status=status,
                actor=caller.sector,
                client_id=caller.client.client_id,
                attributes=dict(attributes),
            )
        )
