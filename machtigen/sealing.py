"""Text that people chose freely is encrypted at rest; key files.

    sealed = nonce (12) || AES-256-GCM(key, nonce, text, associated data = place)

`place` binds a value to its row, so that it cannot be moved to another. Gives: a copy of the
database alone shows nothing of it. Does not give: protection from who holds the key file too.
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY_LENGTH = 32
NONCE_LENGTH = 12


class Unsealable(ValueError):
    """The value was not sealed with this key at this place."""


class MissingKey(RuntimeError):
    """A key file is missing, too short or too open."""


class Seal:
    """Seals and opens small values with one key of 32 bytes."""

    def __init__(self, key: bytes) -> None:
        if len(key) != KEY_LENGTH:
            raise MissingKey("a sealing key has 32 bytes")
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


def load_key(path: Path, *, may_make: bool) -> bytes:
    """The 32 bytes in a key file; where there is none and it may, fresh ones (mode 0600) that stay.

    Raises MissingKey.
    """
    if not path.exists():
        if not may_make:
            raise MissingKey(f"{path} is missing")
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with open(descriptor, "wb") as file:
            file.write(secrets.token_bytes(KEY_LENGTH))
            file.flush()
            os.fsync(file.fileno())
    key = path.read_bytes()
    if len(key) != KEY_LENGTH:
        raise MissingKey(f"{path} must hold 32 bytes")
    return key
