"""Codes that turn a request into a machtiging: 11 random signs and a check sign.

    code  = s1 … s11 c       over an alphabet of 29 signs (a prime), 11 x log2(29) = 53.4 bits
    c     = sum(i x value(si), i = 1…11) mod 29        finds every single wrong sign and every swap
    hash  = HMAC-SHA256(codes key, "machtigen/code/v1" NUL code)

The alphabet leaves out what people misread: 0 and O, 1 and I, 2 (Z), 5 (S), 8 (B). The check sign
spares a database look-up; it does not change the answer, which is the same for every wrong code.
A code gives: whoever holds it may answer this one request. Not: that the holder is the one meant;
therefore the other side sees the name afterwards and can undo at once.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from datetime import timedelta

ALPHABET = "34679ABCDEFGHJKLMNPQRSTUVWXYZ"
RANDOM_SIGNS = 11
GROUP = 4
VALID_FOR = timedelta(days=14)
_LABEL = b"machtigen/code/v1\x00"
_MISREAD = str.maketrans({"1": "L", "I": "L", "2": "Z", "5": "S", "8": "B"})


def new_code() -> str:
    """A fresh code, without grouping: 12 signs."""
    body = "".join(secrets.choice(ALPHABET) for _ in range(RANDOM_SIGNS))
    return body + _check_sign(body)


def show(code: str) -> str:
    """The code in groups of four, as people read it out: `XXXX-XXXX-XXXX`."""
    return "-".join(code[start : start + GROUP] for start in range(0, len(code), GROUP))


def read(text: str) -> str | None:
    """A typed code without grouping; None when it cannot be one. Spaces, case, misreadings forgiven."""
    if len(text) > 64:
        return None
    kept = "".join(sign for sign in text.upper() if sign not in "-– .\t\r\n").translate(_MISREAD)
    if len(kept) != RANDOM_SIGNS + 1 or any(sign not in ALPHABET for sign in kept):
        return None
    return kept if _check_sign(kept[:-1]) == kept[-1] else None


def digest(code: str, key: bytes) -> bytes:
    """What is stored of a code: 32 bytes. `key` is 32 bytes from the file `codes.key`."""
    return hmac.new(key, _LABEL + code.encode("ascii"), hashlib.sha256).digest()


def _check_sign(body: str) -> str:
    total = sum(place * ALPHABET.index(sign) for place, sign in enumerate(body, start=1))
    return ALPHABET[total % len(ALPHABET)]
