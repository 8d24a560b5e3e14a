"""What a checked authorization request asks of us: service, level, narrowing (RFC 9396, OIDC Core 3.1.2.1).

That the client is known, its redirect address exact, PKCE S256, `state` and `nonce` there, and no
parameter twice, `keys.kernel.oidc.server` has checked before.
"""

from __future__ import annotations

from collections.abc import Mapping

from keys.kernel.oidc.server import AuthorizationRequest
from machtigen.bevoegdheidsverklaringen import rar
from machtigen.bevoegdheidsverklaringen.claims import BEHEER
from machtigen.bevoegdheidsverklaringen.errors import (
    InvalidRequest,
    InvalidScope,
    RequestNotSupported,
    UnauthorizedClient,
)
from machtigen.bevoegdheidsverklaringen.model import Inlogverzoek
from machtigen.bevoegdheidsverklaringen.uitgever import OPENID, find_service
from machtigen.diensten.model import Dienst, Niveau
from machtigen.diensten.service import Diensten

PROMPTS = frozenset({"none", "login", "consent", "select_account"})


class Autorisatie:
    """Reads requests. `house` is `<public_url>/machtigen`."""

    def __init__(self, diensten: Diensten, house: str) -> None:
        self._diensten = diensten
        self._house = house

    def read(self, request: AuthorizationRequest) -> Inlogverzoek:
        """The request in our own words. Raises a ProtocolRefusal, which goes back to the client."""
        params = request.parameters
        if "request" in params or "request_uri" in params:
            raise RequestNotSupported("request objects are not read")
        if params.get("response_mode", "query") != "query":
            raise InvalidRequest("response_mode must be query")
        client = self._diensten.find_client(request.client_id)
        if client is None:
            raise UnauthorizedClient("the client is gone")
        dienst = find_service(self._diensten, client, request.scope)
        if dienst is None:
            raise InvalidScope("scope must be openid and one service of this client")
        return Inlogverzoek(
            client_id=client.client_id,
            redirect_uri=request.redirect_uri,
            dienst=dienst.id,
            scope=f"{OPENID} {dienst.id}" + (f" {BEHEER}" if BEHEER in request.scope.split() else ""),
            state=request.state,
            nonce=request.nonce,
            code_challenge=request.code_challenge,
            niveau=_level(params.get("acr_values", ""), dienst),
            inperking=rar.read_wish(params.get("authorization_details"), dienst, client, self._house),
            max_age_s=_max_age(params),
            prompt=_prompt(params.get("prompt")),
        )


def _level(acr_values: str, dienst: Dienst) -> Niveau:
    """The level needed: that of the service, or more when every acceptable `acr` is higher."""
    wanted = [niveau for value in acr_values.split() if (niveau := Niveau.from_acr(value))]
    lowest = min(wanted, key=lambda niveau: niveau.rank, default=dienst.min_niveau)
    return max(lowest, dienst.min_niveau, key=lambda niveau: niveau.rank)


def _max_age(params: Mapping[str, str]) -> int | None:
    value = params.get("max_age")
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
