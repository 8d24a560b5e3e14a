"""Check files of vectors: the kind of each by its fields, every field of every row, a count per kind."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from keys.kernel.pep.errors import PepError
from keys.vectors import pep, rfc9497
from keys.vectors.reading import Malformed, Row, read_rows

Print = Callable[[str], None]


@dataclass(frozen=True)
class Kind:
    """A kind of vector: which fields a row has, and how it is checked."""

    name: str
    fields: Callable[[dict[str, Any]], frozenset[str]]
    check: Callable[[dict[str, Any]], list[str]]


KINDS = (
    Kind("pep_primitives", lambda _: pep.PRIMITIVES, pep.check_primitives),
    Kind("pep_distributed", lambda _: pep.DISTRIBUTED, pep.check_distributed),
    Kind("rfc9497_ristretto255", rfc9497.fields_of, rfc9497.check_entry),
)


@dataclass
class Count:
    """Rows of one kind."""

    checked: int = 0
    failed: int = 0
    values: int = 0


def run(paths: Iterable[Path], say: Print) -> int:
    """Check all files; print failures and a count per kind. Gives the exit code: 0 all well, 1 not."""
    counts: dict[str, Count] = {}
    sound = True
    seen = 0
    for path in paths:
        seen += 1
        sound &= _check_file(path, counts, say)
    for name, count in counts.items():
        say(f"{name}: {count.checked} checked ({count.values} fields), {count.failed} failed")
    if seen == 0:
        say("no file was given")
    return 0 if sound and seen > 0 else 1


def kind_of(rows: Iterable[Row]) -> Kind | None:
    """The kind whose fields most rows have exactly; None when no row has the fields of any."""
    values = [row.value for row in rows if row.value is not None]
    fitting = [(sum(value.keys() == kind.fields(value) for value in values), kind) for kind in KINDS]
    best = max(fitting, key=lambda pair: pair[0])
    return best[1] if best[0] > 0 else None


def _check_file(path: Path, counts: dict[str, Count], say: Print) -> bool:
    try:
        rows = read_rows(path)
    except OSError as error:
        say(f"{path}: cannot be read ({error.strerror or 'unknown reason'})")
        return False
    if not rows:
        say(f"{path}: holds no rows")
        return False
    kind = kind_of(rows)
    if kind is None:
        say(f"{path}: unknown kind of vectors")
        return False
    count = counts.setdefault(kind.name, Count())
    before = count.failed
    for row in rows:
        count.checked += 1
        count.values += len(row.value or {})
        reason = _check_row(kind, row)
        if reason:
            count.failed += 1
            say(f"{path}: {row.place}: {reason}")
    return count.failed == before


def _check_row(kind: Kind, row: Row) -> str:
    """Why the row fails, or an empty text."""
    if row.value is None:
        return row.problem
    wanted = kind.fields(row.value)
    if row.value.keys() != wanted:
        missing, strange = sorted(wanted - row.value.keys()), sorted(row.value.keys() - wanted)
        return f"missing {missing}, unknown {strange}"
    try:
        differing = kind.check(row.value)
    except Malformed as error:
        return str(error)
    except PepError as error:
        return f"cannot be computed: {error.code}"
    return f"differs: {', '.join(differing)}" if differing else ""
