"""The only SQL of the fast check: what stands between two parties, in one prepared statement.

It walks down from the represented party. A link stands below another when it names it (`boven`), or when
the other is held by an organisation and this one lets somebody act for that organisation: who acts for it
acts in all that it was given. Which link counts is for the rules (`toets`).
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from keys.kernel.database import Lookup
from keys.kernel.database.reading import moment
from machtigen.diensten.model import Grond, Niveau
from machtigen.machtigingen.beperkingen import Beperking, from_stored
from machtigen.machtigingen.keten import Keten
from machtigen.machtigingen.model import STANDING, Actief, Machtiging, Rol, Status
from machtigen.machtigingen.stored import status_from
from machtigen.partijen.model import ORGANISATION, PartijId

_ORGANISATION = f"{ORGANISATION[:-1]}{chr(ord(ORGANISATION[-1]) + 1)}"  # the first text after all of them
_STANDING = ", ".join(f"'{state.naam}'" for state in STANDING)
_COLUMNS = (
    "id", "initiatief", "vertegenwoordigde", "vertegenwoordiger", "beperkingen", "niveau", "grond",
    "status", "status_op", "status_door", "status_reden", "boven", "lease_tot", "gebruikt", "functie",
    "gericht_functie",
)  # fmt: skip


def _columns(table: str) -> str:
    return ", ".join(f"{table}.{name}" for name in _COLUMNS)


def _is_organisation(column: str) -> str:
    return f"({column} >= '{ORGANISATION}' AND {column} < '{_ORGANISATION}')"


# What is not an equality on an index of its own is written so that no planner takes it for one.
_STANDS = f"(m.status || '') IN ({_STANDING})"
_ON_TOP = "COALESCE(m.boven, '') = ''"


def _walk(above: str, onward: str, towards: str) -> str:
    """Rows of a walk: the ids from the top to here, then the link. `stap` keeps it short."""
    columns = ", ".join(_COLUMNS)
    return f"""
WITH RECURSIVE {above}keten(pad, stap, {columns}) AS (
  SELECT CAST(m.id AS VARCHAR), 1, {_columns("m")} FROM machtiging m
   WHERE m.vertegenwoordigde = :vertegenwoordigde AND {_ON_TOP} AND {_STANDS} AND {towards}
  UNION ALL
  SELECT CAST(keten.pad || ' ' || m.id AS VARCHAR), keten.stap + 1, {_columns("m")}
    FROM keten JOIN machtiging m ON {onward}
   WHERE keten.stap < :most AND {_STANDS} AND {towards}
)
SELECT pad, {columns} FROM keten
"""  # noqa: S608 - constants


_BELOW = f"""m.boven = keten.id OR (m.vertegenwoordigde = keten.vertegenwoordiger AND {_ON_TOP}
         AND {_is_organisation("keten.vertegenwoordiger")})"""
# Links above those that who acts holds in a chain: a walk goes on to these, to organisations, to who acts.
_ABOVE = """hoger(id) AS (
  SELECT boven FROM machtiging WHERE vertegenwoordiger = :vertegenwoordiger AND boven IS NOT NULL
  UNION
  SELECT m.boven FROM hoger JOIN machtiging m ON m.id = hoger.id WHERE m.boven IS NOT NULL
), """
_TOWARDS = f"""(m.vertegenwoordiger = :vertegenwoordiger OR {_is_organisation("m.vertegenwoordiger")}
     OR m.id IN (SELECT id FROM hoger))"""  # noqa: S608 - constants
BETWEEN = _walk(_ABOVE, _BELOW, _TOWARDS)
_ALL_BELOW = _walk("", _BELOW, "1 = 1")
_DIRECT = f"""
SELECT CAST(m.id AS VARCHAR), {_columns("m")} FROM machtiging m
 WHERE m.vertegenwoordigde = :vertegenwoordigde AND m.vertegenwoordiger = :vertegenwoordiger
   AND {_ON_TOP} AND {_STANDS}
