"""Proof that a party's hop in one direction uses the factors it is committed to. Once per direction.

For each share t the holders publish s_t(d)G and k_t(c)G (`Commitment`). A party that applies two
shares first shows the commitments to their products; then, with s = s(d_B)/s(d_A), k = k(c_B)/k(c_A):

    products   (G → s_a(d)G, s_b(d)G → s_ab(d)G), the same for k              at most four proofs
    s          (G → S, s(d_A)G → s(d_B)G)                                     one exponent s
    k          (k(c_A)G → k(c_B)G, U → S, Y_in → Y')                          one exponent k = s/u

The origin domain has factor 1: its commitment is G itself. With this, `keys.kernel.pep.proof` says of a
batch that it went from the registered domain to the registered domain, and nowhere else.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from keys.kernel.pep.encoding import from_base64url, length_prefixed, to_base64url
from keys.kernel.pep.errors import PepError
from keys.kernel.pep.group import group
from keys.kernel.pep.names import Context
from keys.kernel.pep.proof import BASE, Pair, prove_same, verify_same

NAMES = ("s_from", "s_to", "k_from", "k_to")


@dataclass(frozen=True)
class Commitment:
    """What a holder commits to for one share and context; `shuffle` is None for the origin domain."""

    shuffle: bytes | None  # s_t(d) G, 32 bytes
    rekey: bytes  # k_t(c) G, 32 bytes

    def to_json(self) -> dict[str, str | None]:
        """base64url members `s` and `k`."""
        return {
            "s": None if self.shuffle is None else to_base64url(self.shuffle),
            "k": to_base64url(self.rekey),
        }

    @classmethod
    def from_json(cls, document: object) -> Commitment:
        """From `to_json`. Raises PepError `malformed-commitment`."""
        try:
            if not isinstance(document, Mapping):
                raise ValueError
            shuffle = document.get("s")
            points = [None if shuffle is None else from_base64url(shuffle), from_base64url(document.get("k"))]
            for point in points:
                if point is not None:
                    group().check_point(point)
        except (ValueError, PepError) as error:
            raise PepError("malformed-commitment") from error
        assert points[1] is not None  # noqa: S101 - from_base64url gave bytes
        return cls(points[0], points[1])


@dataclass(frozen=True)
class ShareFactors:
    """The factors of one share in one direction: scalars of 32 bytes."""

    s_from: bytes = field(repr=False)
    s_to: bytes = field(repr=False)
    k_from: bytes = field(repr=False)
    k_to: bytes = field(repr=False)


@dataclass(frozen=True)
class Direction:
    """Which way, with which shares, between which keys, under which commitments (by share)."""

    van: Context
    naar: Context
    shares: tuple[str, ...]
    key_in: bytes
    key_out: bytes
    committed_from: Mapping[str, Commitment]
    committed_to: Mapping[str, Commitment]

    def parts(self) -> dict[str, tuple[bytes | None, ...]]:
        """The share commitments behind each of NAMES, in the order of `shares`. Raises PepError."""
        try:
            van = [self.committed_from[share] for share in self.shares]
            naar = [self.committed_to[share] for share in self.shares]
        except KeyError as error:
            raise PepError("malformed-commitment") from error
        parts = {
            "s_from": tuple(one.shuffle for one in van),
            "s_to": tuple(one.shuffle for one in naar),
            "k_from": tuple(one.rekey for one in van),
            "k_to": tuple(one.rekey for one in naar),
        }
        origin = {
            "s_from": self.van.domain.is_origin,
            "s_to": self.naar.domain.is_origin,
            "k_from": False,
            "k_to": False,
        }
        if not self.shares or any((None in parts[name]) != origin[name] for name in NAMES):
            raise PepError("malformed-commitment")
        return parts

    def label(self, name: str) -> bytes:
        """What the proof of this name is bound to."""
        where = (str(self.van), str(self.naar), "+".join(self.shares), name)
        return length_prefixed(b"direction", *(part.encode() for part in where))


@dataclass(frozen=True)
class DirectionProof:
    """S, U, the commitments to products (where two shares are applied) and all proofs, by name."""

    s_point: bytes
    u_point: bytes
    products: Mapping[str, bytes]
    proofs: Mapping[str, bytes]

    def to_json(self) -> dict[str, object]:
        """base64url members."""
        return {
            "S": to_base64url(self.s_point),
            "U": to_base64url(self.u_point),
            "producten": {name: to_base64url(point) for name, point in self.products.items()},
            "bewijzen": {name: to_base64url(proof) for name, proof in self.proofs.items()},
        }

    @classmethod
    def from_json(cls, document: object) -> DirectionProof:
        """From `to_json`. Raises PepError `malformed-proof`; `verify_direction` judges it."""
        try:
            if not isinstance(document, Mapping):
                raise ValueError
            products, proofs = document["producten"], document["bewijzen"]
            return cls(
                group().check_point(from_base64url(document["S"])),
                group().check_point(from_base64url(document["U"])),
                {str(name): group().check_point(from_base64url(value)) for name, value in products.items()},
                {str(name): from_base64url(value) for name, value in proofs.items()},
            )
        except (ValueError, KeyError, AttributeError, PepError) as error:
            raise PepError("malformed-proof") from error


def prove_direction(direction: Direction, factors: Mapping[str, ShareFactors]) -> DirectionProof:
    """The proof of a party that holds these factors (one entry for each share that it applies)."""
    curve = group()
    total: dict[str, bytes] = {}
    products: dict[str, bytes] = {}
    proofs: dict[str, bytes] = {}
    for name, parts in direction.parts().items():
        scalars = [getattr(factors[share], name) for share in direction.shares]
        total[name] = scalars[0]
        for scalar in scalars[1:]:
            total[name] = curve.scalar_mul(total[name], scalar)
        if len(parts) == 2 and parts[0] is not None:
            products[name] = curve.mul_base(total[name])
            pairs = product_pairs(parts, products[name])
            proofs[name] = prove_same(scalars[0], pairs, direction.label(name))
    s = curve.scalar_mul(total["s_to"], curve.scalar_invert(total["s_from"]))
    k = curve.scalar_mul(total["k_to"], curve.scalar_invert(total["k_from"]))
    u = curve.scalar_mul(s, curve.scalar_invert(k))
    made = DirectionProof(curve.mul_base(s), curve.mul_base(u), products, proofs)
    points = _points(direction, made)
    proofs["s"] = prove_same(s, _s_pairs(points, made), direction.label("s"))
    proofs["k"] = prove_same(k, _k_pairs(points, made, direction), direction.label("k"))
    return made


def verify_direction(direction: Direction, proof: DirectionProof) -> None:
    """Raises PepError `proof-invalid` unless S and U belong to the committed factors of this direction."""
    parts = direction.parts()
    for name, points in parts.items():
        if len(points) > 2:
            raise PepError("proof-invalid")
        if len(points) == 2 and points[0] is not None:
            given, product = proof.proofs.get(name, b""), proof.products.get(name)
            if product is None or not verify_same(
                given, product_pairs(points, product), direction.label(name)
            ):
                raise PepError("proof-invalid")
    totals = _points(direction, proof)
    checks = {"s": _s_pairs(totals, proof), "k": _k_pairs(totals, proof, direction)}
    for name, pairs in checks.items():
        if not verify_same(proof.proofs.get(name, b""), pairs, direction.label(name)):
            raise PepError("proof-invalid")


def product_pairs(parts: tuple[bytes | None, ...], product: bytes) -> list[Pair]:
    """With one exponent a: G → aG, bG → abG. `parts`: aG and bG, points of 32 bytes."""
    first, second = parts
    assert first is not None  # noqa: S101 - checked by the caller
    return [(BASE, first), (second, product)]


def _points(direction: Direction, proof: DirectionProof) -> dict[str, bytes | None]:
    """The committed total behind each name; None (the generator) for the origin domain."""
    return {
        name: proof.products[name] if len(parts) == 2 and parts[0] is not None else parts[0]
        for name, parts in direction.parts().items()
    }


def _s_pairs(points: Mapping[str, bytes | None], proof: DirectionProof) -> list[Pair]:
    target = points["s_to"]
    if target is None:  # nothing leads to the origin
        raise PepError("proof-invalid")
    return [(BASE, proof.s_point), (points["s_from"], target)]


def _k_pairs(points: Mapping[str, bytes | None], proof: DirectionProof, direction: Direction) -> list[Pair]:
    target = points["k_to"]
    if target is None:
        raise PepError("proof-invalid")
    return [(points["k_from"], target), (proof.u_point, proof.s_point), (direction.key_in, direction.key_out)]
