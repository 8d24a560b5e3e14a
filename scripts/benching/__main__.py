"""The tables of measures: `scripts/bench keys|machtigen [--json FILE] [--rows N] [--only ROWS]`."""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from typing import Any

from cryptography.hazmat.backends.openssl import backend

from benching import batches, checking, converting, cores, curve, deciding, revoking
from benching.libpep import VERSION as LIBPEP
from benching.measuring import TINY, Row, Size
from keys.kernel.pep import group

PARTS: dict[str, dict[str, Callable[[Size], list[Row]]]] = {
    "keys": {
        "curve": curve.rows,
        "processes": cores.rows,
        "http": batches.rows,
        "convert": converting.rows,
    },
    "machtigen": {
        "check": checking.rows,
        "decision": deciding.rows,
        "revocation": revoking.rows,
    },
}
NAMES = [name for parts in PARTS.values() for name in parts]


def main(arguments: list[str]) -> int:
    """Measure, print, and write; the exit code is 0 whether or not a target is met."""
    parser = argparse.ArgumentParser(prog="scripts/bench", description=__doc__)
    parser.add_argument("what", choices=PARTS)
    parser.add_argument("--json", type=Path, help="write every figure here")
    parser.add_argument(
        "--rows", type=int, help="keys: rows to convert (20,000); machtigen: the largest register (1,000,000)"
    )
    parser.add_argument("--postgres", help="machtigen: also on the PostgreSQL server at this address")
    parser.add_argument("--postgres-rows", type=int, help="the largest register there (10,000,000)")
    parser.add_argument("--only", choices=NAMES, action="append", help="only this part; may be repeated")
    parser.add_argument("--tiny", action="store_true", help="see whether it runs; the figures say nothing")
    given = parser.parse_args(arguments)
    size = TINY if given.tiny else Size()
    size = size if given.rows is None else replace(size, rows=max(given.rows, 10), register=given.rows)
    size = replace(size, postgres=given.postgres)
    if given.postgres_rows is not None:
        size = replace(size, postgres_register=given.postgres_rows)
    machine = about()
    sys.stdout.write("".join(f"{name}: {value}\n" for name, value in machine.items()))
    sys.stdout.write(f"medians of interleaved rounds ({size.rounds})\n\n")
    found: list[Row] = []
    parts = PARTS[given.what]
    for name in given.only or parts:
        for row in parts[name](size):
            found.append(row)
            sys.stdout.write(line(row))
            sys.stdout.flush()
    if given.json:
        document = {"machine": machine, "tiny": given.tiny, "rows": {row.name: entry(row) for row in found}}
        given.json.write_text(json.dumps(document, indent=1), "utf-8")
    return 0


def about() -> dict[str, str]:
    """The machine and the versions of what is measured."""
    node = shutil.which("node")
    info = Path("/proc/cpuinfo").read_text("utf-8") if Path("/proc/cpuinfo").exists() else ""
    model = next((text.partition(":")[2].strip() for text in info.splitlines() if "model name" in text), "")
    library = group().library
    return {
        "machine": f"{platform.system()} {platform.release()} {platform.machine()}",
        "processor": model or platform.processor(),
        "cores": str(len(os.sched_getaffinity(0))),
        "load": " ".join(f"{one:.2f}" for one in os.getloadavg()),
        "python": platform.python_version(),
        "sqlite": sqlite3.sqlite_version,
        "versions": ", ".join(f"{name} {version(name)}" for name in ("sqlalchemy", "starlette", "uvicorn")),
        "libsodium": f"{library.version} ({library.source})",
        "openssl": f"{backend.openssl_version_text()} in cryptography {version('cryptography')}",
        "openssl speed": _said("openssl", "version"),
        "libpep-wasm": f"{LIBPEP} in Node {_said('node', '--version') if node else '(none)'}",
    }


def _said(*command: str) -> str:
    program = shutil.which(command[0])
    if program is None:
        return "(none)"
    done = subprocess.run([program, *command[1:]], capture_output=True, text=True, check=False)
    return done.stdout.strip()


def entry(row: Row) -> dict[str, Any]:
    """A row as it stands in the file."""
    ratio = None if row.ratio is None else round(row.ratio, 4)
    bound = {"at-most" if row.at_most else "at-least": row.target}
    told = {"measure": row.measure, "ratio": ratio, **bound, "met": row.met, "figures": row.figures}
    return {**told, "why": row.why} if row.why else told


def line(row: Row) -> str:
    """A row as it is printed: what, how much, what it must be, whether it is."""
    verdict = {True: "met", False: "NOT MET", None: f"not measured: {row.why}"}[row.met]
    value = "-" if row.ratio is None else f"{row.ratio:.3f}"
    bound = f"{'≤' if row.at_most else '≥'} {row.target:g}"
    unit = f" {row.unit}" if row.unit else ""
    text = f"{row.measure:<78} {value:>9}{unit:<3} {bound:>8}  {verdict}\n"
    return text + "".join(f"    {name}: {value:g}\n" for name, value in row.figures.items())


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
