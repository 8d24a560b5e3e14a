"""Discovery documents (OpenID Connect Discovery 1.0, RFC 8414): only what works is named."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from keys.kernel.jws import ALGORITHMS

ACR_VALUES = tuple(f"http://eidas.europa.eu/LoA/{level}" for level in ("low", "substantial", "high"))


def openid_metadata(
    *,
    issuer: str,
    authorization_endpoint: str,
    token_endpoint: str,
    jwks_uri: str,
    signing_algorithms: Sequence[str],
    claims: Sequence[str],
    scopes: Sequence[str] = ("openid",),
    **more: Any,
) -> dict[str, Any]:
    """The document of an OpenID Provider with the code flow only. `more` adds members by name."""
    return {
        "issuer": issuer,
        "authorization_endpoint": authorization_endpoint,
        "token_endpoint": token_endpoint,
        "jwks_uri": jwks_uri,
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": ["authorization_code"],
        "subject_types_supported": ["pairwise"],
        "id_token_signing_alg_values_supported": list(signing_algorithms),
        "token_endpoint_auth_methods_supported": ["private_key_jwt"],
        "token_endpoint_auth_signing_alg_values_supported": list(ALGORITHMS),
        "code_challenge_methods_supported": ["S256"],
        "scopes_supported": list(scopes),
        "claims_supported": list(claims),
        "acr_values_supported": list(ACR_VALUES),
        "authorization_response_iss_parameter_supported": True,
        "request_parameter_supported": False,
        "request_uri_parameter_supported": False,
        "claims_parameter_supported": False,
        **more,
    }
