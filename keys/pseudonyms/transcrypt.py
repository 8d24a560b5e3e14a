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
from keys.pseudonyms.pool import Pair, make_pair


def rekey(data: bytes, k: bytes) -> bytes:
    """From key y to key k y."""
    check_ciphertext(data)
    return group().mul(group().scalar_invert(k), data[:POINT_BYTES]) + data[POINT_BYTES:]


def reshuffle(data: bytes, s: bytes) -> bytes:
    """From pseudonym P to sP."""
    return group().mul(s, data[:POINT_BYTES]) + group().mul(s, data[POINT_BYTES:])


def rsk(data: bytes, s: bytes, k: bytes) -> bytes:
    """Reshuffle by s and rekey by k at once."""
    return rsk_with(data, s, quotient(s, k))


def rsk_with(data: bytes, s: bytes, u: bytes) -> bytes:
    """`rsk` with u = s/k at hand, which is the same for all items of a direction."""
    mul = group().mul
    return mul(u, data[:POINT_BYTES]) + mul(s, data[POINT_BYTES:])


def rrsk(data: bytes, s: bytes, k: bytes, r: bytes, public: bytes) -> bytes:
    """Rerandomise by r under the public key Y of the input, then `rsk`."""
    return rsk(rerandomise_with(data, public, r), s, k)


def hop(data: bytes, s: bytes, u: bytes, public_out: bytes, rho: bytes | None = None) -> bytes:
    """One transcryptor's work on one item; `public_out` is Y′, the key of the output.

    `rho` is fresh and random (drawn here when it is not given). Raises PepError
    `malformed-ciphertext` for a wrong length, a bad encoding or the identity.
    """
    return hop_with(data, s, u, make_pair(public_out, rho))


def hop_with(data: bytes, s: bytes, u: bytes, pair: Pair) -> bytes:
    """`hop` with a zero-encryption under Y′ that was made before, and is used this once.

    Raises PepError `malformed-ciphertext`.
    """
    if len(data) != 2 * POINT_BYTES:
        raise PepError("malformed-ciphertext")
    curve = group()
    try:
        return curve.add(curve.mul(u, data[:POINT_BYTES]), pair.first) + curve.add(
            curve.mul(s, data[POINT_BYTES:]), pair.second
        )
    except PepError as error:
        raise PepError("malformed-ciphertext") from error
