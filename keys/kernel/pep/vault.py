"""How an actor keeps pseudonyms: a local row key and a wrapped point, never the bare point.

    pid     = base64url(HMAC-SHA256(k_local, length-prefixed suite, domain, P))
    wrapped = 0x01 ‖ nonce (12) ‖ AES-256-GCM-SIV(k_wrap, nonce, P; AAD = pid, suite, domain, version)
    k_wrap  = HKDF-SHA256(k_local, info "machtigen/pep/vault/wrap/1")

A leaked database without k_local stays unlinkable to any other, also for an attacker who can take
discrete logarithms. AES-GCM-SIV: RFC 8452; OpenSSL 3.2 or newer, which every wheel of `cryptography`
carries. Where it is lacking the vault refuses to be made: there is no second format.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets

from cryptography.exceptions import InvalidTag, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCMSIV
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from keys.kernel.pep.elgamal import Pseudonym
from keys.kernel.pep.encoding import length_prefixed, to_base64url
from keys.kernel.pep.errors import PepError
from keys.kernel.pep.names import SUITE, Domain

LOCAL_KEY_BYTES = 32
NONCE_BYTES = 12
VERSION = 1
WRAPPED_BYTES = 1 + NONCE_BYTES + 32 + 16


class Vault:
    """Makes row keys and wraps pseudonyms under one local key of 32 secret bytes."""

    def __init__(self, local_key: bytes, suite: str = SUITE) -> None:
        if not isinstance(local_key, bytes) or len(local_key) != LOCAL_KEY_BYTES:
            raise PepError("malformed-key", "a local key has 32 bytes")
        self._local_key = local_key
        self._suite = suite.encode()
        derived = HKDF(hashes.SHA256(), 32, salt=None, info=b"machtigen/pep/vault/wrap/1").derive(local_key)
        try:
            self._aead = AESGCMSIV(derived)
        except UnsupportedAlgorithm as error:
            raise PepError("vault-unavailable", "AES-GCM-SIV needs OpenSSL 3.2 or newer") from error

    def __repr__(self) -> str:
        return "Vault(…)"

    def pid(self, pseudonym: Pseudonym) -> str:
        """The key of this person's rows here: 43 characters base64url, deterministic."""
        message = length_prefixed(self._suite, str(pseudonym.domain).encode(), pseudonym.point)
        return to_base64url(hmac.new(self._local_key, message, hashlib.sha256).digest())

    def wrap(self, pseudonym: Pseudonym) -> bytes:
        """The pseudonym encrypted for storage beside its pid: 61 bytes, randomised."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        associated = self._associated(self.pid(pseudonym), pseudonym.domain)
        return bytes([VERSION]) + nonce + self._aead.encrypt(nonce, pseudonym.point, associated)

    def unwrap(self, pid: str, wrapped: bytes, domain: Domain) -> Pseudonym:
        """The pseudonym back. Raises PepError `malformed-wrapping` or `wrong-pid`."""
        if len(wrapped) != WRAPPED_BYTES or wrapped[0] != VERSION:
            raise PepError("malformed-wrapping")
        nonce, sealed = wrapped[1 : 1 + NONCE_BYTES], wrapped[1 + NONCE_BYTES :]
        try:
            point = self._aead.decrypt(nonce, sealed, self._associated(pid, domain))
        except InvalidTag as error:
            raise PepError("malformed-wrapping") from error
        pseudonym = Pseudonym(domain, point)
        if not hmac.compare_digest(self.pid(pseudonym), pid):
            raise PepError("wrong-pid")
        return pseudonym

    def _associated(self, pid: str, domain: Domain) -> bytes:
        return length_prefixed(pid.encode(), self._suite, str(domain).encode(), bytes([VERSION]))
