"""Resident memory of `python -m keys convert`, with its workers, on a tenth of the rows and on all."""

from __future__ import annotations

import csv
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from benching.measuring import Row, Size
from benching.memory import Watched
from benching.parties import DOEL, ROOT, Running, person, register, running
from keys.kernel.pep import Vault
from keys.kernel.pep.encoding import to_base64url

VAN, NAAR = register("verzender"), register("ontvanger")
MB = 2**20
PEOPLE = 1000  # different people in the file, again and again


@dataclass(frozen=True)
class _Run:
    peak: int
    own: int
    seconds: float


def rows(size: Size) -> list[Row]:
    """Two rows: how much memory, and how much more for ten times the rows."""
    with tempfile.TemporaryDirectory() as name, running(Path(name)) as parties:
        parties.add(VAN)
        parties.add(NAAR)
        parties.allow(VAN, NAAR)
        tenth, whole = (_convert(parties, Path(name), count) for count in (size.rows // 10, size.rows))
    figures = {
        "rows": float(size.rows),
        "tenth_peak_mb": round(tenth.peak / MB, 1),
        "peak_mb": round(whole.peak / MB, 1),
        "tenth_peak_own_mb": round(tenth.own / MB, 1),
        "peak_own_mb": round(whole.own / MB, 1),
        "seconds": round(whole.seconds, 1),
        "rows_per_s": round(size.rows / whole.seconds, 1),
    }
    told = f"convert {size.rows} rows: resident memory with its workers"
    flat = f"convert {size.rows} rows: memory against that of {size.rows // 10} rows"
    return [
        Row("convert-memory", told, 300, whole.peak / MB, at_most=True, unit="MB", figures=figures),
        Row("convert-flat", flat, 1.1, whole.peak / tenth.peak, at_most=True, figures=figures),
    ]


def _convert(parties: Running, folder: Path, count: int) -> _Run:
    source, out = folder / f"in-{count}.csv", folder / f"out-{count}.csv"
    _write(source, count, Vault((parties.keep(VAN) / "lokaal.key").read_bytes()))
    command = [
        sys.executable, "-m", "keys", "convert", str(source), str(out), "--from", str(VAN), "--to", str(NAAR),
        "--doel", DOEL, "--map", str(parties.keep(VAN)), "--endpoints", str(folder / "endpoints.json"),
    ]  # fmt: skip
    begin = time.monotonic()
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    watched = Watched(subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL))
    if watched.wait() != 0:
        raise RuntimeError("the conversion did not end well: nothing is measured")
    with out.open("rb") as file:
        if sum(1 for _ in file) != count + 1:
            raise RuntimeError("the output is not complete: nothing is measured")
    return _Run(watched.peak_bytes, watched.peak_own_bytes, time.monotonic() - begin)


def _write(path: Path, count: int, vault: Vault) -> None:
    people = [person(VAN) for _ in range(min(count, PEOPLE))]
    cells = [(vault.pid(one), to_base64url(vault.wrap(one))) for one in people]
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["nummer", "pid", "pseudoniem", "opmerking"])
        writer.writerows((number, *cells[number % len(cells)], "x" * 60) for number in range(count))
