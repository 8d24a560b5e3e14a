"""Operational log: catalogued events only, each with an allow-list of fields, one JSON line an event.

A field that the catalogue does not name cannot be logged: that is how a BSN, a name or a token does
not end up in a log "just here". (The processing log about persons is another thing: see `rechten`.)
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

import structlog

FORBIDDEN_FIELDS = frozenset({"bsn", "naam", "name", "token", "code", "pseudoniem", "sub", "adres"})
Value = str | int | float | bool | None


@dataclass(frozen=True)
class Event:
    """A kind of log line: a stable id (English slug) and the fields that it may carry."""

    id: str
    fields: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        if self.fields & FORBIDDEN_FIELDS:
            raise ValueError(f"event {self.id} may not carry {sorted(self.fields & FORBIDDEN_FIELDS)}")


UNEXPECTED = Event("unexpected-error", frozenset({"event_id", "error", "path_template", "place"}))


class UncataloguedField(ValueError):
    """A log line was given a field outside its event's allow-list."""


class Log:
    """The log stream of one package: to `path` (appended, mode 0600), otherwise to standard error."""

    def __init__(self, package: str, path: Path | None = None) -> None:
        self.package = package
        self._file = self._open(path)
        self._logger = structlog.wrap_logger(
            structlog.PrintLogger(self._file),
            processors=[
                structlog.processors.TimeStamper(fmt="iso", utc=True, key="timestamp"),
                structlog.processors.JSONRenderer(),
            ],
            wrapper_class=structlog.BoundLogger,
            cache_logger_on_first_use=False,
        )

    @staticmethod
    def _open(path: Path | None) -> TextIO:
        if path is None:
            return sys.stderr
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600, exist_ok=True)
        return path.open("a", encoding="utf-8", buffering=1)

    def emit(self, event: Event, **fields: Value) -> None:
        """Write one line. Raises UncataloguedField for a field outside the event's allow-list."""
        strangers = fields.keys() - event.fields
        if strangers:
            raise UncataloguedField(f"{event.id}: {sorted(strangers)}")
        self._logger.info(event.id, package=self.package, **fields)

    def close(self) -> None:
        """Close the file; standard error stays open."""
        if self._file is not sys.stderr:
            self._file.close()
