"""What time does by itself: the end of a period, of what nobody uses, and the reminders before it."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session

from machtigen.machtigingen import rules
from machtigen.machtigingen.inzicht import SYSTEM
from machtigen.machtigingen.model import ENDED, Gebeurtenis, Regel
from machtigen.machtigingen.vastleggen import Vastleggen

UNUSED_YEARS = 2
REMINDERS = (30, 7)  # days before the end
BATCH = 200


class Tijd(Vastleggen):
    """Tijd (time): rounds of upkeep. Each gives how many it dealt with; quick when there is nothing."""

    def settle_expired(self, now: datetime, limit: int = BATCH) -> int:
        """Write down what time has ended, tell both sides, run the hooks."""
        if not self._database.read(lambda session: self._zoek.list_overdue(session, now, 1)):
            return 0

        def act(session: Session) -> int:
            overdue = self._zoek.list_overdue(session, now, limit)
            for known in overdue:
                current = self._store.find(session, known.id)  # a link above may just have ended it
                expired = rules.expire(current or known, now)
                if (
                    current is not None
                    and expired.status != current.status
                    and isinstance(expired.status, ENDED)
                ):
                    line = Regel(expired.status.op, Gebeurtenis.VERLOPEN, SYSTEM)
                    self._write_down(session, expired, line)
            return len(overdue)

        return self._database.write(act)

    def end_unused(self, now: datetime, limit: int = BATCH) -> int:
        """What people gave and nobody used for 24 months ends (eToegang)."""
        before = rules.years_earlier(now, UNUSED_YEARS)
        if not self._database.read(lambda session: self._zoek.list_unused(session, before, 1)):
            return 0

        def act(session: Session) -> int:
            unused = self._zoek.list_unused(session, before, limit)
            for known in unused:
                current = self._store.find(session, known.id)
                if current is not None and not isinstance(rules.status_at(current, now), ENDED):
                    ended = rules.end(current, "unused", now)
                    line = Regel(now, Gebeurtenis.BEEINDIGD, SYSTEM, "unused")
                    self._write_down(session, ended, line)
            return len(unused)

        return self._database.write(act)

    def remind(self, now: datetime, limit: int = BATCH) -> int:
        """Tell both sides 30 and 7 days before the end, once each; not of what they agreed on since."""
        if not self._database.read(lambda session: self._zoek.any_to_remind(session, now, REMINDERS)):
            return 0

        def act(session: Session) -> int:
            found = self._zoek.take_reminders(session, now, REMINDERS, limit)
            for machtiging in found:
                self.notify(session, machtiging, Regel(now, Gebeurtenis.HERINNERING, SYSTEM))
            return len(found)

        return self._database.write(act)
