"""The proof that other shares of a name have the same product: what it accepts, and what it does not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from keys.kernel.pep.carry import Carry, CarryFactors, CarryProof, prove_carry, verify_carry
from keys.kernel.pep.direction import Commitment
from keys.kernel.pep.errors import PepError
from keys.kernel.pep.group import group
from keys.kernel.pep.names import Context
from keys.pseudonyms.derive import product, quotient
from tests.keys.conftest import OORSPRONG, STUDIE

SHARES = ("12", "13", "23")


def scalars() -> dict[str, bytes]:
    return {share: group().random_scalar() for share in SHARES}


def carried(old: dict[str, bytes]) -> dict[str, bytes]:
    """Fresh 12 and 13, and 23 so that the product stays."""
    new = scalars()
    above, below = (product(one["12"], one["13"]) for one in (old, new))
    return {**new, "23": product(old["23"], quotient(above, below))}


def made(context: Context) -> tuple[Carry, CarryFactors]:
    s_old, k_old = scalars(), scalars()
    s_new, k_new = carried(s_old), carried(k_old)

    def committed(s: dict[str, bytes], k: dict[str, bytes]) -> dict[str, Commitment]:
        base = group().mul_base
        origin = context.domain.is_origin
        return {share: Commitment(None if origin else base(s[share]), base(k[share])) for share in SHARES}

    public = group().mul_base(product(*k_old.values()))
    carry = Carry(context, 1, 2, public, committed(s_old, k_old), committed(s_new, k_new))
    pairs = ((one["12"], one["23"]) for one in (s_old, s_new, k_new))
    return carry, CarryFactors(*pairs)


@pytest.mark.parametrize("domain", [STUDIE, OORSPRONG])
def test_shares_with_the_same_product_are_accepted(domain: object) -> None:
    carry, factors = made(Context(domain, 3))  # type: ignore[arg-type]
    proof = prove_carry(carry, factors)
    verify_carry(carry, CarryProof.from_json(proof.to_json()))
    assert ("s" in proof.proofs) is (domain == STUDIE)


def point() -> bytes:
    return group().mul_base(group().random_scalar())


def another(side: str, share: str, **changes: bytes) -> Callable[[Carry], Carry]:
    def change(carry: Carry) -> Carry:
        known = getattr(carry, side)
        return replace(carry, **{side: {**known, share: replace(known[share], **changes)}})  # type: ignore[arg-type]

    return change


CHANGES: dict[str, Callable[[Carry], Carry]] = {
    "of another key": lambda carry: replace(carry, public=point()),
    "of another context": lambda carry: replace(carry, context=Context(STUDIE, 4)),
    "from another generation": lambda carry: replace(carry, before=3),
    "to another generation": lambda carry: replace(carry, after=3),
    **{
        f"{member} of {share} {side}": another(side, share, **{member: point()})
        for side in ("committed_before", "committed_after")
        for share in SHARES
        for member in (("shuffle",) if side == "committed_before" else ("shuffle", "rekey"))
    },
}


@pytest.mark.parametrize("what", CHANGES)
def test_a_proof_fits_nothing_else(what: str) -> None:
    carry, factors = made(Context(STUDIE, 3))
    proof = prove_carry(carry, factors)
    with pytest.raises(PepError, match="proof-invalid"):
        verify_carry(CHANGES[what](carry), proof)
    with pytest.raises(PepError, match="proof-invalid"):  # nor can the prover make one that does
        verify_carry(CHANGES[what](carry), prove_carry(CHANGES[what](carry), factors)) if (
            "generation" not in what and what != "of another context"
        ) else verify_carry(CHANGES[what](carry), proof)


@pytest.mark.parametrize("member", ["s_before", "s_after", "k_after", "s", "k"])
def test_no_part_of_a_proof_may_lack(member: str) -> None:
    carry, factors = made(Context(STUDIE, 3))
    proof = prove_carry(carry, factors)
    fewer = {name: value for name, value in proof.proofs.items() if name != member}
    with pytest.raises(PepError, match="proof-invalid"):
        verify_carry(carry, replace(proof, proofs=fewer))
    if member in proof.products:
        fewer = {name: value for name, value in proof.products.items() if name != member}
        with pytest.raises(PepError, match="proof-invalid"):
            verify_carry(carry, replace(proof, products=fewer))


@pytest.mark.parametrize("document", [{}, {"producten": 1, "bewijzen": {}}, {"producten": {"s_before": "A"}},
                                      {"producten": {"s_before": "A" * 43}, "bewijzen": {}}])  # fmt: skip
def test_a_malformed_proof_is_refused(document: dict[str, object]) -> None:
    with pytest.raises(PepError, match="malformed-proof"):
        CarryProof.from_json(document)
