"""A separate start: one process for each package, each transcryptor and the demo portal."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Iterable, Mapping
from pathlib import Path

import httpx2
from installation import PACKAGES, PARTIES, Installation

READY_TIMEOUT_S = 60
STOP_TIMEOUT_S = 10


class Supervisor:
    """Starts the processes, sees whether one ended, and ends them together.

    Each child reads from a pipe that only this process holds open: when this process is gone, by
    whatever cause, the children end too.
    """

    def __init__(self, installation: Installation, demo: bool) -> None:
        self.installation = installation
        self.names = (*PARTIES, *PACKAGES, *(["portaal"] if demo else []))
        self.demo = demo
        self.children: dict[str, subprocess.Popen[bytes]] = {}  # by name

    def start(self, stopping: threading.Event) -> None:
        """Start every process and wait until each answers. Raises TimeoutError."""
        for name in self.names:
            self.launch(name)
        self.wait_for(self.names, stopping)

    def launch(self, name: str, environment: Mapping[str, str] | None = None) -> None:
        """Start one process, or start it again after it ended; does not wait. `environment`: ours if None."""
        command = [
            sys.executable,
            str(Path(__file__).with_name("serve.py")),
            "--separate",
            "--process",
            name,
            "--data",
            str(self.installation.data),
            "--host",
            self.installation.host,
            "--port",
            str(self.installation.port),
            *([] if self.demo else ["--no-demo"]),
            *(["--database", self.installation.database] if self.installation.database else []),
        ]
        self.children[name] = subprocess.Popen(
            command, stdin=subprocess.PIPE, start_new_session=True, env=environment
        )

    def wait_for(self, names: Iterable[str], stopping: threading.Event) -> None:
        """Return when each of these answers. Raises TimeoutError."""
        until = time.monotonic() + READY_TIMEOUT_S
        with httpx2.Client(timeout=2) as client:
            for name in names:
                while not stopping.is_set() and not self._answers(client, name):
                    if self.ended() or time.monotonic() > until:
                        raise TimeoutError(f"the process of {name} did not start")
                    time.sleep(0.1)

    def _answers(self, client: httpx2.Client, name: str) -> bool:
        try:
            return client.get(f"{self.installation.origin(name)}/health").status_code == 200
        except httpx2.HTTPError:
            return False

    def ended(self) -> str | None:
        """The name of a process that ended by itself, if any."""
        return next((name for name, child in self.children.items() if child.poll() is not None), None)

    def stop(self) -> None:
        """End all processes, cleanly where they let us."""
        for child in self.children.values():
            if child.poll() is None:
                child.terminate()
        until = time.monotonic() + STOP_TIMEOUT_S
        for child in self.children.values():
            try:
                child.wait(max(0.1, until - time.monotonic()))
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()
