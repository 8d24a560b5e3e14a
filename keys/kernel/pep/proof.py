"""Proofs about translation: one exponent for several pairs, and one hop on a whole batch.

    same exponent   Y_j = x X_j for all j                       challenge ‖ response, 64 bytes
    one hop         B'_i = u B_i + ρ_i G, C'_i = s C_i + ρ_i Y'  for all i, with S = sG, U = uG
                    seed = H(statement), d_i = HashToScalar(seed, i), ρ = Σ d_i ρ_i, and one sigma proof
                    of (s, u, ρ): S = sG, U = uG, Σ d_i B'_i = u Σ d_i B_i + ρG,
                    Σ d_i C'_i = s Σ d_i C_i + ρY'              challenge ‖ three responses, 128 bytes

The weights d_i hash the whole statement: every input and output, both keys, S, U, the direction, the
shares and the request. Two wrong items cannot cancel out, and a proof fits no other request. (The
composites of RFC 9497 hash only their own pair and are not used for this.) Fiat–Shamir by SHA-512;
nonces are hedged: a failing random source does not give the secret away.

Claim: whoever makes a proof that holds knows s, u and all ρ_i (random oracle model; standard sigma
protocols, composed by us and not reviewed). Not given: that s and u are the registered factors; that
is `keys.kernel.pep.direction`. Functions take and give bytes: points and scalars of 32 bytes.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from keys.kernel.pep.encoding import length_prefixed
from keys.kernel.pep.errors import PepError
from keys.kernel.pep.group import POINT_BYTES, SCALAR_BYTES, group
from keys.kernel.pep.hashing import hash_to_scalar
from keys.kernel.pep.names import SUITE, Context

SAME_BYTES = 2 * SCALAR_BYTES
HOP_BYTES = 4 * SCALAR_BYTES
SAME_DST = b"machtigen/pep/same-exponent/1"
HOP_DST = b"machtigen/pep/hop/1"
NONCE_DST = b"machtigen/pep/nonce/1"
BASE: bytes | None = None  # stands for the generator in a pair

Pair = tuple[bytes | None, bytes]


@dataclass(frozen=True)
class HopStatement:
    """One party's hop: `s_point` = S, `u_point` = U, the keys before and after, items of 64 bytes."""

    van: Context
    naar: Context
    shares: tuple[str, ...]
    request_id: str
    s_point: bytes
    u_point: bytes
    key_in: bytes
    key_out: bytes
    inputs: Sequence[bytes]
    outputs: Sequence[bytes]

    def seed(self) -> bytes:
        """64 bytes that bind all of it."""
        head = (HOP_DST, SUITE.encode(), str(self.van).encode(), str(self.naar).encode())
        body = ("+".join(self.shares).encode(), self.request_id.encode(), _number(len(self.inputs)))
        keys = (self.s_point, self.u_point, self.key_in, self.key_out)
        return hashlib.sha512(length_prefixed(*head, *body, *keys, *self.inputs, *self.outputs)).digest()


def prove_same(x: bytes, pairs: Sequence[Pair], context: bytes) -> bytes:
    """That one x gives Y = xX for every pair (X, Y); X is BASE for the generator. 64 bytes."""
    seed = _same_seed(pairs, context)
    nonce = _nonce(x, seed, b"x")
    commitments = [_times(nonce, point) for point, _ in pairs]
    challenge = hash_to_scalar(length_prefixed(seed, *commitments), SAME_DST)
    return challenge + _respond(nonce, challenge, x)


def verify_same(proof: bytes, pairs: Sequence[Pair], context: bytes) -> bool:
    """Whether the proof holds. Any malformed proof or point does not."""
    if len(proof) != SAME_BYTES or not pairs:
        return False
    try:
        challenge, response = (group().check_scalar(part) for part in _split(proof))
        commitments = [
            group().subtract(_times(response, point), group().mul(challenge, image)) for point, image in pairs
        ]
    except PepError:
        return False
    seed = _same_seed(pairs, context)
    return hmac.compare_digest(hash_to_scalar(length_prefixed(seed, *commitments), SAME_DST), challenge)


