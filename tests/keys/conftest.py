"""A small world for the tests of `keys`: a registry and three transcryptors on SQLite, and its actors."""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest
from fastapi import FastAPI

from keys.app import create_app
from keys.client import KeysBeheer, KeysClient
from keys.kernel.inprocess import InProcessTransport
from keys.kernel.jws import Jwks, SigningKey
from keys.kernel.pep import ActorKey, Domain, OwnCiphertext, Pseudonym, encrypt, origin_point
from keys.settings import Settings

ORIGIN = "http://keys.test"
OPERATOR_OIN = "00000099000000001000"
DUO_OIN = "00000001003214345000"
START = datetime.now(UTC)


def domain(actor: str, doel: str, versie: int = 1) -> Domain:
    """A domain of one of the actors of this world."""
    oin = OPERATOR_OIN if actor in {"identiteit", "machtigen"} else DUO_OIN
    return Domain(f"oin:{oin}:{actor}", doel, versie)


OORSPRONG = domain("identiteit", "oorsprong")
MACHTIGEN = domain("machtigen", "machtigen")
STUDIE = domain("studiefinanciering", "studiefinanciering")
DIPLOMA = domain("diplomaregister", "diplomaregister")


def doel(doel_id: str, **changes: Any) -> dict[str, Any]:
    """A purpose as the operator publishes it."""
    return {
        "id": doel_id,
        "naam": f"Doel {doel_id}",
        "uitleg": "Waarvoor dit dient.",
        "wettelijke_grondslag": "Wet studiefinanciering 2000, artikel 1.1",
        "avg_grondslag": "avg-6-1-e",
        "categorieen": ["inschrijving"],
        "bewaartermijn": "P7Y",
        "geldig_van": START - timedelta(days=1),
        "goedgekeurd_door": ["Jansen", "De Vries"],
        **changes,
    }


@dataclass
class World:
    """The running system and what its actors hold."""

    folder: Path
    app: FastAPI
    http: httpx2.Client
    operator: SigningKey
    beheer: KeysBeheer
    signing: dict[str, SigningKey] = field(default_factory=dict)
    keys: dict[Domain, ActorKey] = field(default_factory=dict)
    shift: timedelta = timedelta(0)

    def now(self) -> datetime:
        """The clock of the clients."""
        return datetime.now(UTC) + self.shift

    def client(self, actor: str, parties: tuple[str, ...] = ("t1", "t2", "t3"), **changes: Any) -> KeysClient:
        """The client of an actor, with the parties it knows."""
        values: dict[str, Any] = {
            "actor": actor,
            "signing_key": self.signing[actor],
            "keys_url": f"{ORIGIN}/keys",
            "party_urls": {party: f"{ORIGIN}/keys/{party}" for party in parties},
            "http": self.http,
            "clock": self.now,
        }
        return KeysClient(**{**values, **changes})

    def add_actor(self, of: Domain, rol: str = "register") -> None:
        """Register an actor with its purpose and domain, and obtain its key."""
        oin, onderactor = of.actor.split(":")[1:]
        if of.actor not in self.signing:
            self.signing[of.actor] = SigningKey.generate("ES256")
            self.beheer.register_actor(oin, onderactor, onderactor, rol, Jwks.of(self.signing[of.actor]))
        self.beheer.publish_doel(doel(of.doel))
        self.beheer.register_domein(of)
        self.keys[of] = self.client(of.actor).obtain_key(of)

    def allow(self, van: Domain, naar: Domain, doel_id: str, **changes: Any) -> str:
        """Register a purpose of use and grant the direction; gives the id of the ground."""
        self.beheer.publish_doel(doel(doel_id))
        return self.beheer.grant(van, naar, doel_id, START - timedelta(hours=1), **changes).id

    def person(self) -> Pseudonym:
        """A fresh person, in the origin domain."""
        return Pseudonym(OORSPRONG, origin_point(secrets.token_bytes(64)))

    def encrypted(self, person: Pseudonym) -> OwnCiphertext:
        """The person under the key of the domain that the pseudonym belongs to."""
        return encrypt(person, self.keys[person.domain].public, 1)


def settings_in(folder: Path, **changes: Any) -> Settings:
    """The settings of one process that runs everything."""
    values: dict[str, Any] = {
        "public_url": ORIGIN,
        "database_url": f"sqlite:///{folder / 'keys.db'}",
        "sleutels_map": folder / "sleutels",
        "beheer_jwks_file": folder / "beheer.jwks.json",
        "log_file": folder / "keys.jsonl",
        "partijen": ["t1", "t2", "t3"],
    }
    return Settings(**{**values, **changes})


def write_operator(folder: Path) -> SigningKey:
    """The operator's key; its public half where the settings point."""
    key = SigningKey.generate("ES256")
    (folder / "beheer.jwks.json").write_text(json.dumps(Jwks.of(key).as_dict()))
    return key


@contextmanager
def running(folder: Path, **changes: Any) -> Iterator[World]:
    """A registry and its parties without any actor, at ORIGIN; files in `folder`."""
    os.umask(0o077)
    operator = write_operator(folder)
    app = create_app(settings_in(folder, **changes))
    transport = InProcessTransport(ORIGIN, {"keys": app})
    transport.start()
    http = httpx2.Client(transport=transport)
    beheer = KeysBeheer(f"{ORIGIN}/keys", operator, http, lambda: datetime.now(UTC))
    try:
        yield World(folder, app, http, operator, beheer)
    finally:
        http.close()
        transport.close()
        app.state.close()


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """One world for all tests: whoever needs a quiet corner registers a domain of its own."""
    with running(tmp_path_factory.mktemp("keys")) as made:
        made.add_actor(OORSPRONG, "identiteit")
        for of, rol in ((MACHTIGEN, "machtigen"), (STUDIE, "register"), (DIPLOMA, "register")):
            made.add_actor(of, rol)
        made.allow(OORSPRONG, MACHTIGEN, "inloggen", bij_overschrijding="alarm")
        made.allow(OORSPRONG, STUDIE, "aanmelding")
        made.allow(OORSPRONG, DIPLOMA, "aanmelding")
        made.allow(MACHTIGEN, STUDIE, "inzage-namens")
        yield made


@pytest.fixture
def new_register(world: World) -> Callable[[], Domain]:
    """Makes registers that no other test uses."""

    def make() -> Domain:
        name = f"register-{secrets.token_hex(4)}"
        of = Domain(f"oin:{DUO_OIN}:{name}", name)
        world.add_actor(of)
        return of

    return make
