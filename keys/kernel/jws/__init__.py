"""Signed statements: JSON Web Signatures in compact form (RFC 7515) with one algorithm allow-list.

The algorithm is never taken from the token: the header's `alg` must stand in the allow-list *and*
fit the key that `kid` names (RFC 8725 sections 3.1 and 3.2). `none`, HMAC and RS256 are not in it.
"""

from keys.kernel.jws.claims import check_audience, check_times, timestamp
from keys.kernel.jws.keyset import Jwks, SigningKey, load_or_generate
from keys.kernel.jws.remote import PeerUnavailable, RemoteJwks
from keys.kernel.jws.signature import ALGORITHMS, InvalidJws, sign, verify

__all__ = [
    "ALGORITHMS",
    "InvalidJws",
    "Jwks",
    "PeerUnavailable",
    "RemoteJwks",
    "SigningKey",
    "check_audience",
    "check_times",
    "load_or_generate",
    "sign",
    "timestamp",
    "verify",
]
