"""What parties state for everybody to check, and how it is read: public keys and commitments to factors.

publieke sleutel   two parties, each as the last to compute it, sign one public key of a domain and epoch
toezegging         a party signs, for its two shares: s_t(d)G and k_t(c)G of a domain and epoch

Nobody is believed alone. A public key counts when two parties agree on it; a commitment to a share
counts when every holder that states it states the same, and all three shares are stated.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from keys.kernel.jws import InvalidJws, Jwks, verify
from keys.kernel.pep.direction import Commitment
from keys.kernel.pep.encoding import from_base64url
from keys.kernel.pep.errors import PepError
from keys.kernel.pep.group import group
from keys.kernel.pep.names import Context
from keys.wire.transcrypties import TYP_COMMITMENT, TYP_PUBLIC_KEY, generation_of

HOLDERS: Mapping[str, tuple[str, str]] = {"12": ("t1", "t2"), "13": ("t1", "t3"), "23": ("t2", "t3")}
PARTIES = ("t1", "t2", "t3")


class InvalidStatement(ValueError):
    """Statements of parties do not show what they must, or contradict each other. `code` is stable."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def shares_of(party: str) -> tuple[str, ...]:
    """The two shares that a party holds."""
    return tuple(share for share, holders in HOLDERS.items() if party in holders)


def work_of(pair: tuple[str, str], party: str) -> tuple[str, ...]:
    """The shares a party of a pair applies: the first both of its own, the second the one that is missing."""
    own = shares_of(pair[0])
    return own if party == pair[0] else tuple(share for share in HOLDERS if share not in own)


def read_certificates(tokens: Iterable[str], parties: Mapping[str, Jwks], context: Context) -> bytes:
    """The public key of a context on which two different parties agree, each as the last to compute it.

    Raises InvalidStatement.
    """
    found: dict[str, bytes] = {}
    for party, claims in _of_parties(tokens, parties, TYP_PUBLIC_KEY, context):
        pair = claims.get("paar")
        if not isinstance(pair, list) or len(pair) != 2 or pair[1] != party or pair[0] not in PARTIES:
            raise InvalidStatement("invalid-certificate")
        try:
            found[party] = group().check_point(from_base64url(claims.get("publiek")))
        except (ValueError, PepError) as error:
            raise InvalidStatement("invalid-certificate") from error
    if len(found) < 2 or len(set(found.values())) != 1:
        raise InvalidStatement("invalid-certificate")
    return next(iter(found.values()))


def certified_generation(tokens: Iterable[str], parties: Mapping[str, Jwks], context: Context) -> int:
    """The generation of shares in which these certificates of one key were made: before it, no party can
    have made the key. Raises InvalidStatement when there are none, or when they name several."""
    found = {_generation(claims) for _, claims in _of_parties(tokens, parties, TYP_PUBLIC_KEY, context)}
    if len(found) != 1:
        raise InvalidStatement("invalid-certificate")
    return found.pop()


def read_commitments(
    tokens: Iterable[str], parties: Mapping[str, Jwks], context: Context, generation: int = 1
) -> dict[str, Commitment]:
    """By share what its holders committed to for a context, in a generation of shares.

    Raises InvalidStatement `invalid-commitment`, `commitments-differ`, or `commitments-incomplete`.
    """
    found = compare_commitments(tokens, parties, context, generation)
    if found.keys() != HOLDERS.keys():
        raise InvalidStatement("commitments-incomplete")
    return found


def compare_commitments(
    tokens: Iterable[str], parties: Mapping[str, Jwks], context: Context, generation: int = 1
) -> dict[str, Commitment]:
    """As `read_commitments`, where shares may still be missing."""
    found: dict[str, Commitment] = {}
    for party, claims in _of_parties(tokens, parties, TYP_COMMITMENT, context):
        _require_generation(claims, generation)
        for share, commitment in _commitments(claims, party, context).items():
            if found.setdefault(share, commitment) != commitment:
                raise InvalidStatement("commitments-differ")
    return found


def party_of_commitment(
    token: str, parties: Mapping[str, Jwks], context: Context, generation: int = 1
) -> str:
    """Which party states this commitment for the context. Raises InvalidStatement."""
    for party, claims in _of_parties([token], parties, TYP_COMMITMENT, context):
        _require_generation(claims, generation)
        _commitments(claims, party, context)
        return party
    raise InvalidStatement("invalid-commitment")


def _generation(claims: Mapping[str, Any]) -> int:
    try:
        return generation_of(claims)
    except ValueError as error:
        raise InvalidStatement("statement-about-something-else") from error


def _require_generation(claims: Mapping[str, Any], generation: int) -> None:
    if _generation(claims) != generation:
        raise InvalidStatement("statement-of-another-generation")


def _commitments(claims: Mapping[str, Any], party: str, context: Context) -> dict[str, Commitment]:
    delen = claims.get("delen")
    if not isinstance(delen, dict) or tuple(sorted(delen)) != shares_of(party):
        raise InvalidStatement("invalid-commitment")
    try:
        found = {share: Commitment.from_json(value) for share, value in delen.items()}
    except PepError as error:
        raise InvalidStatement("invalid-commitment") from error
    if any((one.shuffle is None) != context.domain.is_origin for one in found.values()):
        raise InvalidStatement("invalid-commitment")
    return found


def _of_parties(
    tokens: Iterable[str], parties: Mapping[str, Jwks], typ: str, context: Context
) -> Iterable[tuple[str, dict[str, Any]]]:
    """The statements that a known party signed about this context; those of others are passed over."""
    for token in tokens:
        for party, keys in parties.items():
            try:
                claims = verify(token, keys, typ=typ)
            except InvalidJws:
                continue
            stated = (claims.get("iss"), claims.get("domein"), claims.get("epoch"))
            if stated != (party, str(context.domain), context.epoch):
                raise InvalidStatement("statement-about-something-else")
            yield party, claims
