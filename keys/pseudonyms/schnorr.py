"""Proof of knowledge of a discrete logarithm (Schnorr, made non-interactive by SHA-512).

A party multiplies a point that another party made only when that party proves that it knows the
point's logarithm: otherwise it would be an oracle that completes a decryption key on any point.
"""

from __future__ import annotations

import hmac

from keys.kernel.pep.encoding import length_prefixed
from keys.kernel.pep.errors import PepError
from keys.kernel.pep.group import SCALAR_BYTES, group
from keys.kernel.pep.hashing import hash_to_scalar

PROOF_BYTES = 2 * SCALAR_BYTES
_DST = b"machtigen/pep/schnorr/1"


def prove_knowledge(secret: bytes, point: bytes, context: bytes) -> bytes:
    """That we know `secret` with point = secret G, bound to `context`: 64 bytes, challenge ‖ response."""
    nonce = group().random_scalar()
    challenge = _challenge(point, group().mul_base(nonce), context)
    return challenge + group().scalar_add(nonce, group().scalar_mul(challenge, secret))


def verify_knowledge(proof: bytes, point: bytes, context: bytes) -> bool:
    """Whether the proof holds for this point and context. Any malformed proof does not."""
    try:
        group().check_point(point)
        challenge = group().check_scalar(proof[:SCALAR_BYTES])
        response = group().check_scalar(proof[SCALAR_BYTES:])
        commitment = group().subtract(group().mul_base(response), group().mul(challenge, point))
    except PepError:
        return False
    return hmac.compare_digest(_challenge(point, commitment, context), challenge)


def _challenge(point: bytes, commitment: bytes, context: bytes) -> bytes:
    return hash_to_scalar(length_prefixed(point, commitment, context), _DST)
