"""Where a transcryptor keeps its two shares. The private bytes do not leave this module's objects,
save as factors for one request and as key shares that are sealed to the actor they belong to.

    <map>/delen.json   mode 0600: {suite, partij, wegwerp, delen: {"12": {k_ps, k_enc, beta}, …}}
"""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from keys.kernel.pep.direction import Commitment, ShareFactors
from keys.kernel.pep.encoding import from_base64url, to_base64url
from keys.kernel.pep.errors import PepError
from keys.kernel.pep.group import group
from keys.kernel.pep.names import SUITE, Context
from keys.pseudonyms.derive import product, quotient
from keys.pseudonyms.shares import HOLDERS, PARTIES, Contribution, Pair, Share, combine, shares_of

FILE_NAME = "delen.json"


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


class Keystore:
    """The two shares of one party, from a file."""

    def __init__(self, party: str, shares: Mapping[str, Share], throwaway: bool) -> None:
        if party not in PARTIES or tuple(sorted(shares)) != shares_of(party):
            raise KeystoreRefused(f"{party} must hold exactly its own two shares")
        self.party = party
        self.throwaway = throwaway
        self._shares = dict(shares)

    def __repr__(self) -> str:
        return f"Keystore({self.party!r})"

    @classmethod
    def load(cls, folder: Path, party: str, *, allow_throwaway: bool) -> Keystore:
        """From `<folder>/delen.json`. Raises KeystoreRefused with one sentence.

        A file that others may read, shares of another party, a third share, and throwaway shares
        where they are not allowed are refused.
        """
        path = folder / FILE_NAME
        try:
            if stat.S_IMODE(path.stat().st_mode) & 0o077:
                raise KeystoreRefused(f"{path} can be read by others; set its mode to 0600")
            document = json.loads(path.read_text("utf-8"))
        except OSError as error:
            raise KeystoreRefused(f"{path} cannot be read ({error.strerror})") from error
        except ValueError as error:
            raise KeystoreRefused(f"{path} does not hold shares") from error
        store = cls._parse(document, party, path)
        if store.throwaway and not allow_throwaway:
            raise KeystoreRefused(f"{path} holds throwaway shares, which production refuses")
        return store

    @classmethod
    def _parse(cls, document: Any, party: str, path: Path) -> Keystore:
        if not isinstance(document, dict) or document.get("suite") != SUITE:
            raise KeystoreRefused(f"{path} does not hold shares of suite {SUITE}")
        if document.get("partij") != party or not isinstance(document.get("wegwerp"), bool):
            raise KeystoreRefused(f"{path} does not hold the shares of {party}")
        try:
            entries = document["delen"].items()
            parts = {
                share: Share(share, *(from_base64url(entry[name]) for name in ("k_ps", "k_enc", "beta")))
                for share, entry in entries
            }
        except (KeyError, AttributeError, TypeError, ValueError, PepError) as error:
            raise KeystoreRefused(f"{path} does not hold shares") from error
        return cls(party, parts, document["wegwerp"])

    def save(self, folder: Path) -> None:
        """Write the file, readable by its owner only; an existing file is never overwritten."""
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        entries = {
            share.id: {name: to_base64url(getattr(share, name)) for name in ("k_ps", "k_enc", "beta")}
            for share in self._shares.values()
        }
        document = {"suite": SUITE, "partij": self.party, "wegwerp": self.throwaway, "delen": entries}
        handle = os.open(folder / FILE_NAME, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with open(handle, "w", encoding="utf-8") as file:
            json.dump(document, file, indent=1)
            file.flush()
            os.fsync(file.fileno())

    def fingerprints(self) -> dict[str, str]:
        """Per share what both holders compare."""
        return {share.id: share.fingerprint() for share in self._shares.values()}

    def hop_factors(self, pair: Pair, van: Context, naar: Context) -> HopFactors:
        """The factors of this party's step of a translation."""
        work = [self._shares[share] for share in pair.work_of(self.party)]
        s = product(
            *(quotient(share.shuffle_factor(naar.domain), share.shuffle_factor(van.domain)) for share in work)
        )
        k = product(*(quotient(share.key_factor(naar), share.key_factor(van)) for share in work))
        return HopFactors(s, quotient(s, k), k)

    def commitments(self, context: Context) -> dict[str, Commitment]:
        """What this party commits to for a domain and epoch, by share."""
        return {share.id: share.commitment(context) for share in self._shares.values()}

    def direction_factors(self, pair: Pair, van: Context, naar: Context) -> dict[str, ShareFactors]:
        """The factors behind this party's step, by share: for the proof of the direction."""
        work = pair.work_of(self.party)
        return {share: self._shares[share].direction_factors(van, naar) for share in work}

    def key_shares(self, context: Context) -> dict[str, bytes]:
        """Both shares of an actor key, to be sealed to that actor."""
        return {share.id: share.key_share(context) for share in self._shares.values()}

    def key_part(self, pair: Pair, context: Context) -> bytes:
        """The product of the key shares that are this party's work in `pair`: a scalar."""
        return product(*(self._shares[share].key_share(context) for share in pair.work_of(self.party)))

    def complete_public_key(self, pair: Pair, context: Context, partial: bytes) -> bytes:
        """As the second party: the public key of a context from the first party's part of it.

        The first party must have proven that it knows the logarithm of `partial`.
        """
        return group().mul(self.key_part(pair, context), partial)


def make_throwaway(folder: Path) -> None:
    """Three parties' shares in `<folder>/t1`, `t2`, `t3`, made by this one process: for a laptop and tests.

    The parties' own procedure runs between roles here, but one process sees all three shares. The
    files say `wegwerp: true`, and a service whose setting says production refuses them.
    """
    shares: dict[str, Share] = {}
    for share, (left, right) in HOLDERS.items():
        ours, theirs = Contribution.draw(share, left), Contribution.draw(share, right)
        shares[share] = combine(ours, theirs, theirs.commitment())
    for party in PARTIES:
        own = {share: shares[share] for share in shares_of(party)}
        if not (folder / party / FILE_NAME).exists():
            Keystore(party, own, throwaway=True).save(folder / party)
