"""Three shares, two of them with each of three transcryptors (2-of-3 replicated, multiplicative).

    share   held by          a full factor is the product of the three shares' factors:
    12      t1 and t2        any two parties hold all three, no party alone does
    13      t1 and t3
    23      t2 and t3

A share is made by its two holders together: each draws 64 random bytes, both commit, then both
reveal, and the share follows from both. Neither can steer it, and nobody deals.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from keys.kernel.pep.direction import Commitment, ShareFactors
from keys.kernel.pep.encoding import length_prefixed
from keys.kernel.pep.errors import PepError
from keys.kernel.pep.group import ONE, group
from keys.kernel.pep.names import Context, Domain
from keys.pseudonyms.derive import BLINDING, ENCRYPTION, PSEUDONYM, factor_by
from keys.wire.verklaringen import HOLDERS, PARTIES, shares_of, work_of

__all__ = ["HOLDERS", "PARTIES", "Contribution", "Pair", "Secret", "Share", "combine", "shares_of"]

CONTRIBUTION_BYTES = 64
SECRET_BYTES = 64
SECRETS = ("k_ps", "k_enc", "k_beta")
SHARE_DST = b"machtigen/pep/share/1"


@dataclass(frozen=True)
class Pair:
    """The two parties that serve one request, in order. Raises ValueError for what is no pair."""

    first: str
    second: str

    def __post_init__(self) -> None:
        if self.first == self.second or not {self.first, self.second} <= set(PARTIES):
            raise ValueError("a pair is two different parties")

    def step_of(self, party: str) -> int | None:
        """1 for the first, 2 for the second, None for a party outside the pair."""
        return {self.first: 1, self.second: 2}.get(party)

    def work_of(self, party: str) -> tuple[str, ...]:
        """The shares a party applies: the first both of its own, the second the one that is missing."""
        return work_of((self.first, self.second), party)


class Secret(Protocol):
    """A key of HMAC-SHA512, 64 bytes, in this process or in a token that does not give it away."""

    def mac(self, message: bytes) -> bytes:
        """HMAC-SHA512 of a message under the key: 64 bytes. Raises KeyStoreUnavailable."""
        ...


@dataclass(frozen=True)
class HeldSecret:
    """A key in the memory of this process."""

    value: bytes = field(repr=False)

    def __post_init__(self) -> None:
        if len(self.value) != SECRET_BYTES:
            raise PepError("malformed-key")

    def mac(self, message: bytes) -> bytes:
        """HMAC-SHA512."""
        return hmac.new(self.value, message, hashlib.sha512).digest()


@dataclass(frozen=True)
class Carried:
    """Factors that a share of a later generation took over, so that the products stay what they were: by
    domain s, by context κ = k·β, scalars of 32 bytes. What is not in here follows from the secrets."""

    s: Mapping[str, bytes] = field(default_factory=dict, repr=False)
    k: Mapping[str, bytes] = field(default_factory=dict, repr=False)


@dataclass(frozen=True)
class Share:
    """One share: three secrets, of which all its factors follow, save those that it `carried` over.

    Shares that were made before β followed from a key of its own hold it as the scalar `fixed_beta`
    (32 bytes), in the place of `k_beta`. From the second generation on the factor of a hop is κ = k·β, in
    which β cancels out within a generation and the key stays the same over all of them.
    """

    id: str
    k_ps: Secret
    k_enc: Secret
    k_beta: Secret | None
    fixed_beta: bytes | None = field(default=None, repr=False)
    generation: int = 1
    carried: Carried = field(default_factory=Carried)

    def __post_init__(self) -> None:
        if self.id not in HOLDERS or (self.k_beta is None) is (self.fixed_beta is None):
            raise PepError("malformed-key")
        if self.fixed_beta is not None:
            group().check_scalar(self.fixed_beta)

    def beta(self) -> bytes:
        """β_t: this share's part of y, a scalar."""
        if self.k_beta is not None:
            return factor_by(self.k_beta.mac, BLINDING, b"")
        assert self.fixed_beta is not None  # noqa: S101 - one of the two is there
        return self.fixed_beta

    def shuffle_factor(self, domain: Domain) -> bytes:
        """s_t(d): the reshuffle factor of a domain; 1 for the origin domain."""
        if domain.is_origin:
            return ONE
        carried = self.carried.s.get(str(domain))
        return carried or factor_by(self.k_ps.mac, PSEUDONYM, str(domain).encode())

    def key_factor(self, context: Context) -> bytes:
        """The rekey factor of a domain and epoch: k_t(c) in the first generation, later κ_t(c)."""
        if self.generation > 1:
            return self.key_share(context)
        return factor_by(self.k_enc.mac, ENCRYPTION, str(context).encode())

    def commitment(self, context: Context) -> Commitment:
        """s_t(d)G and the rekey factor times G: what both holders publish; no s for the origin domain."""
        origin = context.domain.is_origin
        shuffle = None if origin else group().mul_base(self.shuffle_factor(context.domain))
        return Commitment(shuffle, group().mul_base(self.key_factor(context)))

    def direction_factors(self, van: Context, naar: Context) -> ShareFactors:
        """This share's factors of both ends of a direction."""
        return ShareFactors(
            self.shuffle_factor(van.domain),
            self.shuffle_factor(naar.domain),
            self.key_factor(van),
            self.key_factor(naar),
        )

    def key_share(self, context: Context) -> bytes:
        """κ_t(c) = k_t(c)·β_t: this share's part of the actor key; the product over all shares is the key."""
        carried = self.carried.k.get(str(context))
        if carried is not None:
            return carried
        k = factor_by(self.k_enc.mac, ENCRYPTION, str(context).encode())
        return group().scalar_mul(k, self.beta())

    def public_points(self) -> dict[str, bytes]:
        """Points that show the share without giving it away: of β, and of both factors of a fixed name."""
        return {
            "beta": group().mul_base(self.beta()),
            "s": group().mul_base(factor_by(self.k_ps.mac, PSEUDONYM, b"fingerprint")),
            "k": group().mul_base(factor_by(self.k_enc.mac, ENCRYPTION, b"fingerprint")),
        }

    def fingerprint(self) -> str:
        """What both holders publish and compare: equal shares give equal text, which reveals nothing."""
        return fingerprint_of(self.id, self.public_points())


