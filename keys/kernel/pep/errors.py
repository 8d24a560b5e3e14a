"""Refusals of the PEP core."""

from __future__ import annotations


class PepError(Exception):
    """Input or state that the PEP core refuses. `code` is stable; no message holds key or point bytes.

    Codes: malformed-ciphertext, malformed-point, malformed-scalar, identity-point, malformed-domain,
    malformed-key, unknown-suite, wrong-domain, wrong-epoch, wrong-pid, malformed-wrapping,
    malformed-seed, malformed-sealing, vault-unavailable, libsodium-missing, libsodium-wrong.
    """

    def __init__(self, code: str, message: str | None = None) -> None:
        super().__init__(message or code)
        self.code = code
