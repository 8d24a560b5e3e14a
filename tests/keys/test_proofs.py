"""Proofs of translation: what holds, and every lie that must not.

The lies of a party: a wrong factor, a swapped, dropped, doubled or injected item, two errors that cancel
out, a proof of another request or direction, a key that is not the committed one.
"""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keys.kernel.pep import Context, Domain, PepError, group
from keys.kernel.pep.direction import (
    Commitment,
    Direction,
    DirectionProof,
    ShareFactors,
    prove_direction,
    verify_direction,
)
from keys.kernel.pep.proof import BASE, HopStatement, prove_hop, prove_same, verify_hop, verify_same

OIN = "0" * 20
VAN = Context(Domain(f"oin:{OIN}:machtigen", "machtigen"), 1)
NAAR = Context(Domain(f"oin:{OIN}:register", "register"), 1)
OORSPRONG = Context(Domain(f"oin:{OIN}:identiteit", "oorsprong"), 1)
ONE = b"\x01" + bytes(31)


class World:
    """Factors of two shares in a direction, honest commitments, and a batch."""

    def __init__(self, van: Context = VAN, shares: tuple[str, ...] = ("12", "13"), count: int = 5) -> None:
        curve = group()
        origin = van.domain.is_origin
        draw = curve.random_scalar
        self.factors = {
            share: ShareFactors(ONE if origin else draw(), draw(), draw(), draw()) for share in shares
        }
        committed_from = {
            share: Commitment(None if origin else curve.mul_base(one.s_from), curve.mul_base(one.k_from))
            for share, one in self.factors.items()
        }
        committed_to = {
            share: Commitment(curve.mul_base(one.s_to), curve.mul_base(one.k_to))
            for share, one in self.factors.items()
        }
        key_in = curve.mul_base(draw())
        self.s, self.k = self._ratio("s_from", "s_to"), self._ratio("k_from", "k_to")
        self.u = curve.scalar_mul(self.s, curve.scalar_invert(self.k))
        self.direction = Direction(
            van, NAAR, shares, key_in, curve.mul(self.k, key_in), committed_from, committed_to
        )
        self.inputs = [curve.mul_base(draw()) + curve.mul_base(draw()) for _ in range(count)]
        self.rhos = [draw() for _ in range(count)]
        self.outputs = [self.work(item, rho) for item, rho in zip(self.inputs, self.rhos, strict=True)]

    def _ratio(self, start: str, end: str) -> bytes:
        curve, total = group(), ONE
        for one in self.factors.values():
            step = curve.scalar_mul(getattr(one, end), curve.scalar_invert(getattr(one, start)))
            total = curve.scalar_mul(total, step)
        return total

    def work(self, item: bytes, rho: bytes) -> bytes:
        curve = group()
        first = curve.add(curve.mul(self.u, item[:32]), curve.mul_base(rho))
        return first + curve.add(curve.mul(self.s, item[32:]), curve.mul(rho, self.direction.key_out))

    def statement(self, **changes: object) -> HopStatement:
        curve = group()
        honest = HopStatement(
            self.direction.van, self.direction.naar, self.direction.shares, "aanvraag-1",
            curve.mul_base(self.s), curve.mul_base(self.u), self.direction.key_in, self.direction.key_out,
            self.inputs, self.outputs,
        )  # fmt: skip
        return replace(honest, **changes)  # type: ignore[arg-type]  # names of its own fields

    def proof(self, **changes: object) -> bytes:
        return prove_hop(self.statement(**changes), self.s, self.u, self.rhos)


@pytest.fixture(scope="module")
def world() -> World:
    return World()


@pytest.mark.parametrize("count", [1, 2, 16])
def test_an_honest_hop_holds(count: int) -> None:
    one = World(count=count)
    assert verify_hop(one.proof(), one.statement())


def test_two_proofs_of_one_hop_differ_and_both_hold(world: World) -> None:
    first, second = world.proof(), world.proof()
    assert first != second
    assert verify_hop(first, world.statement())
    assert verify_hop(second, world.statement())


def lies(world: World) -> dict[str, list[bytes]]:
    """Outputs of a lying party, by kind of lie; each is what its own proof would be made over."""
    curve, honest = group(), world.outputs
    other = curve.mul_base(curve.random_scalar())
    up = honest[0][:32] + curve.add(honest[0][32:], other)
    down = honest[1][:32] + curve.subtract(honest[1][32:], other)
    captured = curve.mul_base(curve.random_scalar()) + curve.mul_base(curve.random_scalar())
    wrong_key = curve.mul(curve.random_scalar(), world.inputs[0][:32]) + honest[0][32:]
    return {
        "swapped": [honest[1], honest[0], *honest[2:]],
        "doubled": [honest[0], honest[0], *honest[2:]],
        "injected": [captured, *honest[1:]],
        "wrong k on one item": [wrong_key, *honest[1:]],
        "two errors that cancel out": [up, down, *honest[2:]],
        "not touched": [world.inputs[0], *honest[1:]],
    }


@pytest.mark.parametrize("kind", sorted(lies(World())))
def test_a_lie_about_an_item_is_caught(world: World, kind: str) -> None:
    outputs = lies(world)[kind]
    assert not verify_hop(world.proof(outputs=outputs), world.statement(outputs=outputs))
    assert not verify_hop(world.proof(), world.statement(outputs=outputs))


