"""The throttle on codes: wrong ones are counted, per person and in total.

A person is counted, not a session: who logs in again does not get new tries. When the total is
reached (someone guesses with many accounts), only people without a wrong code in the window may
still try: an owner of a right code is not locked out by others.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import NoReturn, TypeVar

from sqlmodel import Session

from keys.kernel.database import Database
from keys.kernel.log import Log
from machtigen.errors import CodeUnknown, TooManyAttempts
from machtigen.events import CODE_REFUSED, CODES_THROTTLED
from machtigen.machtigingen import store
from machtigen.partijen.model import PartijId

T = TypeVar("T")
WINDOW = timedelta(hours=1)
PER_PERSON = 10
IN_TOTAL = 1000


class Attempts:
    """Counts wrong codes in the database, so that a restart does not forget them."""

    def __init__(self, database: Database, log: Log | None = None) -> None:
        self._database = database
        self._log = log

    def require(self, door: PartijId, now: datetime, find: Callable[[Session], T | None]) -> T:
        """What `find` finds; a miss is counted. Raises CodeUnknown, TooManyAttempts."""

        def act(session: Session) -> T | None:
            self._check(session, door, now)
            found = find(session)
            if found is None:
                store.add_attempt(session, door, now)
            return found

        found = self._database.write(act)
        if found is None:
            self._refused()
            raise CodeUnknown
        return found

    def guard(self, door: PartijId, now: datetime, answer: Callable[[], T]) -> T:
        """Run `answer`; its CodeUnknown is counted. Raises TooManyAttempts before it when too many."""
        self._database.read(lambda session: self._check(session, door, now))
        try:
            return answer()
        except CodeUnknown:
            self._database.write(lambda session: store.add_attempt(session, door, now))
            self._refused()
            raise

    def forget(self, now: datetime) -> None:
        """Throw away what no longer counts."""
        if self._database.read(lambda session: store.any_attempt_before(session, now - WINDOW)):
            self._database.write(lambda session: store.forget_attempts(session, now - WINDOW))

    def _check(self, session: Session, door: PartijId, now: datetime) -> None:
        own = store.count_attempts(session, now - WINDOW, door)
        if own >= PER_PERSON:
            self._throttled("person")
        if own and store.count_attempts(session, now - WINDOW) >= IN_TOTAL:
            self._throttled("total")

    def _refused(self) -> None:
        if self._log is not None:
            self._log.emit(CODE_REFUSED)

    def _throttled(self, scope: str) -> NoReturn:
        if self._log is not None:
            self._log.emit(CODES_THROTTLED, scope=scope)
        raise TooManyAttempts
