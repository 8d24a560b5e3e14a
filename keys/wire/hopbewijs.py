"""The check of one party's hop, in full: by the next party, by the requester, and by an auditor.

    1. the key that went in is the one that must go in
    2. the direction: S, U and the key that comes out belong to the committed factors
    3. the batch: every output follows from its input with these factors, for this very request

A direction that held is remembered, with everything it was judged on.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from keys.kernel.pep.direction import Commitment, Direction, DirectionProof, verify_direction
from keys.kernel.pep.encoding import from_base64url, to_base64url
from keys.kernel.pep.errors import PepError
from keys.kernel.pep.names import Context
from keys.kernel.pep.proof import HopStatement, verify_hop


@dataclass(frozen=True)
class Committed:
    """What all parties are committed to at both ends of a direction, by share."""

    van: Mapping[str, Commitment]
    naar: Mapping[str, Commitment]


@dataclass(frozen=True)
class Hop:
    """One hop as it is claimed: for which request, with which shares, from what to what."""

    request_id: str
    van: Context
    naar: Context
    shares: tuple[str, ...]
    key_in: bytes
    inputs: Sequence[bytes]
    outputs: Sequence[bytes]


def proof_members(key_in: bytes, key_out: bytes, proof: bytes, direction: DirectionProof) -> dict[str, Any]:
    """The members of a signed answer that prove the hop."""
    return {
        "sleutel_in": to_base64url(key_in),
        "sleutel_uit": to_base64url(key_out),
        "bewijs": to_base64url(proof),
        "richting": direction.to_json(),
    }


class HopChecker:
    """Checks hops. Thread-safe; make one and keep it."""

    def __init__(self) -> None:
        self._held: set[tuple[object, ...]] = set()

    def check(self, stated: Mapping[str, Any], hop: Hop, committed: Committed) -> bytes:
        """The key (32 bytes) that the outputs stand under. Raises PepError `proof-invalid`."""
        try:
            key_in, key_out, proof = (
                from_base64url(stated.get(name)) for name in ("sleutel_in", "sleutel_uit", "bewijs")
            )
            proven = DirectionProof.from_json(stated.get("richting"))
            direction = Direction(
                hop.van, hop.naar, hop.shares, key_in, key_out, committed.van, committed.naar
            )
            if key_in != hop.key_in:
                raise PepError("proof-invalid")
            self._check_direction(direction, proven)
        except (ValueError, PepError) as error:
            raise PepError("proof-invalid") from error
        statement = HopStatement(
            hop.van, hop.naar, hop.shares, hop.request_id, proven.s_point, proven.u_point,
            key_in, key_out, hop.inputs, hop.outputs,
        )  # fmt: skip
        if not verify_hop(proof, statement):
            raise PepError("proof-invalid")
        return key_out

    def _check_direction(self, direction: Direction, proof: DirectionProof) -> None:
        judged = (
            direction.van, direction.naar, direction.shares, direction.key_in, direction.key_out,
            tuple(sorted(direction.parts().items())), proof.s_point, proof.u_point,
        )  # fmt: skip
        if judged not in self._held:
            verify_direction(direction, proof)
            self._held.add(judged)