def test_a_dropped_item_is_caught(world: World) -> None:
    assert not verify_hop(world.proof(), world.statement(outputs=world.outputs[:-1]))
    assert not verify_hop(
        world.proof(), world.statement(inputs=world.inputs[:-1], outputs=world.outputs[:-1])
    )


@pytest.mark.parametrize(
    "changes",
    [
        {"request_id": "aanvraag-2"}, {"van": NAAR}, {"naar": Context(NAAR.domain, 2)}, {"shares": ("23",)},
        {"key_in": "other"}, {"key_out": "other"}, {"s_point": "other"}, {"u_point": "other"},
    ],
    ids=lambda changes: next(iter(changes)),
)  # fmt: skip
def test_a_proof_fits_no_other_statement(world: World, changes: dict[str, object]) -> None:
    other = group().mul_base(group().random_scalar())
    changed = {name: other if value == "other" else value for name, value in changes.items()}
    assert not verify_hop(world.proof(), world.statement(**changed))


@settings(max_examples=40, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_as_a_proof_are_refused_and_never_an_error(data: bytes) -> None:
    one = World(count=1)
    assert not verify_hop(data, one.statement())
    assert not verify_same(data, [(BASE, one.inputs[0][:32])], b"")


@pytest.mark.parametrize("at", range(128))
def test_a_proof_with_one_changed_byte_is_refused(world: World, at: int) -> None:
    proof = world.proof()
    assert not verify_hop(proof[:at] + bytes([proof[at] ^ 1]) + proof[at + 1 :], world.statement())


def test_malformed_items_are_refused_and_never_an_error(world: World) -> None:
    for item in (bytes(64), b"\xff" * 64, b"short", world.outputs[0][:32] + bytes(32)):
        assert not verify_hop(world.proof(), world.statement(outputs=[item, *world.outputs[1:]]))
    assert not verify_hop(world.proof(), world.statement(inputs=[], outputs=[]))


def test_one_exponent_for_all_pairs_or_no_proof() -> None:
    curve = group()
    x, other = curve.random_scalar(), curve.random_scalar()
    point = curve.mul_base(curve.random_scalar())
    pairs = [(BASE, curve.mul_base(x)), (point, curve.mul(x, point))]
    proof = prove_same(x, pairs, b"here")
    assert verify_same(proof, pairs, b"here")
    assert not verify_same(proof, pairs, b"there")
    assert not verify_same(proof, list(reversed(pairs)), b"here")
    false = [(BASE, curve.mul_base(x)), (point, curve.mul(other, point))]
    assert not verify_same(prove_same(x, false, b"here"), false, b"here")


@pytest.mark.parametrize("van", [VAN, OORSPRONG])
@pytest.mark.parametrize("shares", [("12", "13"), ("23",)])
def test_a_direction_with_committed_factors_holds(van: Context, shares: tuple[str, ...]) -> None:
    one = World(van, shares)
    proof = prove_direction(one.direction, one.factors)
    verify_direction(one.direction, DirectionProof.from_json(proof.to_json()))
    assert (proof.s_point, proof.u_point) == (one.statement().s_point, one.statement().u_point)


@pytest.mark.parametrize("name", ["s_from", "s_to", "k_from", "k_to"])
@pytest.mark.parametrize("shares", [("12", "13"), ("23",)])
def test_another_factor_than_the_committed_one_is_caught(shares: tuple[str, ...], name: str) -> None:
    """A party that uses a wrong factor, in whatever way it fills in the rest."""
    one = World(shares=shares)
    lying = dict(one.factors)
    lying[shares[-1]] = replace(lying[shares[-1]], **{name: group().random_scalar()})
    with pytest.raises(PepError, match="proof-invalid"):
        verify_direction(one.direction, prove_direction(one.direction, lying))


def test_a_direction_proof_fits_no_other_direction_and_no_other_keys() -> None:
    one, other = World(), group().mul_base(group().random_scalar())
    proof = prove_direction(one.direction, one.factors)
    for changes in (
        {"key_in": other},
        {"key_out": other},
        {"naar": Context(NAAR.domain, 2)},
        {"shares": ("13", "12")},
    ):
        with pytest.raises(PepError):
            verify_direction(replace(one.direction, **changes), proof)  # type: ignore[arg-type]  # its own fields
    for changes in ({"s_point": other}, {"u_point": other}, {"products": {}}, {"proofs": {}}):
        with pytest.raises(PepError):
            verify_direction(one.direction, replace(proof, **changes))  # type: ignore[arg-type]  # its own fields


def test_nothing_leads_to_the_origin_and_no_commitment_is_left_out() -> None:
    one = World()
    backwards = replace(one.direction, naar=OORSPRONG)
    with pytest.raises(PepError):
        backwards.parts()
    missing = replace(one.direction, committed_to={"12": one.direction.committed_to["12"]})
    with pytest.raises(PepError, match="malformed-commitment"):
        verify_direction(missing, prove_direction(one.direction, one.factors))


@settings(max_examples=60, deadline=None)
@given(
    st.recursive(
        st.none() | st.text() | st.integers(),
        lambda inner: (
            st.dictionaries(st.sampled_from(["S", "U", "producten", "bewijzen", "s", "k"]), inner)
            | st.lists(inner)
        ),
    )
)
def test_any_document_is_a_proof_or_our_error(document: object) -> None:
    for kind in (DirectionProof, Commitment):
        with pytest.raises(PepError):
            kind.from_json(document)
