"""The words of translation."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import datetime

from keys.kernel.pep.encoding import length_prefixed
from keys.kernel.pep.knowledge import MadeFor
from keys.kernel.pep.names import Context
from keys.pseudonyms.shares import Pair

ANSWER_LABEL = b"machtigen/keys/antwoord/1"


@dataclass(frozen=True)
class Permit:
    """Vergunning: what an actor signed for. `digest` binds the original items."""

    request_id: str
    actor: str
    van: Context
    naar: Context
    doel: str
    count: int
    pair: Pair
    digest: str
    trace_id: str | None
    generation: int = 1

    def made_for(self, public_key: bytes) -> MadeFor:
        """What the proofs of the requester are bound to, under the certified key of `van`."""
        return MadeFor(self.van, self.naar, self.doel, self.request_id, public_key)


@dataclass(frozen=True)
class Batch:
    """A request to one party: the items to work on, and what shows that they may be worked on.

    `originals` are the items as the requester made them (for the first party the same ones), `proofs`
    show that it did, `first_answer` is the first party's signed answer for the second one.
    """

    permit: str
    items: list[bytes]
    originals: list[bytes]
    proofs: list[bytes]
    first_answer: str | None = None

    def digest(self) -> str:
        """What makes two requests the very same: SHA-256 over all of it, hex."""
        return hashlib.sha256(self._whole()).hexdigest()

    def answer_key(self) -> bytes:
        """The key (32 bytes) of the answer that is kept for it: who has the digest only has not this."""
        return hashlib.sha256(length_prefixed(ANSWER_LABEL, self._whole())).digest()

    def _whole(self) -> bytes:
        texts = (self.permit.encode(), (self.first_answer or "").encode())
        lists = (self.items, self.originals, self.proofs)
        counts = [len(part).to_bytes(4, "big") for part in lists]
        parts = [item for part in lists for item in part]
        return length_prefixed(*texts, *counts, *parts)


@dataclass(frozen=True)
class Recorded:
    """What a party writes down about a batch before it answers."""

    permit: Permit
    step: int
    gebruiksgrond: str
    limit: int | None  # items a day; None: counted only


@dataclass(frozen=True)
class Translated:
    """The batch after this party's hop, and its signed statement about it."""

    items: list[bytes]
    statement: str


@dataclass(frozen=True)
class Kept:
    """What a party keeps of an answer: the answer itself, for a repeated request, until the permit has
    expired, sealed under `answer_key`; and all that an auditor needs to judge it, sealed to the auditor."""

    permit: Permit
    step: int
    digest: str
    answer_key: bytes = field(repr=False)
    translated: Translated
    audit: bytes | None
    answer_until: datetime
    audit_until: datetime
