"""What runs in the background, twice a second; quick when there is nothing to do."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from machtigen.deps import Services
from machtigen.events import UPKEEP_FAILED

Part = Callable[[datetime], object]


class Upkeep:
    """Rounds of background work. Other rooms add their parts to `parts`."""

    def __init__(self, services: Services) -> None:
        self._services = services
        rooms = services
        self.parts: dict[str, Part] = {
            "expire": rooms.machtigingen.settle_expired,
            "notices": lambda now: rooms.machtigingen.deliver_notices(
                {"bericht": rooms.berichten.receive}, now
            ),
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
