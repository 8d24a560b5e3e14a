"""Make and check compact JWS."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from typing import Any

from joserfc import jws
from joserfc.errors import JoseError

from keys.kernel.jws.keyset import Jwks, SigningKey, algorithm_of

ALGORITHMS = ("PS256", "ES256", "Ed25519")
MAXIMUM_BYTES = 65_536


class InvalidJws(Exception):
    """A signed statement is refused. `code` is for logs; callers outside learn nothing more."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def sign(claims: Mapping[str, Any], key: SigningKey, *, typ: str) -> str:
    """The claims as a compact JWS with header `alg`, `kid` and `typ`."""
    payload = json.dumps(claims, separators=(",", ":"), ensure_ascii=False).encode()
    header = {"alg": key.alg, "kid": key.kid, "typ": typ}
    return jws.serialize_compact(header, payload, key.key, algorithms=[key.alg])


def verify(
    token: str,
    keys: Jwks,
    *,
    typ: str | None,
    algorithms: Collection[str] = ALGORITHMS,
    maximum_bytes: int = MAXIMUM_BYTES,
) -> dict[str, Any]:
    """The claims of a token whose signature holds under the key that its `kid` names.

    Checks, in this order: size, form, `crit`, `alg` in `algorithms`, `typ` (media type, with or
    without `application/`; `None` accepts any), `kid` known, `alg` fits the key, signature, claims
    are a JSON object. Times and audience are the caller's (`check_times`, `check_audience`).
    Raises InvalidJws with a code; never anything else.
    """
    header = read_header(token, maximum_bytes)
    if "crit" in header or "b64" in header:
        raise InvalidJws("critical-header")
    alg = header.get("alg")
    if not isinstance(alg, str) or alg not in algorithms or alg not in ALGORITHMS:
        raise InvalidJws("algorithm-not-allowed")
    if typ is not None and _media_type(header.get("typ")) != typ.lower():
        raise InvalidJws("wrong-type")
    kid = header.get("kid")
    key = keys.find(kid if isinstance(kid, str) else None)
    if key is None:
        raise InvalidJws("unknown-key")
    if algorithm_of(key) != alg:
        raise InvalidJws("algorithm-does-not-fit-key")
    return _claims(token, key, alg)


def read_header(token: str, maximum_bytes: int = MAXIMUM_BYTES) -> dict[str, Any]:
    """The unverified header, for looking up a key. Raises InvalidJws."""
    if not isinstance(token, str) or not token.isascii():
        raise InvalidJws("malformed")
    if len(token) > maximum_bytes:
        raise InvalidJws("too-large")
    try:
        header = jws.extract_compact(token.encode()).headers()
    except (JoseError, ValueError, TypeError, RecursionError) as error:
        raise InvalidJws("malformed") from error
    if not isinstance(header, dict):
        raise InvalidJws("malformed")
    return header


def unverified_claims(token: str, maximum_bytes: int = MAXIMUM_BYTES) -> dict[str, Any]:
    """The claims before any check, only to find out whose key to fetch. Raises InvalidJws."""
    read_header(token, maximum_bytes)
    return _object(jws.extract_compact(token.encode()).payload)


def _claims(token: str, key: Any, alg: str) -> dict[str, Any]:
    try:
        verified = jws.deserialize_compact(token, key, algorithms=[alg])
    except (JoseError, ValueError, TypeError) as error:
        raise InvalidJws("bad-signature") from error
    return _object(verified.payload)


def _object(payload: bytes | None) -> dict[str, Any]:
    try:
        claims = json.loads((payload or b"").decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise InvalidJws("malformed") from error
    if not isinstance(claims, dict):
        raise InvalidJws("malformed")
    return claims


def _media_type(value: object) -> str:
    return value.lower().removeprefix("application/") if isinstance(value, str) else ""
