"""Three parties that refresh their shares by the command line, while their world goes on translating."""

from __future__ import annotations

import itertools
import json
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import httpx2
import pytest
from typer.testing import CliRunner, Result

from keys.__main__ import app
from keys.client import KeysClient
from keys.kernel.jws import SigningKey
from keys.kernel.pep import Context, Pseudonym, decrypt
from keys.pseudonyms.shares import PARTIES
from tests.keys.ceremony_house import Ceremony, Places
from tests.keys.conftest import DIPLOMA, OORSPRONG, ORIGIN, STUDIE, World, running

STEPS = (
    ("vraag", "t2"), ("vraag", "t3"), ("correctie", "t1"), ("overneem", "t2"), ("overneem", "t3"),
    ("toezeg", "t1"), ("toezeg", "t2"), ("toezeg", "t3"),
)  # fmt: skip
ORDERS = tuple(itertools.permutations(PARTIES, 2))


class Through(httpx2.BaseTransport):
    """Reaches the parties of a world; what is made with it may be closed."""

    def __init__(self, world: World) -> None:
        self._http = world.http

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        return self._http.send(request)


class Commands:
    """The parties of a ceremony and their operator, who refresh; every step is a command."""

    def __init__(
        self, ceremony: Ceremony, operator: SigningKey, keys_url: str, party_urls: dict[str, str]
    ) -> None:
        self.ceremony = ceremony
        self.keys_url = keys_url
        self.party_urls = party_urls
        self.places: Places = {}
        self.throwaway = False
        self.operator = ceremony.folder / "beheer.jwk"
        operator.save(self.operator)
        self._runner = CliRunner()

    def run(self, *words: object) -> Result:
        return self._runner.invoke(app, ["verversing", *map(str, words)])

    def done(self, *words: object) -> str:
        result = self.run(*words)
        assert result.exit_code == 0, result.output
        return result.stdout

    def refused(self, *words: object) -> str:
        """What a command says that ends with 1: one sentence."""
        result = self.run(*words)
        assert result.exit_code == 1, result.output
        assert len(result.stderr.strip().splitlines()) == 1
        assert "Traceback" not in result.output
        return result.stderr.strip()

    def folder(self, number: int) -> Path:
        made = self.ceremony.folder / f"verversing-{number}"
        made.mkdir(exist_ok=True)
        return made

    def opening(self, number: int) -> Path:
        return self.folder(number) / "opening.json"

    def messages(self, number: int) -> list[Path]:
        return sorted(path for path in self.folder(number).iterdir() if path.suffix == ".jws")

    def words(self, party: str) -> tuple[object, ...]:
        """Where a party's shares are."""
        key = () if self.throwaway else ("--bewaarsleutel-file", self.ceremony.key_file(party))
        return ("--map", self.ceremony.of(party), *(self.places.get(party) or key))

    def registry(self, *, operator: bool = True) -> tuple[object, ...]:
        return ("--keys-url", self.keys_url, *(("--sleutel", self.operator) if operator else ()))

    def new_shares(self, number: int) -> None:
        self.ceremony.make_generation(number, self.places)

    def begin(self, number: int) -> None:
        addresses = [word for party in PARTIES for word in ("--partij", f"{party}={self.party_urls[party]}")]
        self.opening(number).write_text(self.done("begin", number, *self.registry(), *addresses))

    def step(self, verb: str, party: str, number: int) -> tuple[object, ...]:
        """The words of a party's step."""
        given = () if verb == "vraag" else self.messages(number)
        return (verb, party, self.opening(number), *given, *self.words(party))

    def say(self, verb: str, party: str, number: int) -> Path:
        """Do a party's step; what it prints goes to the others."""
        path = self.folder(number) / f"{party}-{verb}.jws"
        said = self.done(*self.step(verb, party, number))
        if said:
            path.write_text(said)
        return path

    def verify(self, number: int) -> tuple[object, ...]:
        parties = ("--partijen", self.ceremony.parties_file)
        return ("verify", self.opening(number), *self.messages(number), *parties)

    def enter(self, number: int) -> tuple[object, ...]:
        return ("ingaan", *self.verify(number)[1:], *self.registry())

    def end(self, party: str, number: int) -> tuple[object, ...]:
        return ("afronden", party, number, *self.registry(operator=False), *self.words(party))

    def steps(self, number: int) -> Iterator[str]:
        """A whole refresh, a step at a time; gives what was done."""
        self.new_shares(number)
        yield "new shares"
        self.begin(number)
        yield "begun"
        for verb, party in STEPS:
            self.say(verb, party, number)
            yield f"{verb} {party}"
        self.done(*self.verify(number))
        self.done(*self.enter(number))
        yield "in use"
        for party in PARTIES:
            self.done(*self.end(party, number))
            yield f"ended {party}"

    def prepared(self, number: int) -> None:
        """Everything but going into use."""
        for step in self.steps(number):
            if step == "toezeg t3":
                return


