"""A registry and transcryptors as real processes on free ports, with two registers; for one measurement.

Shares are throwaway ones, and everything lies in a folder that goes afterwards.
"""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import httpx2

from keys.client import KeysBeheer, KeysClient, load_or_obtain_key
from keys.kernel.jws import Jwks, SigningKey
from keys.kernel.jws.keyfile import write_secret
from keys.kernel.pep import ActorKey, Domain, Pseudonym, group

ROOT = Path(__file__).resolve().parents[2]
OIN = "00000001003214345000"
READY_WITHIN_S = 60
STOP_WITHIN_S = 10
DOEL = "uitwisseling"


def now() -> datetime:
    """The clock of the clients."""
    return datetime.now(UTC)


def register(name: str, versie: int = 1) -> Domain:
    """The domain of a register."""
    return Domain(f"oin:{OIN}:{name}", name, versie)


@dataclass
class Running:
    """The running processes, and what is known of them. `keep` holds the folders of registers."""

    folder: Path
    endpoints: dict[str, str]
    http: httpx2.Client
    operator: KeysBeheer
    processes: list[subprocess.Popen[bytes]]
    starts: list[Callable[[], subprocess.Popen[bytes]]]

    def restart(self, number: int) -> None:
        """Start a process again that ended; `number` is its place in `processes`."""
        self.processes[number] = self.starts[number]()

    def keep(self, of: Domain) -> Path:
        """The folder with a register's keys: ondertekening.jwk, domein.json, lokaal.key."""
        return self.folder / of.actor.rpartition(":")[2]

    def add(self, of: Domain) -> ActorKey:
        """Register an actor with its purpose and domain; its keys go to its folder."""
        oin, name = of.actor.split(":")[1:]
        folder = self.keep(of)
        signing = SigningKey.generate("ES256")
        signing.save(folder / "ondertekening.jwk")
        write_secret(folder / "lokaal.key", secrets.token_bytes(32))
        self.operator.register_actor(oin, name, name, "register", Jwks.of(signing))
        self.publish(of.doel)
        self.operator.register_domein(of)
        return load_or_obtain_key(folder / "domein.json", self.client(of), of)

    def publish(self, doel: str) -> None:
        """A purpose."""
        self.operator.publish_doel(
            {
                "id": doel,
                "naam": f"Doel {doel}",
                "uitleg": "Waarvoor dit dient.",
                "wettelijke_grondslag": "Wet studiefinanciering 2000, artikel 1.1",
                "avg_grondslag": "avg-6-1-e",
                "categorieen": ["inschrijving"],
                "bewaartermijn": "P7Y",
                "geldig_van": datetime(2026, 1, 1, tzinfo=UTC),
                "goedgekeurd_door": ["Jansen", "De Vries"],
            }
        )

    def allow(self, van: Domain, naar: Domain, doel: str = DOEL, **changes: Any) -> str:
        """A ground of use; gives its id."""
        self.publish(doel)
        return self.operator.grant(van, naar, doel, now() - timedelta(hours=1), **changes).id

    def client(self, of: Domain, http: httpx2.Client | None = None) -> KeysClient:
        """The client of a register."""
        return KeysClient(
            actor=of.actor,
            signing_key=SigningKey.load(self.keep(of) / "ondertekening.jwk"),
            keys_url=self.endpoints["keys"],
            party_urls={name: url for name, url in self.endpoints.items() if name != "keys"},
            http=http or self.http,
            clock=now,
        )


