"""Tokens for software that acts as itself and for nobody (client credentials, RFC 6749 section 4.4)."""

from __future__ import annotations

import secrets
from datetime import datetime

from keys.kernel.database import Database
from keys.kernel.jws import SigningKey, sign
from machtigen.bevoegdheidsverklaringen import claims, store
from machtigen.bevoegdheidsverklaringen.claims import House
from machtigen.bevoegdheidsverklaringen.errors import InvalidScope
from machtigen.diensten.model import Client

NOBODY = ""  # the party of a token for software


class Softwaretokens:
    """Issues them; introspection and revocation are those of every other token."""

    def __init__(self, database: Database, house: House, key: SigningKey) -> None:
        self._database = database
        self._house = house
        self._key = key

    def issue(self, client: Client, scope: str, now: datetime) -> tuple[str, int, str]:
        """(token, seconds, scope) for software that acts as itself. Raises InvalidScope."""
        wanted = scope.split() or list(client.diensten)
        if not set(wanted) <= set(client.diensten):
            raise InvalidScope("scope must be services of this client")
        jti = secrets.token_urlsafe(16)
        ends = now + claims.LIFETIME
        body = claims.client_token(self._house, client, " ".join(wanted), jti=jti, now=now)
        self._database.write(
            lambda session: store.add_uitgifte(
                session,
                jti=jti,
                client_id=client.client_id,
                partij=NOBODY,
                machtiging=None,
                plaats=None,
                verloopt_op=ends,
            )
        )
        return sign(body, self._key, typ="at+jwt"), body["exp"] - body["iat"], body["scope"]
