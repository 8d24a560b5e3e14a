"""Text that people chose freely is encrypted at rest.

    sealed = nonce (12) || AES-256-GCM(key, nonce, text, associated data = place)

`place` binds a value to its row, so that it cannot be moved to another. Gives: a copy of the
database alone shows nothing of it. Does not give: protection from who holds the key file too.
"""

from __future__ import annotations

import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY_LENGTH = 32
NONCE_LENGTH = 12


class Unsealable(ValueError):
    """The value was not sealed with this key at this place."""


class Seal:
    """Seals and opens small values with one key of 32 bytes."""

    def __init__(self, key: bytes) -> None:
        if len(key) != KEY_LENGTH:
            raise ValueError("a sealing key has 32 bytes")
        self._cipher = AESGCM(key)

    def seal(self, text: str, place: str) -> bytes:
        """Encrypt `text` for `place`."""
        nonce = secrets.token_bytes(NONCE_LENGTH)
        return nonce + self._cipher.encrypt(nonce, text.encode(), place.encode())

    def open(self, sealed: bytes, place: str) -> str:
        """Decrypt what `seal` made for the same place. Raises Unsealable."""
        try:
            return self._cipher.decrypt(sealed[:NONCE_LENGTH], sealed[NONCE_LENGTH:], place.encode()).decode()
        except (InvalidTag, ValueError) as error:
            raise Unsealable("this value was not sealed here") from error