"""  # noqa: S608 - constants


def rows_between(
    lookup: Lookup, vertegenwoordiger: PartijId, vertegenwoordigde: PartijId, most: int
) -> list[tuple[Any, ...]]:
    """What stands between two parties, as rows of the walk."""
    values = {"vertegenwoordiger": vertegenwoordiger, "vertegenwoordigde": vertegenwoordigde, "most": most}
    return lookup.rows(BETWEEN, values)


def find_ketens(
    lookup: Lookup, vertegenwoordiger: PartijId, vertegenwoordigde: PartijId, most: int
) -> tuple[Keten, ...]:
    """Every chain of at most `most` standing links by which the one might act for the other."""
    return ketens_of(rows_between(lookup, vertegenwoordiger, vertegenwoordigde, most), vertegenwoordiger)


def find_direct(
    lookup: Lookup, vertegenwoordiger: PartijId, vertegenwoordigde: PartijId
) -> tuple[Keten, ...]:
    """Those of them that are one link: found at half the price, and first to be looked at."""
    values = {"vertegenwoordiger": vertegenwoordiger, "vertegenwoordigde": vertegenwoordigde}
    return tuple(Keten((_machtiging(row),)) for row in lookup.rows(_DIRECT, values))


def list_ketens_for(lookup: Lookup, vertegenwoordigde: PartijId, most: int) -> tuple[Keten, ...]:
    """Every chain of at most `most` standing links that ends with this represented party."""
    return ketens_of(lookup.rows(_ALL_BELOW, {"vertegenwoordigde": vertegenwoordigde, "most": most}), None)


def ketens_of(rows: Iterable[tuple[Any, ...]], vertegenwoordiger: PartijId | None) -> tuple[Keten, ...]:
    """Chains from the rows of a walk, those of one representative or all; nobody stands twice in one."""
    by_path = {row[0]: row for row in rows}
    links: dict[str, Machtiging] = {}
    found = []
    for path, row in by_path.items():
        if vertegenwoordiger is not None and row[4] != vertegenwoordiger:
            continue
        ids = path.split(" ")
        schakels = []
        for place in range(len(ids), 0, -1):
            identifier = ids[place - 1]
            if identifier not in links:
                links[identifier] = _machtiging(by_path[" ".join(ids[:place])])
            schakels.append(links[identifier])
        parties = {schakels[-1].vertegenwoordigde, *(link.vertegenwoordiger for link in schakels)}
        if len(parties) == len(schakels) + 1:
            found.append(Keten(tuple(schakels)))
    return tuple(found)


def _machtiging(row: tuple[Any, ...]) -> Machtiging:
    """A link without what only its parties need (label, proposals)."""
    (_, identifier, initiatief, vertegenwoordigde, vertegenwoordiger, beperkingen, niveau, grond,
     status, op, door, reden, boven, lease_tot, gebruikt, functie, gericht_functie) = row  # fmt: skip
    by_represented = initiatief == Rol.VERTEGENWOORDIGDE.value
    return Machtiging(
        id=identifier,
        initiatief=Rol.VERTEGENWOORDIGDE if by_represented else Rol.VERTEGENWOORDIGER,
        aanvrager=PartijId(vertegenwoordigde if by_represented else vertegenwoordiger),
        wederpartij=PartijId(vertegenwoordiger if by_represented else vertegenwoordigde),
        beperkingen=_beperkingen(beperkingen if isinstance(beperkingen, str) else json.dumps(beperkingen)),
        niveau=_NIVEAUS[niveau],
        status=_status(status, op, door, reden),
        grond=_GRONDEN[grond],
        boven=boven,
        lease_tot=moment(lease_tot),
        gebruikt=gebruikt,
        functie=functie,
        gericht_functie=gericht_functie,
    )


_NIVEAUS = {niveau.value: niveau for niveau in Niveau}
_GRONDEN = {grond.value: grond for grond in Grond}


@lru_cache(maxsize=4096)
def _beperkingen(text: str) -> tuple[Beperking, ...]:
    """Restrictions from their stored text: the same text is always the same restrictions."""
    return from_stored(json.loads(text))


def _status(naam: str, op: Any, door: str | None, reden: str | None) -> Status:
    at = moment(op)
    if at is None:
        raise LookupError("a state without its moment")
    return Actief(at) if naam == Actief.naam else status_from(naam, at, door, reden, (None, None))
