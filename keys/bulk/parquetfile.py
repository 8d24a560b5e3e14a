"""Parquet in and out: every other column keeps its type and its values. Needs pyarrow."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, BinaryIO

import pyarrow as pa
import pyarrow.parquet as pq

from keys.bulk.columns import Columns, Layout
from keys.bulk.errors import ConversionStopped
from keys.bulk.opening import Row

GROUP_ROWS = 32_768  # rows in one group of the output
BUFFER_BYTES = 1 << 16
Numbered = tuple[int, Any]


class ParquetFile:
    """A Parquet file, as batches. A batch is (number of its first row, record batch)."""

    suffix = ".parquet"

    def __init__(self, path: Path, columns: Columns, target: tuple[str, int]) -> None:
        """Raises ConversionStopped. `target`: the domain and epoch that the output is for."""
        self._path = path
        self._target = target
        try:
            with self._open() as file:
                self._schema = file.schema_arrow
                self._count = file.metadata.num_rows
        except pa.ArrowException as error:
            raise ConversionStopped(f"{path} cannot be read as Parquet") from error
        self.layout = Layout.of(self._schema.names, columns)
        for at in (self.layout.text, self.layout.pid):
            if at is not None and not _is_text(self._schema.field(at).type):
                raise ConversionStopped(f"the column {self._schema.names[at]} does not hold text")
        self._out = pa.schema([self._field(at) for at in self.layout.kept], self._schema.metadata)

    def count(self) -> int:
        """How many rows there are."""
        return int(self._count)

    def batches(self, size: int) -> Iterator[Numbered]:
        """All rows, at most `size` at a time. Raises ConversionStopped for a damaged file."""
        number = 1
        try:
            with self._open() as file:
                for batch in file.iter_batches(batch_size=size, use_threads=False):
                    if batch.num_rows:
                        yield number, batch
                    number += batch.num_rows
        except (pa.ArrowException, OSError) as error:
            raise ConversionStopped(f"the input is damaged after row {number - 1}") from error

    def rows(self, batch: Numbered) -> list[Row]:
        """What a worker needs of a batch."""

        def column(at: int | None) -> list[Any]:
            return [None] * batch[1].num_rows if at is None else batch[1].column(at).to_pylist()

        where = self.layout
        columns = (column(at) for at in (where.text, where.pid, where.domein, where.epoch))
        return [
            Row(text, pid, domein, None if epoch is None else str(epoch))
            for text, pid, domein, epoch in zip(*columns, strict=True)
        ]

    def numbers(self, batch: Numbered) -> list[int]:
        """The number of each row, the first being 1."""
        return list(range(batch[0], batch[0] + batch[1].num_rows))

    def part(self, batch: Numbered, texts: Sequence[str | None]) -> bytes:
        """The output of one batch, as an Arrow file: the rows that have a text."""
        keep = pa.array([text is not None for text in texts], pa.bool_())
        columns = [self._column(at, batch[1], texts) for at in self.layout.kept]
        made = pa.RecordBatch.from_arrays(columns, schema=self._out).filter(keep)
        sink = pa.BufferOutputStream()
        with pa.ipc.new_file(sink, self._out) as writer:
            writer.write_batch(made)
        found: bytes = sink.getvalue().to_pybytes()
        return found

    def join(self, parts: Iterable[Path], out: BinaryIO) -> None:
        """The whole output from its parts, a group of rows at a time."""
        waiting: list[Any] = []
        with pq.ParquetWriter(out, self._out) as writer:
            for part in parts:
                with pa.OSFile(str(part)) as file:
                    waiting.append(pa.ipc.open_file(file).read_all())
                if sum(table.num_rows for table in waiting) >= GROUP_ROWS:
                    writer.write_table(pa.concat_tables(waiting))
                    waiting = []
            if waiting:
                writer.write_table(pa.concat_tables(waiting))

    def _open(self) -> Any:
        return pq.ParquetFile(self._path, buffer_size=BUFFER_BYTES, pre_buffer=False)

    def _field(self, at: int) -> Any:
        name = self.layout.names[self.layout.kept.index(at)]
        if at == self.layout.text:
            return pa.field(name, pa.string())
        return self._schema.field(at)

    def _column(self, at: int, batch: Any, texts: Sequence[str | None]) -> Any:
        if at == self.layout.text:
            return pa.array(texts, pa.string())
        stated = {self.layout.domein: self._target[0], self.layout.epoch: self._target[1]}
        if at in stated:
            kind = self._schema.field(at).type
            value: Any = stated[at] if not _is_text(kind) else str(stated[at])
            return pa.array([value] * batch.num_rows).cast(kind)
        return batch.column(at)


def _is_text(kind: Any) -> bool:
    if pa.types.is_dictionary(kind):
        kind = kind.value_type
    kinds = (pa.types.is_string, pa.types.is_large_string, pa.types.is_string_view, pa.types.is_null)
    return any(is_kind(kind) for is_kind in kinds)
