"""Log seeds at rest: one per person and register, wrapped under a key derived from the local key.

    wrapped = 0x01 ‖ nonce (12) ‖ AES-256-GCM(key, nonce, seed (32); AAD = pid)
    key     = HKDF-SHA256(lokaal.key, info "machtigen/rechten/logzaad/1")

Who reads the log has no seeds; who has the database has no local key.
"""

from __future__ import annotations

import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

VERSION = 1
NONCE_BYTES = 12
INFO = b"machtigen/rechten/logzaad/1"


class UnreadableSeed(Exception):
    """A stored seed does not open: another key, another person, or changed bytes."""


class Zaadkluis:
    """Wraps and unwraps log seeds. `local_key`: 32 secret bytes of the register."""

    def __init__(self, local_key: bytes) -> None:
        self._aead = AESGCM(HKDF(hashes.SHA256(), 32, salt=None, info=INFO).derive(local_key))

    def wrap(self, pid: str, seed: bytes) -> bytes:
        """61 bytes, randomised."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        return bytes([VERSION]) + nonce + self._aead.encrypt(nonce, seed, pid.encode())

    def unwrap(self, pid: str, wrapped: bytes) -> bytes:
        """The seed of this person. Raises UnreadableSeed."""
        if len(wrapped) <= 1 + NONCE_BYTES or wrapped[0] != VERSION:
            raise UnreadableSeed
        try:
            return self._aead.decrypt(wrapped[1 : 1 + NONCE_BYTES], wrapped[1 + NONCE_BYTES :], pid.encode())
        except InvalidTag as error:
            raise UnreadableSeed from error
