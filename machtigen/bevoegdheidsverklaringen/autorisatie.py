"""Read an authorization request (OIDC Core section 3.1.2, RFC 7636, RFC 9126, RFC 9396, NL GOV OIDC).

Order matters: until the client is known and the redirect address is exactly one it registered,
nothing is ever sent there (RFC 9700 section 4.11): `identify` raises NoRedirect, a page is shown.
After that `read` raises a ProtocolRefusal, which goes back to the client.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Mapping, Sequence
from typing import ClassVar

from machtigen.bevoegdheidsverklaringen import rar
from machtigen.bevoegdheidsverklaringen.errors import (
    InvalidGrant,
    InvalidRequest,
    InvalidScope,
    RequestNotSupported,
    UnauthorizedClient,
    UnsupportedResponseType,
)
from machtigen.bevoegdheidsverklaringen.model import Inlogverzoek
from machtigen.diensten.model import Client, Dienst, Niveau
from machtigen.diensten.service import Diensten

OPENID = "openid"
CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")
VERIFIER = re.compile(r"[A-Za-z0-9._~-]{43,128}")
PROMPTS = frozenset({"none", "login", "consent", "select_account"})
MAXIMUM_TEXT = 512


class NoRedirect(Exception):
    """The client is unknown or its redirect address is not registered: a page, never a redirect."""

    code: ClassVar[str] = "unknown-client-or-redirect"
    title: ClassVar[str] = (
        "De website waar u vandaan komt is hier niet goed aangemeld. Ga terug en probeer het opnieuw."
    )


def single_values(pairs: Sequence[tuple[str, str]]) -> dict[str, str]:
    """Parameters as a mapping. Raises InvalidRequest when one is repeated (RFC 6749 section 3.1)."""
    values = dict(pairs)
    if len(values) != len(pairs):
        raise InvalidRequest("a parameter is repeated")
    return values


class Autorisatie:
    """Reads requests. `house` is `<public_url>/machtigen`."""

    def __init__(self, diensten: Diensten, house: str) -> None:
        self._diensten = diensten
        self._house = house

    def identify(self, params: Mapping[str, str]) -> tuple[Client, str]:
        """The client and the redirect address, both as registered. Raises NoRedirect."""
        client = self._diensten.find_client(params.get("client_id", ""))
        redirect_uri = params.get("redirect_uri", "")
        if client is None or redirect_uri not in client.redirect_uris:
            raise NoRedirect
        return client, redirect_uri

    def read(self, params: Mapping[str, str], client: Client, redirect_uri: str) -> Inlogverzoek:
        """The request, when it is in order. Raises a ProtocolRefusal."""
        if "request" in params:
            raise RequestNotSupported("request objects are not read")
        if params.get("response_type") != "code":
            raise UnsupportedResponseType("response_type must be code")
        if params.get("response_mode", "query") != "query":
            raise InvalidRequest("response_mode must be query")
        dienst = self._service(params.get("scope", ""), client)
        _check_challenge(params)
        return Inlogverzoek(
            client_id=client.client_id,
            redirect_uri=redirect_uri,
            dienst=dienst.id,
            scope=f"{OPENID} {dienst.id}",
            state=_required(params, "state"),
            nonce=_required(params, "nonce"),
            code_challenge=params["code_challenge"],
            niveau=_level(params.get("acr_values", ""), dienst),
            inperking=rar.read_wish(params.get("authorization_details"), dienst, client, self._house),
            max_age_s=_max_age(params.get("max_age")),
            prompt=_prompt(params.get("prompt")),
        )

    def _service(self, scope: str, client: Client) -> Dienst:
        values = scope.split()
        services = [value for value in values if value != OPENID]
        if OPENID not in values or len(services) != 1:
            raise InvalidScope("scope must be openid and one service")
        dienst = self._diensten.find(services[0])
        if dienst is None:
            raise InvalidScope("scope must be openid and one service")
        if dienst.id not in client.diensten:
            raise UnauthorizedClient("not a service of this client")
        return dienst


def check_verifier(verifier: str | None, challenge: str) -> None:
    """PKCE S256 (RFC 7636 section 4.6). Raises InvalidRequest when missing, InvalidGrant when wrong."""
    if verifier is None:
        raise InvalidRequest("code_verifier is missing")
    if not VERIFIER.fullmatch(verifier):
        raise InvalidGrant("code_verifier is not valid")
    digest = hashlib.sha256(verifier.encode("ascii")).digest()
    computed = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
    if not hmac.compare_digest(computed, challenge):
        raise InvalidGrant("code_verifier is not valid")


def _check_challenge(params: Mapping[str, str]) -> None:
    if "code_challenge" not in params:
        raise InvalidRequest("code_challenge is missing")
    if params.get("code_challenge_method") != "S256":
        raise InvalidRequest("code_challenge_method must be S256")
    if not CHALLENGE.fullmatch(params["code_challenge"]):
        raise InvalidRequest("code_challenge is malformed")


def _required(params: Mapping[str, str], name: str) -> str:
    value = params.get(name, "")
    if not value:
        raise InvalidRequest(f"{name} is missing")
    if len(value) > MAXIMUM_TEXT or not value.isprintable():
        raise InvalidRequest(f"{name} is malformed")
    return value


def _level(acr_values: str, dienst: Dienst) -> Niveau:
    """The level needed: that of the service, or more when every acceptable `acr` is higher."""
    wanted = [niveau for value in acr_values.split() if (niveau := Niveau.from_acr(value))]
    lowest = min(wanted, key=lambda niveau: niveau.rank, default=dienst.min_niveau)
    return max(lowest, dienst.min_niveau, key=lambda niveau: niveau.rank)


def _max_age(value: str | None) -> int | None:
    if value is None:
        return None
    if not value.isascii() or not value.isdigit() or len(value) > 9:
        raise InvalidRequest("max_age is malformed")
    return int(value)


def _prompt(value: str | None) -> str | None:
    values = set((value or "").split())
    if not values <= PROMPTS or ("none" in values and len(values) > 1):
        raise InvalidRequest("prompt is malformed")
    return next((name for name in ("none", "login") if name in values), None)
