"""A batch over HTTP through two parties as real processes, against the same curve work in one process.

In process: the requester's proofs, both parties' checks of items and proofs, both hops with their proofs,
the second party's check of the first one, and the requester's check of both. Over HTTP all that, and
callers, permits, signatures, the registry, the databases, JSON, and the auditor's sealed copies.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from benching.curve import CONTEXT
from benching.measuring import Row, Size
from benching.parties import DOEL, Running, person, register, running
from keys.kernel.pep import ActorKey, OwnCiphertext, encrypt, group
from keys.kernel.pep.elgamal import check_ciphertext
from keys.kernel.pep.knowledge import MadeFor, first_not_made, prove_made
from keys.kernel.pep.proof import HopStatement, prove_hop, verify_hop
from keys.pseudonyms.transcrypt import hop

VAN, NAAR = register("verzender"), register("ontvanger")


def rows(size: Size) -> list[Row]:
    """The row of the batch."""
    over, inside = [], []
    with tempfile.TemporaryDirectory() as folder, running(Path(folder), voorraad=0) as parties:
        key = _add(parties)
        client = parties.client(VAN)
        for turn in range(size.batches + 1):
            items = [encrypt(person(VAN), key.public) for _ in range(size.batch)]
            begin = time.perf_counter()
            client.transcrypt(items, naar=NAAR, doel=DOEL)
            middle = time.perf_counter()
            _same_work(items, key.public)
            if turn:  # the first one also fetches certificates and commitments
                over.append(middle - begin)
                inside.append(time.perf_counter() - middle)
    http, process = statistics.median(over), statistics.median(inside)
    # Each pair of turns lies beside each other in time: a busy moment hits both.
    ratio = statistics.median(one / other for one, other in zip(inside, over, strict=True))
    figures = {
        "items": float(size.batch),
        "http_s": round(http, 4),
        "in-process_s": round(process, 4),
        "http_items_per_s": round(size.batch / http, 1),
    }
    measure = f"HTTP batch of {size.batch} through two parties against the same work in process"
    return [Row("http-batch", measure, 0.8, ratio, figures=figures)]


def _add(parties: Running) -> ActorKey:
    key = parties.add(VAN)
    parties.add(NAAR)
    parties.allow(VAN, NAAR)
    return key


@dataclass(frozen=True)
class _Party:
    """Factors and keys of one hop."""

    s: bytes
    u: bytes
    key_out: bytes
    s_point: bytes
    u_point: bytes

    @classmethod
    def draw(cls) -> _Party:
        curve = group()
        s, u = curve.random_scalar(), curve.random_scalar()
        return cls(s, u, curve.mul_base(curve.random_scalar()), curve.mul_base(s), curve.mul_base(u))

    def statement(self, inputs: list[bytes], outputs: list[bytes]) -> HopStatement:
        return HopStatement(
            CONTEXT, CONTEXT, ("12",), "x" * 32, self.s_point, self.u_point, self.key_out, self.key_out,
            inputs, outputs,
        )  # fmt: skip

    def work(self, inputs: list[bytes]) -> tuple[list[bytes], bytes]:
        rhos = [group().random_scalar() for _ in inputs]
        outputs = [
            hop(item, self.s, self.u, self.key_out, rho) for item, rho in zip(inputs, rhos, strict=True)
        ]
        return outputs, prove_hop(self.statement(inputs, outputs), self.s, self.u, rhos)


def _same_work(items: list[OwnCiphertext], public: bytes) -> None:
    made_for = MadeFor(CONTEXT, CONTEXT, DOEL, "x" * 32, public)
    data = [item.data for item in items]
    proofs = prove_made(data, [item.r for item in items], made_for)
    first, second = _Party.draw(), _Party.draw()
    _check(data, data, proofs, made_for)
    middle, proof = first.work(data)
    held = [verify_hop(proof, first.statement(data, middle))]  # the requester
    _check(middle, data, proofs, made_for)
    held.append(verify_hop(proof, first.statement(data, middle)))  # the second party
    outputs, proof = second.work(middle)
    held.append(verify_hop(proof, second.statement(middle, outputs)))  # the requester
    if not all(held):
        raise RuntimeError("a proof that was just made does not hold: nothing is measured")


def _check(items: list[bytes], originals: list[bytes], proofs: list[bytes], made_for: MadeFor) -> None:
    for item in items:
        check_ciphertext(item)
    if first_not_made(originals, proofs, made_for) is not None:
        raise RuntimeError("a proof that was just made does not hold: nothing is measured")
