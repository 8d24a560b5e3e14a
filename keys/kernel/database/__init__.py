"""One database per package: engine, transactions, migrations. SQLite and PostgreSQL.

SQLite (the embedded default): WAL, `synchronous=FULL`, and one writer thread per file. Acts that
wait at the same time share one durable commit (group commit), each within a savepoint of its own,
so that a refused act undoes itself only. Readers see the last commit.
PostgreSQL: each act has its own transaction on a pooled connection.

An act gets a Session, does all its reading and writing there, and calls no peer.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import sqlalchemy as sa
from alembic import command, context
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.engine import Connection, Dialect, Engine
from sqlmodel import Session

from keys.kernel.database.adding import Adding, Addition
from keys.kernel.database.reading import Lookup, Reading

__all__ = [
    "Database", "Lookup", "MigrationsWait", "UtcDateTime", "bring_up_to_date", "check", "migrate", "pending",
    "run_env",
]  # fmt: skip
T = TypeVar("T")

GROUP_LIMIT = 64  # acts that share one commit at most
SQLITE_BUSY_MS = 10_000


class UtcDateTime(sa.types.TypeDecorator[datetime]):
    """A moment: aware datetimes in, aware UTC datetimes out, on both databases."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse a naive moment; store UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a stored moment must be aware")
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        """Give the moment back as aware UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


@dataclass
class _Job:
    act: Callable[[Session], Any]
    answer: Future[Any]


class Database:
    """Transactions on one database. Thread-safe. `url` is a SQLAlchemy URL."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.engine = _engine(url)
        self._reading = Reading(self.engine)
        self._adding = Adding(self.engine)
        self._queue: queue.SimpleQueue[_Job | Addition | None] = queue.SimpleQueue()
        self._closed = False
        self._writer: threading.Thread | None = None
        self._starting = threading.Lock()

    @property
    def is_sqlite(self) -> bool:
        """Whether this is the embedded database."""
        return self.engine.dialect.name == "sqlite"

    def write(self, act: Callable[[Session], T]) -> T:
        """Run `act` in one transaction and give back its result once the commit is durable.

        An exception from `act` undoes all it wrote and reaches the caller. Results must be plain
        values, not table rows: the session is gone by then.
        """
        if not self.is_sqlite:
            with Session(self.engine, expire_on_commit=False) as session, session.begin():
                return act(session)
        if threading.current_thread() is self._writer:
            raise RuntimeError("an act must not start another transaction")
        self._start_writer()
        job = _Job(act, Future())
        self._queue.put(job)
        result: T = job.answer.result()
        return result

    def add(self, table: str, columns: tuple[str, ...], rows: Sequence[tuple[Any, ...]]) -> Future[None]:
        """Add rows, all or none, straight on the driver: for logs on hot paths (see `adding`). Done once they
        are durable; fails with DBAPIError. On SQLite nobody needs to wait for it in a thread."""
        addition = Addition(table, columns, rows)
        if self.is_sqlite:
            self._start_writer()
            self._queue.put(addition)
        else:
            Adding(self.engine).settle([addition])
        return addition.answer

    def read(self, act: Callable[[Session], T]) -> T:
        """Run `act` on the last committed state; what it would write is thrown away."""
        with Session(self.engine, expire_on_commit=False, autoflush=False) as session:
            try:
                return act(session)
            finally:
                session.rollback()

    def look(self, act: Callable[[Lookup], T]) -> T:
        """Run `act` with statements straight on the driver: for hot paths. See `reading`."""
        return self._reading.run(act)

    def ping(self) -> None:
        """Raise when the database cannot be reached."""
        with self.engine.connect() as connection:
            connection.execute(sa.text("SELECT 1"))

    def close(self) -> None:
        """Finish what waits, then let go of every connection."""
        self._closed = True
        if self._writer is not None:
            self._queue.put(None)
            self._writer.join()
            self._writer = None
        self._adding.close()
        self._reading.close()
        self.engine.dispose()

    def _start_writer(self) -> None:
        with self._starting:
            if self._closed:
                raise RuntimeError("this database is closed")
            if self._writer is None:
                self._writer = threading.Thread(target=self._run_writer, name="database-writer", daemon=True)
                self._writer.start()

    def _run_writer(self) -> None:
        while True:
            job = self._queue.get()
            if job is None:
                return
            group = [job]
            stop = False
            while len(group) < GROUP_LIMIT and not self._queue.empty():
                following = self._queue.get()
                if following is None:
                    stop = True
                    break
                group.append(following)
            self._adding.settle([one for one in group if isinstance(one, Addition)])
            if jobs := [one for one in group if isinstance(one, _Job)]:
                self._commit_group(jobs)
            if stop:
                return

    def _commit_group(self, group: list[_Job]) -> None:
        done: list[tuple[_Job, Any]] = []
        try:
            with self.engine.connect() as connection, connection.begin():
                for job in group:
                    try:
                        done.append((job, _in_savepoint(connection, job.act)))
                    except BaseException as error:  # noqa: BLE001 - the writer hands every error to its caller
                        job.answer.set_exception(error)
        except BaseException as error:  # noqa: BLE001 - the commit failed: so did every act in it
            for job, _ in done:
                job.answer.set_exception(error)
            for job in group:
                if not job.answer.done():
                    job.answer.set_exception(error)
            return
        for job, result in done:
            job.answer.set_result(result)


