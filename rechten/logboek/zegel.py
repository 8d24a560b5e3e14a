"""The seal on the details of a log line.

    sealed = 0x01 ‖ nonce (12) ‖ AES-256-GCM(key, nonce, JSON; AAD = trace_id, span_id, doel digest)
    key    = HKDF-SHA256(logzegel.key, info "machtigen/rechten/logdetail/1")

The associated data are length-prefixed. Gives: details can be read by the register only, and cannot
be moved to another line or another purpose. Does not give: secrecy of how long the details are.
"""

from __future__ import annotations

import json
import secrets
from dataclasses import asdict
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from keys.kernel.pep.encoding import length_prefixed
from rechten.doelen.model import DoelVersie
from rechten.logboek.model import Handelende, Logdetail, Rol, Tegenpartij, Weigering

VERSION = 1
NONCE_BYTES = 12
KEY_BYTES = 32
INFO = b"machtigen/rechten/logdetail/1"


class UnreadableDetail(Exception):
    """A stored detail does not open: another key, another line, or changed bytes."""


class Zegel:
    """Seals and opens details under one key of 32 secret bytes."""

    def __init__(self, key: bytes) -> None:
        if len(key) != KEY_BYTES:
            raise ValueError("a seal key has 32 bytes")
        self._aead = AESGCM(HKDF(hashes.SHA256(), KEY_BYTES, salt=None, info=INFO).derive(key))

    def seal(self, detail: Logdetail, trace_id: str, span_id: str) -> bytes:
        """The detail, bound to its line. Randomised."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        plain = json.dumps(asdict(detail), separators=(",", ":"), ensure_ascii=False).encode()
        associated = _associated(trace_id, span_id, detail.doel.digest)
        return bytes([VERSION]) + nonce + self._aead.encrypt(nonce, plain, associated)

    def open(self, sealed: bytes, trace_id: str, span_id: str, digest: str) -> Logdetail:
        """The detail back. Raises UnreadableDetail."""
        if len(sealed) <= 1 + NONCE_BYTES or sealed[0] != VERSION:
            raise UnreadableDetail
        nonce, rest = sealed[1 : 1 + NONCE_BYTES], sealed[1 + NONCE_BYTES :]
        try:
            plain = self._aead.decrypt(nonce, rest, _associated(trace_id, span_id, digest))
        except InvalidTag as error:
            raise UnreadableDetail from error
        return _detail(json.loads(plain))


def _associated(trace_id: str, span_id: str, digest: str) -> bytes:
    return length_prefixed(trace_id.encode(), span_id.encode(), digest.encode())


def _detail(stored: dict[str, Any]) -> Logdetail:
    doel, tegenpartij = stored["doel"], stored["tegenpartij"]
    return Logdetail(
        doel=DoelVersie(**{**doel, "wettelijke_grondslag": tuple(doel["wettelijke_grondslag"])}),
        rol=Rol(stored["rol"]),
        categorieen=tuple(stored["categorieen"]),
        geweigerd=tuple(Weigering(**entry) for entry in stored["geweigerd"]),
        redenen=tuple(stored["redenen"]),
        gebruiksgrond=stored["gebruiksgrond"],
        tegenpartij=Tegenpartij(**tegenpartij) if tegenpartij else None,
        handelende=Handelende(**stored["handelende"]),
    )
