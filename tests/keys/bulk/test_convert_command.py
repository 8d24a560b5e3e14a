"""`python -m keys convert` as an operator runs it: over HTTP, in processes, killed, on a Dask cluster."""

from __future__ import annotations

import csv
import os
import random
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx2
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from benching.memory import Watched, resident_of
from benching.parties import DOEL, Running, person, register, running

from keys.kernel.pep import SUITE, ActorKey, Ciphertext, Pseudonym, Vault, decrypt, encrypt
from keys.kernel.pep.encoding import from_base64url, to_base64url

pytestmark = pytest.mark.slow
ROOT = Path(__file__).resolve().parents[3]
VAN, NAAR = register("verzender"), register("ontvanger")
PYTHON = {**os.environ, "PYTHONPATH": str(ROOT)}
WITHIN_S = 300


@dataclass
class House:
    """The running parties and two registers, one of which may send to the other."""

    running: Running
    key: ActorKey
    receiver: ActorKey
    vault: Vault

    def command(self, source: Path, out: Path, *more: str) -> list[str]:
        endpoints = str(self.running.folder / "endpoints.json")
        return [
            sys.executable, "-m", "keys", "convert", str(source), str(out),
            "--from", str(VAN), "--to", str(NAAR), "--doel", DOEL,
            "--map", str(self.running.keep(VAN)), "--endpoints", endpoints, *more,
        ]  # fmt: skip

    def run(self, source: Path, out: Path, *more: str) -> subprocess.CompletedProcess[str]:
        command = self.command(source, out, *more)
        return subprocess.run(
            command, cwd=ROOT, env=PYTHON, capture_output=True, text=True, timeout=WITHIN_S, check=False
        )

    def text(self, one: Pseudonym, at: int) -> tuple[str, str]:
        """(text, pid) of a person, wrapped and encrypted by turns."""
        if at % 2:
            return to_base64url(self.vault.wrap(one)), self.vault.pid(one)
        return f"{SUITE}:{to_base64url(encrypt(one, self.key.public).data)}", ""

    def received(self, texts: Sequence[str]) -> list[Pseudonym]:
        data = [from_base64url(text.removeprefix(f"{SUITE}:")) for text in texts]
        return [decrypt(Ciphertext(NAAR, 1, one), self.receiver) for one in data]

    def expected(self, people: Sequence[Pseudonym]) -> list[Pseudonym]:
        """The same people as the receiver knows them, by the plain client."""
        found: list[Pseudonym] = []
        for at in range(0, len(people), 1000):
            made = [encrypt(one, self.key.public) for one in people[at : at + 1000]]
            translated = self.running.client(VAN).transcrypt(made, naar=NAAR, doel=DOEL)
            found += [decrypt(one, self.receiver) for one in translated]
        return found

    def write(self, path: Path, people: Sequence[Pseudonym], bad: Sequence[int] = ()) -> Path:
        """A CSV file; the rows numbered in `bad` hold no pseudonym."""
        with path.open("w", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(["nr", "pseudoniem", "pid"])
            for at, one in enumerate(people):
                text, pid = self.text(one, at)
                writer.writerow([at, "niets" if at in bad else text, pid])
        return path


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    folder = tmp_path_factory.mktemp("partijen")
    with running(folder) as made:
        key, receiver = made.add(VAN), made.add(NAAR)
        made.allow(VAN, NAAR)
        yield House(made, key, receiver, Vault((made.keep(VAN) / "lokaal.key").read_bytes()))


@pytest.fixture(scope="module")
def people() -> list[Pseudonym]:
    return [person(VAN) for _ in range(300)]


def read(path: Path) -> list[list[str]]:
    with path.open(newline="") as file:
        return list(csv.reader(file))[1:]


def test_a_csv_file_by_both_parties_and_all_cores(
    house: House, people: list[Pseudonym], tmp_path: Path
) -> None:
    source = house.write(tmp_path / "in.csv", people, bad=(0, 150))
    done = house.run(source, tmp_path / "out.csv", "--batch", "40")
    assert (done.returncode, done.stderr) == (0, "")  # no progress bar where there is no terminal
    assert re.fullmatch(r"300 rows in, 298 out, 2 rejected \(.*out\.csv\.rejects\.csv\)\n", done.stdout)
    rows = read(tmp_path / "out.csv")
    good = [at for at in range(300) if at not in {0, 150}]
    assert [int(row[0]) for row in rows] == good
    assert house.received([row[1] for row in rows]) == house.expected([people[at] for at in good])
    assert read(tmp_path / "out.csv.rejects.csv") == [
        ["2", "malformed-wrapping"],
        ["152", "malformed-wrapping"],
    ]


def test_a_parquet_file(house: House, people: list[Pseudonym], tmp_path: Path) -> None:
    texts, pids = zip(*(house.text(one, at) for at, one in enumerate(people)), strict=True)
    table = pa.table({"nr": range(300), "pseudoniem": texts, "pid": pids})
    pq.write_table(table, tmp_path / "in.parquet")
    done = house.run(tmp_path / "in.parquet", tmp_path / "out.parquet", "--batch", "70")
    assert done.returncode == 0, done.stderr
    found = pq.read_table(tmp_path / "out.parquet")
    assert found["nr"].to_pylist() == list(range(300))
    assert house.received(found["pseudoniem"].to_pylist()) == house.expected(people)


def lines_of(state: Path) -> int:
    return state.read_bytes().count(b"\n") if state.exists() else 0


def test_killed_twice_at_any_moment_it_is_complete_in_the_end_without_a_double(
    house: House, people: list[Pseudonym], tmp_path: Path
) -> None:
    source, out = house.write(tmp_path / "in.csv", people, bad=(7,)), tmp_path / "out.csv"
    state = tmp_path / "out.csv.bezig" / "staat.jsonl"
    done = 1
    for kill in range(2):
        process = subprocess.Popen(house.command(source, out, "--batch", "5"), cwd=ROOT, env=PYTHON)
        wanted, end = done + random.randint(1, 15), time.monotonic() + WITHIN_S
        while lines_of(state) < wanted:
            assert time.monotonic() < end
            assert process.poll() is None, "it was done before it could be killed"
            time.sleep(0.001)
        time.sleep(random.random() / 20)
        process.send_signal(signal.SIGKILL)
        assert process.wait() == -signal.SIGKILL
        assert not out.exists(), kill
        done = lines_of(state)
    last = house.run(source, out, "--batch", "5")
    assert last.returncode == 0, last.stderr
    assert re.search(r"going on after \d+ rows", last.stderr)
    assert last.stdout.startswith("300 rows in, 299 out, 1 rejected")
    rows = read(out)
    good = [at for at in range(300) if at != 7]
    assert [int(row[0]) for row in rows] == good
    assert house.received([row[1] for row in rows]) == house.expected([people[at] for at in good])
    assert not state.parent.exists()


def test_its_workers_do_not_outlive_a_killed_command(
    house: House, people: list[Pseudonym], tmp_path: Path
) -> None:
    source, out = house.write(tmp_path / "in.csv", people), tmp_path / "out.csv"
    state = tmp_path / "out.csv.bezig" / "staat.jsonl"
    process = subprocess.Popen(house.command(source, out, "--batch", "5"), cwd=ROOT, env=PYTHON)
    wait_until(lambda: lines_of(state) > 2)
    family = resident_of(process.pid).keys() - {process.pid}
    assert len(family) >= 2
    process.kill()
    process.wait()
    wait_until(lambda: not any(Path(f"/proc/{one}").exists() for one in family))


def wait_until(there: Callable[[], bool], within_s: float = 60) -> None:
    end = time.monotonic() + within_s
    while not there():
        assert time.monotonic() < end
        time.sleep(0.02)


def test_a_changed_input_is_refused_in_one_sentence(
    house: House, people: list[Pseudonym], tmp_path: Path
) -> None:
    source, out = house.write(tmp_path / "in.csv", people[:40]), tmp_path / "out.csv"
    stopped = house.run(source, out, "--batch", "10", "--doel", "onbekend")
    assert stopped.returncode == 1
    assert stopped.stderr == "stopped: the purpose is not registered (purpose-not-registered)\n"
    source.write_text(source.read_text() + "1,2,3\n")
    refused = house.run(source, out, "--batch", "10", "--doel", "onbekend")
    assert (refused.returncode, refused.stdout) == (1, "")
    assert refused.stderr.startswith("the input changed since this conversion began")
    again = house.run(source, out, "--batch", "10", "--opnieuw")
    assert again.stdout.startswith("41 rows in, 40 out, 1 rejected")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--from", "x"], "--from is no domain"),
        (["--to", "x"], "--to is no domain"),
        (["--naar-epoch", "0"], "--naar-epoch is no epoch"),
        (["--from", str(NAAR)], "another domain than --from"),
        (["--endpoints", "niets.json"], "does not give the addresses"),
        (["--map", "/nergens"], "does not hold the key of a domain"),
        (["--dask", "tcp://192.0.2.1:8786"], "needs TLS"),
        (["--kolom", "bsn"], "the input has no column bsn"),
    ],
)
def test_what_cannot_be_is_one_sentence(
    house: House, people: list[Pseudonym], tmp_path: Path, arguments: list[str], told: str
) -> None:
    source = house.write(tmp_path / "in.csv", people[:3])
    done = house.run(source, tmp_path / "out.csv", *arguments)
    assert done.returncode == 1
    assert told in done.stderr
    assert done.stderr.count("\n") == 1
    assert not (tmp_path / "out.csv").exists()


