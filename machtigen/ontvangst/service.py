"""Receive life events: each once, in any order, each in one transaction.

What an event says about a fact or a power carries the event's number, and an older number never undoes a
newer one; so the end is the same whatever the order, and nothing waits for a message that was lost. A gap is
written down, told to the log, and asked for until it comes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session

from keys.kernel.database import Database
from keys.kernel.gebeurtenis.token import InvalidSet, read_event
from keys.kernel.jws import Jwks
from keys.kernel.log import Log
from keys.kernel.pep import Ciphertext, Domain, PepError, Pseudonym
from machtigen import events
from machtigen.ontvangst import rules, store
from machtigen.ontvangst.gevolgen import Gevolgen
from machtigen.ontvangst.model import Bericht
from machtigen.partijen.service import Partijen
from machtigen.sealing import Seal

ASK_PAUSE = timedelta(seconds=5)
LOOK_EVERY = timedelta(seconds=60)
MAXIMUM_ASKED = 1000


@dataclass(frozen=True)
class Afzender:
    """Afzender (sender) of events: its issuer, its keys, and how it is asked to deliver again.

    `keys(kid)`, `ask(van, tot)` and `last()`, the number up to which it believes to have delivered, raise
    PeerUnavailable.
    """

    issuer: str
    keys: Callable[[str | None], Jwks]
    ask: Callable[[int, int], None]
    last: Callable[[], int]


class Ontvangst:
    """Ontvangst (reception) of the events of identiteit. `audience`: our own address."""

    def __init__(
        self,
        *,
        database: Database,
        afzender: Afzender,
        audience: str,
        domain: Domain,
        opened: Callable[[Ciphertext], Pseudonym],
        partijen: Partijen,
        gevolgen: Gevolgen,
        seal: Seal,
        log: Log,
    ) -> None:
        self._database = database
        self._afzender = afzender
        self._audience = audience
        self._domain = domain
        self._opened = opened
        self._partijen = partijen
        self._gevolgen = gevolgen
        self._seal = seal
        self._log = log
        self._looked: datetime | None = None

    def receive(self, token: str, now: datetime) -> bool:
        """Take one token in; False when its event came before. Raises InvalidSet, PeerUnavailable."""
        bericht = self._read(token, now)
        gaps: list[int] = []

        def act(session: Session) -> bool:
            highest = store.lock_stream(session, self._afzender.issuer)
            if store.came_before(session, bericht, self._seal):
                return False
            gaps[:] = rules.missing(highest, bericht.volgnummer, MAXIMUM_ASKED)
            store.add(session, bericht, self._afzender.issuer, self._seal, now)
            store.add_missing(session, gaps, now)
            self._gevolgen.apply(session, bericht, now)
            return True

        try:
            new = self._database.write(act)
        except LookupError as error:  # its sender began to count anew
            raise InvalidSet("invalid_request", "number-used-before") from error
        self._alarm(gaps)
        self._log.emit(events.EVENT_RECEIVED, soort=bericht.soort, nieuw=new)
        return new

    def look_for_last(self, now: datetime) -> int:
        """Ask, once in a while, how far the stream has come: of what was lost last no later one tells.

        Gives how many numbers are missing by that. Raises PeerUnavailable.
        """
        if self._looked is not None and timedelta(0) <= now - self._looked < LOOK_EVERY:
            return 0
        self._looked = now
        last = self._afzender.last()

        def act(session: Session) -> list[int]:
            highest = store.lock_stream(session, self._afzender.issuer)
            gaps = rules.missing(highest, last + 1, MAXIMUM_ASKED)
            store.skip_to(session, self._afzender.issuer, last)
            store.add_missing(session, gaps, now)
            return gaps

        gaps = self._database.write(act)
        self._alarm(gaps)
        return len(gaps)

    def _alarm(self, gaps: list[int]) -> None:
        for gap in rules.stretches(gaps):
            self._log.emit(events.EVENTS_MISSING, van=gap.van, tot=gap.tot)

    def ask_again(self, now: datetime) -> int:
        """Ask for what did not come; gives how many numbers. Quick when nothing is missing."""
        if not self._database.read(lambda session: store.any_missing(session, now)):
            return 0
        numbers = self._database.write(
            lambda session: store.take_missing(session, now, ASK_PAUSE, MAXIMUM_ASKED)
        )
        for gap in rules.stretches(numbers):
            self._afzender.ask(gap.van, gap.tot)
        return len(numbers)

    def count_missing(self) -> int:
        """How many events are known to exist and have not come."""
        return self._database.read(store.count_missing)

    def settle(self, now: datetime) -> int:
        """What ends by itself at a moment that was told before; gives how many. Quick when nothing does."""
        return self._gevolgen.settle(now)

    def _read(self, token: str, now: datetime) -> Bericht:
        """Verify first, open then. A ciphertext from anywhere else never gets here."""
        event = read_event(
            token,
            issuer=self._afzender.issuer,
            audience=self._audience,
            domain=self._domain,
            keys=self._afzender.keys,
            now=now,
        )
        if event.type != f"{self._afzender.issuer}/gebeurtenis/v1":
            raise InvalidSet("invalid_request", "unknown-event")
        try:
            pseudonyms = [self._opened(subject) for subject in event.subjects]
            parties = [self._partijen.admit(pseudonym, now) for pseudonym in pseudonyms]
            soort = event.body["soort"]
            if not isinstance(soort, str) or not 0 < len(soort) <= 64:
                raise ValueError("no kind")
            return Bericht(
                event.jti, event.sequence, soort, event.toe, rules.read_changes(event.body, parties)
            )
        except (PepError, ValueError, TypeError, KeyError, IndexError) as error:
            raise InvalidSet("invalid_request", "malformed") from error
