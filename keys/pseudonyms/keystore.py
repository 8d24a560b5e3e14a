"""Where a transcryptor keeps its two shares: what every key store does, wherever the secrets lie.

    filestore    a file, encrypted under a passphrase or a key file      HMAC in this process
    tokenstore   a token behind PKCS#11 that gives no key away            HMAC in the token

The secrets do not leave a store, save as factors for one request and as key shares that are sealed to
the actor they belong to. Both kinds derive the same from the same shares.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Protocol

from keys.kernel.pep.direction import Commitment, ShareFactors
from keys.kernel.pep.group import group
from keys.kernel.pep.names import Context
from keys.pseudonyms.derive import product, quotient
from keys.pseudonyms.shares import PARTIES, Carried, Pair, Share, shares_of

CARRIER = "23"  # the share whose holders take over what the other two changed


class KeystoreRefused(Exception):
    """The shares cannot be used; the text is one sentence for the operator."""


@dataclass(frozen=True)
class HopFactors:
    """What one party applies to every item of one request: s, u = s/k, and k for the key of the output."""

    s: bytes
    u: bytes
    k: bytes

    def __repr__(self) -> str:
        return "HopFactors(…)"


class Keystore(Protocol):
    """The two shares of one party. Thread-safe; every call may raise KeyStoreUnavailable, and then
    gives nothing at all."""

    party: str
    throwaway: bool
    generation: int

    def held(self) -> dict[str, Share]:
        """The shares."""
        ...

    def carry(self, carried: Carried) -> None:
        """From now on share 23 has these factors. Raises KeystoreRefused where it is not held."""
        ...

    def fingerprints(self) -> dict[str, str]:
        """Per share what both holders compare."""
        ...

    def hop_factors(self, pair: Pair, van: Context, naar: Context) -> HopFactors:
        """The factors of this party's step of a translation."""
        ...

    def direction_factors(self, pair: Pair, van: Context, naar: Context) -> dict[str, ShareFactors]:
        """The factors behind this party's step, by share: for the proof of the direction."""
        ...

    def commitments(self, context: Context) -> dict[str, Commitment]:
        """What this party commits to for a domain and epoch, by share."""
        ...

    def key_shares(self, context: Context) -> dict[str, bytes]:
        """Both shares of an actor key, to be sealed to that actor."""
        ...

    def key_part(self, pair: Pair, context: Context) -> bytes:
        """The product of the key shares that are this party's work in `pair`: a scalar."""
        ...

    def complete_public_key(self, pair: Pair, context: Context, partial: bytes) -> bytes:
        """As the second party: the public key of a context from the first party's part of it.

        The first party must have proven that it knows the logarithm of `partial`.
        """
        ...

    def ping(self) -> None:
        """Raise KeyStoreUnavailable when the secrets are out of reach now."""
        ...

    def close(self) -> None:
        """Let go of what is open. A later call may open it again."""
        ...


class HeldShares:
    """What all key stores derive from the party's two shares, in one place so that none can differ."""

    def __init__(self, party: str, shares: Mapping[str, Share], throwaway: bool, generation: int = 1) -> None:
        if party not in PARTIES or tuple(sorted(shares)) != shares_of(party):
            raise KeystoreRefused(f"{party} must hold exactly its own two shares")
        self.party = party
        self.throwaway = throwaway
        self.generation = generation
        self._shares = {name: replace(share, generation=generation) for name, share in shares.items()}

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.party!r})"

    def held(self) -> dict[str, Share]:
        """The shares, to be written into another store or refreshed."""
        return dict(self._shares)

    def carry(self, carried: Carried) -> None:
        """From now on share 23 has these factors."""
        if CARRIER not in self._shares:
            raise KeystoreRefused(f"{self.party} does not hold share {CARRIER}")
        self._shares[CARRIER] = replace(self._shares[CARRIER], carried=carried)

    def fingerprints(self) -> dict[str, str]:
        """Per share what both holders compare."""
        return {share.id: share.fingerprint() for share in self._shares.values()}

    def direction_factors(self, pair: Pair, van: Context, naar: Context) -> dict[str, ShareFactors]:
        """The factors behind this party's step, by share."""
        work = pair.work_of(self.party)
        return {share: self._shares[share].direction_factors(van, naar) for share in work}

    def hop_factors(self, pair: Pair, van: Context, naar: Context) -> HopFactors:
        """The factors of this party's step of a translation."""
        return combined(self.direction_factors(pair, van, naar))

    def commitments(self, context: Context) -> dict[str, Commitment]:
        """What this party commits to for a domain and epoch, by share."""
        return {share.id: share.commitment(context) for share in self._shares.values()}

    def key_shares(self, context: Context) -> dict[str, bytes]:
        """Both shares of an actor key, to be sealed to that actor."""
        return {share.id: share.key_share(context) for share in self._shares.values()}

    def key_part(self, pair: Pair, context: Context) -> bytes:
        """The product of the key shares that are this party's work in `pair`: a scalar."""
        return product(*(self._shares[share].key_share(context) for share in pair.work_of(self.party)))

    def complete_public_key(self, pair: Pair, context: Context, partial: bytes) -> bytes:
        """As the second party: the public key of a context from the first party's part of it."""
        return group().mul(self.key_part(pair, context), partial)


def combined(factors: Mapping[str, ShareFactors]) -> HopFactors:
    """The factors of a hop from those of its shares."""
    s = product(*(quotient(one.s_to, one.s_from) for one in factors.values()))
    k = product(*(quotient(one.k_to, one.k_from) for one in factors.values()))
    return HopFactors(s, quotient(s, k), k)
