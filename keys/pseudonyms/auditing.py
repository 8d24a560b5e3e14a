"""Copies of translated batches for an auditor, and the auditor's judgement of them.

    copy = HPKE(auditor's key, {permit, items, originals, proofs, first answer, outputs, answer}),
           info = suite, party, actor, request id

Only the auditor opens a copy; nothing in it opens a ciphertext. A copy is judged as the next party and
the requester judged the answer: the permit, the requester's proofs, what the party signed, and the
proof of its hop, in full. Gives: a party that lied is found out later too, by somebody who was not
there. Does not give: that a copy was kept of every batch (the counters and the other party's log do).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from keys.kernel.jws import InvalidJws, Jwks, verify
from keys.kernel.pep.encoding import from_base64url, length_prefixed, to_base64url
from keys.kernel.pep.errors import PepError
from keys.kernel.pep.knowledge import MadeFor, first_not_made
from keys.kernel.pep.names import SUITE, Context, Domain
from keys.kernel.pep.sealing import OpeningKey, seal
from keys.pseudonyms.model import Batch, Permit, Translated
from keys.wire.hopbewijs import Committed, Hop, HopChecker
from keys.wire.transcrypties import TYP_HOP, TYP_PERMIT, digest_of, generation_of, hop_statement, states
from keys.wire.verklaringen import work_of

LISTS = ("items", "oorspronkelijk", "kennis", "uitvoer")


@dataclass(frozen=True)
class Known:
    """What an auditor judges by: public keys of actors and parties, certified keys, commitments."""

    actor_keys: Callable[[str], Jwks | None]
    party_keys: Mapping[str, Jwks]
    public_key: Callable[[Context], bytes]
    committed: Callable[[Context, Context, int], Committed]


def seal_copy(auditor: bytes, party: str, permit: Permit, batch: Batch, done: Translated) -> bytes:
    """The sealed copy of a batch. `auditor`: 1216 bytes."""
    lists = (batch.items, batch.originals, batch.proofs, done.items)
    document = {
        "vergunning": batch.permit,
        "eerste_antwoord": batch.first_answer,
        "antwoord": done.statement,
        **{name: to_base64url(b"".join(items)) for name, items in zip(LISTS, lists, strict=True)},
    }
    info = _info(party, permit.actor, permit.request_id)
    return seal(auditor, json.dumps(document).encode(), info)


def open_copy(key: OpeningKey, party: str, actor: str, request_id: str, sealed: bytes) -> dict[str, Any]:
    """The copy as it was made. Raises PepError `malformed-sealing`."""
    document: dict[str, Any] = json.loads(key.open(sealed, _info(party, actor, request_id)))
    for name in LISTS:
        joined = from_base64url(document[name])
        document[name] = [joined[at : at + 64] for at in range(0, len(joined), 64)]
    return document


def judge(copy: Mapping[str, Any], party: str, known: Known, checker: HopChecker) -> str | None:
    """None when the copy shows an honest hop; else the code of what is wrong."""
    try:
        return _judge(copy, party, known, checker)
    except InvalidJws:
        return "signature"
    except PepError as error:
        return error.code
    except (KeyError, TypeError, ValueError):
        return "malformed-copy"


def _judge(copy: Mapping[str, Any], party: str, known: Known, checker: HopChecker) -> str | None:
    stated = verify(copy["antwoord"], known.party_keys[party], typ=TYP_HOP)
    actor_keys = known.actor_keys(str(stated["actor"]))
    if actor_keys is None:
        return "unknown-actor"
    permit = verify(copy["vergunning"], actor_keys, typ=TYP_PERMIT)
    van = Context(Domain.parse(permit["van"]), permit["van_epoch"])
    naar = Context(Domain.parse(permit["naar"]), permit["naar_epoch"])
    first, second = permit["paar"]
    step = 1 if party == first else 2
    invoer, uitvoer = digest_of(copy["items"]), digest_of(copy["uitvoer"])
    expected = hop_statement(permit, party, step, invoer, uitvoer)
    if not states(stated, expected):
        return "statement-differs"
    if digest_of(copy["oorspronkelijk"]) != permit["items"]:
        return "items-differ"
    public = known.public_key(van)
    made_for = MadeFor(van, naar, str(permit["doel"]), str(permit["jti"]), public)
    if first_not_made(copy["oorspronkelijk"], copy["kennis"], made_for) is not None:
        return "item-not-made-by-requester"
    committed = known.committed(van, naar, generation_of(permit))
    key_in = public
    if step == 2:
        said = verify(copy["eerste_antwoord"], known.party_keys[first], typ=TYP_HOP)
        before = Hop(
            str(permit["jti"]), van, naar, work_of((first, second), first), public,
            copy["oorspronkelijk"], copy["items"],
        )  # fmt: skip
        key_in = checker.check(said, before, committed)
    hop = Hop(
        str(permit["jti"]), van, naar, work_of((first, second), party), key_in, copy["items"], copy["uitvoer"]
    )
    key_out = checker.check(stated, hop, committed)
    if step == 2 and key_out != known.public_key(naar):
        return "wrong-key-out"
    return None


def _info(party: str, actor: str, request_id: str) -> bytes:
    return length_prefixed(*(text.encode() for text in (SUITE, "audit", party, actor, request_id)))
