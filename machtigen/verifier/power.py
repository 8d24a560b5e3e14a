"""Read `authorization_details` (RFC 9396): the power that the token conveys, and nothing beyond it.

Two types exist. `<house>/machtigen/rar/machtiging/v1`: someone acts for another under a machtiging.
`<house>/machtigen/rar/dienst/v1`: someone acts for themself; then there is no machtiging to name.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from machtigen.verifier.errors import InvalidEvidence
from machtigen.verifier.policy import LEVELS

LOGIN_SUFFIX = "/login"
MACHTIGING = "/rar/machtiging/v1"
DIENST = "/rar/dienst/v1"
MAXIMUM_ITEMS = 100


@dataclass(frozen=True)
class Power:
    """The fields of one detail, checked for form."""

    dienst: str
    actions: frozenset[str]
    doelen: tuple[str, ...]
    datatypes: tuple[str, ...]
    min_acr: str
    identifier: str | None
    schakels: tuple[str, ...]
    grond: str | None
    geldig_tot: datetime | None


def read_power(claims: dict[str, Any], issuer: str, audience: Collection[str], represented: bool) -> Power:
    """The one detail of the type that fits. Raises InvalidEvidence."""
    details = claims.get("authorization_details")
    if not isinstance(details, list) or len(details) != 1 or not isinstance(details[0], dict):
        raise InvalidEvidence("no-power")
    detail = details[0]
    base = issuer.removesuffix(LOGIN_SUFFIX)
    if detail.get("type") != base + (MACHTIGING if represented else DIENST):
        raise InvalidEvidence("unknown-power")
    dienst = detail.get("dienst")
    scope = claims.get("scope")
    if not isinstance(dienst, str) or not isinstance(scope, str) or dienst not in scope.split():
        raise InvalidEvidence("service-not-in-scope")
    if not set(_texts(detail, "locations")) & set(audience):
        raise InvalidEvidence("wrong-location")
    actions, doelen = _texts(detail, "actions"), _texts(detail, "doelen")
    if not doelen:
        raise InvalidEvidence("no-purpose")
    if not actions:
        raise InvalidEvidence("no-action")
    if detail.get("min_acr", LEVELS[0]) not in LEVELS:
        raise InvalidEvidence("malformed-power")
    identifier, grond, geldig_tot = _machtiging(detail) if represented else _none(detail)
    return Power(
        dienst=dienst,
        actions=frozenset(actions),
        doelen=doelen,
        datatypes=_texts(detail, "datatypes", required=False),
        min_acr=detail.get("min_acr", LEVELS[0]),
        identifier=identifier,
        schakels=_texts(detail, "schakels", required=False),
        grond=grond,
        geldig_tot=geldig_tot,
    )


def _machtiging(detail: dict[str, Any]) -> tuple[str, str, datetime]:
    identifier, grond, until = (detail.get(name) for name in ("identifier", "grond", "geldig_tot"))
    if not isinstance(identifier, str) or not identifier or not isinstance(grond, str) or not grond:
        raise InvalidEvidence("malformed-power")
    if not isinstance(until, str):
        raise InvalidEvidence("malformed-power")
    try:
        geldig_tot = datetime.fromisoformat(until)
    except ValueError as error:
        raise InvalidEvidence("malformed-power") from error
    if geldig_tot.tzinfo is None:
        raise InvalidEvidence("malformed-power")
    return identifier, grond, geldig_tot


def _none(detail: dict[str, Any]) -> tuple[None, None, None]:
    if detail.keys() & {"identifier", "grond", "geldig_tot", "schakels"}:
        raise InvalidEvidence("malformed-power")
    return None, None, None


def _texts(detail: dict[str, Any], name: str, *, required: bool = True) -> tuple[str, ...]:
    values = detail.get(name, [] if not required else None)
    if not isinstance(values, list) or len(values) > MAXIMUM_ITEMS:
        raise InvalidEvidence("malformed-power")
    if not all(isinstance(value, str) and value for value in values):
        raise InvalidEvidence("malformed-power")
    return tuple(values)
