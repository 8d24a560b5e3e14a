"""The operator's commands: they serve, migrate and keep up, and a start that cannot be is one sentence."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

import httpx2
import pytest
from typer.testing import CliRunner

from keys.kernel.database import pending
from keys.kernel.jws import Jwks, SigningKey
from machtigen.__main__ import cli
from tests.machtigen.connected import free_port

COMMAND = (sys.executable, "-m", "machtigen")


@pytest.fixture
def settings(tmp_path: Path) -> dict[str, str]:
    """The environment of a service of its own; its neighbours are not there."""
    operator = tmp_path / "beheer.jwks.json"
    operator.write_text(json.dumps(Jwks.of(SigningKey.generate("ES256")).as_dict()))
    nobody = f"http://127.0.0.1:{free_port()}"
    peers = {
        f"MACHTIGEN_{name.upper()}_URL": f"{nobody}/{name}" for name in ("identiteit", "keys", "rechten")
    }
    return {
        "PATH": os.environ["PATH"],
        "MACHTIGEN_PUBLIC_URL": f"http://127.0.0.1:{free_port()}",
        "MACHTIGEN_DATABASE_URL": f"sqlite:///{tmp_path}/machtigen.db",
        "MACHTIGEN_SLEUTELS_MAP": str(tmp_path / "sleutels"),
        "MACHTIGEN_BEHEER_JWKS_FILE": str(operator),
        "MACHTIGEN_LOG_FILE": str(tmp_path / "machtigen.jsonl"),
        "MACHTIGEN_T1_URL": f"{nobody}/keys/t1",
        "MACHTIGEN_T2_URL": f"{nobody}/keys/t2",
        **peers,
    }


def run(settings: Mapping[str, str], *arguments: str) -> tuple[int, str, str]:
    ended = subprocess.run(
        [*COMMAND, *arguments], env=dict(settings), capture_output=True, text=True, timeout=60
    )
    return ended.returncode, ended.stdout, ended.stderr


@pytest.mark.slow
def test_migrate_makes_the_database_and_upkeep_works_on_it(settings: dict[str, str]) -> None:
    assert run(settings, "migrate") == (0, "machtigen: the database is up to date\n", "")
    assert not pending(settings["MACHTIGEN_DATABASE_URL"], "machtigen")
    assert run(settings, "upkeep")[::2] == (0, "")


@pytest.mark.slow
def test_serve_answers_and_ends_on_a_signal(settings: dict[str, str]) -> None:
    address = settings["MACHTIGEN_PUBLIC_URL"]
    with subprocess.Popen([*COMMAND, "serve", "--port", address.rpartition(":")[2]], env=settings) as server:
        try:
            assert answers(f"{address}/machtigen/health", server) == 200
            # Its neighbours are not there, so it is up and not ready.
            assert httpx2.get(f"{address}/machtigen/ready").status_code == 503
            assert httpx2.get(f"{address}/endpoints.json").json() == {"machtigen": f"{address}/machtigen"}
            server.send_signal(signal.SIGTERM)
            server.wait(timeout=20)
        finally:
            server.kill()


def answers(url: str, server: subprocess.Popen[bytes]) -> int:
    until = time.monotonic() + 30
    while time.monotonic() < until and server.poll() is None:
        try:
            return httpx2.get(url).status_code
        except httpx2.ConnectError:
            time.sleep(0.1)
    raise AssertionError("the server does not listen")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"MACHTIGEN_DATABASE_URL": None}, "MACHTIGEN_DATABASE_URL: Field required"),
        ({"MACHTIGEN_PUBLIC_URL": "http://127.0.0.1:8300/pad"}, "public_url is an origin: no path"),
        ({"MACHTIGEN_OMGEVING": "productie"}, "in productie every address is https"),
        ({"KLOK": "straks"}, "KLOK"),
    ],
)
@pytest.mark.parametrize("command", ["serve", "upkeep"])
def test_a_start_that_cannot_be_is_one_sentence(
    settings: dict[str, str], changes: dict[str, str | None], words: str, command: str
) -> None:
    ended = CliRunner().invoke(cli, [command], env={**settings, **changes})
    assert (ended.exit_code, len(ended.stderr.splitlines())) == (2, 1), ended.output
    assert ended.stderr.startswith("machtigen cannot start: ")
    assert words in ended.stderr


def test_a_file_that_is_not_there_is_one_sentence(settings: dict[str, str]) -> None:
    code, _, told = run({**settings, "MACHTIGEN_BEHEER_JWKS_FILE": "/nergens.json"}, "upkeep")
    assert code == 2
    assert told == "machtigen cannot start: /nergens.json cannot be used (No such file or directory)\n"


def test_an_organisation_is_registered_and_its_director_gets_a_code(settings: dict[str, str]) -> None:
    registered = ("organisatie", "de-brug", "Stichting De Brug", "90000017")
    code, identifier, _ = run(settings, *registered)
    assert code == 0
    assert identifier.startswith("org:")
    assert run(settings, *registered)[1] == identifier
    code, told, _ = run(settings, "bestuurder", "de-brug", "directeur")
    assert (code, len(told.strip())) == (0, len("XXXX-XXXX-XXXX"))
    assert run(settings, "bestuurder", "onbekend")[0] == 2
