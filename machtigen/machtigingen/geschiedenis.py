"""Pure history: what a line says, how it holds on to the line before it, and whether it still does.

The hash of a line is that of `machtigen.verifier.geschiedenis`: who checks an export at home computes the
same.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from machtigen.machtigingen.model import Machtiging, Regel
from machtigen.machtigingen.rules import last_moment
from machtigen.verifier.geschiedenis import NO_LINE, hash_line, to_text


@dataclass(frozen=True)
class GeketendeRegel:
    """Geketende regel (chained line): a line with its number in its machtiging, from 1, and two hashes."""

    regel: Regel
    nummer: int
    vorige: bytes  # 32, of the line before it; zero bytes before the first
    hash: bytes  # 32, of this line, `vorige` included

    def exported(self) -> dict[str, Any]:
        """As in an export: what the hash is made of, and the hash."""
        return {**fields_of(self.regel, self.nummer, self.vorige), "hash": to_text(self.hash)}


@dataclass(frozen=True)
class Zegel:
    """Zegel (seal): a signature over the first `aantal` lines of the house, those up to number `tot`.

    `toppen` are the peaks of their Merkle tree, 32 bytes each.
    """

    nummer: int
    op: datetime
    tot: int
    aantal: int
    toppen: tuple[bytes, ...]
    jws: str


def moment_text(moment: datetime) -> str:
    """A moment as it is hashed: UTC, microseconds, `Z`."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def fields_of(regel: Regel, nummer: int, vorige: bytes) -> dict[str, Any]:
    """The fields of a line; those without a value are left out."""
    fields: dict[str, Any] = {
        "nummer": nummer,
        "op": moment_text(regel.op),
        "gebeurtenis": regel.gebeurtenis.value,
        "door": regel.door,
    }
    more = {"functie": regel.functie, "reden": regel.reden, "inhoud": regel.inhoud}
    fields |= {name: value for name, value in more.items() if value is not None}
    return {**fields, "vorige": to_text(vorige)}


def chain(machtiging: str, regel: Regel, before: GeketendeRegel | None) -> GeketendeRegel:
    """The line, behind `before` (None: it is the first)."""
    nummer, vorige = (before.nummer + 1, before.hash) if before else (1, NO_LINE)
    return GeketendeRegel(regel, nummer, vorige, hash_line(machtiging, fields_of(regel, nummer, vorige)))


def broken(machtiging: str, lines: Iterable[GeketendeRegel]) -> Iterator[int]:
    """The numbers at which stored lines are not what they were or do not follow the one before."""
    before: GeketendeRegel | None = None
    for place, line in enumerate(lines, start=1):
        follows = line.nummer == place and line.vorige == (before.hash if before else NO_LINE)
        if not follows or hash_line(machtiging, fields_of(line.regel, line.nummer, line.vorige)) != line.hash:
            yield place
        before = line


def content_of(machtiging: Machtiging) -> dict[str, Any]:
    """What a machtiging gives, as `inhoud` of a line: services, actions, days, level; never a label.

    Of a case it says only that there is one: people choose its number themselves.
    """
    content: dict[str, Any] = {
        "diensten": sorted(machtiging.diensten),
        "handelingen": sorted(handeling.value for handeling in machtiging.handelingen),
        "geldig_van": moment_text(machtiging.geldig_van),
        "geldig_tot": moment_text(last_moment(machtiging)),
        "min_niveau": machtiging.min_niveau.value,
    }
    if machtiging.doelen is not None:
        content["doelen"] = sorted(machtiging.doelen)
    if machtiging.max_gebruik is not None:
        content["max_gebruik"] = machtiging.max_gebruik
    if machtiging.zaak is not None:
        content["een_zaak"] = True
    return content


def changed(before: Machtiging, after: Machtiging) -> Mapping[str, Any] | None:
    """What of its content an act changed, as it is afterwards; None when nothing."""
    old, new = content_of(before), content_of(after)
    return {name: value for name, value in new.items() if old.get(name) != value} or None
