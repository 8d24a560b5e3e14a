from __future__ import annotations

import pytest

from machtigen.verifier import Verifier
from tests.verifier.issuer import Issuer


@pytest.fixture
def issuer() -> Issuer:
    return Issuer()


@pytest.fixture
def verifier(issuer: Issuer) -> Verifier:
    return issuer.verifier()
