"""One installation in which the canaries played their story: what it left behind, to be searched.

First other people play the same story, so that what is about nobody (names of services, texts, codes of
events) is known by machine: a value counts as being about the canaries when it was nowhere before them.
"""

from __future__ import annotations

import itertools
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.e2e.system import free_ports
from tests.separation import probing, values
from tests.separation.house import House, running_house
from tests.separation.people import CANARIES, REHEARSAL
from tests.separation.play import Play
from tests.separation.recording import Exchange, recording_proxy
from tests.separation.registerkeys import Opened, open_register
from tests.separation.searching import Search, canary_search
from tests.separation.values import Values

OUTBOX_S = 1.2  # in which notices and status lists go out


@dataclass
class Evidence:
    """`new`: by holder (database, `log …`, `service …`), the values that came with the canaries."""

    house: House
    play: Play
    search: Search
    between: list[Exchange]
    rehearsed: int  # how many of `between` came before the canaries
    outside: list[Exchange]
    probes: list[Exchange]
    statuses: Counter[int]
    new: dict[str, Values]
    opened: dict[str, Opened]

    @property
    def registers(self) -> list[str]:
        """Holders that are registers."""
        return [name for name in self.new if name.startswith("register ")]

    def shared(self, one: str, other: str) -> set[bytes]:
        """What two holders have in common about the canaries; apart from `trace_id`, and from the address of
        a status list, which ten thousands of tokens of everybody name."""
        known = {*self.traces(), *self.status_lists()}
        return (self.new[one].names & self.new[other].names) - {
            shape for text in known for shape in values.shapes(text)
        }

    def status_lists(self) -> set[str]:
        """The addresses of status lists, whole and from the port on."""
        base = self.house.endpoints["machtigen"]
        whole = {f"{base}/status/{number}" for number in range(1, 10)}
        return whole | {address.rpartition(":")[2] for address in whole}

    def traces(self) -> set[str]:
        """Every trace id: those that services sent, and those that registers made."""
        found = set(self.play.trace_ids)
        for path in self.house.databases().values():
            found |= {row["trace_id"] for _, row in values.rows(path) if row.get("trace_id")}
        return found

    def pairs(self) -> Iterator[tuple[str, str]]:
        """Every two databases."""
        return itertools.combinations(
            [name for name in self.new if not name.startswith(("log ", "service "))], 2
        )


@contextmanager
def gathered(folder: Path, *, separate: bool) -> Iterator[Evidence]:
    """Play everything, send the probes, and take stock."""
    with ExitStack() as stack:
        house = stack.enter_context(running_house(folder, separate=separate))
        proxy = stack.enter_context(recording_proxy(free_ports(1)))
        before = Values()
        for held in _told_twice(house, Play(house, *REHEARSAL)).values():
            before = before | held
        house.outside.forget()
        rehearsed = len(house.between())
        play = Play(house, *CANARIES)
        new = {name: held - before for name, held in _told_twice(house, play).items()}
        outside = list(house.outside.exchanges)
        statuses = probing.send(house, CANARIES[0], proxy.url)
        time.sleep(OUTBOX_S)
        yield Evidence(
            house,
            play,
            canary_search(),
            house.between(),
            rehearsed,
            outside,
            list(proxy.exchanges),
            Counter(statuses),
            new,
            _opened(house),
        )


def _opened(house: House) -> dict[str, Opened]:
    registers = [register["id"] for register in house.world["registers"]]
    return {f"register {register}": open_register(house.data, register) for register in registers}


def _told_twice(house: House, play: Play) -> dict[str, Values]:
    """What each holder knew while the people were logged in, and what it knows after they left."""
    held: list[dict[str, Values]] = []
    try:
        play.play(lambda: held.append(_held(house, play)))
        time.sleep(OUTBOX_S)
        held.append(_held(house, play))
    finally:
        play.close()
    return {name: held[0][name] | held[1][name] for name in held[1]}


def _held(house: House, play: Play) -> dict[str, Values]:
    opened = _opened(house)
    found = {name: one.values for name, one in opened.items()}  # its rows, and what its keys open
    found |= {
        name: values.of_database(path) for name, path in house.databases().items() if name not in opened
    }
    for path in sorted((house.data / "logs").glob("*.jsonl")):
        found[f"log {path.stem}"] = values.of_lines(path)
    for register, got in play.received.items():
        found[f"service {register}"] = values.of(got.documents, got.tokens, got.points)
    return found
