"""What a request needs. The only module of this package that reads the clock."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from keys.kernel.klok import klok_offset


class Clock:
    """The present, moved by the setting KLOK."""

    def __init__(self, klok: str | None) -> None:
        self._offset: timedelta = klok_offset(klok, datetime.now(UTC))

    def now(self) -> datetime:
        """The present moment, aware, in UTC."""
        return datetime.now(UTC) + self._offset
