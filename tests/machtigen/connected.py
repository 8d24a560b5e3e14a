"""keys (T1 and T2) and machtigen, the real apps, in one process and served on a port of loopback.

`identiteit` is the one that lacks: people are logged in by opening a session, as it would after a login.
"""

from __future__ import annotations

import contextlib
import json
import secrets
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx2
import uvicorn
from fastapi import FastAPI

from keys.app import create_app as create_keys
from keys.client import KeysBeheer, KeysClient
from keys.kernel.inprocess import Composition, InProcessTransport
from keys.kernel.jws import Jwks, SigningKey
from keys.kernel.pep import Domain, Pseudonym, origin_point
from keys.settings import Settings as KeysSettings
from machtigen.app import create_app as create_machtigen
from machtigen.deps import Services
from machtigen.diensten.model import Handeling, Niveau
from machtigen.machtigingen.model import Aanvraag
from machtigen.partijen.model import PartijId
from machtigen.sessies.model import Ingelogd
from machtigen.settings import Settings

OIN = "00000099000000001000"
MACHTIGEN = Domain(f"oin:{OIN}:machtigen", "machtigen")
DISPLAY = Domain(f"oin:{OIN}:identiteit", "weergave")
GRANTED_FROM = datetime(2026, 1, 1, tzinfo=UTC)
START_TIMEOUT_S = 30


