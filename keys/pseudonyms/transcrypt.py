"""The operations on a ciphertext (B, C) of P under Y = yG. 64 bytes in, 64 bytes out.

    rekey      (B/k, C)                          same P, key k y
    reshuffle  (sB, sC)                          sP, same key
    rsk        (s/k B, sC)                       sP, key k y
    rrsk       rerandomise under Y with r, then rsk
    hop        (uB + ρG, sC + ρY′), u = s/k      rsk, then rerandomise under Y′ = k Y; ρ fresh each time

What a transcryptor does is `hop`, and nothing else: a translation without rerandomisation would give
equal outputs for equal inputs, which links. The others are there to check the equations.
"""

from __future__ import annotations

from keys.kernel.pep.elgamal import check_ciphertext, rerandomise_with
from keys.kernel.pep.errors import PepError
from keys.kernel.pep.group import POINT_BYTES, group
from keys.pseudonyms.derive import quotient


def rekey(data: bytes, k: bytes) -> bytes:
    """From key y to key k y."""
    check_ciphertext(data)
    return group().mul(group().scalar_invert(k), data[:POINT_BYTES]) + data[POINT_BYTES:]


def reshuffle(data: bytes, s: bytes) -> bytes:
    """From pseudonym P to sP."""
    return group().mul(s, data[:POINT_BYTES]) + group().mul(s, data[POINT_BYTES:])


def rsk(data: bytes, s: bytes, k: bytes) -> bytes:
    """Reshuffle by s and rekey by k at once."""
    return group().mul(quotient(s, k), data[:POINT_BYTES]) + group().mul(s, data[POINT_BYTES:])


def rrsk(data: bytes, s: bytes, k: bytes, r: bytes, public: bytes) -> bytes:
    """Rerandomise by r under the public key Y of the input, then `rsk`."""
    return rsk(rerandomise_with(data, public, r), s, k)


def hop(data: bytes, s: bytes, u: bytes, public_out: bytes, rho: bytes | None = None) -> bytes:
    """One transcryptor's work on one item; `public_out` is Y′, the key of the output.

    `rho` is fresh and random (drawn here when it is not given). Raises PepError
    `malformed-ciphertext` for a wrong length, a bad encoding or the identity.
    """
    if len(data) != 2 * POINT_BYTES:
        raise PepError("malformed-ciphertext")
    arithmetic = group()
    fresh = arithmetic.random_scalar() if rho is None else rho
    try:
        first = arithmetic.add(arithmetic.mul(u, data[:POINT_BYTES]), arithmetic.mul_base(fresh))
        second = arithmetic.add(arithmetic.mul(s, data[POINT_BYTES:]), arithmetic.mul(fresh, public_out))
    except PepError as error:
        raise PepError("malformed-ciphertext") from error
    return first + second