def fingerprint_of(share: str, points: Mapping[str, bytes]) -> str:
    """SHA-256, in hex, over the points of a share."""
    ordered = (points[name] for name in ("beta", "s", "k"))
    return hashlib.sha256(length_prefixed(SHARE_DST, share.encode(), *ordered)).hexdigest()


@dataclass(frozen=True)
class Contribution:
    """What one holder brings to a share: 64 random bytes, hidden until both have committed."""

    share: str
    party: str
    randomness: bytes = field(repr=False)

    def __post_init__(self) -> None:
        if self.party not in HOLDERS.get(self.share, ()) or len(self.randomness) != CONTRIBUTION_BYTES:
            raise PepError("malformed-key")

    @classmethod
    def draw(cls, share: str, party: str) -> Contribution:
        """Fresh randomness."""
        return cls(share, party, secrets.token_bytes(CONTRIBUTION_BYTES))

    def commitment(self) -> bytes:
        """SHA-512 over who contributes what: hiding and binding. 64 bytes."""
        parts = (SHARE_DST, b"commit", self.share.encode(), self.party.encode(), self.randomness)
        return hashlib.sha512(length_prefixed(*parts)).digest()


def combine(own: Contribution, other: Contribution, other_commitment: bytes) -> Share:
    """The share that follows from both contributions; the same at both holders.

    Raises PepError `malformed-key` when the other revealed something else than it committed to, or
    when the contributions are not of the two holders of one share.
    """
    if not hmac.compare_digest(other.commitment(), other_commitment):
        raise PepError("malformed-key", "the other holder revealed something else than it committed to")
    ordered = sorted((own, other), key=lambda contribution: contribution.party)
    if own.share != other.share or tuple(one.party for one in ordered) != HOLDERS[own.share]:
        raise PepError("malformed-key", "not the two holders of one share")
    secret = b"".join(contribution.randomness for contribution in ordered)

    def part(label: bytes) -> bytes:
        message = length_prefixed(SHARE_DST, label, own.share.encode())
        return hmac.new(secret, message, hashlib.sha512).digest()

    k_ps, k_enc, k_beta = (HeldSecret(part(name.encode())) for name in SECRETS)
    return Share(own.share, k_ps, k_enc, k_beta)
