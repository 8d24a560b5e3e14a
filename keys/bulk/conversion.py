"""A whole file: batches out to the workers, results back in order, parts and journal, then the output."""

from __future__ import annotations

import csv
import functools
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError, Future
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from typing import Any, BinaryIO, Protocol

from keys.bulk.errors import ConversionStopped
from keys.bulk.journal import Counts, Journal, move_durably
from keys.bulk.opening import Row
from keys.bulk.workforce import Workforce
from keys.bulk.working import Done, Task, convert_batch

AHEAD = 2  # batches that wait or run, for each worker
Told = Callable[[int], None]


class Source(Protocol):
    """A file with a register in it, and how its output is written."""

    suffix: str

    def batches(self, size: int) -> Iterator[Any]: ...
    def rows(self, batch: Any) -> list[Row]: ...
    def numbers(self, batch: Any) -> list[int]: ...
    def part(self, batch: Any, texts: list[str | None]) -> bytes: ...
    def join(self, parts: Iterator[Path], out: BinaryIO) -> None: ...


class Conversion:
    """One file on its way. `size`: rows in a batch. `told` hears how many more rows are done."""

    def __init__(self, source: Source, journal: Journal, task: Task, size: int, told: Told) -> None:
        self._source = source
        self._journal = journal
        self._task = task
        self._size = size
        self._told = told

    def run(self, workforce: Workforce) -> None:
        """Do what is not done yet. Raises ConversionStopped; what is finished then stays."""
        waiting: deque[tuple[Any, Future[Done]]] = deque()
        done_before = self._journal.counts.batches
        try:
            for number, batch in enumerate(self._source.batches(self._size)):
                if number < done_before:
                    continue
                rows = self._source.rows(batch)
                waiting.append((batch, workforce.executor.submit(convert_batch, self._task, rows)))
                if len(waiting) >= AHEAD * workforce.width:
                    self._take(*waiting.popleft())
            while waiting:
                self._take(*waiting.popleft())
        finally:
            for _, future in waiting:
                future.cancel()

    def complete(self, out: Path) -> Counts:
        """The output and the rejects in their places, the state gone. Raises ConversionStopped."""
        folder, counts = self._journal.folder, self._journal.counts
        if counts.rows != counts.out + counts.refused:
            raise ConversionStopped("the counts do not balance; nothing was put in place")
        with (folder / "uitvoer").open("wb") as file:
            self._source.join(self._journal.parts(), file)
        with (folder / "rejects").open("w", encoding="ascii", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(["regel", "reden"])
            writer.writerows(self._journal.refused())
        move_durably(folder / "rejects", rejects_of(out))
        move_durably(folder / "uitvoer", out)
        self._journal.remove()
        return counts

    def _take(self, batch: Any, future: Future[Done]) -> None:
        done = _result(future)
        numbers = self._source.numbers(batch)
        refused = [(numbers[place], code) for place, code in done.refused]
        made = sum(text is not None for text in done.texts)
        if len(done.texts) != len(numbers) or made + len(refused) != len(numbers):
            raise ConversionStopped("a worker gave another number of rows than it got")
        self._journal.finish(self._source.part(batch, done.texts), numbers, made, refused)
        self._told(len(numbers))


def rejects_of(out: Path) -> Path:
    """Where the rows stand that were left out."""
    return out.with_name(f"{out.name}.rejects.csv")


@functools.cache
def _gone() -> tuple[type[BaseException], ...]:
    """What a workforce raises when its workers are gone, for whichever is installed."""
    found: list[type[BaseException]] = [BrokenProcessPool, CancelledError]
    try:
        from distributed.client import FutureCancelledError
        from distributed.scheduler import KilledWorker
    except ImportError:
        return tuple(found)
    return (*found, FutureCancelledError, KilledWorker)


def _result(future: Future[Done]) -> Done:
    try:
        return future.result()
    except ConversionStopped:
        raise
    except Exception as error:  # the kinds of dask are known only where dask is installed
        if isinstance(error, _gone()):
            raise ConversionStopped("stopped: the workers are gone") from error
        raise
