"""What both issuers say of themselves (RFC 8414, OIDC Discovery). Nothing stands here that does not work."""

from __future__ import annotations

from typing import Any

from keys.kernel.jws import ALGORITHMS
from machtigen.bevoegdheidsverklaringen.claims import BEHEER, PSEUDONYM
from machtigen.bevoegdheidsverklaringen.rar import types_of
from machtigen.diensten.model import Niveau


def endpoints(house: str) -> dict[str, str]:
    """Every endpoint by its metadata name; `house` is `<public_url>/machtigen`."""
    return {
        "authorization_endpoint": f"{house}/login/authorize",
        "token_endpoint": f"{house}/login/token",
        "userinfo_endpoint": f"{house}/login/userinfo",
        "pushed_authorization_request_endpoint": f"{house}/login/par",
        "introspection_endpoint": f"{house}/introspect",
        "revocation_endpoint": f"{house}/revoke",
        "jwks_uri": f"{house}/sleutels",
    }


def decision_endpoints(house: str) -> dict[str, str]:
    """Where services ask for decisions, by metadata name (AuthZEN 1.0 section 9.1.1)."""
    return {
        "access_evaluation_endpoint": f"{house}/access/v1/evaluation",
        "access_evaluations_endpoint": f"{house}/access/v1/evaluations",
        "search_subject_endpoint": f"{house}/access/v1/search/subject",
        "search_resource_endpoint": f"{house}/access/v1/search/resource",
        "search_action_endpoint": f"{house}/access/v1/search/action",
    }


def decision_metadata(house: str) -> dict[str, Any]:
    """What the decision point says of itself."""
    return {"policy_decision_point": house, **decision_endpoints(house)}


def _shared(house: str, signing: str) -> dict[str, Any]:
    """What is the same for both issuers: introspection, revocation, keys, client authentication."""
    places = endpoints(house)
    auth = {
        "auth_methods_supported": ["private_key_jwt"],
        "auth_signing_alg_values_supported": list(ALGORITHMS),
    }
    by_endpoint = {
        f"{name}_endpoint_{key}": list(value)
        for name in ("token", "introspection", "revocation")
        for key, value in auth.items()
    }
    return {
        "introspection_endpoint": places["introspection_endpoint"],
        "revocation_endpoint": places["revocation_endpoint"],
        "jwks_uri": places["jwks_uri"],
        **by_endpoint,
        "introspection_signing_alg_values_supported": [signing],
        "authorization_details_types_supported": list(types_of(house)),
    }


def login_metadata(house: str, signing: str) -> dict[str, Any]:
    """The issuer `<house>/login`: authorization code only. `signing` is the algorithm of its tokens."""
    places = endpoints(house)
    return {
        **_shared(house, signing),
        "issuer": f"{house}/login",
        "authorization_endpoint": places["authorization_endpoint"],
        "token_endpoint": places["token_endpoint"],
        "userinfo_endpoint": places["userinfo_endpoint"],
        "pushed_authorization_request_endpoint": places["pushed_authorization_request_endpoint"],
        "require_pushed_authorization_requests": False,
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": ["authorization_code"],
        "code_challenge_methods_supported": ["S256"],
        "authorization_response_iss_parameter_supported": True,
        "scopes_supported": ["openid", BEHEER],
        "subject_types_supported": ["pairwise"],
        "sub_id_types_supported": [PSEUDONYM],
        "id_token_signing_alg_values_supported": [signing],
        "userinfo_signing_alg_values_supported": [signing],
        "acr_values_supported": [niveau.acr for niveau in Niveau],
        "prompt_values_supported": ["none", "login"],
        "claim_types_supported": ["normal"],
        "claims_supported": [
            "iss", "sub", "aud", "azp", "exp", "iat", "nbf", "jti", "nonce", "auth_time", "acr", "at_hash",
            "sub_id_type", "alt_sub", "represents",
        ],
        "claims_parameter_supported": False,
        "request_parameter_supported": False,
        "request_uri_parameter_supported": False,
        "ui_locales_supported": ["nl", "en"],
    }  # fmt: skip


def token_metadata(house: str, signing: str) -> dict[str, Any]:
    """The issuer `<house>`: tokens for software (client credentials)."""
    return {
        **_shared(house, signing),
        "issuer": house,
        "token_endpoint": f"{house}/token",
        "response_types_supported": [],
        "grant_types_supported": ["client_credentials"],
        "scopes_supported": [],
    }
