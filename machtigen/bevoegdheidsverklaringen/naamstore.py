"""The only SQL of names that were given out: which `sub` an actor knows, and whose it is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session

from keys.kernel.database import Lookup
from machtigen.bevoegdheidsverklaringen.tables import PairwiseNaamRow
from machtigen.partijen.model import PartijId

MOST = 8  # names that one statement looks up
FIND = tuple(  # one statement for each number of names
    f"SELECT naam, partij FROM pairwise_naam WHERE sector = :sector AND naam IN ({places})"  # noqa: S608 - constants
    for places in (", ".join(f":n{place}" for place in range(amount)) for amount in range(MOST + 1))
)
LIST = (
    "SELECT naam, partij FROM pairwise_naam WHERE sector = :sector AND naam > :na ORDER BY naam LIMIT :aantal"
)


def add_names(session: Session, sector: str, names: Mapping[str, str]) -> None:
    """Remember names (keyed hash to party) that this actor is given; those it knows stay as they are."""
    rows = [{"sector": sector, "naam": naam, "partij": partij} for naam, partij in names.items()]
    connection = session.connection()
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    connection.execute(insert(PairwiseNaamRow).on_conflict_do_nothing(), rows)


def find_names(lookup: Lookup, sector: str, names: Sequence[str]) -> dict[str, PartijId]:
    """Whose names these are, at most eight; those this actor was never given are left out."""
    values = {f"n{place}": naam for place, naam in enumerate(names)}
    rows = lookup.rows(FIND[len(names)], {"sector": sector, **values})
    return {naam: PartijId(partij) for naam, partij in rows}


def list_names(lookup: Lookup, sector: str, na: str, aantal: int) -> list[tuple[str, PartijId]]:
    """Names that this actor was given, in the order of their hashes, after `na`."""
    found = lookup.rows(LIST, {"sector": sector, "na": na, "aantal": aantal})
    return [(naam, PartijId(partij)) for naam, partij in found]


def known_names(lookup: Lookup, sector: str, names: Iterable[str]) -> set[str]:
    """Those of these names that this actor was given."""
    wanted = list(names)
    found: set[str] = set()
    for start in range(0, len(wanted), MOST):
        found |= find_names(lookup, sector, wanted[start : start + MOST]).keys()
    return found
