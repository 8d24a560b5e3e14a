"""Day tags: whom a log line is about, readable by nobody but the register that keeps the seed.

    T(seed, d) = base64url( HMAC-SHA-256( HKDF-SHA-256(seed, info "log|" ‖ d), "tag" )[:16] )

`seed`: 32 random bytes per person and register. `d`: the day in UTC, `YYYY-MM-DD`. Construction:
HMAC (RFC 2104) under a key derived with HKDF (RFC 5869), both with SHA-256.
Gives: two tags cannot be told to be of one person without the seed, nor joined with another register.
Does not give: unlinkability of lines of one person within one day in one register.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from datetime import UTC, date, datetime, timedelta

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from keys.kernel.pep.encoding import to_base64url

SEED_BYTES = 32
TAG_BYTES = 16
INFO = b"log|"
LABEL = b"tag"


def new_seed() -> bytes:
    """A fresh log seed: 32 random bytes."""
    return secrets.token_bytes(SEED_BYTES)


def day_tag(seed: bytes, day: date) -> str:
    """The tag of this person on this UTC day: 22 characters. Raises ValueError for another seed length."""
    if len(seed) != SEED_BYTES:
        raise ValueError("a log seed has 32 bytes")
    key = HKDF(hashes.SHA256(), 32, salt=None, info=INFO + day.isoformat().encode()).derive(seed)
    return to_base64url(hmac.new(key, LABEL, hashlib.sha256).digest()[:TAG_BYTES])


def tag_at(seed: bytes, now: datetime) -> str:
    """The tag of the UTC day that `now` lies in."""
    return day_tag(seed, now.astimezone(UTC).date())


def tags_between(seed: bytes, van: date, tot: date) -> list[str]:
    """The tags of every day from `van` to `tot`, both included."""
    return [day_tag(seed, van + timedelta(days=number)) for number in range((tot - van).days + 1)]
