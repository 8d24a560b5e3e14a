"""An answer kept for a repeated request opens with that request only.

    sealed = nonce (12) ‖ AES-256-GCM(key, nonce, value; AAD = actor, request id, what)
    key    = SHA-256 over the whole request, under a label of its own (`Batch.answer_key`)

The translated items stand in what the requester and the receiver keep too: as they are, and by their
digest in the statement, they would tie a person there to a line here. Gives: who has this database has
no items. Does not give: anything against who also has the request, which holds the items it is about.
"""

from __future__ import annotations

import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from keys.kernel.pep.encoding import from_base64url, length_prefixed, to_base64url
from keys.pseudonyms.model import Permit, Translated

ITEM_BYTES = 64
NONCE_BYTES = 12


def seal_answer(key: bytes, permit: Permit, answer: Translated) -> tuple[bytes, str]:
    """(sealed items, sealed statement as base64url). `key`: 32 bytes."""
    items = _seal(key, b"".join(answer.items), _place(permit.actor, permit.request_id, "items"))
    statement = _seal(key, answer.statement.encode(), _place(permit.actor, permit.request_id, "verklaring"))
    return items, to_base64url(statement)


def open_answer(key: bytes, actor: str, request_id: str, items: bytes, statement: str) -> Translated | None:
    """The answer back; None when it was sealed for another request."""
    try:
        joined = _open(key, items, _place(actor, request_id, "items"))
        text = _open(key, from_base64url(statement), _place(actor, request_id, "verklaring")).decode()
    except (InvalidTag, ValueError):
        return None
    return Translated([joined[at : at + ITEM_BYTES] for at in range(0, len(joined), ITEM_BYTES)], text)


def _place(actor: str, request_id: str, what: str) -> bytes:
    return length_prefixed(actor.encode(), request_id.encode(), what.encode())


def _seal(key: bytes, value: bytes, place: bytes) -> bytes:
    nonce = secrets.token_bytes(NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, value, place)


def _open(key: bytes, sealed: bytes, place: bytes) -> bytes:
    return AESGCM(key).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], place)
