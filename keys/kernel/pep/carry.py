"""Proof that other shares of one domain and key have the same product. Made when shares are refreshed.

Three shares of a generation give S = s_12 s_13 s_23 and sk = κ_12 κ_13 κ_23; three of a later one must give
the same. From both generations' commitments, and from the certified public key pk = sk G, anybody can check:

    s    N = s_12 s_23 G and N' = s'_12 s'_23 G, shown as products; then one exponent
         a = s_12 s_23 / (s'_12 s'_23) for (s_13 G → s'_13 G) and (N' → N)
    κ    n' G with n' = κ'_12 κ'_23, shown as a product; then one exponent n' for (G → n'G), (κ'_13 G → pk)

The origin domain has factor 1: only κ is shown. Who makes the proof holds shares 12 and 23 of both
generations; it says nothing of either factor. Standard sigma protocols, composed by us and not reviewed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from keys.kernel.pep.direction import Commitment, product_pairs
from keys.kernel.pep.encoding import from_base64url, length_prefixed, to_base64url
from keys.kernel.pep.errors import PepError
from keys.kernel.pep.group import group
from keys.kernel.pep.names import Context
from keys.kernel.pep.proof import BASE, Pair, prove_same, verify_same

PRODUCTS = ("s_before", "s_after", "k_after")
LEFT, OTHER, CARRIED = "12", "13", "23"


@dataclass(frozen=True)
class Carry:
    """From which generation to which, for one context with public key `public` (32 bytes), under which
    commitments (by share). The rekey commitments of the later generation are to κ."""

    context: Context
    before: int
    after: int
    public: bytes
    committed_before: Mapping[str, Commitment]
    committed_after: Mapping[str, Commitment]

    def label(self, name: str) -> bytes:
        """What the proof of this name is bound to."""
        where = (str(self.context), str(self.before), str(self.after), name)
        return length_prefixed(b"carry", *(part.encode() for part in where))

    def parts(self) -> dict[str, tuple[bytes, bytes]]:
        """The commitments behind each of PRODUCTS that this context has. Raises PepError."""
        sides = {"before": self.committed_before, "after": self.committed_after}
        points: dict[str, list[bytes | None]] = {
            f"s_{name}": [side[share].shuffle for share in (LEFT, CARRIED)] for name, side in sides.items()
        }
        points["k_after"] = [self.committed_after[share].rekey for share in (LEFT, CARRIED)]
        found = {}
        for name in PRODUCTS:
            first, second = points[name]
            if (first is None) or (second is None):
                if not (self.context.domain.is_origin and first is second):
                    raise PepError("malformed-commitment")
                continue
            found[name] = (first, second)
        return found


@dataclass(frozen=True)
class CarryFactors:
    """The factors of shares 12 and 23 (scalars of 32 bytes): s of both generations, κ of the later one."""

    s_before: tuple[bytes, bytes] = field(repr=False)
    s_after: tuple[bytes, bytes] = field(repr=False)
    k_after: tuple[bytes, bytes] = field(repr=False)


@dataclass(frozen=True)
class CarryProof:
    """The products, and all proofs, by name."""

    products: Mapping[str, bytes]
    proofs: Mapping[str, bytes]

    def to_json(self) -> dict[str, object]:
        """base64url members."""
        return {
            "producten": {name: to_base64url(point) for name, point in self.products.items()},
            "bewijzen": {name: to_base64url(proof) for name, proof in self.proofs.items()},
        }

    @classmethod
    def from_json(cls, document: Mapping[str, object]) -> CarryProof:
        """From `to_json`. Raises PepError `malformed-proof`; `verify_carry` judges it."""
        try:
            products, proofs = document["producten"], document["bewijzen"]
            if not isinstance(products, Mapping) or not isinstance(proofs, Mapping):
                raise ValueError
            return cls(
                {str(name): group().check_point(from_base64url(value)) for name, value in products.items()},
                {str(name): from_base64url(value) for name, value in proofs.items()},
            )
        except (ValueError, KeyError, PepError) as error:
            raise PepError("malformed-proof") from error


def prove_carry(carry: Carry, factors: CarryFactors) -> CarryProof:
    """The proof of a party that holds these factors. Raises PepError."""
    curve = group()
    totals: dict[str, bytes] = {}
    products: dict[str, bytes] = {}
    proofs: dict[str, bytes] = {}
    for name, parts in carry.parts().items():
        first, second = getattr(factors, name)
        totals[name] = curve.scalar_mul(first, second)
        products[name] = curve.mul_base(totals[name])
        proofs[name] = prove_same(first, product_pairs(parts, products[name]), carry.label(name))
    if "s_before" in totals:
        a = curve.scalar_mul(totals["s_before"], curve.scalar_invert(totals["s_after"]))
        proofs["s"] = prove_same(a, _s_pairs(carry, products), carry.label("s"))
    proofs["k"] = prove_same(totals["k_after"], _k_pairs(carry, products), carry.label("k"))
    return CarryProof(products, proofs)


def verify_carry(carry: Carry, proof: CarryProof) -> None:
    """Raises PepError `proof-invalid` unless both generations give the same S, and the later one pk."""
    parts = carry.parts()
    if proof.products.keys() != parts.keys():
        raise PepError("proof-invalid")
    checks = {name: product_pairs(points, proof.products[name]) for name, points in parts.items()}
    if "s_before" in parts:
        checks["s"] = _s_pairs(carry, proof.products)
    checks["k"] = _k_pairs(carry, proof.products)
    for name, pairs in checks.items():
        if not verify_same(proof.proofs.get(name, b""), pairs, carry.label(name)):
            raise PepError("proof-invalid")


def _s_pairs(carry: Carry, products: Mapping[str, bytes]) -> list[Pair]:
    before, after = carry.committed_before[OTHER].shuffle, carry.committed_after[OTHER].shuffle
    if before is None or after is None:
        raise PepError("malformed-commitment")
    return [(before, after), (products["s_after"], products["s_before"])]


def _k_pairs(carry: Carry, products: Mapping[str, bytes]) -> list[Pair]:
    return [(BASE, products["k_after"]), (carry.committed_after[OTHER].rekey, carry.public)]
