"""Polymorphic pseudonyms as ElGamal ciphertexts: encrypt, decrypt, rerandomise.

P  pseudonym, a point          sk, pk = sk G    key of one domain and epoch
encrypt:      (B, C) = (rG, P + r pk)           r fresh and random
decrypt:      P = C - sk B
rerandomise:  (B + rG, C + r pk)                same P, unlinkable to the first ciphertext
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from keys.kernel.pep.encoding import from_base64url, to_base64url
from keys.kernel.pep.errors import PepError
from keys.kernel.pep.group import POINT_BYTES, group
from keys.kernel.pep.names import SUB_ID_TYPE, SUITE, Context, Domain

CIPHERTEXT_BYTES = 2 * POINT_BYTES


@dataclass(frozen=True)
class Pseudonym:
    """A person in one domain: 32 bytes. Never stored bare, never logged; see `Vault`."""

    domain: Domain
    point: bytes = field(repr=False)

    def __post_init__(self) -> None:
        group().check_point(self.point)

    def __repr__(self) -> str:
        return f"Pseudonym({self.domain}, …)"


@dataclass(frozen=True)
class Ciphertext:
    """An encrypted pseudonym for a domain and key epoch: 64 bytes B ‖ C, both valid points.

    Raises PepError `malformed-ciphertext` for a wrong length, a non-canonical encoding or the
    identity point, `wrong-epoch` for an epoch outside 1…999999.
    """

    domain: Domain
    epoch: int
    data: bytes

    def __post_init__(self) -> None:
        Context(self.domain, self.epoch)
        check_ciphertext(self.data)

    @property
    def context(self) -> Context:
        """The domain and epoch whose key opens it."""
        return Context(self.domain, self.epoch)

    def to_alt_sub(self) -> dict[str, Any]:
        """As an entry of the claim `alt_sub`: `aud`, `sub`, `sub_id_type`, `epoch`."""
        return {
            "aud": str(self.domain),
            "sub": f"{SUITE}:{to_base64url(self.data)}",
            "sub_id_type": SUB_ID_TYPE,
            "epoch": self.epoch,
        }

    @classmethod
    def from_alt_sub(cls, entry: object) -> Ciphertext:
        """From an `alt_sub` entry. Raises PepError for anything else; members unknown to us are ignored."""
        if not isinstance(entry, Mapping):
            raise PepError("malformed-ciphertext")
        suite, separator, encoded = _text(entry.get("sub")).rpartition(":")
        if not separator or suite != SUITE or entry.get("sub_id_type") != SUB_ID_TYPE:
            raise PepError("unknown-suite")
        try:
            data = from_base64url(encoded)
        except ValueError as error:
            raise PepError("malformed-ciphertext") from error
        epoch = entry.get("epoch")
        if isinstance(epoch, bool) or not isinstance(epoch, int):
            raise PepError("wrong-epoch")
        return cls(Domain.parse(entry.get("aud")), epoch, data)


@dataclass(frozen=True)
class OwnCiphertext(Ciphertext):
    """A ciphertext that we made ourselves: it keeps the randomness `r` with B = rG (32 bytes).

    Only whoever knows `r` can have it translated: a captured ciphertext of somebody else is not. On the
    wire it is a ciphertext like any other.
    """

    r: bytes = field(repr=False, compare=False)


@dataclass(frozen=True)
class ActorKey:
    """The decryption key of one domain and epoch. `secret`: 32-byte scalar; `public` = secret G."""

    domain: Domain
    epoch: int
    secret: bytes = field(repr=False)
    public: bytes = field(init=False)

    def __post_init__(self) -> None:
        Context(self.domain, self.epoch)
        group().check_scalar(self.secret)
        object.__setattr__(self, "public", group().mul_base(self.secret))

    def __repr__(self) -> str:
        return f"ActorKey({self.domain}, epoch={self.epoch}, …)"

    def to_json(self) -> dict[str, Any]:
        """For a key file (mode 0600). Holds the secret."""
        return {
            "suite": SUITE,
            "domein": str(self.domain),
            "epoch": self.epoch,
            "geheim": to_base64url(self.secret),
            "publiek": to_base64url(self.public),
        }

    @classmethod
    def from_json(cls, document: object) -> ActorKey:
        """From `to_json`. Raises PepError; a secret that does not fit its public key is refused."""
        if not isinstance(document, Mapping) or document.get("suite") != SUITE:
            raise PepError("malformed-key")
        epoch = document.get("epoch")
        if isinstance(epoch, bool) or not isinstance(epoch, int):
            raise PepError("malformed-key")
        try:
            secret = from_base64url(document.get("geheim"))
            public = from_base64url(document.get("publiek"))
        except ValueError as error:
            raise PepError("malformed-key") from error
        key = cls(Domain.parse(document.get("domein")), epoch, secret)
        if key.public != public:
            raise PepError("malformed-key")
        return key


def check_ciphertext(data: bytes) -> bytes:
    """The 64 bytes themselves when both halves are valid points other than the identity."""
    if not isinstance(data, bytes) or len(data) != CIPHERTEXT_BYTES:
        raise PepError("malformed-ciphertext")
    try:
        group().check_point(data[:POINT_BYTES])
        group().check_point(data[POINT_BYTES:])
    except PepError as error:
        raise PepError("malformed-ciphertext") from error
    return data


def encrypt(pseudonym: Pseudonym, public_key: bytes, epoch: int = 1) -> OwnCiphertext:
    """Encrypt under the public key (32 bytes) of the pseudonym's own domain in `epoch`. Randomised."""
    r = group().random_scalar()
    return OwnCiphertext(pseudonym.domain, epoch, encrypt_with(pseudonym.point, public_key, r), r)


