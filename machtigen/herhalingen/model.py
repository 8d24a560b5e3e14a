"""The words of repeated requests."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from machtigen.errors import InvalidIdempotencyKey

KEPT_FOR = timedelta(hours=24)
_VISIBLE = re.compile(r"[\x21-\x7e]{1,255}")


@dataclass(frozen=True)
class Answer:
    """What was answered: status and JSON body."""

    status: int
    body: Mapping[str, Any]


@dataclass(frozen=True)
class Repeatable:
    """A request that carries an Idempotency-Key: who sent it, the key, and what was asked."""

    who: str
    key: str
    digest: str

    @classmethod
    def of(cls, who: str, key: str, method: str, path: str, body: bytes) -> Repeatable:
        """Raises InvalidIdempotencyKey for a key that is not 1…255 visible ASCII characters."""
        if not _VISIBLE.fullmatch(key):
            raise InvalidIdempotencyKey
        asked = json.dumps([method, path, hashlib.sha256(body).hexdigest()])
        return cls(who, key, hashlib.sha256(asked.encode()).hexdigest())


def derive(secret: bytes, request: Repeatable, use: str) -> bytes:
    """32 bytes for one request and use; without the request's key nobody can compute them."""
    message = json.dumps(["machtigen/herhaling/v1", use, request.who, request.key]).encode()
    return hmac.new(secret, message, hashlib.sha256).digest()
