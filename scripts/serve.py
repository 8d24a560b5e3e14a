"""Composition root: the four packages, composed in one process or started as separate processes.

    serve.py [--data DIR] [--port N] [--host ADDRESS] [--separate] [--no-demo] [--reset-demo]

The only file that knows all four packages. Meant for a laptop and for tests: it makes throwaway keys
in its data folder and says so on the first line it prints. In production each package is a service
of its own: `python -m <package> serve`.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
import threading
import time
from pathlib import Path

sys.path[:0] = [str(Path(__file__).resolve().parent), str(Path(__file__).resolve().parents[1])]

from composition import Running, Watch, build, process_names
from installation import Installation, InstallationError
from separate import Supervisor
from welcome import Reporter, print_welcome
from world import prepare

DEFAULT_DATA = Path(__file__).resolve().parents[1] / "data"


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(
        prog="scripts/run", description="Start the four packages on this machine, with throwaway keys."
    )
    parser.add_argument("--data", type=Path, default=DEFAULT_DATA, help="data folder (default: ./data)")
    parser.add_argument("--port", type=int, default=8000, help="(first) port (default: 8000)")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: 127.0.0.1)")
    parser.add_argument(
        "--separate", action="store_true", help="a process, a port and a database for each package"
    )
    parser.add_argument("--no-demo", action="store_true", help="start empty, without people and services")
    parser.add_argument("--reset-demo", action="store_true", help="throw the demo data away and make it anew")
    parser.add_argument(
        "--database",
        metavar="URL",
        help="PostgreSQL instead of SQLite files: a SQLAlchemy URL with {database} where the name goes; "
        "the databases (identiteit, machtigen, rechten, keys, keys-t1 to keys-t3, register-<id>) must exist",
    )
    parser.add_argument("--process", choices=process_names(), help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if not 1 <= chosen.port <= 65_528:
        parser.error("--port must lie between 1 and 65528")
    return chosen


def serve_together(
    installation: Installation, demo: bool, reporter: Reporter, watch: Watch | None = None
) -> int:
    """All packages in this process, on one port."""
    running = build(installation, None, demo=demo, watch=watch)

    def furnish() -> None:
        try:
            running.wait_until_listening()
            prepare(installation, demo, reporter)
            print_welcome(installation, demo)
        except Exception as error:  # noqa: BLE001 - a start that fails ends the server with one sentence
            reporter.fail(error)
            running.failed = True
            running.stop()

    threading.Thread(target=furnish, name="furnish", daemon=True).start()
    return serve(running)


def serve(running: Running) -> int:
    """Serve until a signal; gives the exit code."""
    running.serve()
    return 1 if running.failed else 0


def serve_child(installation: Installation, process: str, demo: bool) -> int:
    """One process of a separate start; ends when the process that started it is gone."""
    running = build(installation, process, demo=demo)

    def watch_parent() -> None:
        # Not sys.stdin: its lock would be held by this thread when Python ends.
        while os.read(0, 1024):
            pass
        running.stop()

    threading.Thread(target=watch_parent, name="watch-parent", daemon=True).start()
    return serve(running)


def serve_separately(installation: Installation, demo: bool, reporter: Reporter) -> int:
    """A process for each package and each transcryptor; this one watches over them."""
    supervisor = Supervisor(installation, demo)
    stopping = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopping.set())
    try:
        supervisor.start(stopping)
        if not stopping.is_set():
            prepare(installation, demo, reporter)
            print_welcome(installation, demo)
        while not stopping.is_set():
            ended = supervisor.ended()
            if ended:
                reporter.sentence(f"The process of {ended} ended by itself; stopping the others.")
                return 1
            time.sleep(0.2)
    except Exception as error:  # noqa: BLE001 - a start that fails ends everything with one sentence
        if not stopping.is_set():
            reporter.fail(error)
            return 1
    finally:
        supervisor.stop()
    return 0


def main() -> int:
    """Start; gives the exit code."""
    chosen = arguments()
    reporter = Reporter()
    try:
        installation = Installation.open(
            chosen.data.resolve(),
            chosen.host,
            chosen.port,
            separate=chosen.separate,
            database=chosen.database,
            reset=chosen.reset_demo and not chosen.process,
            child=bool(chosen.process),
        )
        demo = not chosen.no_demo
        if chosen.process:
            return serve_child(installation, chosen.process, demo)
        installation.require_free_ports(demo=demo)
        reporter.step("Throwaway keys for this machine only; do not use this start for real data.")
        reporter.step(f"Data in {installation.data}")
        installation.make_keys()
        if chosen.separate:
            return serve_separately(installation, demo, reporter)
        return serve_together(installation, demo, reporter)
    except InstallationError as error:
        reporter.sentence(str(error))
        return 2


if __name__ == "__main__":
    raise SystemExit(main())
