"""Starting, stopping, and starting again: what README says of `scripts/run`, and what goes wrong clearly."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import httpx2
import pytest
from installation import PACKAGES, PARTIES
from visitor import Visitor

from tests.e2e.acts import grant, service
from tests.e2e.conftest import MODES
from tests.e2e.system import PYTHON, ROOT, System, free_ports, processes_of, running, wait_until_gone

pytestmark = [pytest.mark.e2e, pytest.mark.slow]
SECONDS_TO_END = 6
SEPARATE = {*PACKAGES, *PARTIES}


def names_of(data: Path) -> set[str]:
    """Which processes of a separate start are there."""
    lines = [line for line in processes_of(data).values() if "--process " in line]
    return {line.split("--process ")[1].split()[0] for line in lines}


@pytest.fixture(scope="module")
def furnished(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, int, str]:
    """A data folder with a demo world and one machtiging of Noor's: (folder, port, id of the machtiging)."""
    data, port = tmp_path_factory.mktemp("furnished") / "data", free_ports()
    with running(data, port) as system:
        noor = Visitor(system.endpoints, "noor")
        noor.log_in("machtigen")
        made = grant(noor, service(noor), "bewaard")
        noor.close()
    return data, port, made["id"]


@pytest.fixture
def copy(furnished: tuple[Path, int, str], tmp_path: Path) -> tuple[Path, int, str]:
    """The same, for one test alone. Addresses are part of the data, so the port is the same."""
    data, port, machtiging = furnished
    shutil.copytree(data, tmp_path / "data")
    return tmp_path / "data", port, machtiging


def machtiging_of_noor(system: System, identifier: str) -> dict[str, object]:
    """As Noor sees it over the public interface."""
    noor = Visitor(system.endpoints, "noor")
    noor.log_in("machtigen")
    try:
        return noor.expect(200, "GET", "machtigen", f"/api/v1/machtigingen/{identifier}")
    finally:
        noor.close()


def test_a_second_start_keeps_the_data(copy: tuple[Path, int, str]) -> None:
    """The machtiging of the first start is there; nothing is furnished twice."""
    data, port, machtiging = copy
    with running(data, port) as system:
        found = machtiging_of_noor(system, machtiging)
        assert (found["status"], found["label"]) == ("aangevraagd", "bewaard")
        assert "Registering" not in system.said()
        assert "people" not in system.said().split("Open http")[0]
        with closing(sqlite3.connect(data / "databases" / "identiteit.db")) as base:
            people, names = base.execute("SELECT count(*), count(DISTINCT demo_id) FROM persoon").fetchone()
        assert people == names >= 25


def test_the_welcome_says_where_who_and_what_to_try(
    furnished: tuple[Path, int, str],
) -> None:
    """The last lines of a start, and the first, which says that its keys are throwaway."""
    data, port, _ = furnished
    said = (data.parent / f"{data.name}-{port}.out").read_text("utf-8")
    lines = [line for line in said.splitlines() if line.startswith("· ")]
    assert "Throwaway keys" in lines[0]
    for words in (f"Open http://127.0.0.1:{port}/", "noor", "anja", "Try first", f":{port}/portaal/"):
        assert words in said


@pytest.mark.parametrize("mode", MODES)
def test_control_c_ends_it_cleanly_and_soon(copy: tuple[Path, int, str], mode: str) -> None:
    """Exit code 0, no process left, no database locked or torn, within a few seconds."""
    data, port, _ = copy
    if mode == "separate":  # other addresses, so other data
        data, port = data.parent / "separate", free_ports()
    with running(data, port, separate=mode == "separate") as system:
        assert names_of(data) == ({*SEPARATE, "portaal"} if mode == "separate" else set())
        begun = time.monotonic()
        assert system.interrupt() == 0
        assert time.monotonic() - begun < SECONDS_TO_END
        assert "Traceback" not in system.said()
    for path in (data / "databases").rglob("*.db"):
        with closing(sqlite3.connect(path)) as base:
            assert base.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