def prove_hop(statement: HopStatement, s: bytes, u: bytes, rhos: Sequence[bytes]) -> bytes:
    """That this hop was done with s, u and the randomness `rhos` (one for each item). 128 bytes."""
    seed = statement.seed()
    weights = _weights(seed, len(statement.inputs))
    first, second = _sums(weights, statement.inputs)
    rho = _weighted_scalar(weights, rhos)
    nonce_s, nonce_u, nonce_rho = (
        _nonce(secret, seed, label) for secret, label in ((s, b"s"), (u, b"u"), (rho, b"rho"))
    )
    curve = group()
    commitments = (
        curve.mul_base(nonce_s),
        curve.mul_base(nonce_u),
        curve.add(curve.mul(nonce_u, first), curve.mul_base(nonce_rho)),
        curve.add(curve.mul(nonce_s, second), curve.mul(nonce_rho, statement.key_out)),
    )
    challenge = hash_to_scalar(length_prefixed(seed, *commitments), HOP_DST)
    pairs = ((nonce_s, s), (nonce_u, u), (nonce_rho, rho))
    return challenge + b"".join(_respond(nonce, challenge, secret) for nonce, secret in pairs)


def verify_hop(proof: bytes, statement: HopStatement) -> bool:
    """Whether the proof holds for every item of the statement. Any malformed part does not."""
    count = len(statement.inputs)
    if len(proof) != HOP_BYTES or not count or len(statement.outputs) != count:
        return False
    try:
        challenge, z_s, z_u, z_rho = (group().check_scalar(part) for part in _split(proof))
        seed = statement.seed()
        weights = _weights(seed, count)
        first, second = _sums(weights, statement.inputs)
        first_out, second_out = _sums(weights, statement.outputs)
        curve = group()
        commitments = (
            curve.subtract(curve.mul_base(z_s), curve.mul(challenge, statement.s_point)),
            curve.subtract(curve.mul_base(z_u), curve.mul(challenge, statement.u_point)),
            curve.subtract(
                curve.add(curve.mul(z_u, first), curve.mul_base(z_rho)), curve.mul(challenge, first_out)
            ),
            curve.subtract(
                curve.add(curve.mul(z_s, second), curve.mul(z_rho, statement.key_out)),
                curve.mul(challenge, second_out),
            ),
        )
    except PepError:
        return False
    return hmac.compare_digest(hash_to_scalar(length_prefixed(seed, *commitments), HOP_DST), challenge)


def _weights(seed: bytes, count: int) -> list[bytes]:
    return [hash_to_scalar(seed + _number(index), HOP_DST) for index in range(count)]


def _sums(weights: Sequence[bytes], items: Sequence[bytes]) -> tuple[bytes, bytes]:
    """Σ d_i B_i and Σ d_i C_i."""
    curve = group()
    totals: list[bytes] = []
    for half in (slice(0, POINT_BYTES), slice(POINT_BYTES, 2 * POINT_BYTES)):
        total = curve.mul(weights[0], items[0][half])
        for weight, item in zip(weights[1:], items[1:], strict=True):
            total = curve.add(total, curve.mul(weight, item[half]))
        totals.append(total)
    return totals[0], totals[1]


def _weighted_scalar(weights: Sequence[bytes], scalars: Sequence[bytes]) -> bytes:
    total = bytes(SCALAR_BYTES)
    for weight, scalar in zip(weights, scalars, strict=True):
        total = group().scalar_add(total, group().scalar_mul(weight, scalar))
    return total


def _same_seed(pairs: Sequence[Pair], context: bytes) -> bytes:
    points = [part for point, image in pairs for part in (point or b"", image)]
    return hashlib.sha512(length_prefixed(SAME_DST, SUITE.encode(), context, *points)).digest()


def _times(scalar: bytes, point: bytes | None) -> bytes:
    return group().mul_base(scalar) if point is None else group().mul(scalar, point)


def _respond(nonce: bytes, challenge: bytes, secret: bytes) -> bytes:
    return group().scalar_add(nonce, group().scalar_mul(challenge, secret))


def _nonce(secret: bytes, seed: bytes, label: bytes) -> bytes:
    """Hedged: from fresh randomness, the secret and the statement, so that none of them alone decides."""
    mixed = hmac.new(secrets.token_bytes(64), length_prefixed(NONCE_DST, secret, seed, label), hashlib.sha512)
    return group().reduce(mixed.digest())


def _split(proof: bytes) -> list[bytes]:
    return [proof[at : at + SCALAR_BYTES] for at in range(0, len(proof), SCALAR_BYTES)]


def _number(value: int) -> bytes:
    return value.to_bytes(4, "big")
