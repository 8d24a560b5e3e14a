"""Polymorphic encryption and pseudonymisation: what every actor needs to keep its own pseudonyms.

Needs libsodium 1.0.18 or newer (loaded at first use), the standard library and `cryptography`.
Shares, factors and transcryption are not here: those belong to the transcryptors (`keys.pseudonyms`).
"""

from keys.kernel.pep.elgamal import (
    ActorKey,
    Ciphertext,
    OwnCiphertext,
    Pseudonym,
    decrypt,
    encrypt,
    rerandomise,
)
from keys.kernel.pep.errors import PepError
from keys.kernel.pep.group import group
from keys.kernel.pep.hashing import origin_point
from keys.kernel.pep.keyring import KeyRing
from keys.kernel.pep.names import SUB_ID_TYPE, SUITE, Context, Domain
from keys.kernel.pep.vault import Vault

__all__ = [
    "SUB_ID_TYPE",
    "SUITE",
    "ActorKey",
    "Ciphertext",
    "Context",
    "Domain",
    "KeyRing",
    "OwnCiphertext",
    "PepError",
    "Pseudonym",
    "Vault",
    "decrypt",
    "encrypt",
    "group",
    "origin_point",
    "rerandomise",
]
