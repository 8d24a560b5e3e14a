"""Hash to the group: RFC 9380 section 5.3.1 `expand_message_xmd` and the ristretto255 one-way map."""

from __future__ import annotations

import hashlib

from keys.kernel.pep.errors import PepError
from keys.kernel.pep.group import group

ORIGIN_DST = b"PEPV1-oorsprong-ristretto255-SHA512"
SEED_BYTES = 64
_HASH_BYTES = 64
_BLOCK_BYTES = 128


def expand_message_xmd(message: bytes, dst: bytes, length: int) -> bytes:
    """`length` uniform bytes from a message with SHA-512 (RFC 9380 section 5.3.1).

    `dst` is 1 to 255 bytes, `length` at most 255 * 64. Raises ValueError outside these bounds.
    """
    blocks = -(-length // _HASH_BYTES)
    if not 1 <= len(dst) <= 255 or not 1 <= blocks <= 255:
        raise ValueError("dst or length out of bounds")
    dst_prime = dst + bytes([len(dst)])
    head = bytes(_BLOCK_BYTES) + message + length.to_bytes(2, "big") + b"\x00" + dst_prime
    first = hashlib.sha512(head).digest()
    block = hashlib.sha512(first + b"\x01" + dst_prime).digest()
    out = block
    for index in range(2, blocks + 1):
        mixed = bytes(a ^ b for a, b in zip(first, block, strict=True))
        block = hashlib.sha512(mixed + bytes([index]) + dst_prime).digest()
        out += block
    return out[:length]


def hash_to_group(message: bytes, dst: bytes) -> bytes:
    """A point with unknown discrete logarithm (RFC 9497 section 4.1, HashToGroup)."""
    return group().from_hash(expand_message_xmd(message, dst, _HASH_BYTES))


def hash_to_scalar(message: bytes, dst: bytes) -> bytes:
    """A scalar (RFC 9497 section 4.1, HashToScalar); may be zero with negligible probability."""
    return group().reduce(expand_message_xmd(message, dst, _HASH_BYTES))


def origin_point(seed: bytes) -> bytes:
    """A person's origin point M from the 64 random bytes drawn once for that person.

    Random, never computed from an identity: nobody can enumerate people with keys.
    """
    if not isinstance(seed, bytes) or len(seed) != SEED_BYTES:
        raise PepError("malformed-seed")
    return hash_to_group(seed, ORIGIN_DST)
