"""Keys that sign and sets of keys that verify (RFC 7517)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from joserfc import jwk
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, OKPKey, RSAKey

from keys.kernel.jws.keyfile import write_secret

Key = RSAKey | ECKey | OKPKey

_PRIVATE_MEMBERS = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k"})
_PUBLIC_MEMBERS = {"RSA": ("kty", "n", "e"), "EC": ("kty", "crv", "x", "y"), "OKP": ("kty", "crv", "x")}
MINIMUM_RSA_BITS = 2048


class UnusableKey(ValueError):
    """A key document is malformed, of a kind outside the allow-list, or too short."""


def algorithm_of(key: Key) -> str:
    """The one algorithm of the allow-list that this key serves: PS256, ES256 or Ed25519 (RFC 9864)."""
    if isinstance(key, RSAKey):
        return "PS256"
    if isinstance(key, ECKey) and key.curve_name == "P-256":
        return "ES256"
    if isinstance(key, OKPKey) and key.curve_name == "Ed25519":
        return "Ed25519"
    raise UnusableKey("a key must be RSA, P-256 or Ed25519")


def _import(document: Mapping[str, Any]) -> Key:
    kty = document.get("kty")
    if not isinstance(kty, str) or kty not in _PUBLIC_MEMBERS:
        raise UnusableKey("a key must be RSA, P-256 or Ed25519")
    modulus = document.get("n", "")
    if kty == "RSA" and (not isinstance(modulus, str) or len(modulus) * 6 < MINIMUM_RSA_BITS):
        raise UnusableKey("an RSA key must have at least 2048 bits")
    try:
        key = jwk.import_key(dict(document))
    except (JoseError, ValueError, TypeError, KeyError) as error:
        raise UnusableKey("not a usable JSON Web Key") from error
    if not isinstance(key, RSAKey | ECKey | OKPKey):
        raise UnusableKey("a key must be RSA, P-256 or Ed25519")
    algorithm_of(key)
    return key


class SigningKey:
    """A private key with its `kid` (RFC 7638 thumbprint unless the document names one)."""

    def __init__(self, key: Key, kid: str) -> None:
        if not key.is_private:
            raise UnusableKey("a signing key needs its private part")
        self.key = key
        self.kid = kid
        self.alg = algorithm_of(key)

    def __repr__(self) -> str:
        return f"SigningKey(kid={self.kid!r}, alg={self.alg!r})"

    @classmethod
    def generate(cls, alg: str = "ES256") -> SigningKey:
        """A fresh key for PS256 (RSA 3072), ES256 (P-256) or Ed25519 (older name: EdDSA)."""
        key: Key
        if alg == "PS256":
            key = RSAKey.generate_key(3072)
        elif alg == "ES256":
            key = ECKey.generate_key("P-256")
        elif alg in {"Ed25519", "EdDSA"}:
            key = OKPKey.generate_key("Ed25519")
        else:
            raise UnusableKey(f"no key is made for algorithm {alg}")
        return cls(key, key.thumbprint())

    @classmethod
    def from_jwk(cls, document: Mapping[str, Any]) -> SigningKey:
        """From a private JWK as a mapping. Raises UnusableKey."""
        key = _import(document)
        kid = document.get("kid")
        return cls(key, kid if isinstance(kid, str) and kid else key.thumbprint())

    @classmethod
    def load(cls, path: Path) -> SigningKey:
        """From a file that holds one private JWK. Raises UnusableKey or OSError."""
        try:
            document = json.loads(path.read_text("utf-8"))
        except ValueError as error:
            raise UnusableKey(f"{path} does not hold a JSON Web Key") from error
        if not isinstance(document, dict):
            raise UnusableKey(f"{path} does not hold a JSON Web Key")
        return cls.from_jwk(document)

    def save(self, path: Path) -> None:
        """Write the private JWK to a new file that only its owner may read (mode 0600)."""
        write_secret(path, json.dumps(self.private_jwk(), indent=1).encode())

    def private_jwk(self) -> dict[str, Any]:
        """The whole key, private members included. Never goes on the wire."""
        return {**self.key.as_dict(private=True), "kid": self.kid, "alg": self.alg, "use": "sig"}

    def public_jwk(self) -> dict[str, Any]:
        """The public key as published in a JWKS, with `kid`, `alg` and `use`."""
        return {**self.key.as_dict(private=False), "kid": self.kid, "alg": self.alg, "use": "sig"}


def load_or_generate(path: Path, alg: str = "ES256") -> SigningKey:
    """The key in `path`; where there is none, a fresh one that is saved there first."""
    if path.exists():
        return SigningKey.load(path)
    key = SigningKey.generate(alg)
    key.save(path)
    return key


class Jwks:
    """A set of public keys, found by `kid`."""

    def __init__(self, keys: Mapping[str, Key], documents: list[dict[str, Any]]) -> None:
        self._keys = dict(keys)
        self._documents = documents

    @classmethod
    def parse(cls, document: object) -> Jwks:
        """From `{"keys": […]}`. Keys of other kinds are passed over (RFC 7517 section 5).

        Raises UnusableKey when it is no key set, or when it carries a private key.
        """
        if not isinstance(document, Mapping) or not isinstance(document.get("keys"), list):
            raise UnusableKey("not a JSON Web Key Set")
        keys: dict[str, Key] = {}
        documents: list[dict[str, Any]] = []
        for entry in document["keys"]:
            if not isinstance(entry, Mapping):
                raise UnusableKey("not a JSON Web Key Set")
            if _PRIVATE_MEMBERS & entry.keys():
                raise UnusableKey("a published key set must not carry private keys")
            try:
                key = _import(entry)
            except UnusableKey:
                continue
            kid = entry.get("kid")
            kid = kid if isinstance(kid, str) and kid else key.thumbprint()
            keys[kid] = key
            public = {"kid": kid, "alg": algorithm_of(key), "use": "sig"}
            members = key.as_dict(private=False)  # the standard ones only: no notes travel along
            documents.append({**{name: members[name] for name in _PUBLIC_MEMBERS[key.key_type]}, **public})
        return cls(keys, documents)

    @classmethod
    def of(cls, *keys: SigningKey) -> Jwks:
        """The public halves of our own keys."""
        return cls.parse({"keys": [key.public_jwk() for key in keys]})

    def find(self, kid: str | None) -> Key | None:
        """The key with this `kid`; without a `kid`, the only key of a set of one."""
        if kid is None:
            return next(iter(self._keys.values())) if len(self._keys) == 1 else None
        return self._keys.get(kid)

    def as_dict(self) -> dict[str, Any]:
        """The set as published: `{"keys": […]}`."""
        return {"keys": list(self._documents)}
