"""Proof that two pairs of points have the same ratio (DLEQ), exactly as RFC 9497 section 2.2.

Used to check the primitive against the RFC's vectors. The composites of the RFC hash only their own
pair: they must not be used to prove a translation (see the package README).
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass

from keys.kernel.pep.group import SCALAR_BYTES, group
from keys.kernel.pep.hashing import hash_to_scalar

PROOF_BYTES = 2 * SCALAR_BYTES


@dataclass(frozen=True)
class Statement:
    """k = log_G(public) = log_{inputs[i]}(outputs[i]) for every i, in a protocol context (DST suffix)."""

    public: bytes
    inputs: Sequence[bytes]
    outputs: Sequence[bytes]
    context: bytes


def prove(statement: Statement, k: bytes, r: bytes) -> bytes:
    """A proof of 64 bytes, challenge ‖ response (section 2.2.1). `r` must be fresh and random."""
    arithmetic = group()
    combined = _combine(statement, statement.inputs)
    result = arithmetic.mul(k, combined)
    first, second = arithmetic.mul_base(r), arithmetic.mul(r, combined)
    challenge = _challenge(statement, combined, result, first, second)
    response = arithmetic.scalar_sub(r, arithmetic.scalar_mul(challenge, k))
    return challenge + response


def verify(statement: Statement, proof: bytes) -> bool:
    """Whether the proof holds (section 2.2.2). Raises PepError for points or scalars that are none."""
    if len(proof) != PROOF_BYTES:
        return False
    arithmetic = group()
    challenge = arithmetic.check_scalar(proof[:SCALAR_BYTES])
    response = arithmetic.check_scalar(proof[SCALAR_BYTES:])
    combined = _combine(statement, statement.inputs)
    result = _combine(statement, statement.outputs)
    first = arithmetic.add(arithmetic.mul_base(response), arithmetic.mul(challenge, statement.public))
    second = arithmetic.add(arithmetic.mul(response, combined), arithmetic.mul(challenge, result))
    return hmac.compare_digest(_challenge(statement, combined, result, first, second), challenge)


def _combine(statement: Statement, points: Sequence[bytes]) -> bytes:
    """The sum of the points, weighted as section 2.2.1 (ComputeComposites) prescribes."""
    arithmetic = group()
    seed_dst = b"Seed-" + statement.context
    seed = hashlib.sha512(_prefixed(statement.public) + _prefixed(seed_dst)).digest()
    total: bytes | None = None
    pairs = zip(statement.inputs, statement.outputs, strict=True)
    for index, (pair, point) in enumerate(zip(pairs, points, strict=True)):
        transcript = (
            _prefixed(seed) + index.to_bytes(2, "big") + b"".join(map(_prefixed, pair)) + b"Composite"
        )
        weighted = arithmetic.mul(_scalar(transcript, statement.context), point)
        total = weighted if total is None else arithmetic.add(total, weighted)
    if total is None:
        raise ValueError("a statement has at least one pair")
    return total


def _challenge(statement: Statement, *points: bytes) -> bytes:
    transcript = b"".join(_prefixed(point) for point in (statement.public, *points)) + b"Challenge"
    return _scalar(transcript, statement.context)


def _scalar(message: bytes, context: bytes) -> bytes:
    return hash_to_scalar(message, b"HashToScalar-" + context)


def _prefixed(data: bytes) -> bytes:
    return len(data).to_bytes(2, "big") + data
