"""Rows about the curve on one core: X25519 of OpenSSL, rsk, a hop, proofs, and libpep in Node."""

from __future__ import annotations

from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from benching.libpep import Libpep, LibpepMissing
from benching.measuring import Case, Row, Size, interleave
from keys.kernel.pep import Context, Domain, group
from keys.kernel.pep.knowledge import MadeFor, first_not_made, prove_made
from keys.kernel.pep.proof import HopStatement, prove_hop, verify_hop
from keys.pseudonyms.pool import Pool, make_pair
from keys.pseudonyms.transcrypt import hop, hop_with, rsk_with

PROOF_ITEMS = 16
CONTEXT = Context(Domain(f"oin:{'0' * 20}:meting", "meting"), 1)


@dataclass(frozen=True)
class Material:
    """Factors, keys and items to work on; random, of no register."""

    s: bytes
    u: bytes
    public: bytes
    items: list[bytes]

    @classmethod
    def draw(cls, count: int = 64) -> Material:
        """Fresh ones."""
        curve = group()
        draw = curve.random_scalar
        items = [curve.mul_base(draw()) + curve.mul_base(draw()) for _ in range(count)]
        return cls(draw(), draw(), curve.mul_base(draw()), items)

    def each(self, act: object) -> Case:
        """A case that does `act` to every item."""
        items = self.items

        def run() -> None:
            for item in items:
                act(item)  # type: ignore[operator]

        return Case(run, len(items))


def rows(size: Size) -> list[Row]:
    """All rows that one core can give."""
    material = Material.draw(4 if size.batch < 100 else 64)
    cases = {**_x25519(material), **_hops(material), **_proofs(material)}
    try:
        with Libpep(material.items[0], material.s, material.u, material.public) as libpep:
            both = {f"libpep-{name}": libpep.case(name) for name in ("rsk", "rrsk")}
            seconds, why = interleave({**cases, **both}, size), ""
    except LibpepMissing as missing:
        seconds, why = interleave(cases, size), str(missing)
    return _rows(seconds, why)


def _rows(seconds: dict[str, float], why: str) -> list[Row]:
    base, rsk, full, pooled = (seconds[name] for name in ("x25519", "rsk", "hop", "hop-pooled"))
    per_s = {f"{name}_per_s": round(1 / value, 1) for name, value in seconds.items()}

    def figures(*names: str) -> dict[str, float]:
        return {f"{name}_per_s": per_s[f"{name}_per_s"] for name in names}

    libpep, measured = None, {}
    if not why:
        libpep = seconds["libpep-rrsk"] / full
        measured = figures("libpep-rrsk", "libpep-rsk", "hop", "rsk")
        measured["rsk-ratio"] = round(seconds["libpep-rsk"] / rsk, 3)
    return [
        Row("rsk", "rsk, one core, against X25519", 0.32, base / rsk, figures=figures("x25519", "rsk")),
        Row("transcryption", "full transcryption against X25519", 0.165, base / full,
            figures=figures("x25519", "hop")),
        Row("transcryption-pooled", "the same with pooled zero-encryptions (online part)", 0.24,
            base / pooled, figures=figures("x25519", "hop-pooled", "pair")),
        Row("libpep-wasm", "full transcryption against libpep-wasm in Node", 2.3, libpep, why=why,
            figures=measured),
        Row("proof-prove", f"proof of a batch of {PROOF_ITEMS}, an item, in rsk: prove", 1.8,
            seconds["prove"] / rsk, at_most=True, figures=figures("prove", "made-prove", "rsk")),
        Row("proof-verify", f"proof of a batch of {PROOF_ITEMS}, an item, in rsk: verify", 3.5,
            seconds["verify"] / rsk, at_most=True, figures=figures("verify", "made-verify", "rsk")),
    ]  # fmt: skip


def _x25519(material: Material) -> dict[str, Case]:
    own, other = X25519PrivateKey.generate(), X25519PrivateKey.generate().public_key()
    return {"x25519": material.each(lambda _item: own.exchange(other))}


def _hops(material: Material) -> dict[str, Case]:
    s, u, public = material.s, material.u, material.public
    count = len(material.items)
    pool = Pool(count)

    def refill() -> None:
        pool.take(public, count)  # empty, so that all of it is made anew
        pool.fill(count)

    stock = [make_pair(public) for _ in material.items]

    def online() -> None:
        for item, pair in zip(material.items, stock, strict=True):
            hop_with(item, s, u, pair)

    return {
        "rsk": material.each(lambda item: rsk_with(item, s, u)),
        "hop": material.each(lambda item: hop(item, s, u, public)),
        "hop-pooled": Case(online, count),
        "pair": Case(refill, count),
    }


def _proofs(material: Material) -> dict[str, Case]:
    curve = group()
    inputs = (material.items * PROOF_ITEMS)[:PROOF_ITEMS]
    s, u, public = material.s, material.u, material.public
    rhos = [curve.random_scalar() for _ in inputs]
    outputs = [hop(item, s, u, public, rho) for item, rho in zip(inputs, rhos, strict=True)]
    statement = HopStatement(
        CONTEXT, CONTEXT, ("12", "13"), "x" * 32, curve.mul_base(s), curve.mul_base(u), public, public,
        inputs, outputs,
    )  # fmt: skip
    proof = prove_hop(statement, s, u, rhos)
    made = [curve.mul_base(rho) + item[32:] for rho, item in zip(rhos, inputs, strict=True)]
    made_for = MadeFor(CONTEXT, CONTEXT, "meting", "x" * 32, public)
    known = prove_made(made, rhos, made_for)
    if not verify_hop(proof, statement) or first_not_made(made, known, made_for) is not None:
        raise RuntimeError("a proof that was just made does not hold: nothing is measured")
    return {
        "prove": Case(lambda: prove_hop(statement, s, u, rhos), PROOF_ITEMS),
        "verify": Case(lambda: verify_hop(proof, statement), PROOF_ITEMS),
        "made-prove": Case(lambda: prove_made(made, rhos, made_for), PROOF_ITEMS),
        "made-verify": Case(lambda: first_not_made(made, known, made_for), PROOF_ITEMS),
    }
