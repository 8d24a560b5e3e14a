"""Show a name to who may see it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from sqlalchemy.exc import IntegrityError

from identiteit.errors import TicketRefused
from identiteit.personen.service import Personen
from identiteit.weergave import store
from identiteit.weergave.rules import LIVES_S, TYP, Malformed, read_ticket
from keys.kernel.database import Database
from keys.kernel.jws import InvalidJws, Jwks, check_audience, check_times, verify
from keys.kernel.jws.signature import read_header
from keys.kernel.pep import Ciphertext, Domain, Pseudonym

KEEP_USED = timedelta(seconds=LIVES_S * 2)


class Weergave:
    """Names by ticket. `issuer`: base address of `machtigen`, whose key signs them."""

    def __init__(
        self,
        *,
        database: Database,
        personen: Personen,
        open_display: Callable[[Ciphertext], Pseudonym],
        keys_of_issuer: Callable[[str | None], Jwks],
        issuer: str,
        audience: str,
        domain: Domain,
    ) -> None:
        self._database = database
        self._personen = personen
        self._open = open_display
        self._keys = keys_of_issuer
        self._issuer = issuer
        self._audience = audience
        self._domain = domain

    def name(self, token: str, viewer: str | None, now: datetime) -> str:
        """The name behind a ticket for the person (id) who is logged in here.

        Raises TicketRefused, whatever is wrong; PeerUnavailable when `machtigen` or `keys` is away.
        The ticket is spent by its own viewer only, so that another browser cannot use it up.
        """
        try:
            kid = read_header(token).get("kid")
            claims = verify(token, self._keys(kid if isinstance(kid, str) else None), typ=TYP)
            check_audience(claims, self._audience)
            check_times(claims, now, max_age_s=LIVES_S)
            ticket = read_ticket(claims, self._domain)
        except (InvalidJws, Malformed) as error:
            raise TicketRefused from error
        if claims.get("iss") != self._issuer or viewer is None:
            raise TicketRefused
        looking = self._personen.find_shown(self._open(ticket.kijker))
        shown = self._personen.find_shown(self._open(ticket.getoond))
        if looking is None or shown is None or looking.id != viewer:
            raise TicketRefused
        ends = datetime.fromtimestamp(claims["exp"], UTC) + KEEP_USED
        try:
            if not self._database.write(lambda session: store.use(session, ticket.jti, ends)):
                raise TicketRefused
        except IntegrityError as error:
            raise TicketRefused from error
        return shown.gegevens.naam

    def sweep(self, now: datetime) -> None:
        """Forget used tickets that have expired."""
        self._database.write(lambda session: store.sweep(session, now))