@contextmanager
def running(
    folder: Path, groups: Sequence[Sequence[str]] = (("t1",), ("t2",)), voorraad: int | None = None
) -> Iterator[Running]:
    """The registry in a process of its own (or in that of the group that names `keys` too), and a process
    for each group of parties. `voorraad`: their stock of zero-encryptions, else as it is by default."""
    if not any("keys" in group_ for group_ in groups):
        groups = [("keys",), *groups]
    ports = free_ports(len(groups))
    origins = {
        name: f"http://127.0.0.1:{port}" for port, names in zip(ports, groups, strict=True) for name in names
    }
    endpoints = {
        name: f"{origin}/keys" if name == "keys" else f"{origin}/keys/{name}"
        for name, origin in sorted(origins.items())
    }
    operator = SigningKey.generate("ES256")
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "beheer.jwks.json").write_text(json.dumps(Jwks.of(operator).as_dict()))
    (folder / "endpoints.json").write_text(json.dumps(endpoints))
    started: list[subprocess.Popen[bytes]] = []
    starts: list[Callable[[], subprocess.Popen[bytes]]] = []
    with contextlib.ExitStack() as stack:
        stack.callback(_stop, started)
        http = stack.enter_context(httpx2.Client(timeout=60))
        for port, names in zip(ports, groups, strict=True):
            starts.append(partial(_start, http, folder, port, names, origins["keys"], endpoints, voorraad))
            started.append(starts[-1]())
        beheer = KeysBeheer(endpoints["keys"], operator, http, now)
        yield Running(folder, endpoints, http, beheer, started, starts)


def free_ports(count: int) -> list[int]:
    """Ports that nobody listens on now."""
    with contextlib.ExitStack() as stack:
        found = []
        for _ in range(count):
            probe = stack.enter_context(socket.socket())
            probe.bind(("127.0.0.1", 0))
            found.append(int(probe.getsockname()[1]))
        return found


def person(of: Domain) -> Pseudonym:
    """Somebody, as a register knows them."""
    return Pseudonym(of, group().mul_base(group().random_scalar()))


def _start(
    http: httpx2.Client,
    folder: Path,
    port: int,
    names: Sequence[str],
    registry: str,
    endpoints: dict[str, str],
    voorraad: int | None,
) -> subprocess.Popen[bytes]:
    process = _serve(folder, port, names, registry, endpoints, voorraad)
    end = time.monotonic() + READY_WITHIN_S
    while not _answers(http, f"http://127.0.0.1:{port}/keys/health"):
        if process.poll() is not None or time.monotonic() > end:
            process.kill()
            raise TimeoutError(f"the process of {', '.join(names)} did not start")
        time.sleep(0.05)
    return process


def _serve(
    folder: Path,
    port: int,
    names: Sequence[str],
    registry: str,
    endpoints: dict[str, str],
    voorraad: int | None,
) -> subprocess.Popen[bytes]:
    parties = [name for name in names if name != "keys"]
    given = {
        "KEYS_PUBLIC_URL": registry,
        "KEYS_DATABASE_URL": f"sqlite:///{folder / 'keys.db'}",
        "KEYS_SLEUTELS_MAP": str(folder / "sleutels"),
        "KEYS_BEHEER_JWKS_FILE": str(folder / "beheer.jwks.json"),
        "KEYS_LOG_FILE": str(folder / f"log-{'-'.join(names)}.jsonl"),
        "KEYS_REGISTRY": str("keys" in names).lower(),
        "KEYS_PARTIJEN": json.dumps(parties),
        **{f"KEYS_{name.upper()}_URL": url for name, url in endpoints.items() if name != "keys"},
    }
    if voorraad is not None:
        given["KEYS_VOORRAAD"] = str(voorraad)
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("KEYS_")}
    environment = {**inherited, **given, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "keys", "serve", "--port", str(port)]
    said = (folder / f"said-{'-'.join(names)}.txt").open("wb")
    with said:
        return subprocess.Popen(command, cwd=ROOT, env=environment, stdout=said, stderr=said)


def _answers(http: httpx2.Client, url: str) -> bool:
    try:
        return http.get(url).status_code == 200
    except httpx2.HTTPError:
        return False


def _stop(started: Sequence[subprocess.Popen[bytes]]) -> None:
    for process in started:
        process.terminate()
    for process in started:
        try:
            process.wait(STOP_WITHIN_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
