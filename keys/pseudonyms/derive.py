"""Factors from secrets: bytes in, scalars out. Equations and type numbers as libpep 0.12/0.13.

factor(K, type, context) = HMAC-SHA512(K, be32(type) ‖ context) mod L, little-endian; 0 becomes 1
"""

from __future__ import annotations

import hashlib
import hmac

from keys.kernel.pep.group import ONE, ZERO, group

ENCRYPTION = 1  # k: rekey factor of a context (domain and epoch)
PSEUDONYM = 3  # s: reshuffle factor of a domain


def factor(secret: bytes, kind: int, context: bytes) -> bytes:
    """The factor of `context` (UTF-8 of its written form) under a secret: a 32-byte scalar, not zero."""
    digest = hmac.new(secret, kind.to_bytes(4, "big") + context, hashlib.sha512).digest()
    reduced = group().reduce(digest)
    return ONE if reduced == ZERO else reduced


def product(*scalars: bytes) -> bytes:
    """The product of scalars modulo the group order."""
    result = ONE
    for scalar in scalars:
        result = group().scalar_mul(result, scalar)
    return result


def quotient(numerator: bytes, denominator: bytes) -> bytes:
    """numerator / denominator modulo the group order."""
    return group().scalar_mul(numerator, group().scalar_invert(denominator))
