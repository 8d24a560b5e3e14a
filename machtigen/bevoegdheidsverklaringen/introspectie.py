"""Is this token good right now? (RFC 7662; signed answers RFC 9701), revocation (RFC 7009), userinfo.

Unknown, expired, revoked, malformed, another's: one answer, `{"active": false}`, and nothing else.
The machtiging itself is read again, so a revocation refuses at once, whatever a status list says.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from keys.kernel.jws import InvalidJws, Jwks, SigningKey, check_times, sign, timestamp, verify
from machtigen.bevoegdheidsverklaringen.claims import BEHEER, LIFETIME
from machtigen.bevoegdheidsverklaringen.errors import InvalidToken
from machtigen.bevoegdheidsverklaringen.model import Levend
from machtigen.bevoegdheidsverklaringen.service import Verklaringen
from machtigen.diensten.model import Client, Niveau
from machtigen.partijen.model import PartijId

INACTIVE: Mapping[str, Any] = {"active": False}
ABOUT_PERSONS = ("sub", "sub_id_type", "represents", "alt_sub")
SIGNED_TYPE = "token-introspection+jwt"
TYP = "at+jwt"


@dataclass(frozen=True)
class Person:
    """Who acts here through a client: at which level they logged in, and when."""

    partij: PartijId
    niveau: Niveau
    auth_op: datetime


class Introspectie:
    """Reads our own tokens back. `key` is the key they are signed with."""

    def __init__(self, verklaringen: Verklaringen, key: SigningKey) -> None:
        self._verklaringen = verklaringen
        self._key = key
        self._keys = Jwks.of(key)
        self._issuers = (verklaringen.house.login_issuer, verklaringen.house.token_issuer)

    def read(self, token: str, now: datetime) -> tuple[dict[str, Any], Levend] | None:
        """(claims, what is remembered) of a token of ours that is good at this moment; else None."""
        claims = self._claims(token)
        try:
            check_times(claims, now, leeway_s=0)
        except InvalidJws:
            return None
        live = self._verklaringen.find_live(claims["jti"], now) if claims else None
        return (claims, live) if live is not None else None

    def ended(self, token: str) -> datetime | None:
        """When a token of ours was ended before it expired; None for every other, also a forgotten one."""
        claims = self._claims(token)
        return self._verklaringen.find_end(claims["jti"]) if claims else None

    def _claims(self, token: str) -> dict[str, Any]:
        """What stands in a token of ours, live or not, with a `jti`; empty: not ours."""
        try:
            claims = verify(token, self._keys, typ=TYP, algorithms=(self._key.alg,), maximum_bytes=16_384)
        except InvalidJws:
            return {}
        ours = claims.get("iss") in self._issuers and isinstance(claims.get("jti"), str)
        return claims if ours else {}

    def person(self, token: str, now: datetime) -> Person | None:
        """Who lets a client act here with this token; None when it is not for that."""
        found = self.read(token, now)
        if found is None:
            return None
        claims, live = found
        niveau = Niveau.from_acr(claims.get("acr"))
        for_us = self._verklaringen.house.token_issuer in claims.get("aud", [])
        if not for_us or BEHEER not in str(claims.get("scope")).split() or niveau is None:
            return None
        return Person(live.partij, niveau, datetime.fromtimestamp(claims["auth_time"], now.tzinfo))

    def answer(self, token: str, caller: Client, now: datetime) -> Mapping[str, Any]:
        """What this caller may know: all of a token made by or for it, nothing of any other."""
        found = self.read(token, now)
        if found is None:
            return INACTIVE
        claims, live = found
        if live.client_id != caller.client_id and caller.audience not in claims.get("aud", []):
            return INACTIVE
        return {"active": True, "token_type": "Bearer", **claims}

    def sign_answer(self, answer: Mapping[str, Any], caller: Client, now: datetime) -> str:
        """The same answer as a JWT for this caller alone (RFC 9701 section 5)."""
        claims = {
            "iss": self._verklaringen.house.login_issuer,
            "aud": caller.client_id,
            "iat": timestamp(now),
            "token_introspection": dict(answer),
        }
        return sign(claims, self._key, typ=SIGNED_TYPE)

    def revoke(self, token: str, caller: Client, now: datetime) -> None:
        """End a token of the caller. Nothing happens, and nothing is said, for any other (RFC 7009)."""
        found = self.read(token, now)
        if found is not None and found[1].client_id == caller.client_id:
            self._verklaringen.end_token(found[0]["jti"], now)

    def userinfo(self, token: str, now: datetime) -> dict[str, Any]:
        """Who acts and for whom, for the holder of a representation token. Raises InvalidToken."""
        found = self.read(token, now)
        if found is None or "openid" not in str(found[0].get("scope", "")).split():
            raise InvalidToken("the token is not valid")
        claims = found[0]
        kept = {name: claims[name] for name in ABOUT_PERSONS if name in claims}
        return {**kept, "acr": claims["acr"], "aud": claims["client_id"], "iss": claims["iss"]}

    def sign_userinfo(self, answer: Mapping[str, Any], now: datetime) -> str:
        """The same answer as a JWT (OIDC Core section 5.3.2)."""
        times = {"iat": timestamp(now), "exp": timestamp(now + LIFETIME)}
        return sign({**answer, **times}, self._key, typ="JWT")
