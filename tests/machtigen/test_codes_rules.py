"""Codes: their strength, their check sign, what people mistype."""

from __future__ import annotations

import math

from hypothesis import given
from hypothesis import strategies as st

from machtigen.machtigingen import codes

KEY = b"k" * 32


def test_a_code_holds_at_least_fifty_random_bits() -> None:
    assert codes.RANDOM_SIGNS * math.log2(len(codes.ALPHABET)) >= 50


def test_codes_differ() -> None:
    assert len({codes.new_code() for _ in range(500)}) == 500


def test_what_is_shown_can_be_typed_back() -> None:
    code = codes.new_code()
    for typed in (
        codes.show(code),
        codes.show(code).lower(),
        f"  {code} ",
        codes.show(code).replace("-", " "),
    ):
        assert codes.read(typed) == code


def test_signs_that_people_misread_are_read_as_meant() -> None:
    body = "LZSBLZSBLZS"
    code = body + codes._check_sign(body)
    assert codes.read(code.replace("L", "1").replace("Z", "2").replace("S", "5").replace("B", "8")) == code


@given(st.integers(0, 11), st.sampled_from(codes.ALPHABET))
def test_one_wrong_sign_is_noticed(place: int, sign: str) -> None:
    code = codes.new_code()
    wrong = code[:place] + sign + code[place + 1 :]
    assert (codes.read(wrong) is None) == (wrong != code)


@given(st.integers(0, 9))
def test_two_swapped_signs_are_noticed(place: int) -> None:
    code = codes.new_code()
    swapped = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
    assert (codes.read(swapped) is None) == (swapped != code)


@given(st.text(max_size=80))
def test_any_text_is_a_code_or_nothing(text: str) -> None:
    read = codes.read(text)
    assert read is None or len(read) == 12


def test_the_stored_form_depends_on_code_and_key() -> None:
    code = codes.new_code()
    assert len(codes.digest(code, KEY)) == 32
    assert codes.digest(code, KEY) != codes.digest(code, b"x" * 32)
    assert code.encode() not in codes.digest(code, KEY)
