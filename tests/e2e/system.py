"""The whole system as its user starts it: `scripts/run`, as a process of its own, on free ports."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import httpx2

ROOT = Path(__file__).resolve().parents[2]
RUN = str(ROOT / "scripts" / "run")
PYTHON = str(ROOT / ".venv" / "bin" / "python")
PORTS_OF_A_START = 8
FIRST_PORT, LAST_PORT = 20_000, 30_000  # below those that the kernel gives to clients
START_WITHIN_S = 90
STOP_WITHIN_S = 15
LAST_LINE = "Stop with Ctrl-C."
STUCK = "it does not end"


def free_ports(count: int = PORTS_OF_A_START) -> int:
    """The first of `count` consecutive ports that nobody listens on. Workers of xdist look far apart."""
    worker = int(re.sub(r"\D", "", os.environ.get("PYTEST_XDIST_WORKER", "gw0")) or 0)
    start = FIRST_PORT + (os.getpid() * 97 + worker * 3_001) % (LAST_PORT - FIRST_PORT)
    for first in range(start, LAST_PORT + (start - FIRST_PORT), count):
        candidate = FIRST_PORT + (first - FIRST_PORT) % (LAST_PORT - FIRST_PORT)
        if candidate not in _GIVEN and all(_is_free(candidate + offset) for offset in range(count)):
            _GIVEN.add(candidate)
            return candidate
    raise RuntimeError("no free ports")


_GIVEN: set[int] = set()


def _is_free(port: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def processes_of(data: Path) -> dict[int, str]:
    """Every process of this machine that was started for a data folder: process id to command line."""
    found: dict[int, str] = {}
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit() or int(entry.name) == os.getpid():
            continue
        try:
            command = (entry / "cmdline").read_bytes().split(b"\0")
        except OSError:  # it ended while we looked
            continue
        if str(data).encode() in command and not _is_zombie(entry):
            found[int(entry.name)] = b" ".join(command).decode(errors="replace")
    return found


def _is_zombie(entry: Path) -> bool:
    try:
        return (entry / "stat").read_text().rsplit(")", 1)[1].split()[0] == "Z"
    except OSError:
        return True


def wait_until_gone(data: Path, within_s: float = STOP_WITHIN_S) -> dict[int, str]:
    """The processes that are left when the time is over; an empty answer comes at once."""
    until = time.monotonic() + within_s
    while left := processes_of(data):
        if time.monotonic() > until:
            return left
        time.sleep(0.05)
    return {}


@dataclass
class System:
    """One start of the server. `data` may be a folder of an earlier start."""

    data: Path
    port: int
    separate: bool = False
    options: Sequence[str] = ()
    later: timedelta = timedelta()  # how far its clock is ahead (the setting KLOK)
    output: Path = field(init=False)
    process: subprocess.Popen[bytes] = field(init=False)

    def start(self) -> System:
        """Run the command; does not wait."""
        self.output = self.data.parent / f"{self.data.name}-{self.port}.out"
        command = [RUN, "--data", str(self.data), "--port", str(self.port), *self.options]
        command += ["--separate"] if self.separate else []
        with self.output.open("wb") as stdout:
            self.process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=stdout,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                env={**os.environ, **self._clock()},
            )
        return self

    def _clock(self) -> dict[str, str]:
        return {"KLOK": f"{self.later.total_seconds():.0f}"} if self.later else {}

    def wait_until_ready(self) -> System:
        """Return when the address is printed. Fails with what the server said when it ends instead."""
        until = time.monotonic() + START_WITHIN_S
        while LAST_LINE not in self.said():
            assert self.process.poll() is None, (
                f"the start ended with {self.process.returncode}: {self.said()}"
            )
            assert time.monotonic() < until, f"the start takes too long: {self.said()}"
            time.sleep(0.05)
        return self

    def said(self) -> str:
        """What it printed so far."""
        return self.output.read_text("utf-8", errors="replace")

    @property
    def base(self) -> str:
        """The address that it printed."""
        match = re.search(r"^Open (http://\S+?)/$", self.said(), re.MULTILINE)
        assert match, self.said()
        return match.group(1)

    @property
    def endpoints(self) -> dict[str, str]:
        """Where the packages are, as the server tells."""
        document: dict[str, str] = (
            httpx2.get(f"{self.base}/endpoints.json", timeout=10).raise_for_status().json()
        )
        return document

    def interrupt(self) -> int:
        """Ctrl-C; the exit code. Fails when it does not end in time or leaves a process."""
        self.process.send_signal(signal.SIGINT)
        return self.ended()

    def ended(self, within_s: float = STOP_WITHIN_S) -> int:
        """The exit code, once all processes of this start are gone."""
        try:
            code = self.process.wait(within_s)
        except subprocess.TimeoutExpired:
            self.kill()
            raise AssertionError(STUCK) from None
        left = wait_until_gone(self.data, 1)
        assert not left, f"still running: {left}"
        return code

    def kill(self) -> None:
        """kill -9 of the one process that was started (its children notice by themselves)."""
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()

    def kill_everything(self) -> None:
        """kill -9 of every process of this data folder at the same moment."""
        for identifier in processes_of(self.data):
            os.kill(identifier, signal.SIGKILL)
        self.process.wait()
        assert not wait_until_gone(self.data)


@contextmanager
def running(
    data: Path, port: int | None = None, *, separate: bool = False, options: Sequence[str] = ()
) -> Iterator[System]:
    """A system that is ready; ended by Ctrl-C, with exit code 0 and no process left."""
    system = System(data, port or free_ports(), separate, options).start()
    try:
        yield system.wait_until_ready()
        if system.process.poll() is None:
            assert system.interrupt() == 0, system.said()
            assert "Traceback" not in system.said(), system.said()
    finally:
        if processes_of(data):
            system.kill_everything()
