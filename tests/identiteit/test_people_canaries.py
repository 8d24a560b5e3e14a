"""The search for canaries catches what it must."""

from __future__ import annotations

import base64
import hashlib

import pytest

from tests.identiteit.people import NOOR, POSTED, found_in

BSN = POSTED[NOOR]["bsn"]


@pytest.mark.parametrize(
    "text",
    [
        f"x{BSN}y",
        BSN.encode().hex(),
        *(base64.urlsafe_b64encode(b"{" * before + BSN.encode() + b"}").decode() for before in range(4)),
        hashlib.sha256(BSN.encode()).hexdigest(),
        base64.b64encode(hashlib.sha512(BSN.encode()).digest()).decode(),
    ],
)
def test_a_number_is_found_plain_encoded_and_hashed(text: str) -> None:
    assert found_in(text) == {BSN}


def test_other_text_is_left_alone() -> None:
    assert found_in("Noor woont in Groningen, 123456782, 2006-02-18") == set()