@pytest.mark.parametrize("mode", MODES)
def test_a_start_that_is_cut_off_is_completed_by_the_next(tmp_path: Path, mode: str) -> None:
    """In the middle of furnishing: no process left; started again it has the whole demo world."""
    data, port = tmp_path / "data", free_ports()
    system = System(data, port, separate=mode == "separate").start()
    while "registers and" not in system.said() and "Open http" not in system.said():
        assert system.process.poll() is None, system.said()
        time.sleep(0.02)
    system.interrupt()
    assert "Traceback" not in system.said(), system.said()
    with running(data, port, separate=mode == "separate") as again:
        anja = Visitor(again.endpoints, "anja")
        anja.log_in("machtigen")
        anja.close()
        with closing(sqlite3.connect(data / "databases" / "identiteit.db")) as base:
            people, names = base.execute("SELECT count(*), count(DISTINCT demo_id) FROM persoon").fetchone()
        assert people == names >= 25


def test_a_killed_parent_leaves_no_children(tmp_path: Path) -> None:
    """kill -9 of the process that was started: the others see that it is gone and end too."""
    data = tmp_path / "data"
    with running(data, separate=True, options=["--no-demo"]) as system:
        assert names_of(data) == SEPARATE
        system.process.send_signal(signal.SIGKILL)
        system.process.wait()
        assert wait_until_gone(data, SECONDS_TO_END) == {}


def test_a_killed_child_ends_the_others_with_one_sentence(tmp_path: Path) -> None:
    """A package that is gone is told, and nothing goes on half."""
    data = tmp_path / "data"
    with running(data, separate=True, options=["--no-demo"]) as system:
        [victim] = [pid for pid, line in processes_of(data).items() if "--process rechten" in line]
        os.kill(victim, signal.SIGKILL)
        assert system.ended() == 1
        assert "The process of rechten ended by itself; stopping the others." in system.said()
        assert "Traceback" not in system.said()


WITHOUT_PRIVILEGE = [
    "setpriv",
    "--bounding-set=-dac_override,-dac_read_search",
    "--inh-caps=-dac_override,-dac_read_search",
]


def run_to_its_end(*options: str, ordinary: bool = False) -> subprocess.CompletedProcess[str]:
    """A start that cannot be. `ordinary`: bound by the modes of files, also where the tests run as root."""
    command = [str(ROOT / "scripts/run"), *options]
    if ordinary and os.geteuid() == 0:
        command = [*WITHOUT_PRIVILEGE, *command]
    return subprocess.run(
        command, capture_output=True, text=True, timeout=60, check=False, stdin=subprocess.DEVNULL
    )


def one_sentence(done: subprocess.CompletedProcess[str], words: str) -> None:
    """Exit code 2, nothing started, one sentence."""
    assert done.returncode == 2, done.stderr
    assert words in done.stderr
    assert done.stderr.count("\n") == 1, done.stderr
    assert done.stderr.rstrip().endswith(".")
    assert done.stdout == ""


@pytest.fixture
def listener() -> Iterator[int]:
    """A port that somebody uses, with free ones before it."""
    first = free_ports()
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as taken:
        taken.bind(("127.0.0.1", first + 3))
        taken.listen()
        yield first + 3


def test_a_port_in_use_gets_one_sentence(listener: int, tmp_path: Path) -> None:
    """And nothing of the data is made."""
    one_sentence(run_to_its_end("--data", str(tmp_path / "d"), "--port", str(listener)), f"Port {listener} ")
    assert not (tmp_path / "d" / "databases").exists()


def test_one_port_in_use_of_many_stops_a_separate_start(listener: int, tmp_path: Path) -> None:
    """The fourth of seven ports is taken: nothing is started on the first three."""
    options = ("--separate", "--data", str(tmp_path / "d"), "--port", str(listener - 3))
    one_sentence(run_to_its_end(*options), f"Port {listener} ")
    assert processes_of(tmp_path / "d") == {}


