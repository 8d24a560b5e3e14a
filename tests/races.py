"""Races on PostgreSQL that are there every time: a row is held until all acts wait for it."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import sqlalchemy as sa

from keys.kernel.database import Database

T = TypeVar("T")
WAITING = sa.text(
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
)


def at_once(
    database: Database, held: str, values: Mapping[str, str], *acts: Callable[[], T]
) -> list[T | Exception]:
    """What comes of `acts` that wait, in the order given, for the rows of `held` (a SELECT … FOR UPDATE)
    and then may all go on: results, or what was raised."""

    def run(act: Callable[[], T]) -> T | Exception:
        try:
            return act()
        except Exception as error:  # noqa: BLE001 - the test judges it
            return error

    with ThreadPoolExecutor(len(acts)) as pool:
        with database.engine.connect() as holder:
            holder.execute(sa.text(held), values)
            running = []
            for number, act in enumerate(acts, 1):
                running.append(pool.submit(run, act))
                wait_until(database, number)
        return [one.result(timeout=30) for one in running]


def wait_until(database: Database, waiting: int) -> None:
    """Until so many acts wait for a lock."""
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        with database.engine.connect() as connection:
            if connection.execute(WAITING).scalar_one() >= waiting:
                return
        time.sleep(0.01)
    raise AssertionError(f"no {waiting} acts wait for the row")
