"""Which columns of a file are read, which are replaced, and which are left as they are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from keys.bulk.errors import ConversionStopped


@dataclass(frozen=True)
class Columns:
    """Names of columns. `pid` is read when the file has it; `domein` and `epoch` only when they are named.

    The pid is the register's own key of a person: it does not leave with the output unless `keep_pid`,
    for with it the receiver could be joined to the register outside any purpose.
    """

    text: str
    pid: str
    out: str
    domein: str | None = None
    epoch: str | None = None
    keep_pid: bool = False


@dataclass(frozen=True)
class Layout:
    """Where the columns stand in one file. `kept`: the places that go to the output, in order."""

    text: int
    pid: int | None
    domein: int | None
    epoch: int | None
    width: int
    kept: tuple[int, ...]
    names: tuple[str, ...]

    @classmethod
    def of(cls, header: Sequence[str], columns: Columns) -> Layout:
        """From the names of a file's columns. Raises ConversionStopped."""

        def place(name: str | None, *, needed: bool) -> int | None:
            if name is None:
                return None
            if header.count(name) > 1:
                raise ConversionStopped(f"the column {name} stands in the input more than once")
            if name not in header and needed:
                raise ConversionStopped(f"the input has no column {name}")
            return header.index(name) if name in header else None

        text = place(columns.text, needed=True)
        assert text is not None  # noqa: S101 - place() refused its absence
        pid = place(columns.pid, needed=False)
        kept = tuple(at for at in range(len(header)) if at != pid or columns.keep_pid)
        names = tuple(columns.out if at == text else header[at] for at in kept)
        if names.count(columns.out) > 1:
            raise ConversionStopped(f"the output would have two columns {columns.out}")
        domein, epoch = place(columns.domein, needed=True), place(columns.epoch, needed=True)
        return cls(text, pid, domein, epoch, len(header), kept, names)
