"""A register goes to the next version of its domain while it answers, with the real keys between.

Nobody is lost or doubled: not by a kill, not by reads and deliveries in both versions meanwhile.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from keys.kernel.jws import Jwks, SigningKey
from keys.kernel.pep import Ciphertext, Domain, OwnCiphertext, Pseudonym
from rechten.deps import Services
from rechten.registers.hernummeren import CannotRenumber, Hernummering
from tests.keys.conftest import OORSPRONG, ORIGIN, START, World, running
from tests.rechten.wereld import DOEL, Wereld, domein

pytestmark = pytest.mark.slow

REGISTER = "studiefinanciering"
V1 = domein(REGISTER)
V2 = replace(V1, versie=2)
PEOPLE = 7
BATCH = 2


class Killed(Exception):
    """The command ended here."""


class Huis:
    """The real keys, a register with people, and everything that comes in for it."""

    def __init__(self, keys: World, wereld: Wereld) -> None:
        self.keys = keys
        self.wereld = wereld
        self.people = [keys.person() for _ in range(PEOPLE)]
        self.delivered: dict[bytes, int] = {}

    @property
    def work(self) -> Hernummering:
        services: Services = self.wereld.app.state.services
        return Hernummering(services.registers, REGISTER)

    def sent(self, person: Pseudonym, naar: Domain) -> Ciphertext:
        """The person as identiteit sends it to a version of the register's domain."""
        own: OwnCiphertext = self.keys.encrypted(person)
        return self.keys.client(OORSPRONG.actor).transcrypt([own], naar=naar, doel="aanmelding")[0]

    def ticket(self, person: Pseudonym, naar: Domain) -> dict[str, Any]:
        return {"aud": str(naar), "alt_sub": [self.sent(person, naar).to_alt_sub()]}

    def record(self) -> dict[str, Any]:
        return self.wereld.record(categorie="inschrijving", doel=REGISTER)

    def deliver(self, person: Pseudonym, naar: Domain) -> int:
        ticket = self.wereld.ticket("iemand", REGISTER, **self.ticket(person, naar))
        status = self.wereld.deliver("iemand", REGISTER, self.record(), ticket=ticket).status_code
        if status == 201:
            self.delivered[person.point] = self.delivered.get(person.point, 0) + 1
        return status

    def read(self, person: Pseudonym, naar: Domain) -> int | str:
        """How many records a portal gets to see, or why none."""
        entry = [self.sent(person, naar).to_alt_sub()]
        token = self.wereld.token(represented=None, register=REGISTER, alt_sub=entry)
        answer = self.wereld.read(token, REGISTER).json()
        return answer["code"] if "code" in answer else len(answer["categorieen"]["inschrijving"])

    def look(self, person: Pseudonym, naar: Domain) -> dict[str, Any]:
        answer = self.wereld.inspect("iemand", REGISTER, **self.ticket(person, naar))
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def stored(self) -> tuple[int, dict[int, int]]:
        """(persons, by version) in the database of the register."""
        opened = self.work.registers.require(REGISTER)
        with opened.database.engine.connect() as connection:
            rows = connection.exec_driver_sql("SELECT versie, count(*) FROM betrokkene GROUP BY versie").all()
        counts: dict[int, int] = dict(rows)  # type: ignore[arg-type]  # rows of two numbers
        return sum(counts.values()), counts

    def prepare(self) -> None:
        """The operator's part: the next version, with what holds for this one granted again."""
        self.keys.beheer.renew_domein(V1, V2, START)


@pytest.fixture
def huis(tmp_path: Path) -> Iterator[Huis]:
    """A register with seven people, each with a record."""
    (tmp_path / "keys").mkdir()
    with running(tmp_path / "keys") as keys:
        wereld = Wereld(tmp_path / "rechten", keys_url=f"{ORIGIN}/keys", real_keys=keys.http)
        body = wereld.register_body(REGISTER, ["inschrijving"])
        assert wereld.beheer("registers", body).status_code == 201
        signing = SigningKey.load(wereld.folder / "sleutels" / REGISTER / "ondertekening.jwk")
        keys.signing[V1.actor] = signing
        _, oin, name = V1.actor.split(":")
        keys.beheer.register_actor(oin, name, name, "register", Jwks.of(signing))
        for of, rol in ((OORSPRONG, "identiteit"), (V1, "register")):
            keys.add_actor(of, rol)
        wereld.actor_keys[REGISTER] = keys.keys[V1]
        keys.allow(OORSPRONG, V1, "aanmelding")
        for doel in (DOEL, "eigen-inzage"):
            keys.allow(OORSPRONG, V1, doel, max_per_dag=1000)
        wereld.app.state.upkeep()
        wereld.add_source("bron", [REGISTER])
        wereld.grant(REGISTER, ["inschrijving"])
        made = Huis(keys, wereld)
        for person in made.people:
            assert made.deliver(person, V1) == 201
        yield made
        wereld.close()


def kill_after(batches: int) -> Any:
    """A report that ends the command after so many batches."""
    seen: list[int] = []

    def report(total: int) -> None:
        seen.append(total)
        if len(seen) == batches:
            raise Killed

    return report


