"""The authorization code grant of an issuer, by Authlib (RFC 6749, 7636, 7523; OpenID Connect Core 3.1).

Authlib checks the requests; what differs per issuer is a `Backend`. Stricter than the RFCs ask: PKCE
with S256 for every client, `state` and `nonce` required, redirect URIs compared exactly, clients
prove themselves with `private_key_jwt` only, parameters never twice.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol
from urllib.parse import urlencode, urlsplit

from authlib.oauth2.rfc6749 import (
    AuthorizationCodeGrant,
    AuthorizationServer,
    InvalidClientError,
    InvalidRequestError,
    OAuth2Error,
    OAuth2Payload,
    OAuth2Request,
)
from authlib.oauth2.rfc7636 import CodeChallenge
from joserfc.errors import JoseError

from keys.kernel.oidc.clients import ClientRegister, RegisteredClient, authenticate_client

MAXIMUM_PARAMETER = 4096  # characters
NO_STORE = {"Cache-Control": "no-store", "Pragma": "no-cache"}

Parameters = Iterable[tuple[str, str]]


@dataclass(frozen=True)
class AuthorizationRequest:
    """A request to log in that was found in order. `parameters` holds all of them, by name."""

    client_id: str
    redirect_uri: str
    scope: str
    state: str
    nonce: str
    code_challenge: str
    parameters: Mapping[str, str]


@dataclass(frozen=True)
class CodeView:
    """What the token endpoint must know of a code before it is spent."""

    redirect_uri: str
    scope: str
    code_challenge: str
    code_challenge_method: ClassVar[str] = "S256"

    def get_redirect_uri(self) -> str:
        """Authlib's AuthorizationCodeMixin."""
        return self.redirect_uri

    def get_scope(self) -> str:
        """Authlib's AuthorizationCodeMixin."""
        return self.scope


class Backend(ClientRegister, Protocol):
    """What an issuer adds. Errors other than OAuth2Error pass through to the caller."""

    def find_code(self, code: str, client_id: str) -> CodeView | None:
        """The code of this client, unspent and alive; a replay may revoke what it gave."""

    def issue(self, code: str, client_id: str) -> dict[str, Any]:
        """Spend the code and give the token response. Raises OAuth2Error when another was first."""


class AuthorizationRefused(Exception):
    """A request to log in is refused. With `redirect_to` the browser goes back to the client with the
    error; without it the client or its redirect URI is unknown, and a page says so."""

    code: ClassVar[str] = "login-request-refused"
    title: ClassVar[str] = "De dienst die u hierheen stuurde is niet bekend, of stuurde een verkeerd verzoek."

    def __init__(self, error: str, redirect_to: str | None = None) -> None:
        super().__init__(error)
        self.error = error
        self.redirect_to = redirect_to


class _Payload(OAuth2Payload):  # type: ignore[misc]  # Authlib has no types
    def __init__(self, parameters: Sequence[tuple[str, str]]) -> None:
        self._datalist: dict[str, list[str]] = {}
        for name, value in parameters:
            self._datalist.setdefault(name, []).append(value)
        self._data = {name: values[0] for name, values in self._datalist.items()}

    @property
    def data(self) -> dict[str, str]:
        return self._data

    @property
    def datalist(self) -> dict[str, list[str]]:
        return self._datalist


class _Request(OAuth2Request):  # type: ignore[misc]  # Authlib has no types
    def __init__(self, method: str, parameters: Parameters) -> None:
        # Transport security is our settings' business (plain http on loopback only), so Authlib gets
        # an address that passes its own check; nothing is derived from it.
        super().__init__(method, "https://issuer.invalid/")
        self.payload = _Payload(list(parameters))

    @property
    def args(self) -> dict[str, str]:
        return dict(self.payload.data)

    @property
    def form(self) -> dict[str, str]:
        return dict(self.payload.data)


class _Challenge(CodeChallenge):  # type: ignore[misc]  # Authlib has no types
    SUPPORTED_CODE_CHALLENGE_METHOD: ClassVar = ["S256"]


class _Grant(AuthorizationCodeGrant):  # type: ignore[misc]  # Authlib has no types
    TOKEN_ENDPOINT_AUTH_METHODS: ClassVar = ["private_key_jwt"]

    def query_authorization_code(self, code: str, client: RegisteredClient) -> CodeView | None:
        found: CodeView | None = self.server.backend.find_code(code, client.client_id)
        return found

    def create_token_response(self) -> tuple[int, dict[str, Any], list[tuple[str, str]]]:
        token = self.server.backend.issue(self.request.form["code"], self.request.client.client_id)
        return 200, token, list(self.TOKEN_RESPONSE_HEADER)


