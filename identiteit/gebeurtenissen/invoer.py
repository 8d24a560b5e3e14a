"""Invoer (input) of a source's feed from a file: JSON lines as the API takes them, or CSV.

A line is known by what it says (SHA-256 of its canonical form), so a file may be brought twice, and a
longer one after a shorter. A line that is refused is named with its number and reason, never its content.
"""

from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from identiteit.errors import InvalidEvent
from identiteit.gebeurtenissen import rules
from identiteit.gebeurtenissen.model import Gebeurtenis, Grond, Hoedanigheid, Soort
from identiteit.personen.model import Bsn
from identiteit.wire.gebeurtenis import GebeurtenisIn

CSV_COLUMNS = ("soort", "persoon", "partij", "per", "bron", "inOnderzoek", "hoedanigheid", "maatregel")
TRUE = {"ja", "true", "1"}
Take = Callable[[Gebeurtenis, str], bool]


@dataclass(frozen=True)
class Weigering:
    """Weigering (refusal) of one line."""

    regel: int
    reden: str


@dataclass(frozen=True)
class Telling:
    """Telling (count) of an import: what was read is what was new, double or refused."""

    gelezen: int
    nieuw: int
    dubbel: int
    weigeringen: tuple[Weigering, ...]


def from_wire(body: GebeurtenisIn) -> Gebeurtenis:
    """An event as a source says it. Raises InvalidEvent."""
    try:
        return Gebeurtenis(
            soort=Soort(body.soort),
            persoon=Bsn(body.persoon.bsn),
            partij=Bsn(body.partij.bsn) if body.partij else None,
            per=body.per,
            bron=body.bron,
            in_onderzoek=body.in_onderzoek,
            hoedanigheid=Hoedanigheid(body.hoedanigheid),
            maatregel=Grond(body.maatregel) if body.maatregel else None,
        )
    except ValueError as error:
        raise InvalidEvent from error


def read_lines(lines: Iterable[str], *, as_csv: bool) -> Iterator[tuple[int, object]]:
    """(line number, document) of each line that is not empty; a document that cannot be read is None."""
    if as_csv:
        reader = csv.DictReader(lines)
        for row in reader:
            yield reader.line_num, _from_csv(row)
        return
    for number, line in enumerate(lines, start=1):
        if line.strip():
            yield number, _parsed(line)


def bring(lines: Iterable[tuple[int, object]], take: Take) -> Telling:
    """Take every line in: `take(event, kenmerk)` answers whether it was new."""
    read, new, doubles, refused = 0, 0, 0, []
    for number, document in lines:
        read += 1
        try:
            gebeurtenis, kenmerk = _event(document)
            rules.check(gebeurtenis)
        except ValidationError as error:
            refused.append(Weigering(number, _places(error)))
        except InvalidEvent as error:
            refused.append(Weigering(number, error.code))
        else:
            if take(gebeurtenis, kenmerk):
                new += 1
            else:
                doubles += 1
    return Telling(read, new, doubles, tuple(refused))


def _event(document: object) -> tuple[Gebeurtenis, str]:
    body = GebeurtenisIn.model_validate(document)
    said = json.dumps(body.model_dump(mode="json"), sort_keys=True, separators=(",", ":"))
    return from_wire(body), f"regel:{hashlib.sha256(said.encode()).hexdigest()}"


def _places(error: ValidationError) -> str:
    """Which fields are wrong and how, without what stood in them."""
    found = [
        f"{'.'.join(str(part) for part in one['loc']) or 'line'}: {one['type']}"
        for one in error.errors(include_input=False, include_context=False, include_url=False)
    ]
    return "; ".join(found[:5])


def _parsed(line: str) -> object:
    try:
        return json.loads(line)
    except (ValueError, RecursionError):
        return None


def _from_csv(row: Mapping[str | None, Any]) -> object:
    if None in row or any(value is None for value in row.values()):
        return None  # too many fields, or too few
    given = {name: value.strip() for name, value in row.items() if name is not None and value.strip()}
    document: dict[str, object] = {
        name: {"bsn": value} if name in {"persoon", "partij"} else value for name, value in given.items()
    }
    if "inOnderzoek" in given:
        document["inOnderzoek"] = given["inOnderzoek"].lower() in TRUE
    return document