class House(Commands):
    """A world whose parties keep their shares as they would, and what must stay the same in it."""

    def __init__(self, ceremony: Ceremony, world: World, places: Places, throwaway: bool = False) -> None:
        addresses = {party: f"{ORIGIN}/keys/{party}" for party in PARTIES}
        super().__init__(ceremony, world.operator, f"{ORIGIN}/keys", addresses)
        self.places, self.throwaway = places, throwaway
        self.world = world
        self.people = [world.person() for _ in range(2)]

    def client(self, *pairs: tuple[str, str], actor: str = OORSPRONG.actor) -> KeysClient:
        client = self.world.client(actor)
        client.pairs = list(pairs) or client.pairs
        return client

    def translated(self, client: KeysClient, people: list[Pseudonym] | None = None) -> list[bytes]:
        items = [self.world.encrypted(person) for person in people or self.people]
        found = client.transcrypt(items, naar=STUDIE, doel="aanmelding")
        return [decrypt(one, self.world.keys[STUDIE]).point for one in found]

    def by_all(self) -> list[bytes]:
        """What all six orders of two parties agree on."""
        found = [self.translated(self.client(pair)) for pair in ORDERS]
        assert all(one == found[0] for one in found)
        return found[0]

    def material(self) -> list[tuple[str, bytes, bytes]]:
        """Every actor key, public and secret, as it is obtained now, from every pair."""
        found = []
        for of in self.world.keys:
            for pair in itertools.combinations(PARTIES, 2):
                key, _ = self.client(pair, actor=of.actor).assemble_key(Context(of, 1))
                found.append((str(of), key.public, key.secret))
        return found

    def counted(self) -> dict[str, tuple[int, int]]:
        """By party: items in the log of batches, and in the counters."""
        found = {}
        for party, running_party in self.world.app.state.keys.parties.items():
            with running_party.partij.store._database.engine.connect() as connection:
                logged, counted = (
                    connection.exec_driver_sql(f"SELECT coalesce(sum(aantal), 0) FROM {table}").scalar_one()  # noqa: S608 - own tables
                    for table in ("transcrypties", "tellers")
                )
            found[party] = (logged, counted)
        return found


class Busy:
    """Translates without an end in a thread of its own, by whatever pair; what goes wrong is kept."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.expected = house.by_all()
        self.rounds = 0
        self.wrong: list[object] = []
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._work)

    def __enter__(self) -> Busy:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _work(self) -> None:
        clients = [self.house.client(pair) for pair in ORDERS]
        for client in itertools.cycle(clients):
            if self._stop.is_set():
                return
            try:
                if self.house.translated(client) != self.expected:
                    self.wrong.append("another pseudonym")
            except Exception as error:  # noqa: BLE001 - whatever it is, the test tells of it
                self.wrong.append(error)
            self.rounds += 1


@contextmanager
def house_in(
    folder: Path,
    patch: pytest.MonkeyPatch,
    places: Places | None = None,
    *,
    ceremony: Ceremony | None = None,
    throwaway: bool = False,
    **changes: Any,
) -> Iterator[House]:
    """A house with shares of a ceremony, two registers and the origin; or, with the `ceremony` of an earlier
    one in the same folder, that house once more. `throwaway`: with shares that one process made."""
    again, places = ceremony is not None, places or {}
    ceremony = ceremony or Ceremony(folder / "sleutels")
    if not throwaway and not again:
        ceremony.make_signing_keys()
        ceremony.make_generation(1, places)
    in_files = [] if throwaway else [party for party in PARTIES if party not in places]
    kept = {f"{party}_bewaarsleutel_file": ceremony.key_file(party) for party in in_files}
    with running(folder, sleutels_map=ceremony.folder, **kept, **changes) as world:
        if throwaway:
            for party in PARTIES:
                shutil.copy(ceremony.parties_file, ceremony.of(party))
        if not again:
            furnish(world)
        patch.setattr("httpx2.Client", partial(httpx2.Client, transport=Through(world)))
        yield House(ceremony, world, places, throwaway)


def furnish(world: World) -> None:
    """Two registers and the origin, and what may be translated between them."""
    for of, rol in ((OORSPRONG, "identiteit"), (STUDIE, "register"), (DIPLOMA, "register")):
        world.add_actor(of, rol)
    world.allow(OORSPRONG, STUDIE, "aanmelding")
    world.allow(STUDIE, DIPLOMA, "inzage")


def written(path: Path) -> Any:
    """The JSON in a file."""
    return json.loads(path.read_text())