class _Server(AuthorizationServer):  # type: ignore[misc]  # Authlib has no types
    def __init__(self, backend: Backend) -> None:
        super().__init__()
        self.backend = backend
        self.register_client_auth_method("private_key_jwt", self._private_key_jwt)
        self.register_grant(_Grant, [_Challenge(required=True)])

    def query_client(self, client_id: str) -> RegisteredClient | None:
        return self.backend.find_client(client_id)

    def send_signal(self, *_args: object, **_named: object) -> None:
        """Nobody listens."""

    def create_oauth2_request(self, request: _Request) -> _Request:
        return request

    def handle_response(self, status: int, body: Any, headers: Any) -> tuple[int, Any, Any]:
        return status, body, headers

    def _private_key_jwt(self, query_client: Callable[[str], Any], request: _Request) -> RegisteredClient:
        client = authenticate_client(self.backend, request.form)
        named = request.form.get("client_id")
        if named is not None and named != client.client_id:
            raise InvalidClientError(status_code=401)
        request.client = query_client(client.client_id)
        return client


class Issuer:
    """The authorize and token endpoints of one issuer."""

    def __init__(self, backend: Backend) -> None:
        self.backend = backend
        self._server = _Server(backend)

    def check_request(self, parameters: Parameters) -> AuthorizationRequest:
        """A request at the authorize endpoint, checked. Raises AuthorizationRefused."""
        request = _Request("GET", parameters)
        try:
            grant = self._server.get_authorization_grant(request)
            grant.validate_no_multiple_request_parameter(request)
            redirect_uri: str = grant.validate_authorization_request()
            return self._complete(request, redirect_uri)
        except (OAuth2Error, ValueError) as error:
            # ValueError: Authlib will not put some signs of the input in its own error text.
            reason = str(error.error) if isinstance(error, OAuth2Error) else "invalid_request"
            redirect_to = self._safe_redirect(request)
            if redirect_to is None:
                raise AuthorizationRefused(reason) from error
            raise self.refusal(redirect_to, reason, request.payload.state) from error

    def _complete(self, request: _Request, redirect_uri: str) -> AuthorizationRequest:
        data = request.payload.data
        if any(len(values) > 1 for values in request.payload.datalist.values()):
            raise InvalidRequestError("a parameter came twice")
        if any(len(value) > MAXIMUM_PARAMETER or "\x00" in value for value in data.values()):
            raise InvalidRequestError("a parameter is too long")
        required = ("state", "nonce", "code_challenge", "code_challenge_method")
        if any(not data.get(name) for name in required):
            raise InvalidRequestError("state, nonce and an S256 code challenge are required")
        return AuthorizationRequest(
            client_id=data["client_id"],
            redirect_uri=redirect_uri,
            scope=str(request.scope),
            state=data["state"],
            nonce=data["nonce"],
            code_challenge=data["code_challenge"],
            parameters=dict(data),
        )

    def _safe_redirect(self, request: _Request) -> str | None:
        datalist = request.payload.datalist
        if any(len(datalist.get(name, ())) > 1 for name in ("client_id", "redirect_uri")):
            return None
        client = self.backend.find_client(request.payload.client_id or "")
        redirect_uri = request.payload.redirect_uri
        return redirect_uri if client and redirect_uri and client.check_redirect_uri(redirect_uri) else None

    def answer(self, redirect_uri: str, state: str, code: str) -> str:
        """Where the browser goes with a code (RFC 6749 section 4.1.2), with `iss` (RFC 9207)."""
        return add_parameters(redirect_uri, {"code": code, "state": state, "iss": self.backend.issuer})

    def refusal(self, redirect_uri: str, error: str, state: str | None) -> AuthorizationRefused:
        """A refusal that goes back to the client (RFC 6749 section 4.1.2.1)."""
        parameters = {"error": error, **({"state": state} if state else {}), "iss": self.backend.issuer}
        return AuthorizationRefused(error, add_parameters(redirect_uri, parameters))

    def token(self, parameters: Parameters) -> tuple[int, dict[str, Any], dict[str, str]]:
        """Answer a request at the token endpoint: (status, JSON body, headers)."""
        request = _Request("POST", parameters)
        if any(len(values) > 1 for values in request.payload.datalist.values()):
            return oauth_error(400, "invalid_request")
        try:
            status, body, _ = self._server.create_token_response(request)
        except (JoseError, ValueError):  # ValueError: signs Authlib will not repeat in an error
            return oauth_error(400, "invalid_request")
        body = body if isinstance(body, dict) else dict(json.loads(json.dumps(dict(body))))
        if status != 200:
            return oauth_error(status, str(body.get("error", "invalid_request")))
        return status, body, dict(NO_STORE)


def oauth_error(
    status: int, error: str, description: str | None = None
) -> tuple[int, dict[str, Any], dict[str, str]]:
    """An error in OAuth form (RFC 6749 section 5.2). `description` holds no input."""
    body = {"error": error, **({"error_description": description} if description else {})}
    return status, body, dict(NO_STORE)


def add_parameters(uri: str, parameters: Mapping[str, str]) -> str:
    """The URI with parameters added to its query."""
    separator = "&" if urlsplit(uri).query else "?"
    return f"{uri}{separator}{urlencode(parameters)}"
