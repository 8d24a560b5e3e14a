"""Real uvicorn processes, one worker each, and many requests at once to them over kept connections."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import httpx2

from benching.parties import ROOT

READY_WITHIN_S = 60
CONNECTIONS = 32
TICKS = os.sysconf("SC_CLK_TCK")


@contextmanager
def serving(command: Sequence[str], port: int, ready: str, environment: Mapping[str, str]) -> Iterator[int]:
    """A process that serves on a port, until the block ends; gives its number."""
    paths = f"{ROOT}{os.pathsep}{ROOT / 'scripts'}"
    process = subprocess.Popen(
        [sys.executable, *command], cwd=ROOT, env={**os.environ, "PYTHONPATH": paths, **environment},
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        deadline = time.monotonic() + READY_WITHIN_S
        while True:
            try:
                httpx2.get(f"http://127.0.0.1:{port}{ready}")
                break
            except httpx2.ConnectError:
                if process.poll() is not None or time.monotonic() > deadline:
                    raise RuntimeError("a server did not start: nothing is measured") from None
                time.sleep(0.1)
        yield process.pid
    finally:
        process.kill()  # its data goes with the folder
        process.wait()


def processor_seconds(pid: int) -> float:
    """What a process has taken of the processor, in all its threads."""
    fields = Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def request(path: str, port: int, body: bytes = b"", headers: Mapping[str, str] | None = None) -> bytes:
    """One HTTP/1.1 request as bytes."""
    lines = [f"{'POST' if body else 'GET'} {path} HTTP/1.1", f"Host: 127.0.0.1:{port}"]
    lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
    if body:
        lines += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
    return "\r\n".join([*lines, "", ""]).encode("ascii") + body


def send_all(port: int, requests: Sequence[bytes], expected: bytes) -> float:
    """Send all of them, shared by the connections; the seconds that it took. Each answer must be a 200 that
    holds `expected`."""
    return asyncio.run(_send_all(port, requests, expected))


async def _send_all(port: int, requests: Sequence[bytes], expected: bytes) -> float:
    waiting = iter(requests)
    streams = [await asyncio.open_connection("127.0.0.1", port) for _ in range(CONNECTIONS)]

    async def work(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for one in waiting:
            writer.write(one)
            head = await reader.readuntil(b"\r\n\r\n")
            length = head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0]
            body = await reader.readexactly(int(length))
            if not head.startswith(b"HTTP/1.1 200") or expected not in body:
                raise RuntimeError(f"not what was expected: {head[:60]!r} {body[:300]!r}")

    begin = time.perf_counter()
    await asyncio.gather(*(work(*stream) for stream in streams))
    taken = time.perf_counter() - begin
    for _, writer in streams:
        writer.close()
    return taken
