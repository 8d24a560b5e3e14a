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

from keys.kernel.pep.direction import Commitment, ShareFactors
from keys.kernel.pep.encoding import length_prefixed
from keys.kernel.pep.errors import PepError
from keys.kernel.pep.group import ONE, group
from keys.kernel.pep.names import Context, Domain
from keys.pseudonyms.derive import ENCRYPTION, PSEUDONYM, factor
from keys.wire.verklaringen import HOLDERS, PARTIES, shares_of, work_of

__all__ = ["HOLDERS", "PARTIES", "Contribution", "Pair", "Share", "combine", "shares_of"]

CONTRIBUTION_BYTES = 64
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


@dataclass(frozen=True)
class Share:
    """One share: `k_ps` and `k_enc` (64-byte HMAC secrets) and `beta` (32-byte scalar)."""

    id: str
    k_ps: bytes = field(repr=False)
    k_enc: bytes = field(repr=False)
    beta: bytes = field(repr=False)

    def __post_init__(self) -> None:
        if self.id not in HOLDERS or len(self.k_ps) != 64 or len(self.k_enc) != 64:
            raise PepError("malformed-key")
        group().check_scalar(self.beta)

    def shuffle_factor(self, domain: Domain) -> bytes:
        """s_t(d): the reshuffle factor of a domain; 1 for the origin domain."""
        return ONE if domain.is_origin else factor(self.k_ps, PSEUDONYM, str(domain).encode())

    def key_factor(self, context: Context) -> bytes:
        """k_t(c): the rekey factor of a domain and epoch."""
        return factor(self.k_enc, ENCRYPTION, str(context).encode())

    def commitment(self, context: Context) -> Commitment:
        """s_t(d)G and k_t(c)G: what both holders publish; no s for the origin domain."""
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
        """k_t(c)·β_t: this share's part of the actor key; the product over all shares is the key."""
        return group().scalar_mul(self.key_factor(context), self.beta)

    def public_points(self) -> dict[str, bytes]:
        """Points that show the share without giving it away: of β, and of both factors of a fixed name."""
        return {
            "beta": group().mul_base(self.beta),
            "s": group().mul_base(factor(self.k_ps, PSEUDONYM, b"fingerprint")),
            "k": group().mul_base(factor(self.k_enc, ENCRYPTION, b"fingerprint")),
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

    return Share(own.share, part(b"k_ps"), part(b"k_enc"), group().reduce(part(b"beta")))
