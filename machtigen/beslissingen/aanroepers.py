"""Aanroepers (callers): which client asks, and at which services it may ask.

A client shows a fresh assertion (RFC 7523), or the token that it got for itself at the token endpoint.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from keys.kernel.caller import CallerRejected
from keys.kernel.database import Lookup
from keys.kernel.jws import InvalidJws, Jwks, SigningKey, check_times, verify
from keys.kernel.jws.signature import read_header
from machtigen.bevoegdheidsverklaringen.clientauth import ClientAuthentication
from machtigen.bevoegdheidsverklaringen.softwaretokens import NOBODY
from machtigen.bevoegdheidsverklaringen.store import look_live
from machtigen.diensten.model import Client
from machtigen.diensten.service import Diensten
from machtigen.errors import CallerNotAllowed

TYP = "at+jwt"
REMEMBERED = 1000
LARGEST = 16_384


@dataclass(frozen=True)
class Aanroeper:
    """A client that proved itself, and the services that its proof is good for."""

    client: Client
    diensten: frozenset[str]

    @property
    def sector(self) -> str:
        """The actor whose pairwise names it knows."""
        return self.client.actor


class Aanroepers:
    """Reads proofs. `key` signs our tokens; `issuer` is that of tokens for software."""

    def __init__(self, clients: ClientAuthentication, key: SigningKey, issuer: str) -> None:
        self._clients = clients
        self._issuer = issuer
        self._alg = key.alg
        self._keys = Jwks.of(key)
        self._known: dict[bytes, dict[str, Any]] = {}

    def is_token(self, proof: str) -> bool:
        """Whether this is a token of ours, and no assertion. Raises CallerRejected for neither."""
        if _digest(proof) in self._known:
            return True
        try:
            return read_header(proof, LARGEST).get("typ") == TYP
        except InvalidJws as error:
            raise CallerRejected(error.code) from error

    def prove(self, proof: str, now: datetime) -> Aanroeper | None:
        """Who shows this assertion, which counts once; None for a token. Raises CallerRejected."""
        if self.is_token(proof):
            return None
        client = self._clients.prove(proof, now)
        return Aanroeper(client, frozenset(client.diensten))

    def by_token(self, lookup: Lookup, token: str, now: datetime) -> Aanroeper:
        """Who shows this token. Raises CallerRejected; CallerNotAllowed for a token about a person."""
        claims = self._signed(token)
        try:
            check_times(claims, now, leeway_s=0)
        except InvalidJws as error:
            raise CallerRejected(error.code) from error
        live = look_live(lookup, str(claims.get("jti")), now)
        if live is None:
            raise CallerRejected("not-live")
        if live.partij != NOBODY or claims.get("iss") != self._issuer:
            raise CallerNotAllowed
        client = Diensten.look_client(lookup, live.client_id)
        if client is None:
            raise CallerRejected("unknown-caller")
        return Aanroeper(client, frozenset(client.diensten) & set(str(claims.get("scope")).split()))

    def _signed(self, token: str) -> dict[str, Any]:
        """Whether a token has ended is read each time; that its signature holds is remembered."""
        digest = _digest(token)
        known = self._known.get(digest)
        if known is not None:
            return known
        try:
            claims = verify(token, self._keys, typ=TYP, algorithms=(self._alg,), maximum_bytes=LARGEST)
        except InvalidJws as error:
            raise CallerRejected(error.code) from error
        if len(self._known) >= REMEMBERED:
            self._known.clear()
        self._known[digest] = claims
        return claims


def _digest(proof: str) -> bytes:
    return hashlib.sha256(proof.encode("utf-8", "replace")).digest()
