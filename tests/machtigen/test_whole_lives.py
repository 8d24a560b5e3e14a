"""Property: whatever people do, in whatever order, nobody can do more than a living chain gives them.

The machine (`lives`) tries random acts and compares with the ledger after each; in memory, on the pure
rules, and on a database.
"""

from __future__ import annotations

import shutil
import tempfile
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings

from keys.kernel.database import Database
from machtigen.diensten.model import DienstId, Grond, Niveau
from machtigen.diensten.service import Diensten
from machtigen.machtigingen.keten import Keten
from machtigen.machtigingen.model import Aanvraag, Inperking, Machtiging, Regel, Uitgegeven
from machtigen.machtigingen.service import Machtigingen
from machtigen.machtigingen.wettelijk import Spiegeling
from machtigen.partijen.model import PartijId
from machtigen.sealing import Seal
from tests.machtigen.lives import LEVEL, Lives, Registry
from tests.machtigen.pure_registry import PureRegistry
from tests.machtigen.world import CATALOGUE, NOW
from tests.templates import Templates

QUIET = [HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large]
_FOLDER = tempfile.TemporaryDirectory(prefix="lives-")
_TEMPLATES = Templates(Path(_FOLDER.name))


class RealRegistry:
    """The room, on a database of its own."""

    counts_guesses = True

    def __init__(self) -> None:
        self.folder = tempfile.mkdtemp(dir=_FOLDER.name)
        url = f"sqlite:///{self.folder}/test.db"
        _TEMPLATES.migrate(url, "machtigen")
        self.database = Database(url)
        diensten = Diensten(self.database)
        for dienst in CATALOGUE:
            diensten.register(dienst, NOW)
        self.room = Machtigingen(self.database, diensten, codes_key=b"c" * 32, seal=Seal(b"l" * 32))

    def close(self) -> None:
        self.database.close()
        shutil.rmtree(self.folder)

    def grant(self, wish: Aanvraag, who: PartijId, now: datetime) -> Uitgegeven:
        return self.room.grant(wish, who, LEVEL, now)

    def ask(self, wish: Aanvraag, who: PartijId, now: datetime) -> Uitgegeven:
        return self.room.ask(wish, who, Niveau.LAAG, now)

    def delegate(self, one: str, wish: Aanvraag, who: PartijId, now: datetime) -> Uitgegeven:
        return self.room.delegate(one, wish, who, LEVEL, now)

    def confirm(self, code: str, who: PartijId, now: datetime) -> Machtiging:
        return self.room.confirm(code, who, LEVEL, now)

    def decline(self, code: str, who: PartijId, now: datetime) -> Machtiging:
        return self.room.decline(code, who, now)

    def revoke(self, one: str, who: PartijId, now: datetime) -> Machtiging:
        return self.room.revoke(one, who, now)

    def renounce(self, one: str, who: PartijId, now: datetime) -> Machtiging:
        return self.room.renounce(one, who, now)

    def narrow(self, one: str, left: Inperking, who: PartijId, now: datetime) -> Machtiging:
        return self.room.narrow(one, left, who, now)

    def extend(self, one: str, until: datetime, who: PartijId, now: datetime) -> Machtiging:
        return self.room.extend(one, until, who, LEVEL, now)

    def refuse_extension(self, one: str, who: PartijId, now: datetime) -> Machtiging:
        return self.room.refuse_extension(one, who, now)

    def pause(self, one: str, who: PartijId, now: datetime) -> Machtiging:
        return self.room.pause(one, who, now)

    def resume(self, one: str, who: PartijId, now: datetime) -> Machtiging:
        return self.room.resume(one, who, now)

    def contest(self, one: str, who: PartijId, now: datetime) -> Machtiging:
        return self.room.contest(one, None, who, now)

    def settle(self, one: str, stands: bool, now: datetime) -> Machtiging:
        return self.room.settle_contest(one, stands=stands, now=now)

    def mirror(self, van: PartijId, aan: PartijId, now: datetime) -> Machtiging:
        said = Spiegeling(van, aan, Grond.GEZAG, "brp", now)
        return self.database.write(lambda session: self.room.mirror(session, said, now))

    def end_by_law(self, van: PartijId, aan: PartijId, now: datetime) -> bool:
        return self.database.write(
            lambda session: self.room.end_by_law(session, van, aan, Grond.GEZAG, "einde", now)
        )

    def die(self, who: PartijId, now: datetime) -> None:
        self.database.write(lambda session: self.room.end_all_of(session, who, "overlijden", now))

    def use(self, chain: Keten, now: datetime) -> None:
        self.database.write(lambda session: self.room.note_use(session, chain.ids, now, chain.schakels))

    def upkeep(self, now: datetime) -> None:
        self.room.settle_expired(now)

    def find(self, one: str) -> Machtiging | None:
        return self.room.find(one)

    def history(self, one: str, who: PartijId, now: datetime) -> list[Regel]:
        return self.room.history(one, who, now)

    def list_representable(self, who: PartijId, dienst: DienstId, now: datetime) -> list[Keten]:
        return self.room.list_representable(who, dienst, now)


class PureLives(Lives):
    """On the pure rules."""

    def registry(self) -> Registry:
        return PureRegistry()


class RealLives(Lives):
    """On a database."""

    def registry(self) -> Registry:
        return RealRegistry()


def of(machine: type[Lives], examples: int, steps: int, *, fixed: bool) -> type:
    """The test of a machine; `fixed`: the same lives each time."""
    case: type = machine.TestCase
    limits = settings(max_examples=examples, stateful_step_count=steps, deadline=None, derandomize=fixed,
                      suppress_health_check=QUIET, database=None,
                      phases=[Phase.generate])  # fmt: skip
    return type(f"{machine.__name__}Test", (case,), {"settings": limits})


TestRulesOfShortLives = of(PureLives, 60, 40, fixed=True)
TestShortLives = of(RealLives, 4, 30, fixed=True)


@pytest.mark.slow
class TestRulesOfLongLives(of(PureLives, 400, 60, fixed=False)):  # type: ignore[misc]  # a class made above
    """Other lives each time."""


@pytest.mark.slow
class TestLongLives(of(RealLives, 40, 50, fixed=False)):  # type: ignore[misc]  # a class made above
    """Other lives each time."""
