"""Goedkeuring (approval): an operator signs for one content, with a key of that operator's own.

    claims   soort (doel, actor, sleutels), digest (SHA-256 of the RFC 8785 form of the content), naam
    signed   by one of the operators' keys; two approvals count when two different keys signed them

In production nothing that opens a way is registered on one person's word: purposes, actors and actors'
keys need two. Gives: two key holders agreed to this very content. Does not give: that they are two
people; who hands out the keys sees to that.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, Literal

import rfc8785

from keys.kernel.jws import InvalidJws, Jwks, SigningKey, sign, timestamp, verify
from keys.kernel.jws.signature import read_header
from keys.kernel.pep.encoding import to_base64url

TYP_APPROVAL = "goedkeuring+jwt"
Soort = Literal["doel", "actor", "sleutels"]


def approval_digest(content: Mapping[str, Any]) -> str:
    """What an approval binds a content by. Moments count by the instant, in UTC to the second."""
    plain = {name: _plain(value) for name, value in content.items() if name != "goedkeuringen"}
    return to_base64url(hashlib.sha256(rfc8785.dumps(plain)).digest())


def approve(soort: Soort, content: Mapping[str, Any], naam: str, key: SigningKey, now: datetime) -> str:
    """An approval of this content by `naam`."""
    claims = {"soort": soort, "digest": approval_digest(content), "naam": naam, "iat": timestamp(now)}
    return sign(claims, key, typ=TYP_APPROVAL)


def approvers(
    tokens: Iterable[str], soort: Soort, content: Mapping[str, Any], operators: Jwks
) -> dict[str, str]:
    """Who approved this content: name by key (`kid`). Raises ValueError for what is no such approval."""
    found: dict[str, str] = {}
    digest = approval_digest(content)
    for token in tokens:
        try:
            claims = verify(token, operators, typ=TYP_APPROVAL)
            kid = read_header(token).get("kid")
        except InvalidJws as error:
            raise ValueError("not signed by an operator") from error
        if (claims.get("soort"), claims.get("digest")) != (soort, digest):
            raise ValueError("an approval of something else")
        found[str(kid)] = str(claims.get("naam"))
    return found


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).replace(microsecond=0).isoformat()
    if isinstance(value, Mapping):
        return {str(name): _plain(part) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(part) for part in value]
    return value
