"""A Merkle tree (RFC 6962 section 2.1) that grows at its end: one hash stands for all lines of the house.

    leaf = SHA-256(0x00 ‖ hash of a line)        node = SHA-256(0x01 ‖ left ‖ right)

Only the `toppen` (peaks) are kept: the roots of the full subtrees, largest first, one for each bit that is
set in the number of leaves. So a seal reads the new lines only. Gives: a root over n leaves that no other
n leaves have. Does not give: proofs for a single leaf; who checks the house reads all lines.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import reduce

EMPTY = hashlib.sha256(b"").digest()


def _leaf(data: bytes) -> bytes:
    return hashlib.sha256(b"\x00" + data).digest()


def _node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


@dataclass(frozen=True)
class Boom:
    """Boom (tree) over `aantal` leaves, as its peaks."""

    aantal: int = 0
    toppen: tuple[bytes, ...] = ()

    @property
    def wortel(self) -> bytes:
        """The root: 32 bytes."""
        if not self.toppen:
            return EMPTY
        return reduce(lambda right, left: _node(left, right), reversed(self.toppen))

    def plus(self, leaves: Iterable[bytes]) -> Boom:
        """The tree with these hashes of lines behind what is there."""
        count, peaks = self.aantal, list(self.toppen)
        for data in leaves:
            top, size = _leaf(data), count
            while size & 1:
                top, size = _node(peaks.pop(), top), size >> 1
            peaks.append(top)
            count += 1
        return Boom(count, tuple(peaks))
