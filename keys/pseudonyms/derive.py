"""Factors from secrets: bytes in, scalars out. Equations and type numbers as libpep 0.12/0.13.

factor(K, type, context) = HMAC-SHA512(K, be32(type) ‖ context) mod L, little-endian; 0 becomes 1
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable

from keys.kernel.pep.group import ONE, ZERO, group

ENCRYPTION = 1  # k: rekey factor of a context (domain and epoch)
PSEUDONYM = 3  # s: reshuffle factor of a domain
BLINDING = 16  # β, under a key of its own; ours: libpep has no such type


def factor(secret: bytes, kind: int, context: bytes) -> bytes:
    """The factor of `context` (UTF-8 of its written form) under a secret: a 32-byte scalar, not zero."""
    return factor_by(lambda message: hmac.new(secret, message, hashlib.sha512).digest(), kind, context)


def factor_by(mac: Callable[[bytes], bytes], kind: int, context: bytes) -> bytes:
    """The same by whoever computes HMAC-SHA512 under the secret: `mac` gives 64 bytes for a message."""
    reduced = group().reduce(mac(kind.to_bytes(4, "big") + context))
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
