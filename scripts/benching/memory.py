"""Resident memory of a process and all its descendants, from /proc."""

from __future__ import annotations

import subprocess
import threading
from pathlib import Path

PAUSE_S = 0.1


def resident_of(pid: int) -> dict[int, int]:
    """Bytes that are resident, by process: the process and its descendants."""
    parents: dict[int, int] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parents[int(entry.name)] = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            except (OSError, IndexError, ValueError):
                continue
    family = {pid} & parents.keys()
    while more := {child for child, parent in parents.items() if parent in family} - family:
        family |= more
    found = {one: _resident(one) for one in family}
    return {one: size for one, size in found.items() if size}


def _resident(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("VmRSS:")), 0)


class Watched:
    """A process whose memory is read ten times a second until it ends.

    `peak_bytes`: the most that it and its descendants had resident together, each page counted for every
    process that maps it; `peak_own_bytes`: the most of the process itself.
    """

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self.process = process
        self.peak_bytes = 0
        self.peak_own_bytes = 0
        self._ended = threading.Event()
        self._watcher = threading.Thread(target=self._watch, daemon=True)
        self._watcher.start()

    def wait(self) -> int:
        """Until it ends: its exit code."""
        try:
            return self.process.wait()
        finally:
            self._ended.set()
            self._watcher.join()

    def _watch(self) -> None:
        while not self._ended.wait(PAUSE_S):
            found = resident_of(self.process.pid)
            self.peak_bytes = max(self.peak_bytes, sum(found.values()))
            self.peak_own_bytes = max(self.peak_own_bytes, found.get(self.process.pid, 0))
