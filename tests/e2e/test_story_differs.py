"""What differs from the story is noticed. A server of its own: each play has Anja try two wrong codes,
and after ten in an hour she has to wait.
"""

from __future__ import annotations

import json
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

import pytest

from keys.kernel.jws import SigningKey
from tests.e2e.playing import demo
from tests.e2e.system import System

pytestmark = [pytest.mark.e2e, pytest.mark.slow]


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
