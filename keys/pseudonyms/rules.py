"""Pure checks of what was signed: permits, answers of the first party, key certificates."""

from __future__ import annotations

import hmac
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from keys.errors import (
    FirstAnswerInvalid,
    ItemsDiffer,
    KeyRequestInvalid,
    PermitExpired,
    PermitInvalid,
    PermitOfOtherActor,
    TooManyItems,
    WrongPair,
)
from keys.kernel.jws import InvalidJws, Jwks, check_audience, check_times, verify
from keys.kernel.pep.encoding import from_base64url
from keys.kernel.pep.errors import PepError
from keys.kernel.pep.knowledge import verify_knowledge
from keys.kernel.pep.names import Context, Domain, is_slug
from keys.pseudonyms.model import Permit
from keys.pseudonyms.shares import Pair
from keys.wire.transcrypties import (
    MAXIMUM_ITEMS,
    PERMIT_MAXIMUM_SECONDS,
    TYP_HOP,
    TYP_KEY_PART,
    TYP_PERMIT,
    digest_of,
    generation_of,
    knowledge_context,
    states,
)

_REQUEST_ID = re.compile(r"[A-Za-z0-9_-]{16,128}", re.ASCII)
_TRACE_ID = re.compile(r"[A-Za-z0-9_-]{1,64}", re.ASCII)
_TIME_CODES = frozenset({"expired", "not-yet-valid", "lives-too-long"})


def read_permit(token: str, keys: Jwks, caller: str, audience: str, now: datetime) -> Permit:
    """The permit, when the caller's own key signed it, for us, for now, and for its own domain.

    Raises PermitInvalid, PermitExpired, PermitOfOtherActor, WrongPair, TooManyItems.
    """
    try:
        claims = verify(token, keys, typ=TYP_PERMIT)
        check_audience(claims, audience)
        check_times(claims, now, max_age_s=PERMIT_MAXIMUM_SECONDS)
    except InvalidJws as error:
        raise (PermitExpired if error.code in _TIME_CODES else PermitInvalid) from error
    permit = _permit(claims)
    if claims.get("iss") != caller or permit.actor != caller or permit.van.domain.actor != caller:
        raise PermitOfOtherActor
    return permit


def _permit(claims: Mapping[str, Any]) -> Permit:
    texts = {name: claims.get(name) for name in ("jti", "iss", "doel", "items")}
    trace_id = claims.get("trace_id")
    count = claims.get("aantal")
    well_formed = (
        all(isinstance(value, str) for value in texts.values())
        and _REQUEST_ID.fullmatch(str(texts["jti"]))
        and is_slug(str(texts["doel"]))
        and type(count) is int
        and (trace_id is None or (isinstance(trace_id, str) and _TRACE_ID.fullmatch(trace_id)))
    )
    if not well_formed:
        raise PermitInvalid
    if not 1 <= int(str(count)) <= MAXIMUM_ITEMS:
        raise TooManyItems
    try:
        van = Context(Domain.parse(claims.get("van")), claims.get("van_epoch", 0))
        naar = Context(Domain.parse(claims.get("naar")), claims.get("naar_epoch", 0))
        generation = generation_of(claims)
    except (PepError, ValueError) as error:
        raise PermitInvalid from error
    return Permit(
        request_id=str(texts["jti"]),
        actor=str(texts["iss"]),
        van=van,
        naar=naar,
        doel=str(texts["doel"]),
        count=int(str(count)),
        pair=read_pair(claims.get("paar")),
        digest=str(texts["items"]),
        trace_id=trace_id,
        generation=generation,
    )


def read_pair(value: object) -> Pair:
    """Two different parties, in order. Raises WrongPair."""
    if not isinstance(value, list) or len(value) != 2:
        raise WrongPair
    try:
        return Pair(*value)
    except (ValueError, TypeError) as error:
        raise WrongPair from error


def require_step(permit: Permit, party: str) -> int:
    """1 or 2: this party's place in the pair of the permit. Raises WrongPair."""
    step = permit.pair.step_of(party)
    if step is None:
        raise WrongPair
    return step


def check_first_items(permit: Permit, items: list[bytes]) -> None:
    """The original items are the ones that were signed for. Raises TooManyItems, ItemsDiffer."""
    if len(items) != permit.count:
        raise TooManyItems
    if not hmac.compare_digest(digest_of(items), permit.digest):
        raise ItemsDiffer


def check_first_answer(token: str | None, keys: Jwks, permit: Permit, items: list[bytes]) -> dict[str, Any]:
    """As the second party: the first party signed that it made these items from the permit's.

    Gives all that it signed; its proof is still to be checked. Raises FirstAnswerInvalid,
    TooManyItems, ItemsDiffer.
    """
    if len(items) != permit.count:
        raise TooManyItems
    claims = read_hop(token, keys, permit.pair.first)
    expected = hop_claims(permit, 1, permit.digest, "")
    if not states(claims, {name: value for name, value in expected.items() if name != "uitvoer"}):
        raise FirstAnswerInvalid
    if not hmac.compare_digest(str(claims.get("uitvoer")).encode(), digest_of(items).encode()):
        raise ItemsDiffer
    return claims


def read_hop(token: str | None, keys: Jwks, party: str) -> dict[str, Any]:
    """The claims of a party's signed answer. Raises FirstAnswerInvalid."""
    try:
        claims = verify(token or "", keys, typ=TYP_HOP)
    except InvalidJws as error:
        raise FirstAnswerInvalid from error
    if claims.get("iss") != party:
        raise FirstAnswerInvalid
    return claims


def hop_claims(permit: Permit, step: int, input_digest: str, output_digest: str) -> dict[str, Any]:
    """What a party signs about its hop."""
    return {
        "jti": permit.request_id,
        "actor": permit.actor,
        "paar": [permit.pair.first, permit.pair.second],
        "stap": step,
        "van": str(permit.van),
        "naar": str(permit.naar),
        "doel": permit.doel,
        "aantal": permit.count,
        "generatie": permit.generation,
        "invoer": input_digest,
        "uitvoer": output_digest,
    }


def read_key_part(
    token: str, keys: Jwks, pair: Pair, context: Context, now: datetime, generation: int = 1
) -> bytes:
    """The first party's part of a public key, when that party proved to know its logarithm.

    Raises KeyRequestInvalid.
    """
    try:
        claims = verify(token, keys, typ=TYP_KEY_PART)
        check_times(claims, now, max_age_s=PERMIT_MAXIMUM_SECONDS)
        point, proof = (from_base64url(claims.get(name)) for name in ("punt", "kennis"))
    except (InvalidJws, ValueError) as error:
        raise KeyRequestInvalid from error
    if not states(claims, key_claims(pair.first, pair, context, generation)):
        raise KeyRequestInvalid
    if not verify_knowledge(proof, point, knowledge_context(pair.first, pair.second, context, generation)):
        raise KeyRequestInvalid
    return point


def key_claims(issuer: str, pair: Pair, context: Context, generation: int = 1) -> dict[str, Any]:
    """What a statement about a (partial) public key always says."""
    return {
        "iss": issuer,
        "paar": [pair.first, pair.second],
        "domein": str(context.domain),
        "epoch": context.epoch,
        "generatie": generation,
    }
