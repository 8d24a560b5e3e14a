"""machtigen and rechten together, both real, on one clock; only `keys` and `identiteit` are stand-ins."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

from keys.kernel.jws import Jwks
from keys.kernel.pep import Pseudonym
from machtigen.api import tokeneindes
from tests.machtigen import token_house
from tests.machtigen.scene import Scene
from tests.machtigen.token_flow import Flow
from tests.machtigen.token_house import DUO, DUO_KEY, OTHER, OTHER_KEY, TokenHouse, pseudonym_at
from tests.rechten.wereld import Wereld

DOMAINS = {"studiefinanciering": (DUO, DUO_KEY), "terugbetalen": (OTHER, OTHER_KEY)}


class House(TokenHouse):
    """machtigen on the clock of rechten."""

    def __init__(self, database_url: str, wereld: Wereld) -> None:
        self._wereld = wereld
        super().__init__(database_url)
        services = self.app.state.services
        services.caller_keys = {"rechten": Jwks.of(wereld.app.state.services.signing_key)}.get
        services.find_token_end = self.tokens.introspectie.ended
        self.app.include_router(tokeneindes.router)

    @property
    def now(self) -> datetime:
        return self._wereld.now

    @now.setter
    def now(self, moment: datetime) -> None:
        """The clock is the world's."""


class SharedWorld(Wereld):
    """rechten, whose people are those whom machtigen's tokens speak of."""

    def pseudonym(self, persoon: str, register: str) -> Pseudonym:
        return pseudonym_at(persoon, DOMAINS[register][0])


class Samen:
    """Both packages; `scene` has the people, `wereld` the registers."""

    def __init__(self, folder: Path, database_url: str) -> None:
        self.wereld = SharedWorld(folder / "rechten", machtigen_url=token_house.OWN)
        self.house = House(database_url, self.wereld)
        self.wereld.real_machtigen = self.house.http
        self.scene = Scene(self.house, Flow(self.house))

    def add_register(self, register: str, audience: str, *args: Any, **changes: Any) -> None:
        """A register whose pseudonyms and audience are those of a client of machtigen."""
        self.wereld.add_register(register, *args, key=DOMAINS[register][1], audience=audience, **changes)

    def close(self) -> None:
        self.wereld.close()
        self.house.close()
