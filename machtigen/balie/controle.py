"""The code on a printed confirmation, with which whoever holds the paper checks that it still stands.

    code = as `machtigingen.codes`: 11 random signs (53 bits) and a check sign
    hash = HMAC-SHA256(codes key, "machtigen/balie/controlecode/1" ‖ code)

Gives: who has the paper learns whether the machtiging stands, and what it is for. Does not give: who the
parties are, nor any power: the code answers no request and opens no page of a person.
"""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
from datetime import datetime

LABEL = b"machtigen/balie/controlecode/1"
ORIGIN = b"machtigen/balie/herkomst/1"


def digest(code: str, key: bytes) -> bytes:
    """What is stored of a verification code: 32 bytes."""
    return hmac.new(key, LABEL + code.encode("ascii"), hashlib.sha256).digest()


def origin(address: str, key: bytes, now: datetime) -> str:
    """Under what wrong codes from a network address are counted this day; no address is stored.

    Of IPv6 the first 64 bits: who has one address has them all.
    """
    try:
        parsed = ipaddress.ip_address(address)
        place = str(ipaddress.ip_network((parsed, 64), strict=False)) if parsed.version == 6 else str(parsed)
    except ValueError:
        place = address
    message = ORIGIN + f"{now:%Y-%m-%d}\n{place}".encode()
    return hmac.new(key, message, hashlib.sha256).hexdigest()
