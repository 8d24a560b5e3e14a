"""Ontvangstbewijs (receipt): who had this one ciphertext translated, to whom, what for, and by which parties.

    vergunning    the permit of the requester, for a batch of one
    antwoorden    the signed statements of the first and of the second party about that batch

Whoever receives a translated ciphertext opens it only with such a receipt (or with a ticket of a
registered issuer): without one it would decrypt for anybody. Gives: this requester had these very bytes
made, just now, for this receiver and this purpose, through two parties that looked the direction up.
Does not give: that the parties translated rightly (see `keys/README.md`), or that it comes for the first
time: THE CALLER of `check_ontvangstbewijs` must spend `request_id`, once, durably.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from keys.kernel.jws import InvalidJws, Jwks, check_audience, check_times, verify
from keys.kernel.pep.elgamal import Ciphertext
from keys.kernel.pep.names import Context
from keys.wire.doelen import Wire
from keys.wire.transcrypties import (
    PERMIT_MAXIMUM_SECONDS,
    TYP_HOP,
    TYP_PERMIT,
    Jws,
    digest_of,
    hop_statement,
    states,
)

LEEWAY = timedelta(seconds=10)
REQUEST_ID_LENGTHS = range(16, 129)


class InvalidOntvangstbewijs(Exception):
    """A receipt does not show what it must. `code` is for logs; outside there is one answer."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Ontvangstbewijs(Wire):
    """The receipt of one translated ciphertext, as it stands in a claim."""

    vergunning: Jws
    antwoorden: tuple[Jws, Jws]


@dataclass(frozen=True)
class Verwachting:
    """What a receiver holds a receipt to: `actor` asked `keys_url` for `naar`, for the purpose `doel`."""

    actor: str
    naar: Context
    doel: str
    keys_url: str


@dataclass(frozen=True)
class Ontvangen:
    """A receipt that held. `request_id` must be remembered until `verloopt_op`."""

    request_id: str = field(repr=False)
    verloopt_op: datetime
    trace_id: str | None


def check_ontvangstbewijs(
    bewijs: Ontvangstbewijs,
    ciphertext: Ciphertext,
    verwacht: Verwachting,
    *,
    actor_keys: Jwks,
    party_keys: Callable[[str], Jwks | None],
    now: datetime,
) -> Ontvangen:
    """What the receipt shows about `ciphertext`, in this order:

    1. the permit is signed by a key of the actor, for this registry, and has not expired;
    2. it is for one item, from a domain of the actor, to the receiver's domain and epoch, for the purpose;
    3. two different parties answered, in its order: each signed the same permit, direction and purpose;
    4. what went in at the first is what the permit names; what came out of it went in at the second;
    5. what came out of the second is this ciphertext.

    `party_keys(name)`: a party's public keys; None for one that the receiver does not know. Raises
    InvalidOntvangstbewijs.
    """
    if Context(ciphertext.domain, ciphertext.epoch) != verwacht.naar:
        raise InvalidOntvangstbewijs("receipt-of-another-domain")
    permit = _permit(bewijs.vergunning, verwacht, actor_keys, now)
    passed = permit["items"]
    for step, (party, statement) in enumerate(zip(permit["paar"], bewijs.antwoorden, strict=True), start=1):
        passed = _hop(statement, party, step, permit, passed, party_keys(party))
    if passed != digest_of([ciphertext.data]):
        raise InvalidOntvangstbewijs("receipt-of-another-ciphertext")
    trace_id = permit.get("trace_id")
    return Ontvangen(
        request_id=permit["jti"],
        verloopt_op=datetime.fromtimestamp(permit["exp"], UTC) + LEEWAY,
        trace_id=trace_id if isinstance(trace_id, str) else None,
    )


def _permit(token: str, verwacht: Verwachting, keys: Jwks, now: datetime) -> dict[str, Any]:
    try:
        claims = verify(token, keys, typ=TYP_PERMIT)
        check_audience(claims, verwacht.keys_url)
        check_times(claims, now, leeway_s=int(LEEWAY.total_seconds()), max_age_s=PERMIT_MAXIMUM_SECONDS)
    except InvalidJws as error:
        raise InvalidOntvangstbewijs(error.code) from error
    expected = {
        "iss": verwacht.actor,
        "naar": str(verwacht.naar.domain),
        "naar_epoch": verwacht.naar.epoch,
        "doel": verwacht.doel,
        "aantal": 1,
    }
    if any(claims.get(name) != value for name, value in expected.items()):
        raise InvalidOntvangstbewijs("receipt-for-something-else")
    if not str(claims.get("van")).startswith(f"{verwacht.actor}|") or "van_epoch" not in claims:
        raise InvalidOntvangstbewijs("receipt-of-another-actor")
    jti, pair = claims.get("jti"), claims.get("paar")
    texts = (jti, claims.get("items"), *(pair if isinstance(pair, list) else ()))
    if len(texts) != 4 or not all(isinstance(text, str) for text in texts) or texts[2] == texts[3]:
        raise InvalidOntvangstbewijs("malformed-receipt")
    if len(str(jti)) not in REQUEST_ID_LENGTHS:
        raise InvalidOntvangstbewijs("malformed-receipt")
    return claims


def _hop(token: str, party: str, step: int, permit: Mapping[str, Any], invoer: str, keys: Jwks | None) -> str:
    """The digest of what came out. Raises InvalidOntvangstbewijs."""
    if keys is None:
        raise InvalidOntvangstbewijs("receipt-of-an-unknown-party")
    try:
        stated = verify(token, keys, typ=TYP_HOP)
    except InvalidJws as error:
        raise InvalidOntvangstbewijs(error.code) from error
    uitvoer = stated.get("uitvoer")
    if not isinstance(uitvoer, str):
        raise InvalidOntvangstbewijs("malformed-receipt")
    expected = hop_statement(permit, party, step, invoer, uitvoer)
    if not states(stated, expected):
        raise InvalidOntvangstbewijs("receipt-does-not-chain")
    return uitvoer
