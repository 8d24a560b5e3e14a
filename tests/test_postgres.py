"""The server that the tests run on is what it is said to be."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest
import sqlalchemy as sa

from tests.postgres import OWNER, Postgres

pytestmark = pytest.mark.postgres


def asked(server: Postgres, question: str) -> list[tuple[object, ...]]:
    with server.connect() as connection:
        return connection.execute(question).fetchall()  # type: ignore[arg-type]  # our own words


def test_it_listens_on_no_network(postgres_server: Postgres) -> None:
    assert asked(postgres_server, "SHOW listen_addresses") == [("",)]
    assert (postgres_server.folder / ".s.PGSQL.5432").is_socket()


def test_it_lets_nobody_in_without_the_password(postgres_server: Postgres) -> None:
    ways = asked(postgres_server, "SELECT DISTINCT auth_method FROM pg_hba_file_rules")
    assert ways == [("scram-sha-256",)]
    (kept,) = asked(postgres_server, "SELECT rolpassword FROM pg_authid WHERE rolname = current_user")
    assert str(kept[0]).startswith("SCRAM-SHA-256$")
    for password in ("", "wrong"):
        with pytest.raises(psycopg.OperationalError):
            psycopg.connect(
                host=str(postgres_server.folder), user=OWNER, password=password, dbname="postgres",
                passfile=os.devnull,
            )  # fmt: skip


def test_it_does_not_run_as_root_and_its_folder_is_closed(postgres_server: Postgres) -> None:
    pid = int((postgres_server.folder / "data" / "postmaster.pid").read_text().splitlines()[0])
    assert os.stat(f"/proc/{pid}").st_uid != 0
    assert postgres_server.folder.stat().st_mode & 0o077 == 0
    assert not (postgres_server.folder / "password").exists()


def test_a_database_is_empty_and_gone_afterwards(postgres_server: Postgres) -> None:
    names = []
    for _ in range(2):
        with postgres_server.fresh_database() as url:
            name = str(sa.make_url(url).database)
            names.append(name)
            with postgres_server.connect(name) as connection:
                tables = "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"
                assert connection.execute(tables).fetchone() == (0,)
                connection.execute("CREATE TABLE t (a int)")
    assert len(set(names)) == 2
    left = {row[0] for row in asked(postgres_server, "SELECT datname FROM pg_database")}
    assert not left & set(names)


def test_when_the_tests_are_killed_the_server_and_its_folder_go_too() -> None:
    code = (
        "import os, signal; from tests.postgres import running\n"
        "with running() as server:\n"
        "    print((server.folder / 'data' / 'postmaster.pid').read_text().split()[0], server.folder)\n"
        "    import sys; sys.stdout.flush(); os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False,
        cwd=Path(__file__).resolve().parents[1],
    )  # fmt: skip
    pid, folder = done.stdout.split()
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline and (Path(folder).exists() or Path("/proc", pid).exists()):
        time.sleep(0.05)
    assert not Path(folder).exists()
    assert not Path("/proc", pid).exists()
