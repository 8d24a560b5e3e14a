"""Rows that are only added, straight on the driver: for logs on hot paths, where an ORM costs more than the
statement.

SQLite: on the writer thread's own connection; what waits at the same time for one table goes in one
statement with one durable commit. PostgreSQL: one transaction on a pooled connection.
"""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import chain
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy.engine import Engine

Values = tuple[Any, ...]
VARIABLES = 30_000  # in one statement; SQLite allows 32,766


@dataclass(frozen=True)
class Addition:
    """Rows for one table. Those whose key is there already stay as they are. Names are constants."""

    table: str
    columns: tuple[str, ...]
    rows: Sequence[Values]
    answer: Future[None] = field(default_factory=Future)


class Adding:
    """The connection that adds, of one database. Used by one thread at a time."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._raw: sa.PoolProxiedConnection | None = None

    def settle(self, additions: Sequence[Addition]) -> None:
        """Write them, all that are for one table together, and answer each: durable, or DBAPIError."""
        tables: dict[tuple[str, tuple[str, ...]], list[Addition]] = {}
        for one in additions:
            if one.answer.set_running_or_notify_cancel():  # nobody waits any more for one that is cancelled
                tables.setdefault((one.table, one.columns), []).append(one)
        for together in tables.values():
            self._settle(together)

    def _settle(self, together: Sequence[Addition]) -> None:
        first, *others = together
        rows = list(chain.from_iterable(one.rows for one in together))
        try:
            self._write(first.table, first.columns, rows)
        except Exception as error:  # noqa: BLE001 - whoever waits must hear of it
            self.close()
            if others and not isinstance(error, sqlite3.OperationalError):  # one's rows are wrong: whose?
                for one in together:
                    self._settle([one])
                return
            failed = sa.exc.DBAPIError(None, None, error)
            failed.__cause__ = error
            first.answer.set_exception(failed)
        else:
            for one in together:
                one.answer.set_result(None)

    def close(self) -> None:
        """Let go of the connection."""
        raw, self._raw = self._raw, None
        if raw is not None:
            with contextlib.suppress(Exception):
                raw.invalidate()

    def _write(self, table: str, columns: tuple[str, ...], rows: list[Values]) -> None:
        if not rows:
            return
        if self._engine.dialect.name != "sqlite":
            places = ", ".join(["%s"] * len(columns))
            with self._engine.begin() as connection:
                connection.exec_driver_sql(_statement(table, columns, f"({places})"), rows)
            return
        raw = self._connection()
        most = VARIABLES // len(columns)
        with raw:  # ends the transaction: commits, or rolls back
            if len(rows) > most:  # one statement is a transaction by itself
                raw.execute("BEGIN IMMEDIATE")
            for start in range(0, len(rows), most):
                part = rows[start : start + most]
                raw.execute(_for_several(table, columns, len(part)), list(chain.from_iterable(part)))

    def _connection(self) -> sqlite3.Connection:
        if self._raw is None:
            self._raw = self._engine.raw_connection()
        return cast("sqlite3.Connection", self._raw.driver_connection)


@lru_cache(maxsize=256)
def _for_several(table: str, columns: tuple[str, ...], amount: int) -> str:
    places = "(" + ", ".join("?" * len(columns)) + ")"
    return _statement(table, columns, ", ".join([places] * amount))


def _statement(table: str, columns: tuple[str, ...], places: str) -> str:
    names = ", ".join(columns)
    return f"INSERT INTO {table} ({names}) VALUES {places} ON CONFLICT DO NOTHING"  # noqa: S608 - constants
