"""Opens tickets of `identiteit`: who stands at the desk, as a party of ours and nothing more.

A ciphertext is opened only from a signed ticket that binds it to us, to this use, to the clerk's own
session and to a few minutes; a ticket counts once. Whatever is wrong with one is answered alike.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy.exc import IntegrityError

from keys.kernel.jws import InvalidJws, Jwks, check_audience, check_times, verify
from keys.kernel.jws.signature import read_header
from keys.kernel.pep import Ciphertext, PepError, Pseudonym
from machtigen.balie.errors import DeskTicketRefused
from machtigen.balie.model import Geopend
from machtigen.partijen.service import Partijen

TYP = "balieticket+jwt"
AT_DESK, CLERK = "balie", "medewerker"
LIVES_S = 900
KEPT_AFTER = timedelta(minutes=1)  # a clock that runs a little behind must not use it again


@contextmanager
def once_only() -> Iterator[None]:
    """A ticket that was used twice at the same moment: the other was first. Raises DeskTicketRefused."""
    try:
        yield
    except IntegrityError as error:
        raise DeskTicketRefused from error


class Balietickets:
    """Reads tickets. `issuer` is `identiteit`, `audience` our own address, `domain` ours at `keys`."""

    def __init__(
        self,
        *,
        keys_of_issuer: Callable[[str | None], Jwks],
        issuer: str,
        audience: str,
        domain: str,
        open_ciphertext: Callable[[Ciphertext], Pseudonym],
        partijen: Partijen,
    ) -> None:
        self._keys = keys_of_issuer
        self._issuer = issuer
        self._audience = audience
        self._domain = domain
        self._open = open_ciphertext
        self._partijen = partijen

    def open(self, token: str, use: str, sid: str | None, now: datetime) -> Geopend:
        """Who the ticket is about. `sid`: the clerk's session, which the ticket must name.

        Raises DeskTicketRefused; PeerUnavailable while the keys of `identiteit` cannot be had.
        """
        try:
            kid = read_header(token).get("kid")
            claims = verify(token, self._keys(kid if isinstance(kid, str) else None), typ=TYP)
            check_audience(claims, self._audience)
            check_times(claims, now, max_age_s=LIVES_S)
            if claims.get("iss") != self._issuer or claims.get("gebruik") != use or claims.get("sid") != sid:
                raise DeskTicketRefused
            return self._opened(claims, now)
        except (InvalidJws, PepError) as error:
            raise DeskTicketRefused from error

    def _opened(self, claims: Mapping[str, Any], now: datetime) -> Geopend:
        jti, loket, entries = (claims.get(name) for name in ("jti", "loket", "alt_sub"))
        if not isinstance(jti, str) or not 16 <= len(jti) <= 128 or not isinstance(loket, str):
            raise DeskTicketRefused
        if not isinstance(entries, list) or len(entries) != 1:
            raise DeskTicketRefused
        ciphertext = Ciphertext.from_alt_sub(entries[0])
        if str(ciphertext.domain) != self._domain:
            raise DeskTicketRefused
        partij = self._partijen.admit(self._open(ciphertext), now)
        until = datetime.fromtimestamp(claims["exp"], UTC) + KEPT_AFTER
        return Geopend(partij, jti, until, loket)
