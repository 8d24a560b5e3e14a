"""identiteit and machtigen, the real apps, with the real keys between them, in one process.

One clock for all. `Carrier` stands between the two: it loses, doubles or holds back what identiteit pushes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx2

from identiteit.gebeurtenissen import leeftijd
from keys.kernel.caller import assertion
from machtigen.app import create_app as create_machtigen
from machtigen.diensten.model import Dienst, DienstId, Grond, Handeling, Niveau
from machtigen.machtigingen.model import Aanvraag, Machtiging
from machtigen.partijen.model import PartijId
from machtigen.settings import Settings as MachtigenSettings
from tests.identiteit import house as identiteit
from tests.identiteit.house import MACHTIGEN, ORIGIN, OWN, Peer
from tests.identiteit.people import fresh_bsn, person

DIENST = DienstId("urn:uuid:0b0c9a52-3e0b-4ac0-9c4e-6f0d1a8e7c11")
READ, ARRANGE = Handeling.INFORMATIE_OPVRAGEN, Handeling.ZAKEN_REGELEN
Push = Callable[[str, str], None]


@dataclass
class Carrier:
    """What carries tokens. `plan` says of the next ones: arrive, lose, double, hold (until `release`)."""

    push: Push
    plan: list[str] = field(default_factory=list)
    held: list[tuple[str, str]] = field(default_factory=list)
    carried: list[str] = field(default_factory=list)

    def __call__(self, url: str, token: str) -> None:
        fate = self.plan.pop(0) if self.plan else "arrive"
        if fate == "die":
            self.push(url, token)
            raise KeyboardInterrupt  # the process ends after the other side has it, before it is noted
        if fate == "hold":
            self.held.append((url, token))
        elif fate != "lose":  # lost: the sender believes that it arrived
            self.carried.append(token)
            self.push(url, token)
        if fate == "double":
            self.push(url, token)

    def release(self) -> None:
        """Bring what was held back."""
        for url, token in self.held:
            self.push(url, token)
        self.held.clear()


class House(identiteit.House):
    """Both apps, the people of a test by name, and their story."""

    def __init__(self, folder: Path, database_url: str | None = None) -> None:
        self.machtigen_app: Any = None
        super().__init__(folder, database_url)
        self.rooms = self.machtigen_app.state.services
        self.people: dict[str, tuple[str, str]] = {}
        self.carrier = Carrier(self.services.bezorging._push)
        self.services.bezorging._push = self.carrier
        gronden = frozenset(Grond)
        self.rooms.diensten.register(
            Dienst(
                id=DIENST, naam="Studieschuld", actor="oin:00000001003214345000:studiefinanciering",
                handelingen=frozenset({READ, ARRANGE, Handeling.BETALEN}), gronden=gronden,
                doelen=("studiefinanciering",), min_niveau=Niveau.SUBSTANTIEEL, machtigbaar=True,
                audience="https://registers.duo.example.nl/studiefinanciering",
            ),
            self.now(),
        )  # fmt: skip

    def peer_app(self, peer: Peer) -> Any:
        if peer.client_id != "machtigen":
            return peer.app()
        folder = self.folder / "machtigen"
        folder.mkdir()
        peer.key.save(folder / "ondertekening.jwk")
        settings = MachtigenSettings(
            public_url=ORIGIN, database_url=f"sqlite:///{folder}/machtigen.db", klok=None,
            sleutels_map=folder, beheer_jwks_file=self.jwks_file, log_file=folder / "machtigen.jsonl",
            identiteit_url=f"{ORIGIN}/identiteit", keys_url=f"{ORIGIN}/keys", rechten_url=f"{ORIGIN}/rechten",
            t1_url=f"{ORIGIN}/keys/t1", t2_url=f"{ORIGIN}/keys/t2",
        )  # fmt: skip
        self.machtigen_app = create_machtigen(settings, self.wires)
        return self.machtigen_app

    def close(self) -> None:
        super().close()
        self.rooms.log.close()
        self.machtigen_app.state.database.close()

    # -- time ------------------------------------------------------------------------------------

    def clocks(self) -> list[Any]:
        apps = (self.services.now, self.rooms.now, self.keys_app.state.now)
        return [now.__self__ for now in apps]

    @contextmanager
    def later(self, by: timedelta) -> Iterator[None]:
        """The whole system runs ahead."""
        for clock in self.clocks():
            clock._offset += by
        try:
            yield
        finally:
            for clock in self.clocks():
                clock._offset -= by

    def round(self, *, times: int = 1) -> None:
        """Upkeep of both, as the thread beside them does."""
        for _ in range(times):
            self.app.state.upkeep()
            self.machtigen_app.state.upkeep()

    # -- people ----------------------------------------------------------------------------------

    def live(self, name: str, geboren: date | str = "1980-05-05") -> None:
        """Somebody is registered at identiteit."""
        bsn = fresh_bsn()
        body = person(bsn, name.capitalize(), "Anders", str(geboren), "Elders")
        answer = self.call("beheer", self.operator, "personen", body)
        assert answer.status_code == 201, answer.text
        self.people[name] = (bsn, answer.json()["id"])

    def tells(self, soort: str, persoon: str, partij: str | None = None, **changes: Any) -> httpx2.Response:
        """The source reports something, as of now."""
        body: dict[str, Any] = {
            "soort": soort,
            "persoon": {"bsn": self.people[persoon][0]},
            "per": (self.now() - timedelta(seconds=2)).isoformat(),
            "bron": "BRP",
            **changes,
        }
        if partij is not None:
            body["partij"] = {"bsn": self.people[partij][0]}
        answer = self.call("duo", self.source, "gebeurtenissen", body)
        assert answer.status_code == 202, answer.text
        return answer

    def partij(self, name: str) -> PartijId:
        """Who somebody is at machtigen: as identiteit would say at login."""
        (seed,) = self.services.personen.seeds([self.people[name][1]])
        (ciphertext,) = self.services.translation.translate([seed], MACHTIGEN, "inloggen")
        found: PartijId = self.rooms.partijen.admit(self.rooms.domain_key.open(ciphertext), self.now())
        return found

    def bezit(self, vertegenwoordiger: str) -> list[str]:
        """The kinds of power on which somebody may act at the service now."""
        found = self.rooms.machtigingen.list_representable(self.partij(vertegenwoordiger), DIENST, self.now())
        return sorted(keten.grond.value for keten in found)

    def powers_of(self, name: str) -> list[Machtiging]:
        """Everything in which somebody stands."""
        page = self.rooms.machtigingen.list_for(self.partij(name), self.now())
        return list(page.resultaten)

    def ended(self, name: str) -> set[tuple[str, str]]:
        """(ground, reason) of what was ended by law."""
        return {
            (one.grond.value, one.status.reden)
            for one in self.powers_of(name)
            if one.status.naam == "beeindigd"
        }

    def letters(self, name: str) -> list[str]:
        """The kinds of notices that somebody got, newest first."""
        return [one.soort.value for one in self.rooms.berichten.list_for(self.partij(name)).resultaten]

    def grant(self, van: str, aan: str) -> Machtiging:
        """A voluntary machtiging, given and accepted."""
        asked = Aanvraag((DIENST,), frozenset({READ, ARRANGE}), self.now() + timedelta(days=90))
        issued = self.rooms.machtigingen.grant(asked, self.partij(van), Niveau.HOOG, self.now())
        found: Machtiging = self.rooms.machtigingen.confirm(
            issued.code, self.partij(aan), Niveau.HOOG, self.now()
        )
        return found

    def born_before(self, moment: datetime, years: int = 18) -> date:
        """The birth date of who comes of age on the day of this moment."""
        day = leeftijd.day_of(moment)
        return day.replace(year=day.year - years)

    def operator_sees_deliveries(self) -> dict[str, Any]:
        """What the operator sees of the deliveries to machtigen."""
        token = assertion("beheer", self.operator, OWN, self.now())
        answer = self.http.get("/identiteit/api/v1/leveringen", headers={"Authorization": f"Bearer {token}"})
        (found,) = answer.json()["resultaten"]
        assert isinstance(found, dict)
        return found
