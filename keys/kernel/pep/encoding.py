"""Byte strings on the wire: base64url without padding (RFC 7515 section 2) and length prefixes."""

from __future__ import annotations

import base64
import binascii

_ALPHABET = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
_STANDARD = bytes.maketrans(b"-_", b"+/")
# By the length modulo 4: the last characters whose bits beyond the last byte are zero.
_ENDS = {2: frozenset(_ALPHABET[::16]), 3: frozenset(_ALPHABET[::4])}
_PADDING = {0: b"", 2: b"==", 3: b"="}


def to_base64url(data: bytes) -> str:
    """Without padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def from_base64url(text: object) -> bytes:
    """Exactly one text per byte string: padding, other characters and loose end bits are a ValueError."""
    if not isinstance(text, str) or not text.isascii():
        raise ValueError("not base64url")
    raw = text.encode("ascii")
    beyond = len(raw) % 4
    if beyond == 1 or raw.translate(None, _ALPHABET):
        raise ValueError("not base64url")
    if beyond and raw[-1] not in _ENDS[beyond]:
        raise ValueError("not canonical base64url")
    return binascii.a2b_base64(raw.translate(_STANDARD) + _PADDING[beyond])


def length_prefixed(*parts: bytes) -> bytes:
    """Each part behind its length as 4 bytes big-endian: no two lists give the same bytes."""
    return b"".join(len(part).to_bytes(4, "big") + part for part in parts)
