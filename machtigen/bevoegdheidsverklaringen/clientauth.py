"""Clients prove themselves with `private_key_jwt` (RFC 7523 section 2.2), and in no other way."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import datetime

from keys.kernel.caller import CallerRejected, verify_caller
from keys.kernel.jws import Jwks
from keys.kernel.jws.keyset import UnusableKey
from keys.kernel.oidc.clients import ASSERTION_TYPE, CLIENT_ASSERTION_LIVES_S
from machtigen.bevoegdheidsverklaringen.errors import InvalidClient
from machtigen.diensten.model import Client
from machtigen.diensten.service import Diensten


class ClientAuthentication:
    """`audiences` are the addresses an assertion may be made for: the issuers and their endpoints."""

    def __init__(
        self, diensten: Diensten, audiences: Collection[str], remember: Callable[[str, datetime], bool]
    ) -> None:
        self._diensten = diensten
        self._audiences = tuple(audiences)
        self._remember = remember

    def require(self, form: Mapping[str, str], now: datetime) -> Client:
        """The client that signed the assertion in this form. Raises InvalidClient."""
        if form.get("client_assertion_type") != ASSERTION_TYPE or "client_secret" in form:
            raise InvalidClient("client authentication failed")
        try:
            client = self.prove(form.get("client_assertion", ""), now)
        except CallerRejected as error:
            raise InvalidClient("client authentication failed") from error
        if form.get("client_id", client.client_id) != client.client_id:
            raise InvalidClient("client authentication failed")
        return client

    def prove(self, assertion: str, now: datetime) -> Client:
        """The client that signed this assertion. Raises CallerRejected."""
        found: list[Client] = []

        def keys_of(client_id: str) -> Jwks | None:
            client = self._diensten.find_client(client_id)
            if client is None:
                return None
            found.append(client)
            return Jwks.parse(client.jwks)

        try:
            verify_caller(
                assertion,
                keys_of=keys_of,
                audience=self._audiences,
                now=now,
                remember=self._remember,
                typ=None,
                maximum_lifetime_s=CLIENT_ASSERTION_LIVES_S,
            )
        except UnusableKey as error:
            raise CallerRejected("unusable-key") from error
        return found[0]
