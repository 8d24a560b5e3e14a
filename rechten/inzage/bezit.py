"""Proof of possession of the key that an inspection ticket names (as DPoP, RFC 9449, with our own typ).

    JWS, typ inzagebewijs+jwt, signed with the key in the ticket's cnf.jwk
    claims: htm = POST, htu = address of the register's interface, iat, exp <= iat + 60 s, jti,
            ath = base64url(SHA-256(ticket))

Gives: a ticket that leaks from a log or a screen is of no use to whoever has no key. The key is made
fresh for each register and each view, so that it links nothing.
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Any

from keys.kernel.jws import InvalidJws, Jwks, SigningKey, check_times, sign, timestamp, verify
from keys.kernel.jws.keyset import UnusableKey
from keys.kernel.pep.encoding import to_base64url
from rechten.registers.tickets import InvalidTicket

TYP = "inzagebewijs+jwt"
LIFETIME = timedelta(seconds=60)


def prove(ticket: str, key: SigningKey, url: str, now: datetime) -> str:
    """A proof for one request to `url` with this ticket."""
    claims = {
        "htm": "POST",
        "htu": url,
        "iat": timestamp(now),
        "exp": timestamp(now + LIFETIME),
        "jti": secrets.token_urlsafe(18),
        "ath": _digest(ticket),
    }
    return sign(claims, key, typ=TYP)


def check_proof(proof: str, ticket: str, ticket_claims: dict[str, Any], url: str, now: datetime) -> None:
    """The proof was made with the ticket's key, for this ticket, this address, now. Raises InvalidTicket.

    The proof needs no replay list of its own: it counts only with its ticket, which is spent once.
    """
    confirmation = ticket_claims.get("cnf")
    key = confirmation.get("jwk") if isinstance(confirmation, dict) else None
    if not isinstance(key, dict):
        raise InvalidTicket("no-holder-key")
    try:
        keys = Jwks.parse({"keys": [key]})
        if len(keys.as_dict()["keys"]) != 1:
            raise InvalidTicket("no-holder-key")
        claims = verify(proof, keys, typ=TYP)
        check_times(claims, now, max_age_s=int(LIFETIME.total_seconds()))
    except (InvalidJws, UnusableKey) as error:
        raise InvalidTicket("wrong-proof") from error
    expected = {"htm": "POST", "htu": url, "ath": _digest(ticket)}
    if any(claims.get(name) != value for name, value in expected.items()):
        raise InvalidTicket("proof-of-another")


def _digest(ticket: str) -> str:
    return to_base64url(hashlib.sha256(ticket.encode("utf-8", "replace")).digest())
