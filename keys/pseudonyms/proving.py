"""One party's hop on a batch with its proof.

    work of the first party    s, u over both its shares, Y′ = k Y     Y is the sender's certified key
    work of the second         s, u over the missing share, Y″ = k Y′  Y″ must be the receiver's

The proof of a direction is made once and kept: it holds no randomness of a request and no secret.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from keys.errors import MalformedCiphertext
from keys.kernel.pep.direction import Direction, DirectionProof, ShareFactors, prove_direction
from keys.kernel.pep.errors import PepError
from keys.kernel.pep.group import group
from keys.kernel.pep.proof import HopStatement, prove_hop
from keys.pseudonyms.generations import Generations
from keys.pseudonyms.keystore import combined
from keys.pseudonyms.model import Permit
from keys.pseudonyms.pool import Pool, make_pair
from keys.pseudonyms.transcrypt import hop_with
from keys.wire.hopbewijs import Committed, proof_members


@dataclass(frozen=True)
class Done:
    """A batch after a hop, the key it stands under now, and the members of the answer that prove it."""

    items: list[bytes]
    key_out: bytes
    proof: dict[str, Any]


class Prover:
    """Does this party's work and proves it. Thread-safe.

    `stock`: how many zero-encryptions it keeps for a key (`refill` makes them, in idle moments).
    """

    def __init__(self, generations: Generations, stock: int = 0) -> None:
        self._generations = generations
        self._pool = Pool(stock)
        self._directions: dict[tuple[object, ...], DirectionProof] = {}

    def factors(self, permit: Permit) -> Mapping[str, ShareFactors]:
        """All that the work needs of the key store, by share. Raises ShareGenerationUnknown,
        KeyStoreUnavailable."""
        store = self._generations.of(permit.generation)
        return store.direction_factors(permit.pair, permit.van, permit.naar)

    def work(
        self,
        permit: Permit,
        items: Sequence[bytes],
        key_in: bytes,
        committed: Committed,
        held: Mapping[str, ShareFactors],
    ) -> Done:
        """Apply this party's factors to every item, in order, and prove it. Raises MalformedCiphertext."""
        shares = permit.pair.work_of(self._generations.party)
        factors = combined(held)
        key_out = group().mul(factors.k, key_in)
        proven = self._direction(
            Direction(permit.van, permit.naar, shares, key_in, key_out, committed.van, committed.naar),
            held,
            permit.generation,
        )
        pairs = self._pool.take(key_out, len(items))
        pairs += [make_pair(key_out) for _ in range(len(items) - len(pairs))]
        try:
            outputs = [
                hop_with(item, factors.s, factors.u, pair) for item, pair in zip(items, pairs, strict=True)
            ]
        except PepError as error:
            raise MalformedCiphertext from error
        statement = HopStatement(
            permit.van, permit.naar, shares, permit.request_id, proven.s_point, proven.u_point,
            key_in, key_out, items, outputs,
        )  # fmt: skip
        proof = prove_hop(statement, factors.s, factors.u, [pair.rho for pair in pairs])
        return Done(outputs, key_out, proof_members(key_in, key_out, proof, proven))

    def refill(self, at_most: int) -> int:
        """Make zero-encryptions for what was asked lately; gives how many."""
        return self._pool.fill(at_most)

    def _direction(
        self, direction: Direction, held: Mapping[str, ShareFactors], generation: int
    ) -> DirectionProof:
        key = (direction.van, direction.naar, direction.shares, direction.key_in, generation)
        known = self._directions.get(key)
        if known is None:
            known = self._directions[key] = prove_direction(direction, held)
        return known
