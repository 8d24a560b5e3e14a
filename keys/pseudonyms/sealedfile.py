"""A key store's file, encrypted: AES-256-GCM under a key from a passphrase or from a key file.

    {"suite": …, "partij": …, "vorm": "versleuteld/1",
     "afleiding": {"soort": "argon2id", "zout": …, "geheugen_kib": …, "doorgangen": …, "banen": …}
               or {"soort": "sleutelbestand"},
     "nonce": …, "inhoud": …, "som": SHA-256 of all the rest}

Argon2id (RFC 9106) makes each guess at a passphrase cost its memory and time; parameters below the
RFC's second recommended option are refused. All but `inhoud` is bound as associated data. `som` tells
a damaged file from a wrong passphrase; it protects nothing: that is what AES-GCM is for.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag, UnsupportedAlgorithm
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from keys.kernel.jws.keyfile import KeyFileRefused, read_secret
from keys.kernel.pep.encoding import from_base64url, length_prefixed, to_base64url
from keys.kernel.pep.names import SUITE
from keys.pseudonyms.keystore import KeystoreRefused

FORM = "versleuteld/1"
DST = b"machtigen/pep/keystore/1"
KEY_BYTES = 32
NONCE_BYTES = 12
SALT_BYTES = 16
PASSPHRASE_MINIMUM = 12  # bytes
MEMBERS = frozenset({"suite", "partij", "vorm", "afleiding", "nonce", "inhoud", "som"})
MEMORY_KIB = (1 << 16, 1 << 22)  # 64 MiB to 4 GiB
PASSES = (3, 64)
LANES = (1, 64)


@dataclass(frozen=True)
class Argon2:
    """Parameters of Argon2id; the default is the second recommended option of RFC 9106 section 4.

    Raises KeystoreRefused below that option's memory and passes, and for what no machine should do.
    """

    memory_kib: int = MEMORY_KIB[0]
    passes: int = PASSES[0]
    lanes: int = 4

    def __post_init__(self) -> None:
        limits = {"memory_kib": MEMORY_KIB, "passes": PASSES, "lanes": LANES}
        for name, (least, most) in limits.items():
            value = getattr(self, name)
            if type(value) is not int or not least <= value <= most:
                raise KeystoreRefused(f"Argon2id needs {name} between {least} and {most}")

    def key(self, passphrase: bytes, salt: bytes) -> bytes:
        """32 bytes. Raises KeystoreRefused when this machine cannot do it."""
        try:
            derivation = Argon2id(
                salt=salt,
                length=KEY_BYTES,
                iterations=self.passes,
                lanes=self.lanes,
                memory_cost=self.memory_kib,
            )
            return derivation.derive(passphrase)
        except (UnsupportedAlgorithm, MemoryError) as error:
            raise KeystoreRefused("this machine cannot do Argon2id with these parameters") from error


@dataclass(frozen=True)
class Lock:
    """What opens and closes a store: a passphrase, or a key of 32 bytes; exactly one of them."""

    passphrase: bytes | None = field(default=None, repr=False)
    key: bytes | None = field(default=None, repr=False)
    argon2: Argon2 = field(default_factory=Argon2)

    @classmethod
    def from_passphrase_file(cls, path: Path, argon2: Argon2 | None = None) -> Lock:
        """From a file with the passphrase on one line. Raises KeystoreRefused."""
        passphrase = _read(path).removesuffix(b"\n").removesuffix(b"\r")
        if b"\n" in passphrase or len(passphrase) < PASSPHRASE_MINIMUM:
            raise KeystoreRefused(
                f"{path} does not hold a passphrase of at least {PASSPHRASE_MINIMUM} bytes on one line"
            )
        return cls(passphrase=passphrase, argon2=argon2 or Argon2())

    @classmethod
    def from_key_file(cls, path: Path) -> Lock:
        """From a file of 32 random bytes. Raises KeystoreRefused."""
        key = _read(path)
        if len(key) != KEY_BYTES:
            raise KeystoreRefused(f"{path} does not hold a key of {KEY_BYTES} bytes")
        return cls(key=key)

    @property
    def what(self) -> str:
        """`passphrase` or `key`."""
        return "passphrase" if self.key is None else "key"


def is_sealed(document: Mapping[str, Any]) -> bool:
    """Whether this is the encrypted form, of any version."""
    return "vorm" in document or "inhoud" in document


def seal(document: Mapping[str, Any], party: str, lock: Lock) -> dict[str, Any]:
    """The encrypted form of a document, for one party."""
    salt, nonce = secrets.token_bytes(SALT_BYTES), secrets.token_bytes(NONCE_BYTES)
    if lock.key is not None:
        derivation: dict[str, Any] = {"soort": "sleutelbestand"}
        key = lock.key
    else:
        derivation = {
            "soort": "argon2id",
            "zout": to_base64url(salt),
            "geheugen_kib": lock.argon2.memory_kib,
            "doorgangen": lock.argon2.passes,
            "banen": lock.argon2.lanes,
        }
        key = lock.argon2.key(lock.passphrase or b"", salt)
    head = {"suite": SUITE, "partij": party, "vorm": FORM, "afleiding": derivation}
    content = AESGCM(key).encrypt(nonce, json.dumps(document).encode(), _bound(head))
    sealed = {**head, "nonce": to_base64url(nonce), "inhoud": to_base64url(content)}
    return {**sealed, "som": _sum(sealed)}


def open_sealed(document: Mapping[str, Any], party: str, lock: Lock, path: Path) -> dict[str, Any]:
    """The document as it was. Raises KeystoreRefused with one sentence about the file at `path`."""
    if document.get("vorm") != FORM:
        raise KeystoreRefused(f"{path} has a form that this version does not know; {FORM} is known")
    if document.get("suite") != SUITE:
        raise KeystoreRefused(f"{path} does not hold shares of suite {SUITE}")
    rest = {name: value for name, value in document.items() if name != "som"}
    stated = str(document.get("som")).encode("utf-8", "replace")
    if set(document) != MEMBERS or not hmac.compare_digest(_sum(rest).encode(), stated):
        raise KeystoreRefused(f"{path} is damaged: it does not hold what was written")
    if document["partij"] != party:
        raise KeystoreRefused(f"{path} does not hold the shares of {party}")
    key = _key(document["afleiding"], lock, path)
    try:
        nonce, content = from_base64url(document["nonce"]), from_base64url(document["inhoud"])
        head = {name: document[name] for name in ("suite", "partij", "vorm", "afleiding")}
        opened: dict[str, Any] = json.loads(AESGCM(key).decrypt(nonce, content, _bound(head)))
    except InvalidTag as error:
        raise KeystoreRefused(f"the {lock.what} that is set does not open {path}") from error
    except (ValueError, OverflowError) as error:
        raise KeystoreRefused(f"{path} does not hold shares") from error
    return opened


def _key(derivation: Any, lock: Lock, path: Path) -> bytes:
    kind = derivation.get("soort") if isinstance(derivation, dict) else None
    if kind == "sleutelbestand":
        if lock.key is None:
            raise KeystoreRefused(f"{path} is opened by a key file, and a passphrase is set")
        return lock.key
    if kind != "argon2id":
        raise KeystoreRefused(f"{path} is encrypted in a way that this version does not know")
    if lock.passphrase is None:
        raise KeystoreRefused(f"{path} is opened by a passphrase, and a key file is set")
    try:
        salt = from_base64url(derivation["zout"])
        argon2 = Argon2(derivation["geheugen_kib"], derivation["doorgangen"], derivation["banen"])
    except (KeyError, ValueError, KeystoreRefused) as error:
        raise KeystoreRefused(f"{path} names parameters of Argon2id that are refused") from error
    if len(salt) != SALT_BYTES:
        raise KeystoreRefused(f"{path} names parameters of Argon2id that are refused")
    return argon2.key(lock.passphrase, salt)


def _bound(head: Mapping[str, Any]) -> bytes:
    return length_prefixed(DST, _canonical(head))


def _sum(document: Mapping[str, Any]) -> str:
    return hashlib.sha256(_canonical(document)).hexdigest()


def _canonical(document: Mapping[str, Any]) -> bytes:
    return json.dumps(document, sort_keys=True, separators=(",", ":")).encode()


def _read(path: Path) -> bytes:
    try:
        return read_secret(path)
    except KeyFileRefused as error:
        raise KeystoreRefused(str(error)) from error
