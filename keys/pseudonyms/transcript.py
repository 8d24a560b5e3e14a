"""The check of a ceremony by somebody who was not there: its messages, in whatever order they come.

For each of the three shares:

 1. each of its two holders made exactly one promise;
 2. each revealed exactly once, and after it held the other's promise (the reveal names it);
 3. each closed exactly once, having used the other's promise and reveal of 1 and 2;
 4. both closed with the same points: they hold the same share.

Gives: the shares were made by their holders together, neither could choose one, and both copies agree.
Does not give: that a holder kept its share secret, or drew its bytes well; a holder that draws badly only
spoils its own half.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from keys.kernel.jws import InvalidJws, Jwks, verify
from keys.kernel.pep.encoding import from_base64url
from keys.kernel.pep.errors import PepError
from keys.kernel.pep.group import group
from keys.pseudonyms.ceremony import TYP_CLOSING, TYP_PROMISE, TYP_REVEAL, message_digest
from keys.pseudonyms.shares import HOLDERS, fingerprint_of

KINDS = {TYP_PROMISE: "belofte", TYP_REVEAL: "onthulling", TYP_CLOSING: "slot"}


class TranscriptRefused(Exception):
    """The transcript does not show a sound ceremony; the text is one sentence that names the share."""


@dataclass(frozen=True)
class Message:
    """One message of the ceremony: of which kind, by whom, about which share."""

    kind: str
    party: str
    share: str
    claims: Mapping[str, Any]
    token: str

    @property
    def digest(self) -> str:
        """What other messages name it by."""
        return message_digest(self.token)


def check_transcript(
    tokens: Iterable[str], parties: Mapping[str, Jwks], generation: int = 1
) -> dict[str, str]:
    """The fingerprint of each share (hex, by share), all of one generation. Raises TranscriptRefused."""
    messages = [_read(token, parties) for token in dict.fromkeys(token.strip() for token in tokens)]
    if any(one.claims.get("generatie", 1) != generation for one in messages):
        raise TranscriptRefused(f"the transcript holds a message that is not about generation {generation}")
    return {share: _check_share(share, messages) for share in HOLDERS}


def _read(token: str, parties: Mapping[str, Jwks]) -> Message:
    for party, keys in parties.items():
        for typ, kind in KINDS.items():
            try:
                claims = verify(token, keys, typ=typ)
            except InvalidJws:
                continue
            share = claims.get("deel")
            if claims.get("iss") != party or party not in HOLDERS.get(str(share), ()):
                raise TranscriptRefused(f"{party} signed a message about a share that it does not hold")
            return Message(kind, party, str(share), claims, token)
    raise TranscriptRefused("the transcript holds a message that no party signed")


def _check_share(share: str, messages: list[Message]) -> str:
    left, right = HOLDERS[share]
    found = {
        (kind, party): _only(share, kind, party, messages)
        for kind in KINDS.values()
        for party in (left, right)
    }
    for party, other in ((left, right), (right, left)):
        if found["onthulling", party].claims.get("na_belofte") != found["belofte", other].digest:
            raise TranscriptRefused(f"share {share}: {party} revealed before it held the promise of {other}")
        closing = found["slot", party].claims
        used = (closing.get("belofte"), closing.get("onthulling"))
        if used != (found["belofte", other].digest, found["onthulling", other].digest):
            raise TranscriptRefused(f"share {share}: {party} closed over other messages of {other}")
    points = [_points(share, found["slot", party].claims) for party in (left, right)]
    if points[0] != points[1]:
        raise TranscriptRefused(f"share {share}: {left} and {right} do not hold the same share")
    return fingerprint_of(share, points[0])


def _only(share: str, kind: str, party: str, messages: list[Message]) -> Message:
    found = [one for one in messages if (one.kind, one.party, one.share) == (kind, party, share)]
    if len(found) != 1:
        number = "no" if not found else "more than one"
        raise TranscriptRefused(f"share {share}: {party} made {number} {kind}")
    return found[0]


def _points(share: str, claims: Mapping[str, Any]) -> dict[str, bytes]:
    try:
        return {name: group().check_point(from_base64url(claims.get(name))) for name in ("beta", "s", "k")}
    except (ValueError, PepError) as error:
        raise TranscriptRefused(f"share {share}: a closing statement is malformed") from error
