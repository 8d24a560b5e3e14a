"""`scripts/serve.py` in one process, with what the packages say to each other written to a file.

    watched_server.py DATA PORT FILE

Ends with its standard input: when the test is gone, so is the server.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "scripts"), str(ROOT)]

import httpx2  # noqa: E402
from installation import Installation  # noqa: E402
from serve import serve_together  # noqa: E402
from welcome import Reporter  # noqa: E402

from tests.separation.recording import Watched  # noqa: E402


def main(data: Path, port: int, file: Path) -> int:
    """Serve until standard input ends."""

    def watch(package: str, transport: httpx2.BaseTransport) -> httpx2.BaseTransport:
        return Watched(package, transport, file)

    def end_with_parent() -> None:
        os.read(sys.stdin.fileno(), 1)
        os.kill(os.getpid(), signal.SIGINT)

    threading.Thread(target=end_with_parent, daemon=True).start()
    installation = Installation.open(data, "127.0.0.1", port, separate=False)
    installation.require_free_ports(demo=False)
    installation.make_keys()
    return serve_together(installation, False, Reporter(), watch)


if __name__ == "__main__":
    raise SystemExit(main(Path(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3])))
