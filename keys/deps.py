"""What a request needs. The only module here that reads the clock."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from fastapi import Request

from keys.doelen.service import Doelen
from keys.errors import NotApproved, NotOperator
from keys.kernel.caller import CallerRejected, ReplayGuard, VerifiedCaller, bearer, verify_caller
from keys.kernel.jws import Jwks
from keys.kernel.log import Log
from keys.kernel.starting.klok import klok_offset
from keys.pseudonyms.issue import KeyIssuer
from keys.pseudonyms.service import Partij, Transcryptor
from keys.wire.certificaat import CLIENT_CERT, CertificateRule
from keys.wire.goedkeuring import Soort, approvers

OPERATOR = "beheer"
MINIMUM_APPROVERS = 2


class Clock:
    """The clock of this process, moved by KLOK."""

    def __init__(self, klok: str | None) -> None:
        self._offset = klok_offset(klok, datetime.now(UTC))

    def now(self) -> datetime:
        """Now, aware UTC."""
        return datetime.now(UTC) + self._offset


@dataclass(frozen=True)
class RunningParty:
    """A transcryptor that this process runs, at its own base address."""

    partij: Partij
    url: str
    transcryptor: Transcryptor
    issuer: KeyIssuer


@dataclass
class Keys:
    """All that the routes use; built by `app.create_app`."""

    registry: Doelen
    keys_url: str
    operators: Jwks
    parties: Mapping[str, RunningParty]
    party_urls: Mapping[str, str]
    party_keys: Mapping[str, Jwks]
    now: Callable[[], datetime]
    log: Log
    four_eyes: bool = False
    certificates: CertificateRule = field(default_factory=CertificateRule)
    replay: ReplayGuard = field(init=False)

    def __post_init__(self) -> None:
        self.replay = ReplayGuard(self.now)


def keys_of(request: Request) -> Keys:
    """What this app was built with."""
    built: Keys = request.app.state.keys
    return built


def read_operators(path: Path) -> Jwks:
    """The public keys of the operators. Raises OSError, ValueError, UnusableKey."""
    return Jwks.parse(json.loads(path.read_text("utf-8")))


def require_operator(request: Request) -> VerifiedCaller:
    """The operator, proven by its key. Raises CallerRejected, NotOperator."""
    keys = keys_of(request)

    def known(client_id: str) -> Jwks | None:
        return keys.operators if client_id == OPERATOR else keys.registry.find_jwks(client_id)

    caller = _verify(request, keys, known, keys.keys_url)
    if caller.client_id != OPERATOR:
        raise NotOperator
    return caller


def require_approvals(keys: Keys, soort: Soort, content: Mapping[str, Any], tokens: list[str]) -> set[str]:
    """The names of who approved this content. Raises NotApproved: where two are needed, and for any
    approval that is none."""
    try:
        found = approvers(tokens, soort, content, keys.operators)
    except ValueError as error:
        raise NotApproved from error
    if keys.four_eyes and (len(found) < MINIMUM_APPROVERS or len(set(found.values())) < MINIMUM_APPROVERS):
        raise NotApproved
    return set(found.values())


def require_actor(request: Request) -> VerifiedCaller:
    """A registered actor calling the registry. Raises CallerRejected."""
    keys = keys_of(request)
    return _verify(request, keys, keys.registry.find_jwks, keys.keys_url)


def require_actor_at(request: Request, party: RunningParty) -> VerifiedCaller:
    """A registered actor calling a party. Raises CallerRejected."""
    keys = keys_of(request)
    return _verify(request, keys, keys.registry.find_jwks, party.url)


def _verify(
    request: Request, keys: Keys, known: Callable[[str], Jwks | None], audience: str
) -> VerifiedCaller:
    token = bearer(request.headers.get("authorization"))
    if len(token) > 8000:
        raise CallerRejected("too-large")
    caller = verify_caller(
        token, keys_of=known, audience=audience, now=keys.now(), remember=keys.replay.remember
    )
    keys.certificates.check(caller, request.headers.getlist(CLIENT_CERT))
    return caller
