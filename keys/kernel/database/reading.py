"""Statements that only read, straight on the driver: for hot paths, where an ORM costs more than the query.

Connections are kept and used again; each statement is prepared once per connection by the driver, and
sees the last commit. A connection that fails is thrown away, and its act tried once more on a fresh one:
acts only read, so that does no harm.
"""

from __future__ import annotations

import contextlib
import re
import sqlite3
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.engine import Engine

T = TypeVar("T")
Row = tuple[Any, ...]
Values = Mapping[str, Any]

KEPT = 8  # connections at rest
STATEMENTS = 64  # prepared, per connection
MAPPED = 2**30  # bytes of an SQLite file that are read without copying


class Lookup:
    """Reads on one connection. Statements are constants with `:name` for values.

    `rows` gives all rows of a statement, with moments as the driver has them (see `moment`); `at` makes a
    moment into a value.
    """

    __slots__ = ("_connection", "at", "rows")

    def __init__(
        self, connection: Any, rows: Callable[[str, Values], list[Row]], at: Callable[[datetime], Any]
    ) -> None:
        self._connection = connection
        self.rows = rows
        self.at = at

    @contextlib.contextmanager
    def shared(self) -> Iterator[Lookup]:
        """For questions that came together: one commit for all, and what is asked twice is read once."""
        known: dict[Row, list[Row]] = {}
        rows = self.rows

        def once(statement: str, values: Values) -> list[Row]:
            key = (statement, *values.values())
            found = known.get(key)
            if found is None:
                found = known[key] = rows(statement, values)
            return found

        with self._snapshot():
            yield Lookup(self._connection, once, self.at)

    @contextlib.contextmanager
    def _snapshot(self) -> Iterator[None]:
        if not isinstance(self._connection, sqlite3.Connection):
            yield  # every statement by itself: a transaction would be two more ways to the server and back
            return
        self._connection.execute("BEGIN")
        try:
            yield
        finally:
            self._connection.execute("COMMIT")

    def close(self) -> None:
        """Let go of the connection."""
        with contextlib.suppress(Exception):
            self._connection.close()


class Reading:
    """The connections of one database that only read. Thread-safe."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._idle: deque[Lookup] = deque()
        self._errors = (
            engine.dialect.import_dbapi().Error if engine.dialect.name != "sqlite" else sqlite3.Error
        )
        self._open = _open_sqlite if engine.dialect.name == "sqlite" else _open_postgresql

    def run(self, act: Callable[[Lookup], T]) -> T:
        """What `act` gives. Raises SQLAlchemy's DBAPIError when the database does not answer."""
        try:
            lookup = self._idle.pop()
        except IndexError:
            return self._use(self._connect(), act)
        try:
            return self._use(lookup, act)
        except sa.exc.DBAPIError:  # it may have been at rest too long
            return self._use(self._connect(), act)

    def close(self) -> None:
        """Let go of every connection at rest."""
        with contextlib.suppress(IndexError):
            while True:
                self._idle.pop().close()

    def _use(self, lookup: Lookup, act: Callable[[Lookup], T]) -> T:
        try:
            found = act(lookup)
        except self._errors as error:
            lookup.close()
            raise sa.exc.DBAPIError(None, None, error) from error
        except BaseException:
            self._keep(lookup)
            raise
        self._keep(lookup)
        return found

    def _connect(self) -> Lookup:
        try:
            return self._open(self._engine.url)
        except self._errors as error:
            raise sa.exc.DBAPIError(None, None, error) from error

    def _keep(self, lookup: Lookup) -> None:
        if len(self._idle) < KEPT:
            self._idle.append(lookup)
        else:
            lookup.close()


def _open_sqlite(url: sa.URL) -> Lookup:
    connection = sqlite3.connect(
        str(url.database),
        timeout=10,
        isolation_level=None,
        check_same_thread=False,
        cached_statements=STATEMENTS,
    )
    connection.execute("PRAGMA query_only=ON")
    connection.execute(f"PRAGMA mmap_size={MAPPED}")  # each commit empties the page cache of a connection
    execute = connection.execute

    def rows(statement: str, values: Values) -> list[Row]:
        return execute(statement, values).fetchall()

    return Lookup(connection, rows, lambda at: f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S.%f}")


def _open_postgresql(url: sa.URL) -> Lookup:
    import psycopg

    connection = psycopg.connect(
        url.set(drivername="postgresql").render_as_string(hide_password=False), autocommit=True
    )
    connection.read_only = True
    connection.prepared_max = STATEMENTS
    cursor = connection.cursor()

    def rows(statement: str, values: Values) -> list[Row]:
        return cursor.execute(in_psycopg(statement), values, prepare=True).fetchall()

    return Lookup(connection, rows, lambda at: at)


@lru_cache(maxsize=STATEMENTS)
def in_psycopg(statement: str) -> str:
    """The statement with `%(name)s` for `:name`. `::` is not used in statements."""
    return re.sub(r":([a-z_]\w*)", r"%(\1)s", statement.replace("%", "%%"))


def moment(value: Any) -> datetime | None:
    """A stored moment as the driver has it (text in SQLite), aware and in UTC."""
    if value is None:
        return None
    found = datetime.fromisoformat(value) if isinstance(value, str) else value
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
