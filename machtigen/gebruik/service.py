"""Write a line in the transaction that issues a token; read the lines of a machtiging."""

from __future__ import annotations

from collections.abc import Callable

from sqlmodel import Session

from keys.kernel.database import Database
from machtigen.errors import InvalidCursor
from machtigen.gebruik import store
from machtigen.gebruik.model import Bladzijde, Gebruik, PerFunctie
from machtigen.partijen.model import PartijId

RowsOf = Callable[[Session, int | None, int], list[tuple[int, Gebruik]]]
PAGE = 50
MAXIMUM_PAGE = 200


class Gebruiken:
    """The register of use."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def record(self, session: Session, gebruik: Gebruik) -> None:
        """Write a line in the caller's transaction: when it cannot be written, nothing is released."""
        store.add(session, gebruik)

    def list_of(self, machtiging: str, na: str | None = None, limit: int = PAGE) -> Bladzijde:
        """Uses of a machtiging, newest first. Whether the asker may see them is the caller's to check.

        `na` is the `volgende` of an earlier page. Raises InvalidCursor.
        """
        return self._page(
            na, limit, lambda session, before, count: store.list_of(session, machtiging, before, count)
        )

    def list_own(self, persoon: PartijId, na: str | None = None, limit: int = PAGE) -> Bladzijde:
        """Uses in which this person acted for themself, newest first. Raises InvalidCursor."""
        return self._page(
            na, limit, lambda session, before, count: store.list_own(session, persoon, before, count)
        )

    def by_functie(self, machtiging: str) -> list[PerFunctie]:
        """By people in which functions of an organisation a machtiging was used, the last one first. Whether
        the asker may see it is the caller's to check."""
        rows = self._database.read(lambda session: store.count_by_functie(session, machtiging))
        return [PerFunctie(*row) for row in rows]

    def _page(self, na: str | None, limit: int, rows_of: RowsOf) -> Bladzijde:
        before = _read_cursor(na)
        limit = max(1, min(limit, MAXIMUM_PAGE))
        rows = self._database.read(lambda session: rows_of(session, before, limit + 1))
        volgende = str(rows[limit - 1][0]) if len(rows) > limit else None
        return Bladzijde(tuple(gebruik for _, gebruik in rows[:limit]), volgende)

    def list_parties(self, sector: str) -> list[PartijId]:
        """Everybody whom the tokens of this actor named: who acted, and who was represented."""
        return self._database.read(lambda session: store.list_parties(session, sector))

    def find_by_identifier(self, identifier: str, sector: str | None = None) -> Gebruik | None:
        """The newest use in which the service of actor `sector` knows a machtiging by this name."""
        if sector is None:
            return self._database.read(lambda session: store.find_any_by_identifier(session, identifier))
        return self._database.read(lambda session: store.find_by_identifier(session, identifier, sector))


def _read_cursor(na: str | None) -> int | None:
    if not na:
        return None
    if not na.isascii() or not na.isdigit() or len(na) > 18:
        raise InvalidCursor
    return int(na)