@dataclass
class ConnectedHouse:
    """The apps, their address, and people that a test makes up."""

    folder: Path
    port: int
    transport: InProcessTransport
    keys: FastAPI
    machtigen: FastAPI
    operator_key: Path
    people: dict[str, Pseudonym] = field(default_factory=dict)

    @property
    def origin(self) -> str:
        """Where it is served."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def services(self) -> Services:
        """The rooms of machtigen."""
        found: Services = self.machtigen.state.services
        return found

    @property
    def operator(self) -> SigningKey:
        return SigningKey.load(self.operator_key)

    def beheer(self, http: httpx2.Client) -> KeysBeheer:
        """The registry, as the operator."""
        return KeysBeheer(f"{self.origin}/keys", self.operator, http, now)

    def keys_client(self, actor: str, key: SigningKey, http: httpx2.Client) -> KeysClient:
        """The client of an actor."""
        return KeysClient(
            actor=actor,
            signing_key=key,
            keys_url=f"{self.origin}/keys",
            party_urls={party: f"{self.origin}/keys/{party}" for party in ("t1", "t2")},
            http=http,
            clock=now,
        )

    def person(self, name: str) -> PartijId:
        """A person, as machtigen knows one."""
        if name not in self.people:
            self.people[name] = Pseudonym(MACHTIGEN, origin_point(secrets.token_bytes(64)))
        return self.services.partijen.admit(self.people[name], now())

    def browser(self, name: str) -> httpx2.Client:
        """A browser, over the network, in which this person is logged in."""
        who = Ingelogd(self.person(name), Niveau.SUBSTANTIEEL, now(), f"sid-{secrets.token_hex(4)}", "id")
        secret = self.services.sessies.open(who, now())
        return httpx2.Client(base_url=self.origin, cookies={"machtigen_sessie": secret})

    def grant(self, dienst: str, van: str = "noor", aan: str = "anja") -> str:
        """A machtiging that was granted and accepted; its id."""
        asked = Aanvraag(
            diensten=(dienst,),
            handelingen=frozenset({Handeling.INFORMATIE_OPVRAGEN}),
            geldig_van=None,
            geldig_tot=now() + timedelta(days=100),
            zaak=None,
            label=None,
            organisatie=None,
        )
        machtigingen = self.services.machtigingen
        issued = machtigingen.grant(asked, self.person(van), Niveau.SUBSTANTIEEL, now())
        return machtigingen.confirm(issued.code, self.person(aan), Niveau.SUBSTANTIEEL, now()).id


def now() -> datetime:
    """The clock of everybody here."""
    return datetime.now(UTC)


@contextlib.contextmanager
def connected_house(folder: Path) -> Iterator[ConnectedHouse]:
    """The two packages, furnished and served; stopped at the end."""
    house = _build(folder, free_port())
    house.transport.start()
    server = _server(house)
    worker = threading.Thread(target=server.run, name="connected-house", daemon=True)
    try:
        _furnish(house, httpx2.Client(transport=house.transport))  # closing it would close the transport
        worker.start()
        until = time.monotonic() + START_TIMEOUT_S
        while not server.started and worker.is_alive() and time.monotonic() < until:
            time.sleep(0.02)
        assert server.started, "the house is not served"
        yield house
    finally:
        server.should_exit = True
        if worker.ident is not None:
            worker.join(timeout=10)
        house.transport.close()


def _build(folder: Path, port: int) -> ConnectedHouse:
    origin = f"http://127.0.0.1:{port}"
    operator, public = SigningKey.generate("ES256"), folder / "beheer.jwks.json"
    operator.save(folder / "beheer.jwk")
    public.write_text(json.dumps(Jwks.of(operator).as_dict()))
    transport = InProcessTransport(origin)

    def common(package: str) -> dict[str, Any]:
        return {
            "public_url": origin,
            "database_url": f"sqlite:///{folder}/{package}.db",
            "sleutels_map": folder / "sleutels" / package,
            "beheer_jwks_file": public,
            "log_file": folder / f"{package}.jsonl",
        }

    peers = {f"{name}_url": f"{origin}/{name}" for name in ("identiteit", "rechten", "keys")}
    parties = {f"{party}_url": f"{origin}/keys/{party}" for party in ("t1", "t2")}
    keys = create_keys(KeysSettings(**common("keys"), partijen=["t1", "t2"]), transport)
    machtigen = create_machtigen(Settings(**common("machtigen"), **peers, **parties), transport)
    transport.apps.update({"keys": keys, "machtigen": machtigen})
    return ConnectedHouse(folder, port, transport, keys, machtigen, folder / "beheer.jwk")


def _furnish(house: ConnectedHouse, http: httpx2.Client) -> None:
    """Our own actors and the directions between them, as an installation has them from its start."""
    beheer = house.beheer(http)
    display_key = SigningKey.generate("ES256")
    own_key = SigningKey.load(house.folder / "sleutels" / "machtigen" / "ondertekening.jwk")
    for domain, rol, key in ((MACHTIGEN, "machtigen", own_key), (DISPLAY, "identiteit", display_key)):
        beheer.register_actor(OIN, rol, rol, rol, Jwks.of(key))
        beheer.publish_doel(_doel(domain.doel))
        beheer.register_domein(domain)
        house.keys_client(domain.actor, key, http).obtain_key(domain)
    beheer.grant(MACHTIGEN, DISPLAY, "weergave", GRANTED_FROM)


def _doel(doel: str) -> dict[str, Any]:
    return {
        "id": doel,
        "naam": f"Doel {doel}",
        "uitleg": "Waarvoor dit dient.",
        "wettelijke_grondslag": "Wet digitale overheid, artikel 1",
        "avg_grondslag": "avg-6-1-e",
        "geldig_van": GRANTED_FROM,
        "goedgekeurd_door": ["Jansen", "De Vries"],
    }


def _server(house: ConnectedHouse) -> uvicorn.Server:
    endpoints = {name: f"{house.origin}/{name}" for name in ("keys", "machtigen")}
    endpoints |= {party: f"{house.origin}/keys/{party}" for party in ("t1", "t2")}
    app = Composition({"keys": house.keys, "machtigen": house.machtigen}, endpoints)
    return uvicorn.Server(
        uvicorn.Config(app, host="127.0.0.1", port=house.port, log_level="error", access_log=False)
    )


def free_port() -> int:
    """A port of loopback that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
