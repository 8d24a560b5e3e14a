"""Check a ticket of `identiteit`: the one thing for which a register opens a ciphertext of a person.

    JWS, typ aanmeldticket+jwt or inzageticket+jwt, signed by identiteit
    claims: iss, aud = domain of the register, gebruik, jti, iat, exp <= iat + 300 s, alt_sub [one entry]

The recipe (`pseudonyms` design, step 7 "opening"):
1. compact JWS of the right `typ`, by an algorithm of the allow-list, under a key of the issuer;
2. `iss` is the issuer we were told;
3. `aud` is the domain of this register, exactly (while it is renumbered, in either version);
4. not expired, not from the future, lives at most five minutes;
5. `gebruik` is the use for which it is presented;
6. `jti` is there; it must be spent, once, in the transaction that the ticket is used for (THE CALLER MUST);
7. `alt_sub` holds exactly one entry, for that very domain.
A ciphertext from anywhere else, an `alt_sub` of a representation token for one, never gets here.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from keys.kernel.jws import InvalidJws, Jwks, check_audience, check_times, verify
from keys.kernel.jws.signature import read_header
from keys.kernel.pep import Domain

AANMELDING = "aanmelding"
INZAGE = "inzage"
TYPES = {AANMELDING: "aanmeldticket+jwt", INZAGE: "inzageticket+jwt"}
MAXIMUM_LIFE_S = 300
JTI_LENGTHS = range(16, 129)


class InvalidTicket(Exception):
    """A ticket is refused. `code` is for the log; outside there is one answer."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Ticket:
    """A ticket that held. `entry` is the ciphertext as an `alt_sub` entry, not opened yet."""

    jti: str = field(repr=False)
    verloopt_op: datetime
    entry: Any = field(repr=False)
    claims: dict[str, Any] = field(repr=False)


class TicketVerifier:
    """Checks tickets of one issuer. `keys_of(kid)` raises PeerUnavailable when they cannot be had."""

    def __init__(self, issuer: str, keys_of: Callable[[str | None], Jwks]) -> None:
        self._issuer = issuer
        self._keys_of = keys_of

    def verify(self, token: str, gebruik: str, domeinen: Collection[Domain], now: datetime) -> Ticket:
        """The ticket, when it was made for this use of this register, in a version of its domain that it
        answers for. Raises InvalidTicket."""
        try:
            kid = read_header(token).get("kid")
            keys = self._keys_of(kid if isinstance(kid, str) else None)
            claims = verify(token, keys, typ=TYPES[gebruik])  # 1
            if claims.get("iss") != self._issuer:  # 2
                raise InvalidTicket("wrong-issuer")
            if not isinstance(claims.get("aud"), str):
                raise InvalidTicket("wrong-audience")
            check_audience(claims, [str(domein) for domein in domeinen])  # 3
            check_times(claims, now, max_age_s=MAXIMUM_LIFE_S)  # 4
        except InvalidJws as error:
            raise InvalidTicket(error.code) from error
        if claims.get("gebruik") != gebruik:  # 5
            raise InvalidTicket("wrong-use")
        jti = claims.get("jti")
        if not isinstance(jti, str) or len(jti) not in JTI_LENGTHS:  # 6
            raise InvalidTicket("no-jti")
        return Ticket(jti, datetime.fromtimestamp(claims["exp"], UTC), _entry(claims), claims)


def _entry(claims: dict[str, Any]) -> Any:
    entries = claims.get("alt_sub")  # 7
    if not isinstance(entries, list) or len(entries) != 1 or not isinstance(entries[0], dict):
        raise InvalidTicket("no-pseudonym")
    if entries[0].get("aud") != claims["aud"]:
        raise InvalidTicket("pseudonym-of-another")
    return entries[0]
