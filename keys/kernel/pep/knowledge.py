"""Proof of knowledge of a discrete logarithm (Schnorr, made non-interactive by SHA-512).

    point = x G                     challenge ‖ response, 64 bytes, bound to a context

Two uses. A party multiplies a point that another party made only when that party proves that it knows
the point's logarithm: otherwise it would be an oracle that completes a decryption key on any point.
And who has a ciphertext (B, C) = (rG, P + rY) translated proves that it knows r, and so made it itself:
a captured or rerandomised ciphertext of somebody else is not translated.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from keys.kernel.pep.encoding import length_prefixed
from keys.kernel.pep.errors import PepError
from keys.kernel.pep.group import POINT_BYTES, SCALAR_BYTES, group
from keys.kernel.pep.hashing import hash_to_scalar
from keys.kernel.pep.names import SUITE, Context

PROOF_BYTES = 2 * SCALAR_BYTES
_DST = b"machtigen/pep/schnorr/1"


def prove_knowledge(secret: bytes, point: bytes, context: bytes) -> bytes:
    """That we know `secret` with point = secret G, bound to `context`: 64 bytes, challenge ‖ response."""
    mixed = hmac.new(secrets.token_bytes(64), length_prefixed(secret, point, context), hashlib.sha512)
    nonce = group().reduce(mixed.digest())
    challenge = _challenge(point, group().mul_base(nonce), context)
    return challenge + group().scalar_add(nonce, group().scalar_mul(challenge, secret))


def verify_knowledge(proof: bytes, point: bytes, context: bytes) -> bool:
    """Whether the proof holds for this point and context. Any malformed proof or point does not: the
    multiplication refuses a bad encoding and the identity by itself."""
    try:
        challenge = group().check_scalar(proof[:SCALAR_BYTES])
        response = group().check_scalar(proof[SCALAR_BYTES:])
        commitment = group().subtract(group().mul_base(response), group().mul(challenge, point))
    except PepError:
        return False
    return hmac.compare_digest(_challenge(point, commitment, context), challenge)


@dataclass(frozen=True)
class MadeFor:
    """What the ciphertexts of one request were made for; every proof in it is bound to all of this."""

    van: Context
    naar: Context
    doel: str
    request_id: str
    public_key: bytes  # Y, 32: the certified key that they were made under

    def context(self, index: int, item: bytes) -> bytes:
        """The context of the proof of item `index` (64 bytes B ‖ C)."""
        return self._head + length_prefixed(index.to_bytes(4, "big"), item[POINT_BYTES:])

    @cached_property
    def _head(self) -> bytes:
        """What all items of the request have in common."""
        texts = (SUITE, str(self.van), str(self.naar), self.doel, self.request_id)
        return length_prefixed(b"made", *(text.encode() for text in texts), self.public_key)


def prove_made(items: Sequence[bytes], randomness: Sequence[bytes], made_for: MadeFor) -> list[bytes]:
    """For each item (B, C) that we know r with B = rG: 64 bytes each, in order."""
    return [
        prove_knowledge(r, item[:POINT_BYTES], made_for.context(index, item))
        for index, (item, r) in enumerate(zip(items, randomness, strict=True))
    ]


def first_not_made(items: Sequence[bytes], proofs: Sequence[bytes], made_for: MadeFor) -> int | None:
    """The first item without a proof that holds; None when all have one. `items` are of 64 bytes."""
    if len(proofs) != len(items):
        return min(len(proofs), len(items))
    for index, (item, proof) in enumerate(zip(items, proofs, strict=True)):
        if not verify_knowledge(proof, item[:POINT_BYTES], made_for.context(index, item)):
            return index
    return None


def _challenge(point: bytes, commitment: bytes, context: bytes) -> bytes:
    return hash_to_scalar(length_prefixed(point, commitment, context), _DST)
