"""What runs in the background, twice a second; quick when there is nothing to do."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from machtigen.deps import Services
from machtigen.events import UPKEEP_FAILED

Part = Callable[[datetime], object]
KEY_RETRY = timedelta(seconds=5)
HOURLY, EVERY_MINUTE = timedelta(hours=1), timedelta(minutes=1)


class NowAndThen:
    """A part that looks through much, and that nobody waits for: done again after `pause` only."""

    def __init__(self, part: Part, pause: timedelta) -> None:
        self._part = part
        self._pause = pause
        self._done: datetime | None = None

    def __call__(self, now: datetime) -> None:
        """Do it when it is due; a clock that was moved makes it due."""
        if self._done is None or abs(now - self._done) >= self._pause:
            self._part(now)
            self._done = now


class Upkeep:
    """Rounds of background work. Other rooms add their parts to `parts`."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._asked: datetime | None = None
        rooms = services
        self.parts: dict[str, Part] = {
            "key": self._obtain_key,
            "life-events": rooms.ontvangst.settle,
            "last-event": rooms.ontvangst.look_for_last,
            "missing-events": rooms.ontvangst.ask_again,
            "expire": rooms.machtigingen.settle_expired,
            "unused": NowAndThen(rooms.machtigingen.end_unused, HOURLY),
            "reminders": NowAndThen(rooms.machtigingen.remind, EVERY_MINUTE),
            "notices": lambda now: rooms.machtigingen.deliver_notices(
                {"bericht": rooms.berichten.receive}, now
            ),
            "seal": rooms.zegels.upkeep,
            "desk": rooms.balie.forget,
            "attempts": rooms.machtigingen.forget_attempts,
            "sessions": rooms.sessies.forget_expired,
            "repeats": rooms.herhalingen.forget,
        }

    def __call__(self) -> None:
        """One round. A part that fails does not keep the others from their work."""
        now = self._services.now()
        for name, part in self.parts.items():
            try:
                part(now)
            except Exception as error:  # noqa: BLE001 - one failing part is logged; the next round tries again
                self._services.log.emit(UPKEEP_FAILED, part=name, error=type(error).__name__)

    def _obtain_key(self, now: datetime) -> None:
        """Our key of the domain machtigen, before the first person logs in; nobody can before it is there."""
        if self._services.domain_key.is_there:
            return
        if self._asked is None or abs(now - self._asked) >= KEY_RETRY:
            self._asked = now
            self._services.domain_key.get()
