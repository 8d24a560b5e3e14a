"""SDK for services: check a representation token, and open the pseudonyms in it with your own key.

Of ours it imports `keys.kernel` only; the base install of the distribution is all it needs. Opening
pseudonyms (`machtigen.verifier.pseudonyms`, needs libsodium) and the FastAPI dependency
(`machtigen.verifier.fastapi`, needs FastAPI) are imported by those who use them.
"""

from machtigen.verifier.errors import CouldNotCheck, InvalidEvidence
from machtigen.verifier.model import Partij, StatusResult, Vertegenwoordiging, Voormalig
from machtigen.verifier.policy import Policy
from machtigen.verifier.verify import Verifier

__all__ = [
    "CouldNotCheck",
    "InvalidEvidence",
    "Partij",
    "Policy",
    "StatusResult",
    "Verifier",
    "Vertegenwoordiging",
    "Voormalig",
]
