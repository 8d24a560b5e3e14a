"""The only SQL of names that were given out: which `sub` an actor knows, and whose it is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session

from keys.kernel.database import Lookup
from machtigen.bevoegdheidsverklaringen.tables import PairwiseNaamRow
from machtigen.partijen.model import PartijId

SIZES = (2, 8, 32, 128)  # how many names one statement looks up; what is left over is asked as nothing


def _for_several(amount: int) -> str:
    places = ", ".join(f":n{place}" for place in range(amount))
    return f"SELECT naam, partij FROM pairwise_naam WHERE sector = :sector AND naam IN ({places})"  # noqa: S608 - constants


FIND = {amount: _for_several(amount) for amount in SIZES}
LIST = (
    "SELECT naam, partij FROM pairwise_naam WHERE sector = :sector AND naam > :na ORDER BY naam LIMIT :aantal"
)


def add_names(session: Session, sector: str, names: Mapping[str, str]) -> None:
    """Remember names (keyed hash to party) that this actor is given; those it knows stay as they are."""
    rows = [{"sector": sector, "naam": naam, "partij": partij} for naam, partij in names.items()]
    connection = session.connection()
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    connection.execute(insert(PairwiseNaamRow).on_conflict_do_nothing(), rows)


def find_names(lookup: Lookup, sector: str, names: Iterable[str]) -> dict[str, PartijId]:
    """Whose names these are; those this actor was never given are left out."""
    wanted, found = list(names), {}
    for start in range(0, len(wanted), SIZES[-1]):
        part = wanted[start : start + SIZES[-1]]
        size = next(size for size in SIZES if size >= len(part))
        values = {f"n{place}": naam for place, naam in enumerate(part)}
        values.update((f"n{place}", "") for place in range(len(part), size))
        for naam, partij in lookup.rows(FIND[size], {"sector": sector, **values}):
            found[naam] = PartijId(partij)
    return found


def list_names(lookup: Lookup, sector: str, na: str, aantal: int) -> list[tuple[str, PartijId]]:
    """Names that this actor was given, in the order of their hashes, after `na`."""
    found = lookup.rows(LIST, {"sector": sector, "na": na, "aantal": aantal})
    return [(naam, PartijId(partij)) for naam, partij in found]