def decrypt(ciphertext: Ciphertext, key: ActorKey) -> Pseudonym:
    """The pseudonym. Raises PepError `wrong-domain`, `wrong-epoch`, `malformed-ciphertext`.

    A key opens what was made for its own domain and epoch only. The caller must hold the signed
    statement that gave it this ciphertext: opening anything else makes it a decryption oracle.
    """
    if ciphertext.domain != key.domain:
        raise PepError("wrong-domain")
    if ciphertext.epoch != key.epoch:
        raise PepError("wrong-epoch")
    return Pseudonym(key.domain, decrypt_with(ciphertext.data, key.secret))


def rerandomise(ciphertext: Ciphertext, public_key: bytes) -> Ciphertext:
    """The same pseudonym under the same key in fresh, unlinkable bytes."""
    data = rerandomise_with(ciphertext.data, public_key, group().random_scalar())
    return Ciphertext(ciphertext.domain, ciphertext.epoch, data)


def encrypt_with(point: bytes, public_key: bytes, r: bytes) -> bytes:
    """(rG, point + r pk) as 64 bytes. `r` must be fresh and random; 32 bytes each."""
    arithmetic = group()
    return arithmetic.mul_base(r) + arithmetic.add(point, arithmetic.mul(r, public_key))


def decrypt_with(data: bytes, secret: bytes) -> bytes:
    """C - secret B, as 32 bytes. Raises PepError `malformed-ciphertext`."""
    if len(data) != CIPHERTEXT_BYTES:
        raise PepError("malformed-ciphertext")
    arithmetic = group()
    try:
        return arithmetic.subtract(data[POINT_BYTES:], arithmetic.mul(secret, data[:POINT_BYTES]))
    except PepError as error:
        raise PepError("malformed-ciphertext") from error


def rerandomise_with(data: bytes, public_key: bytes, r: bytes) -> bytes:
    """(B + rG, C + r pk) as 64 bytes."""
    if len(data) != CIPHERTEXT_BYTES:
        raise PepError("malformed-ciphertext")
    arithmetic = group()
    first = arithmetic.add(data[:POINT_BYTES], arithmetic.mul_base(r))
    return first + arithmetic.add(data[POINT_BYTES:], arithmetic.mul(r, public_key))


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