def _in_savepoint(connection: Connection, act: Callable[[Session], T]) -> T:
    with (
        connection.begin_nested(),
        Session(bind=connection, expire_on_commit=False, join_transaction_mode="rollback_only") as session,
    ):
        result = act(session)
        session.flush()
        return result


def _engine(url: str) -> Engine:
    parsed = sa.make_url(url)
    if parsed.get_backend_name() == "sqlite":
        return _sqlite_engine(parsed)
    if parsed.get_backend_name() == "postgresql":
        return sa.create_engine(parsed, pool_size=10, max_overflow=20, pool_pre_ping=True)
    raise ValueError("a database is SQLite or PostgreSQL")


def _sqlite_engine(url: sa.URL) -> Engine:
    if url.database in (None, "", ":memory:"):
        raise ValueError("an SQLite database needs a file")
    engine = sa.create_engine(
        url, connect_args={"timeout": SQLITE_BUSY_MS / 1000}, pool_size=20, max_overflow=30
    )

    @sa.event.listens_for(engine, "connect")
    def _configure(raw: Any, _record: Any) -> None:
        raw.isolation_level = None  # we send BEGIN ourselves; the driver's own is too late
        cursor = raw.cursor()
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            f"busy_timeout={SQLITE_BUSY_MS}",
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @sa.event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        # The writer thread is the only one that writes; it takes the write lock at once, so that a
        # second process waits at BEGIN instead of failing halfway.
        writing = threading.current_thread().name == "database-writer"
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")

    return engine


def _config(url: str, package: str, folder: str = "migrations") -> Config:
    config = Config()
    root = Path(__file__).resolve().parents[3]
    config.set_main_option(
        "script_location", str(root / package.replace(".", "/") / folder).replace("%", "%%")
    )
    config.attributes["url"] = url
    return config


def migrate(url: str, package: str, folder: str = "migrations") -> None:
    """Bring the database to the newest version of `<package>/<folder>`. Keeps its data."""
    parsed = sa.make_url(url)
    if parsed.get_backend_name() == "sqlite" and parsed.database:
        Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
    command.upgrade(_config(url, package, folder), "head")


def pending(url: str, package: str, folder: str = "migrations") -> bool:
    """Whether migrations of the package wait to be applied to this database."""
    script = ScriptDirectory.from_config(_config(url, package, folder))
    engine = _engine(url)
    try:
        with engine.connect() as connection:
            return MigrationContext.configure(connection).get_current_revision() != script.get_current_head()
    finally:
        engine.dispose()


class MigrationsWait(RuntimeError):
    """A database is older than the code, and may not be changed by itself."""


def bring_up_to_date(url: str, package: str, folder: str = "migrations", *, by_itself: bool) -> None:
    """Migrate where that may happen `by_itself` (development); elsewhere raise MigrationsWait when
    migrations wait: an operator does it, at a moment of their choice, with a backup at hand."""
    if by_itself:
        migrate(url, package, folder)
    elif pending(url, package, folder):
        raise MigrationsWait(f"migrations wait: run `python -m {package} migrate` first")


def check(url: str, package: str, folder: str = "migrations") -> None:
    """Raise when the tables in code differ from what the migrations make (`alembic check`)."""
    command.check(_config(url, package, folder))


def run_env(metadata: sa.MetaData) -> None:
    """The whole body of a `migrations/env.py`: no ini file, the URL comes from `migrate`."""
    engine = _engine(context.config.attributes["url"])
    try:
        with engine.connect() as connection:
            context.configure(
                connection=connection, target_metadata=metadata, render_as_batch=True, compare_type=True
            )
            with context.begin_transaction():
                context.run_migrations()
            connection.commit()
    finally:
        engine.dispose()