@contextmanager
def dask_cluster(folder: Path, workers: int) -> Iterator[tuple[str, list[subprocess.Popen[bytes]]]]:
    """A scheduler and workers with one thread each, as processes: its address, and all of them."""
    address_file = folder / "scheduler.json"
    quiet = {"cwd": folder, "env": PYTHON, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    arguments = ["--host", "127.0.0.1", "--no-dashboard"]
    scheduler = [sys.executable, "-m", "distributed.cli.dask_scheduler", "--port", "0", *arguments]
    worker = [
        sys.executable,
        "-m",
        "distributed.cli.dask_worker",
        "--nworkers",
        "1",
        "--nthreads",
        "1",
        *arguments,
    ]
    started = [subprocess.Popen([*scheduler, "--scheduler-file", str(address_file)], **quiet)]
    try:
        wait_until(lambda: address_file.exists() and "address" in address_file.read_text())
        for _ in range(workers):
            started.append(subprocess.Popen([*worker, "--scheduler-file", str(address_file)], **quiet))
        found = re.search(r'"address": "(tcp://[^"]+)"', address_file.read_text())
        assert found is not None
        yield found[1], started
    finally:
        for process in reversed(started):
            process.terminate()
        for process in started:
            process.wait()


def test_on_a_dask_cluster_of_two_workers_one_of_which_is_killed(
    house: House, people: list[Pseudonym], tmp_path: Path
) -> None:
    source, out = house.write(tmp_path / "in.csv", people, bad=(3,)), tmp_path / "out.csv"
    state = tmp_path / "out.csv.bezig" / "staat.jsonl"
    with dask_cluster(tmp_path, 2) as (address, (_, worker, _)):
        command = house.command(source, out, "--batch", "5", "--dask", address)
        process = subprocess.Popen(command, cwd=ROOT, env=PYTHON)
        wait_until(lambda: lines_of(state) > 10)
        worker.kill()
        assert process.wait(WITHIN_S) == 0
    rows = read(out)
    good = [at for at in range(300) if at != 3]
    assert [int(row[0]) for row in rows] == good
    assert house.received([row[1] for row in rows]) == house.expected([people[at] for at in good])


def test_a_scheduler_that_is_killed_stops_it_and_it_goes_on_without_a_cluster(
    house: House, people: list[Pseudonym], tmp_path: Path
) -> None:
    source, out = house.write(tmp_path / "in.csv", people), tmp_path / "out.csv"
    state = tmp_path / "out.csv.bezig" / "staat.jsonl"
    with dask_cluster(tmp_path, 1) as (address, (scheduler, _)):
        command = house.command(source, out, "--batch", "5", "--dask", address)
        process = subprocess.Popen(command, cwd=ROOT, env=PYTHON, stderr=subprocess.PIPE, text=True)
        wait_until(lambda: lines_of(state) > 5)
        scheduler.kill()
        assert process.communicate(timeout=WITHIN_S)[1] == "stopped: the workers are gone\n"
        assert process.returncode == 1
    assert house.run(source, out, "--batch", "5").returncode == 0
    assert house.received([row[1] for row in read(out)]) == house.expected(people)


def test_without_a_cluster_at_the_address_it_says_so(
    house: House, people: list[Pseudonym], tmp_path: Path
) -> None:
    source = house.write(tmp_path / "in.csv", people[:3])
    done = house.run(source, tmp_path / "out.csv", "--dask", "tcp://127.0.0.1:9")
    assert done.returncode == 1
    assert done.stderr == "stopped: there is no Dask scheduler at tcp://127.0.0.1:9\n"


def test_memory_does_not_grow_with_the_file(house: House, people: list[Pseudonym], tmp_path: Path) -> None:
    """Rows that are rejected at once show the same reading, passing, keeping and joining, in less time."""
    peaks = []
    for rows in (10_000, 100_000):
        source = tmp_path / f"in-{rows}.csv"
        good = [house.text(one, at) for at, one in enumerate(people)]
        with source.open("w", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(["nr", "pseudoniem", "pid", "tekst"])
            for at in range(rows):
                text, pid = good[at % 300] if at % 50 == 0 else ("niets" * 20, "x" * 43)
                writer.writerow([at, text, pid, "x" * 100])
        watched = Watched(
            subprocess.Popen(house.command(source, tmp_path / f"out-{rows}.csv"), cwd=ROOT, env=PYTHON)
        )
        assert watched.wait() == 0
        peaks.append(watched.peak_bytes)
    assert peaks[1] < 300 * 2**20
    assert peaks[1] < peaks[0] * 1.15
    assert len(read(tmp_path / "out-100000.csv")) == 2_000


def test_parties_that_go_away_in_the_middle_stop_it_and_it_goes_on_when_they_are_back(
    people: list[Pseudonym], tmp_path: Path
) -> None:
    with running(tmp_path / "partijen") as made:
        key, receiver = made.add(VAN), made.add(NAAR)
        made.allow(VAN, NAAR)
        house = House(made, key, receiver, Vault((made.keep(VAN) / "lokaal.key").read_bytes()))
        source, out = house.write(tmp_path / "in.csv", people), tmp_path / "out.csv"
        state = tmp_path / "out.csv.bezig" / "staat.jsonl"
        expected = house.expected(people)
        process = subprocess.Popen(
            house.command(source, out, "--batch", "5"),
            cwd=ROOT,
            env=PYTHON,
            stderr=subprocess.PIPE,
            text=True,
        )
        wait_until(lambda: lines_of(state) > 5)
        away = made.processes[-1]
        away.kill()
        away.wait()
        assert process.communicate(timeout=WITHIN_S)[1].strip().endswith("do not answer now")
        assert process.returncode == 1
        made.restart(len(made.processes) - 1)
        assert httpx2.get(f"{made.endpoints['t2']}/health").status_code == 200
        assert house.run(source, out, "--batch", "5").returncode == 0
        assert house.received([row[1] for row in read(out)]) == expected
