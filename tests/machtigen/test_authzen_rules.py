"""Whatever a service sends is a question or is refused as malformed: never anything else."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from machtigen.beslissingen import rules
from machtigen.beslissingen.model import Evaluation
from machtigen.errors import MalformedQuestion

FIELDS = ["type", "id", "name", "sub", "represents", "properties", "acr"]
LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8)
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(st.sampled_from(FIELDS), inner, max_size=4),
    max_leaves=12,
)  # fmt: skip
BODIES = st.dictionaries(
    st.sampled_from(["subject", "action", "resource", "context", "evaluations", "options", "page"]), VALUES
)
GOOD: dict[str, Any] = {
    "subject": {"type": "pseudoniem", "id": "x",
                "properties": {"represents": {"sub": "y", "represents": {"sub": "z"}}}},
    "action": {"name": "betalen"},
    "resource": {"type": "dienst", "id": "urn:uuid:1"},
}  # fmt: skip


@given(BODIES)
def test_any_object_is_read_or_refused(body: dict[str, Any]) -> None:
    readers = [rules.read_evaluation, rules.read_batch]
    readers += [
        lambda one, w=wanted: rules.read_search(one, w) for wanted in ("subject", "resource", "action")
    ]
    for read in readers:
        try:
            read(body)
        except MalformedQuestion:
            continue


@given(st.binary(max_size=200), st.text(max_size=40))
def test_any_bytes_are_read_or_refused(body: bytes, content_type: str) -> None:
    for kind in (content_type, "application/json"):
        with contextlib.suppress(MalformedQuestion):
            rules.read_question(kind, body)
        try:
            assert isinstance(rules.read_body(kind, body), dict)
        except MalformedQuestion:
            continue


TEXTS = st.sampled_from(["x", "", "é", "\u200b", "\n", "x" * 300, "x" * 301, "𝄞" * 300]) | LEAVES
PATHS = st.recursive(
    st.none() | TEXTS, lambda inner: st.fixed_dictionaries({"sub": TEXTS, "represents": inner}), max_leaves=7
)
ABOUT = st.none() | VALUES | st.fixed_dictionaries({}, optional={"acr": TEXTS, "represents": PATHS})
EMPTY = st.none() | st.just({}) | VALUES
USUAL = st.fixed_dictionaries(
    {
        "subject": st.fixed_dictionaries({"type": TEXTS, "id": TEXTS}, optional={"properties": ABOUT}),
        "action": st.fixed_dictionaries({"name": TEXTS}, optional={"properties": EMPTY, "type": TEXTS}),
        "resource": st.fixed_dictionaries(
            {"type": TEXTS, "id": TEXTS},
            optional={"properties": EMPTY | st.fixed_dictionaries({"zaak": TEXTS})},
        ),
    },
    optional={
        "context": EMPTY | st.fixed_dictionaries({"zaak": TEXTS, "time": TEXTS, "purpose": TEXTS}),
        "evaluations": VALUES,
    },
)


def outcome(read: Callable[[], Evaluation]) -> Evaluation | type[MalformedQuestion]:
    try:
        return read()
    except MalformedQuestion:
        return MalformedQuestion


@given(USUAL | BODIES, st.booleans())
def test_the_short_way_reads_what_the_general_way_reads(body: dict[str, Any], escaped: bool) -> None:
    sent = json.dumps(body, ensure_ascii=escaped).encode("utf-8", "surrogatepass")
    short = outcome(lambda: rules.read_question("application/json", sent))
    assert short == outcome(lambda: rules.read_evaluation(rules.read_body("application/json", sent)))


def test_the_short_way_is_the_usual_way(monkeypatch: pytest.MonkeyPatch) -> None:
    sent = json.dumps(GOOD).encode()
    expected = rules.read_evaluation(GOOD)
    monkeypatch.setattr(rules, "read_evaluation", None)
    assert rules.read_question("application/json; charset=utf-8", sent) == expected


@given(st.lists(VALUES, min_size=1, max_size=5))
def test_a_batch_has_as_many_answers_as_questions(items: list[Any]) -> None:
    batch = rules.read_batch({**GOOD, "evaluations": items})
    assert batch is not None
    assert len(batch.evaluations) == len(items)
    assert all(one is None or isinstance(one, Evaluation) for one in batch.evaluations)


def test_the_deepest_is_who_is_represented() -> None:
    assert rules.read_evaluation(GOOD).subject.represents == ("y", "z")


@pytest.mark.parametrize("text", ["\x00", "a\nb", "\ud800", "x" * 301, "\u202e", ""])
def test_a_name_is_a_short_text_that_can_be_shown(text: str) -> None:
    body = json.loads(json.dumps({**GOOD, "subject": {"type": "pseudoniem", "id": text}}))
    with pytest.raises(MalformedQuestion):
        rules.read_evaluation(body)


def test_a_chain_of_names_has_an_end() -> None:
    inner: dict[str, Any] = {"sub": "x"}
    for _ in range(rules.LINKS):
        inner = {"sub": "x", "represents": inner}
    with pytest.raises(MalformedQuestion):
        rules.read_evaluation({**GOOD, "subject": {**GOOD["subject"], "properties": {"represents": inner}}})
