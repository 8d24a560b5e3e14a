"""The words of a question by a service (AuthZEN 1.0 section 5), of its answer, and of the decision log.

Structs, because a frozen dataclass takes ten times as long to make, and every call makes a dozen of these.
"""

from __future__ import annotations

from typing import Any

from msgspec import Struct, field


class Subject(Struct, frozen=True):
    """Who acts, by its pairwise `sub`; `represents`: for whom, nearest first, () for oneself.

    `id` is None in a search for subjects. `acr`: the level of the login, as the caller says; None when it
    says nothing.
    """

    type: str
    id: str | None
    acr: str | None = None
    represents: tuple[str, ...] = ()

    @property
    def everybody(self) -> tuple[str, ...]:
        """Who acts, then whom they represent, nearest first."""
        return self.represents if self.id is None else (self.id, *self.represents)


class Action(Struct, frozen=True):
    """What is to be done. The two ids are only recorded (NL GOV profile); `name` is None in a search."""

    name: str | None
    processing_activity_id: str | None = None
    algorithm_id: str | None = None


class Resource(Struct, frozen=True):
    """At which service; `zaak` names one case. `id` is None in a search for resources."""

    type: str
    id: str | None
    zaak: str | None = None


class Context(Struct, frozen=True):
    """What the caller adds: `purpose` is judged, the others are only recorded."""

    purpose: str | None = None
    time: str | None = None
    traceparent: str | None = None


class Evaluation(Struct, frozen=True):
    """One question."""

    subject: Subject
    action: Action
    resource: Resource
    context: Context = Context()


class Page(Struct, frozen=True):
    """Which part of the results of a search is wanted."""

    limit: int
    token: str | None = None


class Search(Struct, frozen=True):
    """A question for all that would make it true."""

    evaluation: Evaluation
    page: Page


class Batch(Struct, frozen=True):
    """Several questions. What cannot be read stands as None, and is answered with false."""

    evaluations: tuple[Evaluation | None, ...]
    until: bool | None  # stop after the first answer that is this; None: answer all


class Decision(Struct, frozen=True):
    """The answer to one question. `context` may leave; `reasons` and `powers` are for the log."""

    decision: bool
    context: dict[str, Any] = field(default_factory=dict)
    reasons: tuple[str, ...] = ()
    powers: tuple[str, ...] = ()  # pairwise identifiers of the machtigingen that were looked at

    def body(self) -> dict[str, Any]:
        """As it leaves."""
        return {"decision": self.decision, "context": self.context} if self.context else {
            "decision": self.decision
        }  # fmt: skip


class Beslissing(Struct, frozen=True):
    """Beslissing (decision) as recorded: one call (Authorization Decision Log 1.0).

    `timestamp`: milliseconds since 1970. `attributes` has the keys `adl.core.…`.
    """

    trace_id: str
    span_id: str
    parent_span_id: str | None
    event_name: str
    timestamp: int
    status: str
    actor: str
    client_id: str
    attributes: dict[str, Any]
