"""A ceremony, then a registry and three transcryptors, each a process with its own folder and database.

Every pair translates, in both orders, to one pseudonym, also while all shares are replaced. One process
killed with -9 in the middle of a batch: the batch is completed by the other two. Two killed: it fails
whole, with an error that says it may be tried again, and nothing of it comes back.
"""

from __future__ import annotations

import itertools
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import httpx2
import pytest

from keys.client import KeysBeheer, KeysClient, PeerUnavailable
from keys.kernel.jws import Jwks, SigningKey
from keys.kernel.pep import ActorKey, Context, Pseudonym, decrypt, encrypt, origin_point
from keys.preparation import make_auditor_key
from keys.pseudonyms.shares import PARTIES
from tests.keys.ceremony_house import Ceremony
from tests.keys.conftest import OORSPRONG, STUDIE, doel
from tests.keys.refresh_house import Commands

pytestmark = [pytest.mark.slow, pytest.mark.e2e]
START = datetime.now(UTC)


def free_ports(count: int) -> list[int]:
    sockets = [socket.socket() for _ in range(count)]
    for one in sockets:
        one.bind(("127.0.0.1", 0))
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports


class House:
    """Starts and kills the processes; `client` speaks for an actor."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.ceremony = Ceremony(folder / "ceremonie").all()
        make_auditor_key(folder / "auditor")
        ports = free_ports(1 + len(PARTIES))
        self.registry_port = ports[0]
        self.ports = dict(zip(PARTIES, ports[1:], strict=True))
        self.operator = SigningKey.generate("ES256")
        (folder / "beheer.jwks.json").write_text(json.dumps(Jwks.of(self.operator).as_dict()))
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        self.http = httpx2.Client(timeout=20)
        self.signing: dict[str, SigningKey] = {}
        self.keys: dict[str, ActorKey] = {}

    @property
    def keys_url(self) -> str:
        return f"http://127.0.0.1:{self.registry_port}/keys"

    def url(self, party: str) -> str:
        return f"http://127.0.0.1:{self.ports[party]}/keys/{party}"

    def start(self, name: str) -> None:
        """`keys` (the registry alone) or a party."""
        environment = {
            **{key: value for key, value in os.environ.items() if not key.startswith("KEYS_")},
            "KEYS_PUBLIC_URL": f"http://127.0.0.1:{self.registry_port}",
            "KEYS_DATABASE_URL": f"sqlite:///{self.folder}/keys.db",
            "KEYS_SLEUTELS_MAP": str(self.ceremony.folder),
            "KEYS_BEHEER_JWKS_FILE": str(self.folder / "beheer.jwks.json"),
            "KEYS_LOG_FILE": str(self.folder / f"{name}.jsonl"),
            "KEYS_AUDITOR_FILE": str(self.folder / "auditor" / "auditor.publiek.json"),
            "KEYS_REGISTRY": "true" if name == "keys" else "false",
            "KEYS_PARTIJEN": json.dumps([] if name == "keys" else [name]),
            **{f"KEYS_{party.upper()}_URL": self.url(party) for party in PARTIES},
        }
        if name != "keys":
            environment[f"KEYS_{name.upper()}_BEWAARSLEUTEL_FILE"] = str(self.ceremony.key_file(name))
            environment[f"KEYS_{name.upper()}_DATABASE_URL"] = f"sqlite:///{self.folder}/{name}.db"
        port = self.registry_port if name == "keys" else self.ports[name]
        command = [sys.executable, "-m", "keys", "serve", "--port", str(port)]
        self.processes[name] = subprocess.Popen(command, env=environment)
        health = self.keys_url if name == "keys" else self.url(name)
        until = time.monotonic() + 60
        while True:
            try:
                if self.http.get(f"{health}/ready").status_code == 200:
                    return
            except httpx2.HTTPError:
                pass
            assert time.monotonic() < until, f"{name} did not start"
            assert self.processes[name].poll() is None, f"{name} ended by itself"
            time.sleep(0.05)

    def kill(self, name: str) -> None:
        self.processes[name].send_signal(signal.SIGKILL)
        self.processes[name].wait()

    def close(self) -> None:
        for process in self.processes.values():
            process.kill()
            process.wait()
        self.http.close()

    def client(self, actor: str) -> KeysClient:
        return KeysClient(
            actor=actor,
            signing_key=self.signing[actor],
            keys_url=self.keys_url,
            party_urls={party: self.url(party) for party in PARTIES},
            http=self.http,
            clock=lambda: datetime.now(UTC),
        )

    def furnish(self) -> None:
        beheer = KeysBeheer(self.keys_url, self.operator, self.http, lambda: datetime.now(UTC))
        for of, rol in ((OORSPRONG, "identiteit"), (STUDIE, "register")):
            self.signing[of.actor] = SigningKey.generate("ES256")
            oin, onderactor = of.actor.split(":")[1:]
            beheer.register_actor(oin, onderactor, onderactor, rol, Jwks.of(self.signing[of.actor]))
            beheer.publish_doel(doel(of.doel))
            beheer.register_domein(of)
            self.keys[of.actor] = self.client(of.actor).obtain_key(of)
        beheer.publish_doel(doel("aanmelding"))
        beheer.grant(OORSPRONG, STUDIE, "aanmelding", START)

    def people(self, count: int) -> list[Pseudonym]:
        return [Pseudonym(OORSPRONG, origin_point(os.urandom(64))) for _ in range(count)]

    def translate(self, client: KeysClient, people: list[Pseudonym]) -> list[Pseudonym]:
        items = [encrypt(person, self.keys[OORSPRONG.actor].public) for person in people]
        translated = client.transcrypt(items, naar=STUDIE, doel="aanmelding")
        return [decrypt(one, self.keys[STUDIE.actor]) for one in translated]


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    made = House(tmp_path_factory.mktemp("drie"))
    try:
        for name in ("keys", *PARTIES):
            made.start(name)
        made.furnish()
        yield made
    finally:
        made.close()


def test_each_pair_translates_in_both_orders_to_one_pseudonym(house: House) -> None:
    people = house.people(2)
    found = []
    for pair in itertools.permutations(PARTIES, 2):
        client = house.client(OORSPRONG.actor)
        client.pairs = [pair]
        found.append(house.translate(client, people))
    assert len(found) == 6
    assert all(one == found[0] for one in found)


def test_a_party_killed_in_the_middle_of_a_batch_is_replaced_and_two_fail_it_whole(house: House) -> None:
    people = house.people(400)
    expected = house.translate(house.client(OORSPRONG.actor), people)
    for party in ("t1", "t2"):
        threading.Timer(0.25, lambda party=party: house.kill(party)).start()
        assert house.translate(house.client(OORSPRONG.actor), people) == expected
        house.processes[party].wait()
        assert house.processes[party].returncode == -signal.SIGKILL
        if party == "t1":
            house.start(party)
    house.kill("t1")
    with pytest.raises(PeerUnavailable):
        house.translate(house.client(OORSPRONG.actor), people)
    for party in ("t1", "t2"):
        house.start(party)
    assert house.translate(house.client(OORSPRONG.actor), people[:5]) == expected[:5]


def test_running_processes_go_over_to_new_shares_by_themselves(house: House) -> None:
    people, key = house.people(2), house.keys[STUDIE.actor]
    addresses = {party: house.url(party) for party in PARTIES}
    commands = Commands(house.ceremony, house.operator, house.keys_url, addresses)

    def by_all() -> list[list[Pseudonym]]:
        found = []
        for pair in itertools.permutations(PARTIES, 2):
            client = house.client(OORSPRONG.actor)
            client.pairs = [pair]
            found.append(house.translate(client, people))
        return found

    expected = by_all()
    knowing = house.client(OORSPRONG.actor)
    for step in commands.steps(2):
        assert by_all() == expected, step
        assert house.translate(knowing, people) == expected[0], step
    for party in PARTIES:
        house.kill(party)
        house.start(party)
    assert by_all() == expected
    obtained, _ = house.client(STUDIE.actor).assemble_key(Context(STUDIE, 1))
    assert (obtained.public, obtained.secret) == (key.public, key.secret)
