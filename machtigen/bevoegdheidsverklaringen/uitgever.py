"""Uitgever (issuer) of logins: what `keys.kernel.oidc.server` asks of us for the authorization code grant."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from authlib.oauth2.rfc6749 import InvalidGrantError

from keys.kernel.jws import Jwks
from keys.kernel.oidc.clients import RegisteredClient
from keys.kernel.oidc.server import CodeView
from machtigen.bevoegdheidsverklaringen.claims import BEHEER
from machtigen.bevoegdheidsverklaringen.errors import InvalidGrant
from machtigen.bevoegdheidsverklaringen.model import Tokens
from machtigen.bevoegdheidsverklaringen.service import Verklaringen
from machtigen.diensten.model import Client, Dienst
from machtigen.diensten.service import Diensten

OPENID = "openid"


def find_service(diensten: Diensten, client: Client, scope: str) -> Dienst | None:
    """The one service in `openid <urn:uuid of the service>` that this client serves; None otherwise.

    With `machtigingen` beside it only for a client that may ask that.
    """
    values = scope.split()
    if BEHEER in values and not client.beheert_machtigingen:
        return None
    named = [value for value in values if value not in {OPENID, BEHEER}]
    if OPENID not in values or len(named) != 1 or named[0] not in client.diensten:
        return None
    return diensten.find(named[0])


class Uitgever:
    """The backend of the issuer `…/machtigen/login`."""

    def __init__(
        self,
        *,
        issuer: str,
        token_endpoint: str,
        diensten: Diensten,
        verklaringen: Verklaringen,
        now: Callable[[], datetime],
        remember: Callable[[str, datetime], bool],
    ) -> None:
        self.issuer = issuer
        self.token_endpoint = token_endpoint
        self._diensten = diensten
        self._verklaringen = verklaringen
        self._now = now
        self._remember = remember

    def now(self) -> datetime:
        """The present moment."""
        return self._now()

    def find_client(self, client_id: str) -> RegisteredClient | None:
        """A client that people log in to. One without redirect addresses is for software only."""
        client = self._diensten.find_client(client_id) if "\x00" not in client_id else None
        if client is None:
            return None
        return RegisteredClient(
            client_id=client.client_id,
            redirect_uris=client.redirect_uris,
            jwks=lambda: Jwks.parse(client.jwks),
            allows_scope=lambda scope: find_service(self._diensten, client, scope) is not None,
            grant_types=("authorization_code",) if client.redirect_uris else (),
        )

    def remember_jti(self, jti: str, exp: datetime) -> bool:
        """False when a client assertion was used before."""
        return self._remember(jti, exp)

    def find_code(self, code: str, client_id: str) -> CodeView | None:
        """The unspent code of this client; a second use ends the token of the first."""
        try:
            toekenning = self._verklaringen.require_award(code, client_id, self._now())
        except InvalidGrant:
            return None
        return CodeView(toekenning.redirect_uri, toekenning.scope, toekenning.code_challenge)

    def issue(self, code: str, client_id: str) -> dict[str, Any]:
        """Spend the code and answer. Raises InvalidGrantError, TemporarilyUnavailable."""
        now = self._now()
        client = self._diensten.find_client(client_id)
        try:
            if client is None:
                raise InvalidGrant("the client is gone")
            toekenning = self._verklaringen.require_award(code, client_id, now)
            return token_answer(self._verklaringen.issue(code, toekenning, client, now))
        except InvalidGrant as error:
            raise InvalidGrantError from error


def token_answer(tokens: Tokens) -> dict[str, Any]:
    """RFC 6749 section 5.1, OIDC Core section 3.1.3.3, RFC 9396 section 7."""
    return {
        "access_token": tokens.access_token,
        "token_type": "Bearer",
        "expires_in": tokens.expires_in,
        "scope": tokens.scope,
        "id_token": tokens.id_token,
        "authorization_details": list(tokens.authorization_details),
    }
