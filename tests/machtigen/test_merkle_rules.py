"""The tree over all lines: the root of RFC 6962, however it grew."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from machtigen.machtigingen.merkle import EMPTY, Boom


def root_by_the_rfc(leaves: list[bytes]) -> bytes:
    """MTH of RFC 6962 section 2.1, as written there."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return hashlib.sha256(b"\x00" + leaves[0]).digest()
    split = 1 << ((len(leaves) - 1).bit_length() - 1)
    halves = root_by_the_rfc(leaves[:split]) + root_by_the_rfc(leaves[split:])
    return hashlib.sha256(b"\x01" + halves).digest()


@given(st.lists(st.binary(max_size=4), max_size=40), st.integers(0, 40))
def test_the_root_is_that_of_the_rfc_however_the_leaves_came(leaves: list[bytes], cut: int) -> None:
    grown = Boom().plus(leaves[:cut]).plus(leaves[cut:])
    assert grown == Boom().plus(leaves)
    assert (grown.aantal, grown.wortel) == (len(leaves), root_by_the_rfc(leaves))
    assert len(grown.toppen) == len(leaves).bit_count()


def test_the_roots_of_the_known_tests_of_certificate_transparency() -> None:
    """The reference leaves of the RFC's own code base, and the published root of all eight."""
    leaves = [
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    ]
    tree = Boom().plus(bytes.fromhex(leaf) for leaf in leaves)
    assert tree.wortel.hex() == "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"
    assert Boom().wortel == EMPTY


@pytest.mark.parametrize(
    "change", [lambda all_: all_[:-1], lambda all_: all_[::-1], lambda all_: [*all_, b"x"]]
)
def test_other_leaves_have_another_root(change: object) -> None:
    leaves = [bytes([number]) for number in range(5)]
    assert Boom().plus(change(leaves)).wortel != Boom().plus(leaves).wortel  # type: ignore[operator]  # a function
