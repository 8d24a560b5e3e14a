"""A decision over HTTP, one worker, against a lean hello world; and how soon a revocation is refused.

An evaluation proves its caller, finds two names and what stands between them, judges, writes its record to
disk, and answers. Both servers are real processes of uvicorn with the same settings; many requests come at
once, and the two take turns.
"""

from __future__ import annotations

import json
import secrets
import statistics
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import httpx2

from benching import filling, serving
from benching.measuring import Row, Size
from benching.parties import free_ports
from keys.kernel.caller import assertion
from keys.kernel.database import Database, migrate
from keys.kernel.jws import Jwks, SigningKey
from keys.kernel.jws.keyfile import write_secret
from keys.kernel.oidc.clients import ASSERTION_TYPE
from machtigen.bevoegdheidsverklaringen import naamstore
from machtigen.bevoegdheidsverklaringen.pairwise import Pairwise
from machtigen.diensten.model import Client
from machtigen.diensten.service import Diensten

REGISTER = 100_000
REQUESTS = 600
ROUNDS = 5
EVALUATION = "/machtigen/access/v1/evaluation"


@dataclass
class House:
    """A filled register of machtigen, and a client of it."""

    folder: Path
    port: int
    client_id: str = "meting"

    @property
    def url(self) -> str:
        """The address of its database."""
        return f"sqlite:///{self.folder / 'machtigen.db'}"

    @property
    def origin(self) -> str:
        """Where it serves."""
        return f"http://127.0.0.1:{self.port}"

    def make(self, amount: int) -> SigningKey:
        """Fill the database and the folder of keys; gives the key of the client."""
        migrate(self.url, "machtigen")
        filling.fill(self.url, amount)
        key = SigningKey.generate("ES256")
        self.pairwise = Pairwise(secrets.token_bytes(32))
        write_secret(self.folder / "sleutels" / "pairwise.key", self.pairwise._key)
        (self.folder / "beheer.json").write_text(json.dumps(Jwks.of(key).as_dict()))
        database, now = Database(self.url), datetime.now(UTC)
        diensten = Diensten(database)
        diensten.register(filling.service(), now)
        domein = f"{filling.ACTOR}|doel:meting|v1"
        diensten.register_client(
            Client(self.client_id, "Meting", filling.ACTOR, domein, (), (filling.DIENST,),
                   Jwks.of(key).as_dict(), "https://meting.example.nl"), now
        )  # fmt: skip
        self.pairs = [filling.pair(3 * filling.CHAINS + number) for number in range(512)]
        parties = [party for pair in self.pairs for party in pair]
        names = self.pairwise.names(filling.ACTOR, parties)
        database.write(lambda session: naamstore.add_names(session, filling.ACTOR, names))
        database.close()
        return key

    def environment(self) -> dict[str, str]:
        """The settings of the process."""
        nowhere = "http://127.0.0.1:9"  # nobody listens: no neighbour is needed for a decision
        return {
            "MACHTIGEN_PUBLIC_URL": self.origin, "MACHTIGEN_DATABASE_URL": self.url,
            "MACHTIGEN_SLEUTELS_MAP": str(self.folder / "sleutels"),
            "MACHTIGEN_BEHEER_JWKS_FILE": str(self.folder / "beheer.json"),
            "MACHTIGEN_LOG_FILE": str(self.folder / "log.jsonl"),
            "MACHTIGEN_IDENTITEIT_URL": f"{nowhere}/identiteit", "MACHTIGEN_KEYS_URL": f"{nowhere}/keys",
            "MACHTIGEN_RECHTEN_URL": f"{nowhere}/rechten", "MACHTIGEN_T1_URL": f"{nowhere}/keys/t1",
            "MACHTIGEN_T2_URL": f"{nowhere}/keys/t2",
        }  # fmt: skip

    def token(self, key: SigningKey) -> str:
        """A token for software, from the token endpoint."""
        place = f"{self.origin}/machtigen/token"
        proof = assertion(self.client_id, key, place, datetime.now(UTC))
        form = {"grant_type": "client_credentials", "client_assertion": proof}
        form["client_assertion_type"] = ASSERTION_TYPE
        return str(httpx2.post(place, data=form).json()["access_token"])

    def question(self, number: int) -> bytes:
        """May this representative pay for that person?"""
        of, by = (
            self.pairwise.subject(filling.ACTOR, party) for party in self.pairs[number % len(self.pairs)]
        )
        return json.dumps({
            "subject": {"type": "pseudoniem", "id": by,
                        "properties": {"acr": "http://eidas.europa.eu/LoA/high", "represents": {"sub": of}}},
            "action": {"name": "betalen"}, "resource": {"type": "dienst", "id": filling.DIENST},
        }).encode()  # fmt: skip


def rows(size: Size) -> list[Row]:
    """The row of the evaluation."""
    tiny = size.rounds < ROUNDS
    amount, requests, rounds = (4 * filling.CHAINS, 64, 2) if tiny else (REGISTER, REQUESTS, ROUNDS)
    own, other = free_ports(2)
    quiet = ["--no-access-log", "--no-server-header"]
    uvicorn = ["-m", "uvicorn", "benching.hello:app", "--port", str(other), *quiet]
    with tempfile.TemporaryDirectory() as folder:
        house = House(Path(folder), own)
        key = house.make(amount)
        command = ["-m", "uvicorn", "benching.machtigen_app:app", "--port", str(own), *quiet]
        with (
            serving.serving(command, own, "/machtigen/health", house.environment()) as pid,
            serving.serving(uvicorn, other, "/", {"UVICORN_LOG_LEVEL": "error"}) as hello_pid,
        ):
            bearer = {"Authorization": f"Bearer {house.token(key)}"}
            asked = [serving.request(EVALUATION, own, house.question(n), bearer) for n in range(requests)]
            hello = [serving.request("/", other)] * requests
            return [_measured(own, asked, pid, other, hello, hello_pid, rounds)]


def _measured(
    own: int, asked: list[bytes], pid: int, other: int, hello: list[bytes], hello_pid: int, rounds: int
) -> Row:
    taken: dict[str, list[float]] = {"own": [], "hello": [], "own-cpu": [], "hello-cpu": []}
    for turn in range(rounds + 1):
        for name, port, requests, number, expected in (
            ("own", own, asked, pid, b'"decision":true'), ("hello", other, hello, hello_pid, b"Hello"),
        ):  # fmt: skip
            before = serving.processor_seconds(number)
            wall = serving.send_all(port, requests, expected)
            if turn:  # the first one loads what it needs
                taken[name].append(wall)
                taken[f"{name}-cpu"].append(serving.processor_seconds(number) - before)
    ratio = statistics.median(a / b for a, b in zip(taken["hello"], taken["own"], strict=True))
    middle = {name: statistics.median(times) / len(asked) for name, times in taken.items()}
    figures = {
        "evaluations_per_s": round(1 / middle["own"]), "hello_per_s": round(1 / middle["hello"]),
        "evaluation_cpu_us": round(middle["own-cpu"] * 1e6), "hello_cpu_us": round(middle["hello-cpu"] * 1e6),
        "connections": float(serving.CONNECTIONS),
    }  # fmt: skip
    measure = "AuthZEN evaluation over HTTP, one worker, against a Starlette hello world"
    return Row("authzen-http", measure, 0.4, ratio, figures=figures)