def test_a_folder_with_other_files_is_left_alone(tmp_path: Path) -> None:
    """Also with --reset-demo, which would otherwise empty it."""
    (tmp_path / "letter.txt").write_text("mine")
    for options in ((), ("--reset-demo",)):
        done = run_to_its_end("--data", str(tmp_path), "--port", str(free_ports(1)), *options)
        one_sentence(done, "holds other files")
    assert [path.name for path in tmp_path.iterdir()] == ["letter.txt"]


def test_a_folder_that_cannot_be_written_gets_one_sentence(tmp_path: Path) -> None:
    """Without root's privilege to write everywhere. Nothing is made."""
    tmp_path.chmod(0o555)
    try:
        for folder in (tmp_path / "d", tmp_path / "d" / "e"):
            done = run_to_its_end("--data", str(folder), "--port", str(free_ports(1)), ordinary=True)
            one_sentence(done, "cannot be written to (Permission denied)")
    finally:
        tmp_path.chmod(0o755)
    assert list(tmp_path.iterdir()) == []


def test_a_file_in_the_place_of_the_folder_gets_one_sentence(tmp_path: Path) -> None:
    """Exit code 2."""
    (tmp_path / "d").write_text("mine")
    done = run_to_its_end("--data", str(tmp_path / "d"), "--port", str(free_ports(1)))
    one_sentence(done, "cannot be written to")
    assert (tmp_path / "d").read_text() == "mine"


def test_no_demo_starts_empty(tmp_path: Path) -> None:
    """No people, no services, no portal; everything is up and ready all the same."""
    with running(tmp_path / "data", options=["--no-demo"]) as system:
        assert "portaal" not in system.endpoints
        assert "log in as" not in system.said()
        with httpx2.Client(timeout=10) as http:
            for package in ("identiteit", "keys", "machtigen", "rechten"):
                assert http.get(f"{system.endpoints[package]}/ready").status_code == 200
            assert http.get(f"{system.base}/portaal/").status_code == 404
        with closing(sqlite3.connect(tmp_path / "data" / "databases" / "identiteit.db")) as base:
            assert base.execute("SELECT count(*) FROM persoon").fetchone() == (0,)


def test_reset_demo_makes_the_world_anew(copy: tuple[Path, int, str]) -> None:
    """The machtiging is gone, the keys are other ones, the demo world is there."""
    data, port, machtiging = copy
    before = (data / "beheer.jwk").read_bytes()
    with running(data, port, options=["--reset-demo"]) as system:
        noor = Visitor(system.endpoints, "noor")
        noor.log_in("machtigen")
        assert noor.call("GET", "machtigen", f"/api/v1/machtigingen/{machtiging}").status_code == 404
        noor.close()
    assert (data / "beheer.jwk").read_bytes() != before


DOWNGRADE = """
import sys
from alembic import command
from alembic.config import Config
config = Config()
config.set_main_option("script_location", sys.argv[1])
config.set_main_option("sqlalchemy.url", sys.argv[2])
config.attributes["url"] = sys.argv[2]
command.downgrade(config, "-1")
"""


def revision(path: Path) -> str:
    """The version of a database."""
    with closing(sqlite3.connect(path)) as base:
        return str(base.execute("SELECT version_num FROM alembic_version").fetchone()[0])


@pytest.mark.parametrize("package", ["identiteit", "machtigen", "keys"])
def test_data_of_an_older_version_are_migrated(copy: tuple[Path, int, str], package: str) -> None:
    """A database one revision back: started, it is at the newest again and the data are there."""
    data, port, machtiging = copy
    path = data / "databases" / f"{package}.db"
    newest = revision(path)
    command = [PYTHON, "-c", DOWNGRADE, f"{package}:migrations", f"sqlite:///{path}"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    assert revision(path) != newest
    with running(data, port) as system:
        assert revision(path) == newest
        assert machtiging_of_noor(system, machtiging)["status"] == "aangevraagd"
