"""scripts/demo.py plays the main story against both ways of starting, and notices what differs."""

from __future__ import annotations

import json
import re
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

import httpx2
import pytest
from clock import installation_clock
from operating import Operator

from keys.kernel.jws import SigningKey
from tests.e2e.conftest import MODES
from tests.e2e.system import PYTHON, ROOT, System

pytestmark = [pytest.mark.e2e, pytest.mark.slow]
both = pytest.mark.parametrize("server", MODES, indirect=True)
_told: dict[str, str] = {}


def demo(base: str, data: Path, *more: str) -> subprocess.CompletedProcess[str]:
    """Play the story as the README says."""
    command = [PYTHON, str(ROOT / "scripts/demo.py"), "--base", base, "--data", str(data), *more]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)


def without_ports(text: str) -> str:
    """The output but for ports."""
    return re.sub(r"(127\.0\.0\.1):\d+", r"\1:PORT", text)


@both
def test_the_story_goes_as_told_and_the_same_in_both_ways(server: System) -> None:
    """Exit code 0, all eight steps, nothing on standard error; the output of both ways is the same."""
    done = demo(server.base, server.data)
    assert (done.returncode, done.stderr) == (0, "")
    assert re.findall(r"^(\d)  ", done.stdout, re.MULTILINE) == list("122345667788")
    assert "All steps went as told." in done.stdout
    _told["separate" if server.separate else "together"] = without_ports(done.stdout)
    if set(_told) == set(MODES):
        assert _told["together"] == _told["separate"]


@both
def test_a_register_that_was_paused_before_is_noticed(server: System) -> None:
    """Noor's records are then not those of five registers: exit code 1, one sentence, and it ends there."""
    with httpx2.Client(timeout=30) as http:
        operator = Operator(server.endpoints, server.data / "beheer.jwk", http, installation_clock())
        operator.tell("rechten", "/api/v1/beheer/registers/diplomaregister/pauzeren", {})
        try:
            done = demo(server.base, server.data)
        finally:
            operator.tell("rechten", "/api/v1/beheer/registers/diplomaregister/hervatten", {})
    assert done.returncode == 1
    assert done.stderr == "The story went differently: the records of five registers.\n"
    assert "All steps went as told." not in done.stdout
    assert "\n8  " not in done.stdout


@pytest.fixture
def copied(server: System, tmp_path: Path) -> Path:
    """The folder that demo.py reads, to be tampered with; the server's own stays as it is."""
    folder = tmp_path / "copy"
    shutil.copytree(server.data, folder, ignore=shutil.ignore_patterns("*.db-wal", "*.db-shm"))
    return folder


def refused(done: subprocess.CompletedProcess[str], code: int, words: str) -> None:
    """The exit code, one sentence on standard error, no traceback."""
    assert done.returncode == code, done.stderr
    assert words in done.stderr
    assert done.stderr.count("\n") == 1
    assert "All steps went as told." not in done.stdout


def test_a_client_with_another_key_gets_no_tokens(server: System, copied: Path) -> None:
    """Same name, same kid, another key: the token endpoint refuses at step 4."""
    path = copied / "demo-clients" / "duo-studiefinanciering" / "jwk.json"
    real = json.loads(path.read_text())
    other = copied / "other.jwk"
    forged = SigningKey.generate(real["alg"])
    forged.save(other)
    path.write_text(json.dumps({**json.loads(other.read_text()), "kid": real["kid"], "alg": real["alg"]}))
    done = demo(server.base, copied)
    refused(done, 1, "The server did not answer as it should (OAuthError).")
    assert "\n4  " not in done.stdout


def test_a_client_with_the_key_of_another_domain_opens_nothing(server: System, copied: Path) -> None:
    """The pseudonyms are sealed for DUO's domain: with another domain's key step 5 fails."""
    clients = copied / "demo-clients"
    others = [
        folder
        for folder in clients.iterdir()
        if folder.name != "duo-studiefinanciering" and (folder / "domein.json").exists()
    ]
    domain = (clients / "duo-studiefinanciering" / "domein.json").read_text()
    other = next(text for one in others if (text := (one / "domein.json").read_text()) != domain)
    (clients / "duo-studiefinanciering" / "domein.json").write_text(other)
    done = demo(server.base, copied)
    assert done.returncode == 1
    assert "\n5  " not in done.stdout
    assert "Traceback" not in done.stderr


def test_a_folder_of_another_installation_is_noticed(server: System, tmp_path: Path) -> None:
    """Without demo clients there is no service to play: exit code 2."""
    (tmp_path / "empty").mkdir()
    refused(demo(server.base, tmp_path / "empty"), 2, "No demo services in")


def test_a_name_in_another_database_is_noticed(server: System) -> None:
    """The closing table looks into the files themselves: a family name in keys ends it with 1."""
    with closing(sqlite3.connect(server.data / "databases" / "keys.db", timeout=20)) as base:
        base.execute("CREATE TABLE aantekening (tekst TEXT)")
        base.execute("INSERT INTO aantekening VALUES ('Verbeek')")
        base.commit()
        try:
            done = demo(server.base, server.data)
        finally:
            base.execute("DROP TABLE aantekening")
            base.commit()
    refused(done, 1, "keys holds identifying data")
    assert "What each database knows about Noor" in done.stdout


def test_the_folder_of_another_server_is_noticed(server: System, copied: Path) -> None:
    """Its databases do not know this machtiging: exit code 1, and no table that comforts."""
    refused(demo(server.base, copied), 1, "this is not the data folder of this server")


def test_a_server_that_is_not_there_gets_one_sentence(server: System) -> None:
    """Exit code 1."""
    refused(demo("http://127.0.0.1:9", server.data), 1, "did not answer")
