"""Rows of the kinds `pep_primitives` and `pep_distributed` (equations of libpep 0.12).

Each check recomputes every result of the row from its inputs and gives the names of the fields that
differ. Inputs are tied down too: scalars must be canonical, and every input enters some result.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from keys.kernel.pep.elgamal import check_ciphertext, decrypt_with, rerandomise_with
from keys.kernel.pep.group import POINT_BYTES, SCALAR_BYTES, group
from keys.pseudonyms.derive import ENCRYPTION, PSEUDONYM, factor, product, quotient
from keys.pseudonyms.transcrypt import rekey, reshuffle, rrsk, rsk
from keys.vectors.reading import Malformed, items, octets, octets_of, text, text_of

CIPHERTEXT_BYTES = 2 * POINT_BYTES
PRIMITIVES = frozenset({"y", "s", "k", "r", "h", "ct", "secret", "domain"}) | frozenset(
    {"Y", "M", "rsk", "rrsk", "rekey", "reshuffle", "rerand", "sM", "f3", "f1"}
)
DISTRIBUTED = frozenset({"beta", "blinded", "ps", "es", "domA", "domB", "ctxA", "ctxB", "ct"}) | frozenset(
    {"shareA", "skA", "pkA", "skB", "hops", "plainB"}
)


def check_primitives(row: dict[str, Any]) -> list[str]:
    """Names of the fields that differ. Raises Malformed or PepError when the row cannot be computed."""
    y, s, k, r = (group().check_scalar(octets(row, name, SCALAR_BYTES)) for name in ("y", "s", "k", "r"))
    ct = check_ciphertext(octets(row, "ct", CIPHERTEXT_BYTES))
    public = group().mul_base(y)
    point = group().from_hash(octets(row, "h", 64))
    secret, domain = octets(row, "secret"), text(row, "domain")
    expected = {
        "Y": public,
        "M": point,
        "rsk": rsk(ct, s, k),
        "rrsk": rrsk(ct, s, k, r, public),
        "rekey": rekey(ct, k),
        "reshuffle": reshuffle(ct, s),
        "rerand": rerandomise_with(ct, public, r),
        "sM": group().mul(s, point),
        "f3": factor(secret, PSEUDONYM, domain),
        "f1": factor(secret, ENCRYPTION, domain),
    }
    differing = [name for name, value in expected.items() if octets(row, name, len(value)) != value]
    if decrypt_with(ct, y) != point:
        differing.append("ct")
    return differing


def check_distributed(row: dict[str, Any]) -> list[str]:
    """As `check_primitives`, for a row in which several transcryptors work one after another.

    shareA[i] = k_i(ctxA) beta_i; skA = blinded ∏ shareA[i]; hop i is rsk with the ratios of party i.
    """
    betas = _scalars(row, "beta", None)
    count = len(betas)
    blinded = group().check_scalar(octets(row, "blinded", SCALAR_BYTES))
    ps = [text_of(value, "ps") for value in items(row, "ps", count)]
    es = [text_of(value, "es") for value in items(row, "es", count)]
    k_a = [factor(secret, ENCRYPTION, text(row, "ctxA")) for secret in es]
    k_b = [factor(secret, ENCRYPTION, text(row, "ctxB")) for secret in es]
    s = [
        quotient(factor(secret, PSEUDONYM, text(row, "domB")), factor(secret, PSEUDONYM, text(row, "domA")))
        for secret in ps
    ]
    sk_a, sk_b = product(blinded, *betas, *k_a), product(blinded, *betas, *k_b)
    shares = [product(k, beta) for k, beta in zip(k_a, betas, strict=True)]
    ct = check_ciphertext(octets(row, "ct", CIPHERTEXT_BYTES))
    differing = list(_differing_hops(row, ct, s, [quotient(b, a) for a, b in zip(k_a, k_b, strict=True)]))
    if _scalars(row, "shareA", count) != shares:
        differing.append("shareA")
    expected = {"skA": sk_a, "pkA": group().mul_base(sk_a), "skB": sk_b}
    differing += [name for name, value in expected.items() if octets(row, name, len(value)) != value]
    plain = octets(row, "plainB", POINT_BYTES)
    last = octets_of(row["hops"][-1], "hops", CIPHERTEXT_BYTES)
    directly = group().mul(product(*s), decrypt_with(ct, sk_a))
    if decrypt_with(last, sk_b) != plain or directly != plain:
        differing.append("plainB")
    return differing


def _differing_hops(row: dict[str, Any], ct: bytes, s: list[bytes], k: list[bytes]) -> Iterator[str]:
    given = [octets_of(value, "hops", CIPHERTEXT_BYTES) for value in items(row, "hops", len(s))]
    current = ct
    for number, hop in enumerate(given):
        current = rsk(current, s[number], k[number])
        if hop != current:
            yield f"hops[{number}]"


def _scalars(row: dict[str, Any], name: str, length: int | None) -> list[bytes]:
    values = [octets_of(value, name, SCALAR_BYTES) for value in items(row, name, length)]
    if any(not isinstance(value, bytes) for value in values):
        raise Malformed(f"{name} does not hold scalars")
    return [group().check_scalar(value) for value in values]
