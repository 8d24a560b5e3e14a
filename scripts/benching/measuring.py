"""Short rounds in which every measure gets its turn, so that a busy moment hits all of them; their medians.

Time is that of the processor in the thread that works: what other processes take of it does not count.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Case:
    """What is measured: `act` does `items` items in one call. `told`: it works in another process, and
    gives back the seconds of the processor that it took there."""

    act: Callable[[], object]
    items: int = 1
    told: bool = False

    def seconds(self, repeats: int) -> float:
        """The time of so many calls."""
        if self.told:
            return sum(float(str(self.act())) for _ in range(repeats))
        begin = time.thread_time()
        for _ in range(repeats):
            self.act()
        return time.thread_time() - begin


@dataclass(frozen=True)
class Size:
    """How much is measured: `--tiny` for a look whether it runs, the default for figures."""

    rounds: int = 100
    slice_s: float = 0.008  # for one case in one round
    batch: int = 1000
    batches: int = 5
    multi_s: int = 3  # seconds for two processes, and for each run of openssl speed
    rows: int = 20_000
    register: int = 1_000_000  # machtigingen in the largest register on SQLite
    postgres: str | None = None
    postgres_register: int = 10_000_000  # in the largest register there


TINY = Size(
    rounds=2, slice_s=0.001, batch=4, batches=1, multi_s=1, rows=60, register=8_000, postgres_register=8_000
)


def interleave(cases: Mapping[str, Case], size: Size) -> dict[str, float]:
    """Seconds for one item of each case: the median of all rounds."""
    repeats = {name: _repeats(case, size.slice_s) for name, case in cases.items()}
    found: dict[str, list[float]] = {name: [] for name in cases}
    for _ in range(size.rounds):
        for name, case in cases.items():
            found[name].append(case.seconds(repeats[name]) / repeats[name] / case.items)
    return {name: statistics.median(times) for name, times in found.items()}


def _repeats(case: Case, slice_s: float) -> int:
    case.act()  # the first one loads what it needs
    return max(1, round(slice_s / max(case.seconds(1), 1e-6)))


@dataclass
class Row:
    """One row of the table: what was found against what it must be. `ratio` None: it could not be
    measured, and `why` says so. `at_most`: the target is an upper bound."""

    name: str
    measure: str
    target: float
    ratio: float | None
    at_most: bool = False
    unit: str = ""
    why: str = ""
    figures: dict[str, float] = field(default_factory=dict)

    @property
    def met(self) -> bool | None:
        """None when there is nothing to judge."""
        if self.ratio is None:
            return None
        return self.ratio <= self.target if self.at_most else self.ratio >= self.target
