"""Two processes against one, relative to what this machine gives OpenSSL for two against one."""

from __future__ import annotations

import multiprocessing
import re
import shutil
import statistics
import subprocess
import time
from typing import Any

from benching.curve import Material
from benching.measuring import Row, Size
from keys.pseudonyms.transcrypt import rsk_with

ROUNDS = 3


def rows(size: Size) -> list[Row]:
    """The row of two processes."""
    name, measure, target = "processes", "two processes against one, relative to openssl speed -multi 2", 0.85
    openssl = shutil.which("openssl")
    if openssl is None:
        return [Row(name, measure, target, None, why="openssl is not installed")]
    found: dict[str, list[float]] = {"openssl-1": [], "openssl-2": [], "rsk-1": [], "rsk-2": []}
    for _ in range(ROUNDS if size.multi_s > 1 else 1):
        for count in (1, 2):
            found[f"openssl-{count}"].append(_openssl(openssl, count, size.multi_s))
            found[f"rsk-{count}"].append(_rsk(count, size.multi_s))
    per_s = {label: statistics.median(values) for label, values in found.items()}
    if not per_s["openssl-1"]:
        return [Row(name, measure, target, None, why="openssl speed says nothing that is understood")]
    ours, theirs = per_s["rsk-2"] / per_s["rsk-1"], per_s["openssl-2"] / per_s["openssl-1"]
    figures = {f"{label}_per_s": round(value, 1) for label, value in per_s.items()}
    figures |= {"speed-up": round(ours, 3), "openssl-speed-up": round(theirs, 3)}
    return [Row(name, measure, target, ours / theirs, figures=figures)]


def _openssl(program: str, count: int, seconds: int) -> float:
    command = [
        program,
        "speed",
        "-seconds",
        str(seconds),
        *(["-multi", "2"] if count == 2 else []),
        "ecdhx25519",
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    match = re.search(r"ecdh \(X25519\)\s+\S+\s+(\d+\.\d+)", done.stdout)
    return float(match[1]) if match else 0.0


def _rsk(count: int, seconds: int) -> float:
    """rsk in a second, by so many processes that begin together."""
    context = multiprocessing.get_context("spawn")
    gate, answers = context.Barrier(count), context.SimpleQueue()
    workers = [context.Process(target=_work, args=(gate, answers, seconds)) for _ in range(count)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return sum(answers.get() for _ in workers)


def _work(gate: Any, answers: Any, seconds: int) -> None:
    material, done = Material.draw(16), 0
    gate.wait()
    begin = time.perf_counter()
    while (spent := time.perf_counter() - begin) < seconds:
        for item in material.items:
            rsk_with(item, material.s, material.u)
        done += len(material.items)
    answers.put(done / spent)
