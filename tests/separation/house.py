"""An installation with a small world: all five registers, one service of each, and nobody in it yet."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2
import pytest
import yaml
from clock import installation_clock
from demo_world.people import deliver_records, register_clerks, register_people
from demo_world.services import Services
from installation import PORT_ORDER
from operating import Caller, Operator

from keys.kernel.jws import SigningKey
from tests.e2e.system import PYTHON, ROOT, free_ports
from tests.separation.canary import Canary
from tests.separation.recording import Exchange, Proxy, read_lines, recording_proxy

PROXIES = 2
START_WITHIN_S = 90
STOP_WITHIN_S = 15
LAST_LINE = "Stop with Ctrl-C."
# The two registers whose services the story is about, with their clients and one service of each.
CLIENTS = {"studiefinanciering": "duo-studiefinanciering", "terugbetalen": "duo-terugbetalen"}
DIENSTEN = {
    "studiefinanciering": "Aanvullende beurs",
    "terugbetalen": "Studieschuld bekijken",
}


def small_world() -> dict[str, Any]:
    """The organisations of the demo world with few services, and without people."""
    world: dict[str, Any] = yaml.safe_load((ROOT / "scripts" / "demo.yaml").read_text("utf-8"))
    first: dict[str, Any] = {}
    for dienst in world["diensten"]:
        register = dienst["register"]
        if register not in first or dienst["naam"] == DIENSTEN.get(register):
            first[register] = dienst
    world["diensten"] = list(first.values())
    world["personen"], world["gegevens"], world["machtigingen"], world["gebeurtenissen"] = [], {}, [], []
    return world


@dataclass
class House:
    """A server that runs, who may talk to it, and everything that was said."""

    data: Path
    base: str
    separate: bool
    output: Path
    watched: Path
    outside: Proxy
    between_proxy: Proxy
    http: httpx2.Client
    world: dict[str, Any] = field(default_factory=small_world)
    notes: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.endpoints: dict[str, str] = self.http.get(f"{self.base}/endpoints.json").json()
        self.clock = installation_clock()
        self.operator = Operator(self.endpoints, self.data / "beheer.jwk", self.http, self.clock)
        self.clients = self.data / "demo-clients"
        self.services = Services(self.world, self.operator, self.clients)

    def furnish(self) -> None:
        """Registers, services, clients and their keys, through the public interfaces."""
        self.services.register()
        self.services.register_clients()
        self.services.obtain_keys(self.http, self.clock)

    def admit_clerks(self) -> tuple[str, str]:
        """The two desk clerks of the demo world, who have to do with nobody here; gives their ids."""
        world = yaml.safe_load((ROOT / "scripts" / "demo.yaml").read_text("utf-8"))
        ids = [clerk["persoon"] for clerk in world["baliemedewerkers"]]
        world["personen"] = [person for person in world["personen"] if person["id"] in ids]
        if "clerks" not in self.notes:
            register_people(world, self.operator, self.clock().date())
            register_clerks(world, self.operator)
            self.notes["clerks"] = ids
        return ids[0], ids[1]

    def admit(self, *people: Canary) -> None:
        """Register people at identiteit and deliver records about them, as an operator and a source do."""
        some = {**self.world, "personen": [person.in_the_world() for person in people]}
        some["versie"] = f"canary-{people[0].demo_id}"
        some["gegevens"] = {person.demo_id: _records() for person in people}
        register_people(some, self.operator, self.clock().date())
        deliver_records(some, self.operator, self.clients, self.http, self.clock)
        for person in people:
            for register in CLIENTS:
                self._deliver_carelessly(person, register)

    def tell_of(self, person: Canary, party: Canary) -> None:
        """A source reports that one is the mentor of the other, and no longer; then, administrator."""
        key = SigningKey.load(self.clients / "duo-bron/jwk.json")
        source = Caller("duo-bron", key, self.http, self.clock)
        for soort in ("mentorschap", "maatregel-einde", "bewind"):
            body = {
                "soort": soort,
                "persoon": {"bsn": person.bsn},
                "partij": {"bsn": party.bsn},
                "per": self.clock().isoformat(),
                "bron": person.achternaam,
            }
            source.post(self.endpoints["identiteit"], "/api/v1/gebeurtenissen", body)

    def _deliver_carelessly(self, person: Canary, register: str) -> None:
        """A source that uses the number of a person as its Idempotency-Key, and the same everywhere."""
        key = SigningKey.load(self.clients / "duo-bron/jwk.json")
        source = Caller("duo-bron", key, self.http, self.clock)
        asked = {"register": str(self.services.domain(register)), "personen": [{"bsn": person.bsn}]}
        answer = source.post(self.endpoints["identiteit"], "/api/v1/aanmeldingen", asked)
        (record,) = _records()[register]
        given = {name: record[name] for name in ("categorie", "waarde", "bron")}
        given |= {"doel": register, "geldig_van": f"{record['van']}T00:00:00Z"}
        body = {"aanmelding": answer["aanmeldingen"][0]["ticket"], "gegevens": [given]}
        path = f"/api/v1/registers/{register}/gegevens"
        source.post(self.endpoints["rechten"], path, body, {"Idempotency-Key": person.bsn})

    def dienst(self, register: str) -> dict[str, Any]:
        """The service of a register."""
        found: dict[str, Any] = next(one for one in self.world["diensten"] if one["register"] == register)
        return found

    def between(self) -> list[Exchange]:
        """What the packages said to each other until now."""
        return [*self.between_proxy.exchanges, *read_lines(self.watched)]

    def databases(self) -> dict[str, Path]:
        """Name to SQLite file: packages, transcryptors, and `register <id>`."""
        folder = self.data / "databases"
        found = {path.stem: path for path in sorted(folder.glob("*.db"))}
        return found | {f"register {path.stem}": path for path in sorted((folder / "registers").glob("*.db"))}


def _records() -> dict[str, list[dict[str, Any]]]:
    kinds = {
        "studiefinanciering": ("toekenning", {"soort": "aanvullende beurs", "bedrag_per_maand": 287}),
        "terugbetalen": ("schuld", {"bedrag": 0, "toelichting": "nog geen schuld om terug te betalen"}),
        "diplomaregister": ("diploma", {"diploma": "vwo", "profiel": "Natuur en techniek"}),
        "inschrijvingen": ("inschrijving", {"instelling": "Rijksuniversiteit Groningen", "vorm": "voltijd"}),
        "verzuim": ("afhandeling", {"gemeente": "Assen", "uitkomst": "waarschuwing"}),
    }
    day = installation_clock()().date().replace(month=1, day=1)
    return {
        register: [{"categorie": categorie, "waarde": waarde, "bron": "DUO", "van": day}]
        for register, (categorie, waarde) in kinds.items()
    }


@contextmanager
def running_house(folder: Path, *, separate: bool) -> Iterator[House]:
    """A furnished house. Everything that this process and the packages say goes through a proxy or a file."""
    port = free_ports(len(PORT_ORDER) + PROXIES)
    proxies = port + len(PORT_ORDER)
    with ExitStack() as stack:
        outside = stack.enter_context(recording_proxy(proxies))
        between = stack.enter_context(recording_proxy(proxies + 1))
        environment = stack.enter_context(pytest.MonkeyPatch.context())
        for name in ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "no_proxy"):
            environment.delenv(name, raising=False)
        output, watched = folder / "server.out", folder / "between.jsonl"
        data = folder / "data"
        command = [
            PYTHON,
            str(ROOT / "tests/separation/watched_server.py"),
            str(data),
            str(port),
            str(watched),
        ]
        if separate:
            options = ["--data", str(data), "--port", str(port), "--separate", "--no-demo"]
            command = [PYTHON, str(ROOT / "scripts/serve.py"), *options]
        its = {**os.environ, **({"HTTP_PROXY": between.url} if separate else {})}
        stack.enter_context(_process(command, its, output))
        environment.setenv("HTTP_PROXY", outside.url)
        http = stack.enter_context(httpx2.Client(timeout=60))
        base = f"http://127.0.0.1:{port}"
        house = House(data, base, separate, output, watched, outside, between, http)
        house.furnish()
        yield house


@contextmanager
def _process(command: list[str], environment: dict[str, str], output: Path) -> Iterator[None]:
    with output.open("wb") as stdout:
        process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=stdout, stderr=subprocess.STDOUT, env=environment,
            start_new_session=True,
        )  # fmt: skip
    try:
        until = time.monotonic() + START_WITHIN_S
        while LAST_LINE not in (said := output.read_text("utf-8", errors="replace")):
            assert process.poll() is None, said
            assert time.monotonic() < until, said
            time.sleep(0.05)
        yield
        process.send_signal(signal.SIGINT)
        assert process.wait(STOP_WITHIN_S) == 0, output.read_text("utf-8", errors="replace")
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()
        assert process.stdin is not None
        process.stdin.close()
