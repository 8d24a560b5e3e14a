"""The fast check in process, against the bare query through the driver: the same statement, the same rows.

A check is what a decision costs the database: one statement on a kept connection, through the product's way
to it. The figures tell what the whole check takes, with its rules, too.
"""

from __future__ import annotations

import secrets
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import sqlalchemy as sa

from benching import filling
from benching.measuring import Case, Row, Size, interleave
from keys.kernel.database import Database, migrate
from keys.kernel.database.reading import Lookup, in_psycopg
from machtigen.diensten.model import Handeling, Niveau
from machtigen.machtigingen import toets, toetsstore
from machtigen.machtigingen.toets import Toetsvraag
from machtigen.partijen.model import PartijId

MOST = 3
SMALL = 100_000
PICKED = 512  # pairs that take turns, so that no statement finds its page by luck
NAMES = {"pair": "one power", "chain": "a chain of three"}
Bare = Callable[[dict[str, object]], object]


class Register:
    """A filled database, and the two ways to ask it."""

    def __init__(self, url: str, amount: int) -> None:
        migrate(url, "machtigen")
        filling.fill(url, amount)
        self.database = Database(url)
        self.bare = _bare(url)
        chains = min(filling.CHAINS, amount // 4)
        span = range(3 * chains, amount)
        self.picked = {
            "pair": [filling.pair(span[secrets.randbelow(len(span))]) for _ in range(PICKED)],
            "chain": [filling.chain(secrets.randbelow(chains)) for _ in range(PICKED)],
        }
        self._turn = 0
        dienst = filling.service()
        self._vraag = Toetsvraag(dienst, datetime.now(UTC), Handeling.BETALEN, Niveau.HOOG)

    def _next(self, kind: str) -> tuple[PartijId, PartijId]:
        self._turn = (self._turn + 1) % PICKED
        of, by = self.picked[kind][self._turn]
        return PartijId(of), PartijId(by)

    def cases(self, kind: str) -> dict[str, Case]:
        """Bare query, the product's query, and the whole check."""

        def bare() -> object:
            of, by = self._next(kind)
            return self.bare({"vertegenwoordigde": of, "vertegenwoordiger": by, "most": MOST})

        def query() -> object:
            of, by = self._next(kind)
            return self.database.look(lambda lookup: toetsstore.rows_between(lookup, by, of, MOST))

        def check() -> object:
            return self.check(kind)

        if not self.check(kind).besluit.allowed:
            raise RuntimeError("the check does not find what was filled in: nothing is measured")
        return {f"{kind}-bare": Case(bare), f"{kind}-query": Case(query), f"{kind}-check": Case(check)}

    def check(self, kind: str) -> toets.Toetsing:
        """What a decision asks: candidates by one statement, then the rules."""
        of, by = self._next(kind)

        def act(lookup: Lookup) -> toets.Toetsing:
            return toets.judge(toetsstore.find_ketens(lookup, by, of, MOST), self._vraag)

        return self.database.look(act)

    def close(self) -> None:
        """Let go of it."""
        self.database.close()


def _bare(url: str) -> Bare:
    parsed = sa.make_url(url)
    if parsed.get_backend_name() == "sqlite":
        execute = sqlite3.connect(str(parsed.database), isolation_level=None).execute
        return lambda values: execute(toetsstore.BETWEEN, values).fetchall()
    import psycopg

    text = parsed.set(drivername="postgresql").render_as_string(hide_password=False)
    cursor = psycopg.connect(text, autocommit=True).cursor()
    statement = in_psycopg(toetsstore.BETWEEN)
    return lambda values: cursor.execute(statement, values, prepare=True).fetchall()


@contextmanager
def registers(amounts: list[int], postgres: str | None) -> Iterator[dict[int, Register]]:
    """A register of each size; on PostgreSQL each in a database of its own below `postgres`."""
    with tempfile.TemporaryDirectory() as folder:
        made: dict[int, Register] = {}
        try:
            for amount in amounts:
                made[amount] = Register(_address(Path(folder), amount, postgres), amount)
            yield made
        finally:
            for register in made.values():
                register.close()
            if postgres is not None:
                for amount in amounts:
                    _administer(postgres, f'DROP DATABASE IF EXISTS "bench_{amount}" WITH (FORCE)')


def _address(folder: Path, amount: int, postgres: str | None) -> str:
    if postgres is None:
        return f"sqlite:///{folder / f'register-{amount}.db'}"
    _administer(postgres, f'DROP DATABASE IF EXISTS "bench_{amount}" WITH (FORCE)')
    _administer(postgres, f'CREATE DATABASE "bench_{amount}"')
    address = sa.make_url(postgres).set(drivername="postgresql+psycopg", database=f"bench_{amount}")
    return address.render_as_string(hide_password=False)


def _administer(postgres: str, statement: str) -> None:
    engine = sa.create_engine(
        sa.make_url(postgres).set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT"
    )
    with engine.connect() as connection:
        connection.exec_driver_sql(statement)
    engine.dispose()


def rows(size: Size) -> list[Row]:
    """On SQLite; and on PostgreSQL when its address was given."""
    found = _rows(size, _amounts(size.register), None)
    if size.postgres is not None:
        found += _rows(size, _amounts(size.postgres_register), size.postgres)
    return found


def _amounts(largest: int) -> list[int]:
    return [min(SMALL, largest // 2), largest]


def _rows(size: Size, amounts: list[int], postgres: str | None) -> list[Row]:
    """Against the bare query, at the smallest register; and how each larger one keeps up with it."""
    where = "PostgreSQL" if postgres else "SQLite"
    found = []
    with registers(amounts, postgres) as made:
        cases = {
            f"{amount}-{name}": case
            for amount, register in made.items()
            for kind in NAMES
            for name, case in register.cases(kind).items()
        }
        seconds = interleave(cases, size)
    prefix = where.lower()
    for kind, told in NAMES.items():
        first = amounts[0]
        bare, query, check = (seconds[f"{first}-{kind}-{name}"] for name in ("bare", "query", "check"))
        figures = {"bare_us": round(bare * 1e6, 1), "query_us": round(query * 1e6, 1),
                   "whole-check_us": round(check * 1e6, 1),
                   "whole-check_ratio": round(bare / check, 3)}  # fmt: skip
        measure = f"{where}, {first:,} machtigingen, {told}: check against the bare query"
        found.append(Row(f"{prefix}-{kind}", measure, 0.35, bare / query, figures=figures))
        for amount in amounts[1:]:
            later = seconds[f"{amount}-{kind}-check"]
            measure = f"{where}, {told}: rate at {amount:,} against {first:,}"
            figures = {"checks_per_s": round(1 / later), f"checks_per_s_at_{first}": round(1 / check)}
            found.append(Row(f"{prefix}-{kind}-{amount}", measure, 0.7, check / later, figures=figures))
    return found
