"""Which steps of furnishing are done, so that a start that was cut off goes on where it stopped."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path


class Progress:
    """A file with the names of finished steps and the day on which it all began."""

    def __init__(self, path: Path, version: int, today: date) -> None:
        self._path = path
        known = json.loads(path.read_text("utf-8")) if path.exists() else {}
        self.version = int(known.get("versie", version))
        self.first_day = date.fromisoformat(known.get("eerste_dag", today.isoformat()))
        self._done: list[str] = list(known.get("gedaan", []))
        self._save()

    def is_done(self, step: str) -> bool:
        """Whether the step was finished before."""
        return step in self._done

    def once(self, step: str, act: Callable[[], None]) -> bool:
        """Run `act` unless the step is done; then note it. Gives whether it ran."""
        if self.is_done(step):
            return False
        act()
        self._done.append(step)
        self._save()
        return True

    def _save(self) -> None:
        state = {"versie": self.version, "eerste_dag": self.first_day.isoformat(), "gedaan": self._done}
        scratch = self._path.with_name(f".{self._path.name}")
        scratch.write_text(json.dumps(state, indent=1), "utf-8")
        scratch.replace(self._path)
