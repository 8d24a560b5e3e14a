"""A register of made-up machtigingen, filled in bulk, straight on the driver.

Pair `i`: person `v…i` gave person `r…i` one power. Chain `i`: `v…i` gave organisation `org:b…i` a power,
that passed it on to organisation `org:k…i`, in which `m…i` has a function: three links.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from machtigen.diensten.model import Dienst, DienstId, Grond, Handeling, Niveau
from machtigen.machtigingen.beperkingen import (
    AlleenDiensten,
    AlleenHandelingen,
    MinNiveau,
    Periode,
    to_stored,
)

ACTOR = "oin:00000001003214345000:meting"
DIENST = DienstId("urn:uuid:a9e17a2e-d358-406d-9d5f-ad6045f712ba")
CHAINS = 1000
FUNCTIE = "adviseur"
# Young enough that no upkeep has anything to do with them.
BEGUN = datetime.now(UTC) - timedelta(days=1)
START, END = f"{BEGUN:%Y-%m-%d %H:%M:%S.%f}", "2090-01-01 00:00:00.000000"
COLUMNS = (
    "id", "initiatief", "vertegenwoordigde", "vertegenwoordiger", "beperkingen", "geldig_van", "geldig_tot",
    "grond", "niveau", "status", "status_op", "gemaakt_op", "boven", "functie",
)  # fmt: skip
Row = tuple[Any, ...]


def service() -> Dienst:
    """The service that all powers are for."""
    return Dienst(
        id=DIENST, naam="Meting", actor=ACTOR, handelingen=frozenset(Handeling),
        gronden=frozenset({Grond.MACHTIGING}), doelen=("meting",), min_niveau=Niveau.LAAG, machtigbaar=True,
        audience="https://meting.example.nl",
    )  # fmt: skip


def pair(number: int) -> tuple[str, str]:
    """(represented, representative) of a pair; as long as real ids."""
    return f"v{number:021d}", f"r{number:021d}"


def chain(number: int) -> tuple[str, str]:
    """(represented, representative) of a chain of three."""
    return f"v{number:021d}", f"m{number:021d}"


def restrictions(number: int) -> str:
    """As stored, and no two alike."""
    return f"{_BEFORE}{number % 1_000_000:06d}{_BEHIND}"


def _around_microseconds() -> tuple[str, str]:
    begin = f"{BEGUN:%Y-%m-%dT%H:%M:%S}.MICROS+00:00"
    first, second, third = to_stored(
        [AlleenDiensten((DIENST,)), AlleenHandelingen(frozenset(Handeling)), MinNiveau(Niveau.LAAG)]
    )
    period = [Periode.tag, begin, "2090-01-01T00:00:00+00:00"]
    before, _, behind = json.dumps([first, second, period, third]).partition("MICROS")
    return before, behind


_BEFORE, _BEHIND = _around_microseconds()


def rows(amount: int) -> Iterator[Row]:
    """So many machtigingen: chains first, the rest pairs."""
    made = 0
    for number in range(min(CHAINS, amount // 4)):
        person, member = chain(number)
        office, other = f"org:b{number:017d}", f"org:k{number:017d}"
        links = ((person, office, None), (office, other, f"{made:022d}"), (other, member, None))
        for place, (of, by, boven) in enumerate(links):
            yield _row(made + place, of, by, boven)
        made += len(links)
    for number in range(made, amount):
        yield _row(number, *pair(number), None)


def _row(number: int, of: str, by: str, boven: str | None) -> Row:
    employed = by.startswith("m")  # acts for all clients of the office, which only a function allows
    return (
        f"{number:022d}", "vertegenwoordigde", of, by, restrictions(number), START, END, "machtiging",
        "substantieel", "actief", START, START, boven,
        FUNCTIE if employed else None,
    )  # fmt: skip


def fill(url: str, amount: int) -> None:
    """Put so many machtigingen in a migrated, empty database."""
    parsed = sa.make_url(url)
    if parsed.get_backend_name() == "sqlite":
        _fill_sqlite(Path(str(parsed.database)), amount)
    else:
        _fill_postgresql(parsed, amount)


def _fill_sqlite(path: Path, amount: int) -> None:
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA synchronous=OFF")
    connection.execute("BEGIN")
    places = ", ".join("?" * len(COLUMNS))
    connection.executemany(f"INSERT INTO machtiging ({', '.join(COLUMNS)}) VALUES ({places})", rows(amount))  # noqa: S608 - constants
    connection.executemany(
        "INSERT INTO machtiging_dienst VALUES (?, ?)",
        ((f"{number:022d}", DIENST) for number in range(amount)),
    )
    connection.execute("COMMIT")
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()


def _fill_postgresql(url: sa.URL, amount: int) -> None:
    import psycopg

    with psycopg.connect(
        url.set(drivername="postgresql").render_as_string(hide_password=False)
    ) as connection:
        cursor = connection.cursor()
        with cursor.copy(f"COPY machtiging ({', '.join(COLUMNS)}) FROM STDIN") as copy:
            for row in rows(amount):
                copy.write_row(row)
        with cursor.copy("COPY machtiging_dienst (machtiging_id, dienst_id) FROM STDIN") as copy:
            for number in range(amount):
                copy.write_row((f"{number:022d}", DIENST))
        connection.commit()
        connection.autocommit = True
        connection.execute("ANALYZE machtiging")
