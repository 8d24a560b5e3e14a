"""CSV in and out: values are kept as they are, to the byte, whatever their encoding."""

from __future__ import annotations

import csv
import io
import shutil
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, BinaryIO

from keys.bulk.columns import Columns, Layout
from keys.bulk.errors import ConversionStopped
from keys.bulk.opening import Row

DELIMITERS = (",", ";", "\t")
FIELD_LIMIT = 1 << 20  # characters in one field
Record = tuple[int, list[str]]


class CsvFile:
    """A CSV file with a header, as batches. A batch is a list of (line number, fields)."""

    suffix = ".csv"

    def __init__(self, path: Path, columns: Columns, target: tuple[str, int]) -> None:
        """Raises ConversionStopped. `target`: the domain and epoch that the output is for."""
        self._path = path
        self._target = (target[0], str(target[1]))
        csv.field_size_limit(FIELD_LIMIT)
        with self._open() as file:
            first = file.readline()
        self._terminator = "\r\n" if first.endswith("\r\n") else "\n"
        self._delimiter = max(DELIMITERS, key=first.count)
        with self._open() as file:
            header = next(self._reader(file), None)
        if header is None:
            raise ConversionStopped(f"{path} is empty")
        self.layout = Layout.of(header, columns)

    def count(self) -> int:
        """About how many rows there are: lines, the header not counted."""
        with self._path.open("rb") as file:
            return max(sum(block.count(b"\n") for block in iter(lambda: file.read(1 << 20), b"")) - 1, 0)

    def batches(self, size: int) -> Iterator[list[Record]]:
        """All rows, `size` at a time. Raises ConversionStopped for what is no CSV."""
        with self._open() as file:
            reader = self._reader(file)
            next(reader, None)
            batch: list[Record] = []
            line = reader.line_num + 1
            try:
                for fields in reader:
                    if fields:  # an empty line is no row
                        batch.append((line, fields))
                    line = reader.line_num + 1
                    if len(batch) == size:
                        yield batch
                        batch = []
            except csv.Error as error:
                raise ConversionStopped(f"line {line} of the input cannot be read as CSV") from error
            if batch:
                yield batch

    def rows(self, batch: Sequence[Record]) -> list[Row]:
        """What a worker needs of a batch."""
        where = self.layout

        def value(fields: list[str], at: int | None) -> str | None:
            return None if at is None else fields[at]

        return [
            Row(
                fields[where.text], value(fields, where.pid), value(fields, where.domein),
                value(fields, where.epoch),
            )
            if len(fields) == where.width
            else Row(None, broken=True)
            for _, fields in batch
        ]  # fmt: skip

    def numbers(self, batch: Sequence[Record]) -> list[int]:
        """Where each row begins: its line in the file, the header being line 1."""
        return [line for line, _ in batch]

    def part(self, batch: Sequence[Record], texts: Sequence[str | None]) -> bytes:
        """The output of one batch: the rows that have a text."""
        where, out = self.layout, io.StringIO()
        writer = self._writer(out)
        for (_, fields), text in zip(batch, texts, strict=True):
            if text is not None:
                changed = {where.text: text, where.domein: self._target[0], where.epoch: self._target[1]}
                writer.writerow([changed.get(at, fields[at]) for at in where.kept])
        return out.getvalue().encode("utf-8", "surrogateescape")

    def join(self, parts: Iterable[Path], out: BinaryIO) -> None:
        """The whole output from its parts."""
        head = io.StringIO()
        self._writer(head).writerow(self.layout.names)
        out.write(head.getvalue().encode("utf-8", "surrogateescape"))
        for part in parts:
            with part.open("rb") as file:
                shutil.copyfileobj(file, out, 1 << 20)

    def _open(self) -> io.TextIOWrapper:
        # What is no UTF-8 comes back as the same bytes; a byte order mark is no part of a name.
        return self._path.open(encoding="utf-8-sig", errors="surrogateescape", newline="")

    def _reader(self, file: io.TextIOWrapper) -> Any:
        return csv.reader(file, delimiter=self._delimiter)

    def _writer(self, file: io.StringIO) -> Any:
        return csv.writer(file, delimiter=self._delimiter, lineterminator=self._terminator)
