"""Opname (record): what of a call stands in the decision log. Pure.

Only what was understood is recorded: names that the caller was given, its own services, known words. A value
that means nothing here could be anything, a BSN included.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from machtigen.beslissingen.aanroepers import Aanroeper
from machtigen.beslissingen.model import Decision, Evaluation
from machtigen.beslissingen.oordeel import HANDELINGEN, Found, Oordeel
from machtigen.machtigingen.toets import VERSION

UNKNOWN = "unknown"
POLICIES = {"rules": VERSION}
LEVELS = "http://eidas.europa.eu/LoA/"


def attributes(
    request: Mapping[str, Any],
    response: Mapping[str, Any],
    information: Mapping[str, Any],
    oordeel: Oordeel,
) -> dict[str, Any]:
    """The attributes of a record (ADL 1.0)."""
    return {
        "adl.core.request": request,
        "adl.core.response": response,
        "adl.core.policies": POLICIES,
        "adl.core.information": information,
        "adl.core.configuration": {"max_links": oordeel.most_links()},
    }


def information(decision: Decision) -> dict[str, Any]:
    """Which machtigingen carried a decision, by the caller's names for them; or why there was none."""
    if decision.decision:
        return {"machtigingen": list(decision.powers)}
    return {"reasons": list(decision.reasons)}


def question(asked: Evaluation, caller: Aanroeper, oordeel: Oordeel, found: Found) -> dict[str, Any]:
    """A question as it was understood."""
    subject: dict[str, Any] = {"type": _one_of(asked.subject.type, oordeel.persons)}
    if asked.subject.id is not None:
        subject["id"] = UNKNOWN if asked.subject.id in found.unknown else asked.subject.id
    properties: dict[str, Any] = {}
    if asked.subject.acr is not None:
        properties["acr"] = asked.subject.acr if asked.subject.acr.startswith(LEVELS) else UNKNOWN
    for sub in reversed(asked.subject.represents):
        inner = properties.get("represents")
        entry = {"sub": UNKNOWN if sub in found.unknown else sub}
        properties["represents"] = {**entry, "represents": inner} if inner else entry
    if properties:
        subject["properties"] = properties
    resource: dict[str, Any] = {"type": _one_of(asked.resource.type, oordeel.services)}
    if asked.resource.id is not None:
        resource["id"] = asked.resource.id if asked.resource.id in caller.client.diensten else UNKNOWN
    if asked.resource.zaak is not None:
        resource["properties"] = {"zaak": asked.resource.zaak}
    record: dict[str, Any] = {"subject": subject, "resource": resource, "context": _context(asked, found)}
    if asked.action.name is not None:
        record["action"] = _action(asked)
    return record


def _action(asked: Evaluation) -> dict[str, Any]:
    action = asked.action
    ids = {
        "processing_activity_id": action.processing_activity_id,
        "algorithm_id": action.algorithm_id,
    }
    uris = {name: value for name, value in ids.items() if value is not None and ":" in value}
    named = action.name if action.name in HANDELINGEN else UNKNOWN
    return {"name": named, "properties": uris} if uris else {"name": named}


def _context(asked: Evaluation, found: Found) -> dict[str, str]:
    context = {}
    if asked.context.purpose is not None:
        known = asked.context.purpose in found.purposes
        context["purpose"] = asked.context.purpose if known else UNKNOWN
    if asked.context.time is not None and _is_moment(asked.context.time):
        context["time"] = asked.context.time
    return context


def _is_moment(text: str) -> bool:
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True


def _one_of(text: str, known: frozenset[str]) -> str:
    return text if text in known else UNKNOWN
