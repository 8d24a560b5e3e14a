"""Fixtures of machtigen's tests: a database, and the rooms on it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from keys.kernel.database import Database
from machtigen.berichten.service import Berichten
from machtigen.diensten.service import Diensten
from machtigen.herhalingen.service import Herhalingen
from machtigen.machtigingen.service import Machtigingen
from machtigen.organisaties.service import Organisaties
from machtigen.sealing import Seal
from tests.machtigen.house import House, build, close
from tests.machtigen.token_flow import Flow
from tests.machtigen.token_house import TokenHouse
from tests.machtigen.world import CATALOGUE, NOW
from tests.templates import Templates


@dataclass
class Rooms:
    """The rooms on one database."""

    database: Database
    diensten: Diensten
    machtigingen: Machtigingen
    berichten: Berichten
    herhalingen: Herhalingen
    organisaties: Organisaties

    def upkeep(self, now: object) -> None:
        """One round of what runs in the background."""
        self.machtigingen.settle_expired(now)  # type: ignore[arg-type]  # a moment
        self.machtigingen.deliver_notices({"bericht": self.berichten.receive}, now)  # type: ignore[arg-type]  # a moment


@pytest.fixture
def database_url(database_url: str, templates: Templates) -> str:
    """The address of an empty database, migrated."""
    templates.migrate(database_url, "machtigen")
    return database_url


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """An empty database of machtigen."""
    database = Database(database_url)
    yield database
    database.close()


@pytest.fixture
def site(tmp_path: Path, database_url: str) -> Iterator[House]:
    """The whole app, with stand-ins for its neighbours."""
    site = build(tmp_path, database_url)
    yield site
    close(site)


@pytest.fixture
def rooms(database: Database) -> Rooms:
    """The rooms, with the services of `world` registered."""
    diensten = Diensten(database)
    for dienst in CATALOGUE:
        diensten.register(dienst, NOW)
    machtigingen = Machtigingen(database, diensten, codes_key=b"c" * 32, seal=Seal(b"l" * 32))
    organisaties = Organisaties(database, machtigingen, b"c" * 32)
    repeats = Herhalingen(database, b"h" * 32)
    return Rooms(database, diensten, machtigingen, Berichten(database), repeats, organisaties)


@pytest.fixture
def house(database_url: str) -> Iterator[TokenHouse]:
    """machtigen as services meet it."""
    house = TokenHouse(database_url)
    yield house
    house.close()


@pytest.fixture
def flow(house: TokenHouse) -> Flow:
    """A service and a browser."""
    return Flow(house)
