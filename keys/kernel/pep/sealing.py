"""Seal bytes to a receiver: HPKE (RFC 9180) with ML-KEM-768 + X25519, so also against later quantum attack.

Needs `cryptography` 50 or newer; imported by those who seal or unseal, not by `keys.kernel.pep`.
"""

from __future__ import annotations

from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric import mlkem, x25519
from cryptography.hazmat.primitives.hpke import (
    AEAD,
    KDF,
    KEM,
    MLKEM768X25519PrivateKey,
    MLKEM768X25519PublicKey,
    Suite,
)

from keys.kernel.pep.errors import PepError

MLKEM_PUBLIC_BYTES = 1184
MLKEM_SEED_BYTES = 64
SECRET_BYTES = MLKEM_SEED_BYTES + 32
PUBLIC_BYTES = MLKEM_PUBLIC_BYTES + 32

_SUITE = Suite(KEM.MLKEM768_X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)


class OpeningKey:
    """A receiver's key pair, made for one answer and then thrown away. `public`: 1216 bytes.

    `secret` (96 bytes: seed of ML-KEM-768, scalar of X25519) brings back a key that was put aside.
    """

    def __init__(self, secret: bytes | None = None) -> None:
        if secret is None:
            encapsulation = mlkem.MLKEM768PrivateKey.generate()
            agreement = x25519.X25519PrivateKey.generate()
        elif len(secret) == SECRET_BYTES:
            encapsulation = mlkem.MLKEM768PrivateKey.from_seed_bytes(secret[:MLKEM_SEED_BYTES])
            agreement = x25519.X25519PrivateKey.from_private_bytes(secret[MLKEM_SEED_BYTES:])
        else:
            raise PepError("malformed-key")
        self.secret = encapsulation.private_bytes_raw() + agreement.private_bytes_raw()
        self._key = MLKEM768X25519PrivateKey(encapsulation, agreement)
        self.public = (
            encapsulation.public_key().public_bytes_raw() + agreement.public_key().public_bytes_raw()
        )

    def open(self, sealed: bytes, info: bytes) -> bytes:
        """The plaintext. Raises PepError `malformed-sealing` when it was not sealed to us for `info`."""
        try:
            plaintext: bytes = _SUITE.decrypt(sealed, self._key, info)
        except (InvalidTag, ValueError) as error:
            raise PepError("malformed-sealing") from error
        return plaintext


def seal(public: bytes, plaintext: bytes, info: bytes) -> bytes:
    """Seal to the holder of `public` (1216 bytes), bound to `info`. Raises PepError `malformed-key`."""
    if len(public) != PUBLIC_BYTES:
        raise PepError("malformed-key")
    try:
        key: Any = MLKEM768X25519PublicKey(
            mlkem.MLKEM768PublicKey.from_public_bytes(public[:MLKEM_PUBLIC_BYTES]),
            x25519.X25519PublicKey.from_public_bytes(public[MLKEM_PUBLIC_BYTES:]),
        )
        sealed: bytes = _SUITE.encrypt(plaintext, key, info)
    except ValueError as error:
        raise PepError("malformed-key") from error
    return sealed
