"""BSNs: the 11-test, and a value that does not show itself."""

from __future__ import annotations

import itertools
import pickle

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from identiteit.personen.model import WEIGHTS, Bsn
from tests.identiteit.people import NOOR, POSTED, gegevens, numbers

GOOD = "123456782"


@pytest.mark.parametrize("number", [GOOD, "111222333", *itertools.islice(numbers(), 5)])
def test_a_number_that_passes_the_11_test_is_a_bsn(number: str) -> None:
    assert Bsn(number).value == number


@pytest.mark.parametrize(
    "number",
    [
        "",
        "000000000",
        "123456789",
        "12345678",
        "1234567820",
        " 123456782",
        "123456782\n",
        "12345678२",
        "１２３４５６７８２",
        "-23456782",
        "12345678x",
        "1234.6782",
    ],
)
def test_anything_else_is_refused_without_being_repeated(number: str) -> None:
    with pytest.raises(ValueError, match="BSN") as refused:
        Bsn(number)
    assert number == "" or number not in str(refused.value)


@given(st.integers(0, 99_999_999), st.integers(0, 8), st.integers(1, 9))
def test_one_wrong_digit_is_always_noticed(start: int, place: int, shift: int) -> None:
    first = f"{start:08}"
    last = sum(weight * int(digit) for weight, digit in zip(WEIGHTS, first, strict=False)) % 11
    assume(last < 10 and start > 0)
    number = f"{first}{last}"
    assert Bsn(number).value == number
    wrong = number[:place] + str((int(number[place]) + shift) % 10) + number[place + 1 :]
    with pytest.raises(ValueError, match="11-test"):
        Bsn(wrong)


@pytest.mark.parametrize("show", [repr, str, "{}".format, "{!r}".format, "%s".__mod__, "%r".__mod__, format])
def test_a_bsn_does_not_show_itself(show: object) -> None:
    text = show(Bsn(GOOD))  # type: ignore[operator]  # a way of showing
    assert not any(digit in text for digit in "123456789")


def test_nor_do_the_data_of_a_person_in_any_text() -> None:
    data = gegevens(POSTED[NOOR])
    body = POSTED[NOOR]
    shown = f"{data} {data!r} {[data]} {data.adres}"
    for secret in (
        body["bsn"],
        body["voornaam"],
        body["achternaam"],
        "2006",
        body["adres"]["straat"],
        "8413",
    ):
        assert secret not in shown


def test_its_owner_sees_three_digits() -> None:
    assert Bsn(GOOD).masked == "••••••782"


def test_a_bsn_is_a_value() -> None:
    assert Bsn(GOOD) == Bsn(GOOD)
    assert pickle.loads(pickle.dumps(Bsn(GOOD))) == Bsn(GOOD)  # noqa: S301 - our own bytes
