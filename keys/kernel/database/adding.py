"""Rows that are only added, straight on the driver: for logs on hot paths, where an ORM costs more than the
statement.

SQLite: on the writer thread's own connection; what waits at the same time for one table goes in one
statement with one durable commit. PostgreSQL: one transaction on a pooled connection.
"""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator, Sequence
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
        kinds = dict.fromkeys((one.table, one.columns) for one in additions)
        for table, columns in kinds:
            same = [one for one in additions if (one.table, one.columns) == (table, columns)]
            rows = list(chain.from_iterable(one.rows for one in same))
            try:
                self._write(table, columns, rows)
            except Exception as error:  # noqa: BLE001 - whoever waits must hear of it
                self.close()
                failed = sa.exc.DBAPIError(None, None, error)
                failed.__cause__ = error
                for one in same:
                    one.answer.set_exception(failed)
            else:
                for one in same:
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
        parts = list(_parts(rows, VARIABLES // len(columns)))
        if len(parts) == 1:  # one statement is a transaction by itself
            raw.execute(*_as_one(table, columns, rows))
            return
        raw.execute("BEGIN IMMEDIATE")
        try:
            for part in parts:
                raw.execute(*_as_one(table, columns, part))
        except BaseException:
            raw.execute("ROLLBACK")
            raise
        raw.execute("COMMIT")

    def _connection(self) -> sqlite3.Connection:
        if self._raw is None:
            self._raw = self._engine.raw_connection()
        return cast("sqlite3.Connection", self._raw.driver_connection)


def _parts(rows: list[Values], most: int) -> Iterator[list[Values]]:
    for start in range(0, len(rows), most):
        yield rows[start : start + most]


def _as_one(table: str, columns: tuple[str, ...], rows: list[Values]) -> tuple[str, list[Any]]:
    return _for_several(table, columns, len(rows)), list(chain.from_iterable(rows))


@lru_cache(maxsize=256)
def _for_several(table: str, columns: tuple[str, ...], amount: int) -> str:
    places = "(" + ", ".join("?" * len(columns)) + ")"
    return _statement(table, columns, ", ".join([places] * amount))


def _statement(table: str, columns: tuple[str, ...], places: str) -> str:
    names = ", ".join(columns)
    return f"INSERT INTO {table} ({names}) VALUES {places} ON CONFLICT DO NOTHING"  # noqa: S608 - constants
