"""A write that carries an Idempotency-Key: the first answer is kept for a day and repeated.

Key and content are stored under the register's own key only: a caller may send one Idempotency-Key to
two registers, or one that says who the person is, and neither may be joined or guessed from what is
stored.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlmodel import Session

from rechten.errors import IdempotencyKeyReused, InvalidIdempotencyKey
from rechten.registers import store

MAXIMUM_KEY = 200
INFO_REPEAT = b"machtigen/rechten/herhaling/1"


@dataclass(frozen=True)
class Herhaalbaar:
    """A write of `who` with `given` as Idempotency-Key (None: none) and what was asked."""

    who: str
    given: str | None
    asked: Any

    def marks(self, local_key: bytes) -> tuple[str, str] | None:
        """(stored key, fingerprint of what was asked). Raises InvalidIdempotencyKey."""
        given = self.given
        if given is None:
            return None
        if not 0 < len(given) <= MAXIMUM_KEY or not given.isascii() or not given.isprintable():
            raise InvalidIdempotencyKey
        asked = json.dumps(self.asked, default=str, sort_keys=True)
        secret = HKDF(hashes.SHA256(), 32, salt=None, info=INFO_REPEAT).derive(local_key)
        return _mac(secret, "sleutel", json.dumps([self.who, given])), _mac(secret, "vingerafdruk", asked)


def first_answer(session: Session, marks: tuple[str, str] | None) -> Mapping[str, Any] | None:
    """The first answer to the same write. Raises IdempotencyKeyReused when something else was asked."""
    earlier = store.find_answer(session, marks[0]) if marks else None
    if marks is None or earlier is None:
        return None
    if earlier[0] != marks[1]:
        raise IdempotencyKeyReused
    return earlier[1]


def once(
    session: Session,
    marks: tuple[str, str] | None,
    now: datetime,
    act: Callable[[], Mapping[str, Any]],
) -> Mapping[str, Any]:
    """The first answer, or that of `act`, which is kept; within one transaction."""
    earlier = first_answer(session, marks)
    if earlier is not None:
        return earlier
    answer = act()
    if marks is not None:
        store.add_answer(session, *marks, dict(answer), now)
    return answer


def _mac(secret: bytes, use: str, text: str) -> str:
    return hmac.new(secret, json.dumps([use, text]).encode(), hashlib.sha256).hexdigest()