def test_everybody_is_served_in_both_versions_while_a_killed_renumbering_waits(huis: Huis) -> None:
    huis.prepare()
    before = {person.point: len(huis.look(person, V1)["gebruik"]) for person in huis.people}
    assert huis.work.begin().domeinen == (V2, V1)
    with pytest.raises(Killed):
        huis.work.move(kill_after(1), BATCH)
    assert huis.stored() == (PEOPLE, {1: PEOPLE - BATCH, 2: BATCH})
    for person in huis.people:
        assert huis.read(person, V1) == 1
    assert huis.stored() == (PEOPLE, {1: PEOPLE - BATCH, 2: BATCH})  # reading in the old version moves nobody
    assert huis.read(huis.people[-1], V2) == 1
    newcomers = [huis.keys.person() for _ in range(2)]
    assert [huis.deliver(newcomers[0], V1), huis.deliver(newcomers[1], V2)] == [201, 201]
    assert huis.deliver(huis.people[0], V2) == 201
    assert huis.deliver(huis.people[1], V1) == 201
    everybody = [*huis.people, *newcomers]
    huis.work.move(lambda _total: None, BATCH)
    assert huis.stored() == (len(everybody), {2: len(everybody)})
    for naar in (V1, V2):
        assert {person.point: huis.read(person, naar) for person in everybody} == huis.delivered
    for person in huis.people:
        assert len(huis.look(person, V2)["gebruik"]) > before[person.point]


def test_reads_and_deliveries_go_on_while_everybody_is_moved(huis: Huis) -> None:
    huis.prepare()
    huis.work.begin()
    newcomers = [huis.keys.person() for _ in range(3)]
    everybody = [*huis.people, *newcomers]

    def come(number: int) -> int | str:
        person, naar = everybody[number % len(everybody)], (V1, V2)[number % 2]
        if number % 3:
            return huis.read(person, naar)
        return huis.deliver(person, naar)

    with ThreadPoolExecutor(4) as pool:
        moving = pool.submit(huis.work.move, lambda _total: None, 1)
        came = [pool.submit(come, number) for number in range(3 * len(everybody))]
        answers = [one.result() for one in came]
        moving.result()
    assert {answer for answer in answers if isinstance(answer, str)} <= {"read-refused"}
    while huis.work.move(lambda _total: None, BATCH):
        pass
    huis.work.close()
    for person in newcomers:
        huis.deliver(person, V2)
    assert huis.stored() == (len(everybody), {2: len(everybody)})
    assert {person.point: huis.read(person, V2) for person in everybody} == huis.delivered


def test_killed_before_the_first_batch_and_without_keys_nothing_is_lost(huis: Huis) -> None:
    huis.prepare()
    huis.work.begin()
    huis.wereld.broken.add("keys")
    assert huis.stored() == (PEOPLE, {1: PEOPLE})
    huis.wereld.broken.clear()
    assert huis.work.begin().domeinen == (V2, V1)
    with pytest.raises(Killed):
        huis.work.move(kill_after(2), BATCH)
    moved = 2 * BATCH
    assert huis.work.move(lambda _total: None, BATCH) == PEOPLE - moved
    assert huis.work.move(lambda _total: None, BATCH) == 0
    assert huis.stored() == (PEOPLE, {2: PEOPLE})


def test_after_closing_the_old_version_is_refused_and_its_key_is_put_aside(huis: Huis) -> None:
    huis.prepare()
    huis.work.begin()
    with pytest.raises(CannotRenumber, match="still stored"):
        huis.work.close()
    huis.work.move(lambda _total: None, BATCH)
    person = huis.people[0]
    late = huis.wereld.ticket("iemand", REGISTER, **huis.ticket(person, V1))
    assert huis.read(person, V1) == 1
    assert huis.work.close().domeinen == (V2,)
    assert huis.work.close().domeinen == (V2,)
    assert huis.wereld.deliver("iemand", REGISTER, huis.record(), ticket=late).status_code == 403
    assert huis.read(person, V1) == "invalid-token"
    assert huis.read(person, V2) == 1
    folder = huis.wereld.folder / "sleutels" / REGISTER
    assert [path.name for path in folder.glob("domein-*.json")] == [f"domein-{REGISTER}.v2.json"]
    assert [path.name for path in (folder / "afgesloten").iterdir()] == [f"domein-{REGISTER}.json"]


def test_uses_of_before_are_found_by_the_person_after(huis: Huis) -> None:
    person = huis.people[3]
    assert huis.read(person, V1) == 1
    uses = huis.look(person, V1)["gebruik"]
    huis.prepare()
    huis.work.begin()
    huis.work.move(lambda _total: None, BATCH)
    huis.work.close()
    after = huis.look(person, V2)
    assert after["gebruik"][-len(uses) :] == uses
    assert len(after["gegevens"]) == 1


def test_without_a_ground_nothing_begins(huis: Huis) -> None:
    huis.keys.beheer.register_domein(V2)
    with pytest.raises(CannotRenumber, match="no gebruiksgrond"):
        huis.work.begin()
    assert huis.work.registers.require(REGISTER).register.domeinen == (V1,)
    assert huis.read(huis.people[0], V1) == 1


def test_a_register_goes_on_to_a_third_version(huis: Huis) -> None:
    huis.prepare()
    for naar in (V2, replace(V1, versie=3)):
        if naar.versie == 3:
            huis.keys.beheer.renew_domein(V2, naar, START)
        assert huis.work.begin().domein == naar
        huis.work.move(lambda _total: None, BATCH)
        huis.work.close()
        assert {person.point: huis.read(person, naar) for person in huis.people} == huis.delivered
    assert huis.stored() == (PEOPLE, {3: PEOPLE})
