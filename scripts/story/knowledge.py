"""What each database of an installation knows about one person: a table, read from the files themselves."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.table import Table

NOTHING = "–"
NOT_OURS = "this is not the data folder of this server"


class WrongFolder(Exception):
    """The databases of this folder do not know what the server just did."""


@dataclass(frozen=True)
class Identity:
    """What identifies the person outside: to be found in `identiteit` and nowhere else."""

    bsn: str
    name: str
    born: str
    address: str

    def found_in(self, rows: Mapping[str, int]) -> dict[str, bool]:
        """Which of these were seen."""
        return {name: rows[name] > 0 for name in ("bsn", "name", "born", "address")}

    def values(self) -> dict[str, str]:
        """By kind."""
        return {"bsn": self.bsn, "name": self.name, "born": self.born, "address": self.address}


@dataclass(frozen=True)
class Knowledge:
    """One database: its own key of the person, how many rows carry that key, and what identifies."""

    database: str
    own_key: str | None
    rows: int
    identifies: dict[str, bool]


def identity_of(data: Path, persoon: str) -> tuple[Identity, str]:
    """(who it is, the person's key at identiteit) by the id at the simulated login provider.

    Raises WrongFolder when this identiteit does not know the person.
    """
    row = _one(
        data / "databases" / "identiteit.db",
        "SELECT id, bsn, voornaam, achternaam, geboortedatum, json_extract(adres, '$.straat') "
        "FROM persoon WHERE demo_id = ?",
        persoon,
    )
    return Identity(row[1], f"{row[2]} {row[3]}", row[4], row[5]), row[0]


def survey(data: Path, persoon: str, machtiging: str, records: Mapping[str, str]) -> list[Knowledge]:
    """Every database. `machtiging` and `records` (register → id of a record) lead to the own keys.

    Raises WrongFolder when one of them does not know its part.
    """
    identity, person_key = identity_of(data, persoon)
    folder = data / "databases"
    granted = _one(
        folder / "machtigen.db", "SELECT vertegenwoordigde FROM machtiging WHERE id = ?", machtiging
    )
    keys: dict[str, str] = {"identiteit": person_key, "machtigen": granted[0]}
    for register, record in records.items():
        path = folder / "registers" / f"{register}.db"
        keys[f"register {register}"] = _one(path, "SELECT pid FROM gegeven WHERE id = ?", record)[0]
    return [_search(name, path, identity, keys.get(name)) for name, path in databases(data)]


def databases(data: Path) -> Iterator[tuple[str, Path]]:
    """Every database file with the name it goes by."""
    for path in sorted((data / "databases").glob("*.db")):
        yield path.stem, path
    for path in sorted((data / "databases" / "registers").glob("*.db")):
        yield f"register {path.stem}", path


def _search(name: str, path: Path, identity: Identity, own_key: str | None) -> Knowledge:
    wanted = {kind: value.encode() for kind, value in identity.values().items()}
    wanted["name"] = identity.name.split(" ", 1)[1].encode()  # the family name: columns hold it apart
    seen = dict.fromkeys(wanted, 0)
    rows = 0
    with closing(_open(path)) as base:
        tables = [row[0] for row in base.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        for table in tables:
            for row in base.execute(f'SELECT * FROM "{table}"'):  # noqa: S608 - names from the schema itself
                content = b"\0".join(_bytes(value) for value in row)
                rows += own_key is not None and own_key.encode() in content
                for kind, value in wanted.items():
                    seen[kind] += value in content
    return Knowledge(name, own_key, rows, identity.found_in(seen))


def _bytes(value: object) -> bytes:
    return value if isinstance(value, bytes) else str(value).encode()


def _one(path: Path, query: str, value: str) -> tuple[Any, ...]:
    try:
        with closing(_open(path)) as base:
            row = base.execute(query, (value,)).fetchone()
    except sqlite3.Error as error:
        raise WrongFolder(
            f"{path.stem} cannot be read, so this is not the data folder of this server"
        ) from error
    if row is None:
        raise WrongFolder(
            f"{path.stem} does not know what was done, so this is not the data folder of this server"
        )
    found: tuple[Any, ...] = row
    return found


def _open(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"file:{path}?mode=ro", uri=True)


def as_table(found: list[Knowledge]) -> Table:
    """For the terminal. Keys differ at every installation, so only whether there is one is shown."""
    table = Table(title="What each database knows about Noor", title_justify="left")
    for heading in ("database", "own key", "rows", "BSN", "name", "born", "address"):
        table.add_column(heading, no_wrap=True)
    for one in found:
        marks = ["yes" if one.identifies[kind] else NOTHING for kind in ("bsn", "name", "born", "address")]
        key = "its own" if one.own_key else NOTHING
        table.add_row(one.database, key, "some" if one.rows else NOTHING, *marks)
    return table


def differences(found: list[Knowledge]) -> list[str]:
    """What must not be: identifying data outside identiteit, or one key in two databases."""
    wrong = [
        f"{one.database} holds identifying data"
        for one in found
        if one.database != "identiteit" and any(one.identifies.values())
    ]
    keys = [one.own_key for one in found if one.own_key]
    if len(set(keys)) != len(keys):
        wrong.append("two databases know Noor by the same key")
    if not all(next(one for one in found if one.database == "identiteit").identifies.values()):
        wrong.append("identiteit does not know who Noor is: the search itself is wrong")
    return wrong
