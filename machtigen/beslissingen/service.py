"""Answers the questions of services, and records each call before its answer leaves."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from datetime import datetime
from typing import Any

from msgspec import Struct
from sqlalchemy.exc import SQLAlchemyError

from keys.kernel.caller import CallerRejected
from keys.kernel.database import Database, Lookup
from keys.wire.trace import Trace, continue_trace
from machtigen.beslissingen import opname, rules
from machtigen.beslissingen.aanroepers import Aanroeper, Aanroepers
from machtigen.beslissingen.guesses import Guesses
from machtigen.beslissingen.logboek import Logboek
from machtigen.beslissingen.model import Batch, Beslissing, Decision, Evaluation, Search
from machtigen.beslissingen.oordeel import Found, Names, Oordeel
from machtigen.beslissingen.rij import Rij
from machtigen.beslissingen.store import milliseconds
from machtigen.beslissingen.zoeken import Zoeken
from machtigen.errors import CallerNotAllowed, DecisionNotRecorded, MachtigenError, MalformedQuestion

Answer = dict[str, Any] | Exception
Judged = list[tuple[Answer, Beslissing | None]]
EVALUATION, EVALUATIONS, SEARCH = "access_evaluation", "access_evaluations", "search_"
BROKEN = Decision(False, reasons=("not-readable",))


class Call(Struct, frozen=True):
    """One request as it came in. `kind`: what it asks, as the log names it; `proof`: after `Bearer`."""

    kind: str
    proof: str
    content_type: str
    body: bytes
    traceparent: str | None


class Asked(Struct, frozen=True):
    """What a call asks, of whom; or why it could not be read."""

    call: Call
    caller: Aanroeper
    asked: Evaluation | Batch | Search | MalformedQuestion

    @property
    def evaluations(self) -> Sequence[Evaluation]:
        """The questions about people who are named."""
        if isinstance(self.asked, Evaluation):
            return (self.asked,)
        return [one for one in self.asked.evaluations if one] if isinstance(self.asked, Batch) else ()


class Outcome(Struct, frozen=True):
    """What leaves and what is recorded. `unknown`: names that the caller was never given."""

    body: dict[str, Any]
    attributes: dict[str, Any]
    unknown: int
    traceparent: str | None = None


class Beslissingen:
    """The decision point. For each call: authenticate, read, judge, record; then the answer leaves."""

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
        zoeken = Zoeken(oordeel)
        self._find = {
            "subject": zoeken.subjects, "resource": zoeken.resources, "action": zoeken.actions
        }  # fmt: skip
        self._rij: Rij[Call, dict[str, Any]] = Rij(lambda calls: self.settle(self.judge(calls)))
        self._guesses = Guesses()
        self.logboek = logboek
        self._now = now

    def ask(self, call: Call) -> Future[dict[str, Any]]:
        """The answer to one call, in time; recorded by then. Fails with CallerRejected, CallerNotAllowed,
        MalformedQuestion, TooManyGuesses, DecisionNotRecorded."""
        return self._rij.put(call)

    def is_brief(self, call: Call) -> bool:
        """Whether it is judged sooner than handed to another thread: one question with a token, on a
        database in this process."""
        return self._database.is_sqlite and call.kind == EVALUATION and self._aanroepers.is_token(call.proof)

    def judge(self, calls: Sequence[Call]) -> Judged:
        """Judge each on what stands now. Nothing of it may leave before `settle`."""
        now = self._now()
        proven = [self._prove(call, now) for call in calls]  # an assertion counts once: not to be repeated

        def act(lookup: Lookup) -> Judged:
            tokens: dict[str, Aanroeper] = {}  # those of a client that asks much at once are read once
            with lookup.shared() as shared:
                read = [self._read(shared, *one, tokens, now) for one in zip(calls, proven, strict=True)]
                names = self._names(shared, [one for one in read if isinstance(one, Asked)])
                return [
                    self._answer(shared, one, names, now) if isinstance(one, Asked) else (one, None)
                    for one in read
                ]

        try:
            return self._database.look(act)
        except SQLAlchemyError as error:
            failed = [one if isinstance(one, CallerRejected) else _not_recorded(error) for one in proven]
            return [(one, None) for one in failed]

    def settle(self, judged: Judged) -> list[Answer]:
        """Write the records of all, and only then give the answers."""
        return self.release(judged, self.record(judged))

    def record(self, judged: Judged) -> Future[None]:
        """Have the records of all written; done when they are durable."""
        return self.logboek.begin([record for _, record in judged if record is not None])

    def release(self, judged: Judged, writing: Future[None]) -> list[Answer]:
        """The answers, once their records are durable; without them, why none may leave."""
        try:
            self.logboek.require(writing)
        except DecisionNotRecorded as error:
            return [error if record is not None else answer for answer, record in judged]
        return [answer for answer, _ in judged]

    def _prove(self, call: Call, now: datetime) -> Aanroeper | CallerRejected | None:
        try:
            return self._aanroepers.prove(call.proof, now)
        except CallerRejected as error:
            return error

    def _read(
        self,
        lookup: Lookup,
        call: Call,
        proven: Aanroeper | CallerRejected | None,
        tokens: dict[str, Aanroeper],
        now: datetime,
    ) -> Asked | Exception:
        try:
            if isinstance(proven, CallerRejected):
                raise proven
            caller = proven or tokens.get(call.proof)
            if caller is None:
                caller = tokens[call.proof] = self._aanroepers.by_token(lookup, call.proof, now)
            self._guesses.check(caller.client.client_id, now)
        except (CallerRejected, MachtigenError) as error:
            return error
        try:
            return Asked(call, caller, _question(call))
        except MalformedQuestion as error:
            return Asked(call, caller, error)

    def _names(self, lookup: Lookup, read: Sequence[Asked]) -> dict[str, Names]:
        """Whose names stand in questions that came together, for each actor that asks."""
        together: dict[str, list[Evaluation]] = {}
        for one in read:
            together.setdefault(one.caller.sector, []).extend(one.evaluations)
        return {sector: self._oordeel.names(lookup, sector, found) for sector, found in together.items()}

    def _answer(
        self, lookup: Lookup, one: Asked, names: Mapping[str, Names], now: datetime
    ) -> tuple[Answer, Beslissing | None]:
        call, caller = one.call, one.caller
        try:
            self._guesses.check(caller.client.client_id, now)  # there may be more since it was read
            outcome = self._act(lookup, one, names[caller.sector], now)
        except MalformedQuestion as error:
            return error, _record(call, caller, continue_trace(call.traceparent), "Error", {}, now)
        except MachtigenError as error:
            return error, None
        self._guesses.add(caller.client.client_id, outcome.unknown, now)
        trace = continue_trace(call.traceparent or outcome.traceparent)
        return outcome.body, _record(call, caller, trace, "Ok", outcome.attributes, now)

    def _act(self, lookup: Lookup, one: Asked, names: Names, now: datetime) -> Outcome:
        asked, caller = one.asked, one.caller
        if isinstance(asked, Evaluation):
            return self._single(lookup, caller, asked, names, now)
        if isinstance(asked, Batch):
            return self._several(lookup, caller, asked, names, now)
        if isinstance(asked, Search):
            return self._search(one.call.kind.removeprefix(SEARCH), lookup, caller, asked, now)
        raise asked

    def _search(
        self, wanted: str, lookup: Lookup, caller: Aanroeper, search: Search, now: datetime
    ) -> Outcome:
        results = self._find[wanted](lookup, caller, search, now)
        answer = results.body()
        seen = opname.question(search.evaluation, caller, self._oordeel, results.found)
        attributes = opname.attributes(seen, answer, {}, self._oordeel)
        return Outcome(answer, attributes, len(results.found.unknown), search.evaluation.context.traceparent)

    def _single(
        self, lookup: Lookup, caller: Aanroeper, asked: Evaluation, names: Names, now: datetime
    ) -> Outcome:
        if asked.resource.id in caller.client.diensten and asked.resource.id not in caller.diensten:
            raise CallerNotAllowed  # its own service, but not in the scope of this token
        decision, found = self._oordeel.judge(lookup, caller, asked, names, now)
        answer = decision.body()
        seen = opname.question(asked, caller, self._oordeel, found)
        attributes = opname.attributes(seen, answer, opname.information(decision), self._oordeel)
        return Outcome(answer, attributes, len(found.unknown), asked.context.traceparent)

    def _several(
        self, lookup: Lookup, caller: Aanroeper, batch: Batch, names: Names, now: datetime
    ) -> Outcome:
        unknown: set[str] = set()
        answers, seen, looked_at = [], [], []
        for asked, decision, found in self._each(lookup, caller, batch, names, now):
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
        self, lookup: Lookup, caller: Aanroeper, batch: Batch, names: Names, now: datetime
    ) -> Iterator[tuple[Evaluation | None, Decision, Found]]:
        for asked in batch.evaluations:
            if asked is None:
                yield None, BROKEN, Found()
            else:
                yield asked, *self._oordeel.judge(lookup, caller, asked, names, now)


def _question(call: Call) -> Evaluation | Batch | Search:
    if call.kind == EVALUATION:
        return rules.read_question(call.content_type, call.body)
    body = rules.read_body(call.content_type, call.body)
    if call.kind == EVALUATIONS:
        return rules.read_batch(body) or rules.read_evaluation(body)
    return rules.read_search(body, call.kind.removeprefix(SEARCH))


def _not_recorded(cause: Exception) -> DecisionNotRecorded:
    failed = DecisionNotRecorded()
    failed.__cause__ = cause
    return failed


def _record(
    call: Call, caller: Aanroeper, trace: Trace, status: str, attributes: Mapping[str, Any], now: datetime
) -> Beslissing:
    return Beslissing(
        trace_id=trace.trace_id,
        span_id=trace.span_id,
        parent_span_id=trace.parent_span_id,
        event_name=f"adl.{call.kind}",
        timestamp=milliseconds(now),
        status=status,
        actor=caller.sector,
        client_id=caller.client.client_id,
        attributes=dict(attributes),
    )
