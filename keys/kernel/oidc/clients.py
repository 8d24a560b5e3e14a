"""Clients of an issuer, and how they prove who they are: `private_key_jwt` only (RFC 7523)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from authlib.oauth2.rfc6749 import InvalidClientError

from keys.kernel.caller import CallerRejected, verify_caller
from keys.kernel.jws import Jwks

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
CLIENT_ASSERTION_LIVES_S = 3600  # what common client libraries ask; it serves once all the same


@dataclass(frozen=True)
class RegisteredClient:
    """A client as an issuer knows it. `allows_scope` judges the whole scope string."""

    client_id: str
    redirect_uris: tuple[str, ...]
    jwks: Callable[[], Jwks] = field(repr=False)
    allows_scope: Callable[[str], bool] = field(repr=False)
    grant_types: tuple[str, ...] = ("authorization_code",)

    def get_client_id(self) -> str:
        """Authlib's ClientMixin."""
        return self.client_id

    def get_default_redirect_uri(self) -> None:
        """There is no default: the redirect URI is always sent (NL GOV OAuth 3.1.8)."""

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        """Exact comparison (RFC 9700 section 2.1)."""
        return redirect_uri in self.redirect_uris

    def check_response_type(self, response_type: str) -> bool:
        """Only `code`."""
        return response_type == "code"

    def check_grant_type(self, grant_type: str) -> bool:
        """Whether the client is registered for the grant."""
        return grant_type in self.grant_types

    def check_endpoint_auth_method(self, method: str, _endpoint: str) -> bool:
        """Only `private_key_jwt`."""
        return method == "private_key_jwt"

    def get_allowed_scope(self, scope: str | None) -> str | None:
        """The scope when the client may ask it, otherwise None (refused)."""
        return scope if scope and self.allows_scope(scope) else None


class ClientRegister(Protocol):
    """What an issuer knows of its clients."""

    issuer: str
    token_endpoint: str

    def now(self) -> datetime:
        """The clock of the package."""

    def find_client(self, client_id: str) -> RegisteredClient | None:
        """The registered client."""

    def remember_jti(self, jti: str, exp: datetime) -> bool:
        """False when a client assertion was used before."""


def authenticate_client(register: ClientRegister, form: Mapping[str, str]) -> RegisteredClient:
    """The client that proves itself with `private_key_jwt` (RFC 7523). Raises InvalidClientError (401).

    `aud` is the issuer or the token endpoint (NL GOV OAuth 2.3.3); algorithms are those of
    `keys.kernel.jws`; an assertion serves once.
    """
    if form.get("client_assertion_type") != ASSERTION_TYPE or "client_secret" in form:
        raise InvalidClientError(status_code=401)
    clients: dict[str, RegisteredClient] = {}

    def keys_of(client_id: str) -> Jwks | None:
        client = register.find_client(client_id)
        if client is None:
            return None
        clients[client_id] = client
        return client.jwks()

    try:
        caller = verify_caller(
            form.get("client_assertion", ""),
            keys_of=keys_of,
            audience={register.issuer, register.token_endpoint},
            now=register.now(),
            remember=register.remember_jti,
            typ=None,
            maximum_lifetime_s=CLIENT_ASSERTION_LIVES_S,
        )
    except CallerRejected as error:
        raise InvalidClientError(status_code=401) from error
    return clients[caller.client_id]
