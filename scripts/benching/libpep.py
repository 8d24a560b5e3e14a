"""libpep as WebAssembly in Node, beside our process: asked in turn, so that both meet the same machine."""

from __future__ import annotations

import os
import shutil
import subprocess
import tarfile
import tempfile
from pathlib import Path
from types import TracebackType
from typing import Self

from benching.measuring import Case
from keys.kernel.pep import group
from keys.pseudonyms.transcrypt import rsk_with

PACKAGE, VERSION = "@nolai/libpep-wasm", "0.12.0"
ITEMS = 32  # in one call
FETCH_WITHIN_S = 120


class LibpepMissing(Exception):
    """Node, npm or the package is not to be had; the text says which."""


class Libpep:
    """The process. What it computes is first compared with ours, byte by byte."""

    def __init__(self, item: bytes, s: bytes, u: bytes, public: bytes) -> None:
        node = shutil.which("node")
        if node is None:
            raise LibpepMissing("node is not installed")
        k = group().scalar_mul(s, group().scalar_invert(u))
        script = Path(__file__).with_name("libpep.mjs")
        arguments = [str(fetched()), *(value.hex() for value in (item, s, k, public))]
        self._process = subprocess.Popen(
            [node, str(script), *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        if self._ask("check") != rsk_with(item, s, u).hex():
            raise RuntimeError("libpep-wasm and we do not compute the same: nothing is measured")

    def case(self, name: str) -> Case:
        """`rsk` or `rrsk` (rerandomised), from bytes to bytes."""
        return Case(lambda: int(self._ask(f"{name} {ITEMS}")) / 1e6, ITEMS, told=True)

    def _ask(self, line: str) -> str:
        assert self._process.stdin is not None  # noqa: S101 - made with pipes
        assert self._process.stdout is not None  # noqa: S101
        self._process.stdin.write(f"{line}\n")
        self._process.stdin.flush()
        answer = self._process.stdout.readline().strip()
        if not answer:
            raise LibpepMissing("node ended without an answer")
        return answer

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._process.stdin is not None  # noqa: S101 - made with pipes
        self._process.stdin.close()
        self._process.wait()
        assert self._process.stdout is not None  # noqa: S101
        self._process.stdout.close()


def fetched() -> Path:
    """The folder of the package, fetched by npm once and kept in the user's cache. Raises LibpepMissing."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "machtigen-bench"
    folder = cache / f"libpep-wasm-{VERSION}"
    if (folder / "pkg-web" / "libpep_bg.wasm").is_file():
        return folder
    npm = shutil.which("npm")
    if npm is None:
        raise LibpepMissing("npm is not installed")
    cache.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=cache) as scratch:
        command = [npm, "pack", "--silent", f"{PACKAGE}@{VERSION}"]
        try:
            done = subprocess.run(
                command, cwd=scratch, capture_output=True, timeout=FETCH_WITHIN_S, check=False
            )
        except subprocess.TimeoutExpired as error:
            raise LibpepMissing(f"npm did not fetch {PACKAGE} in time") from error
        found = list(Path(scratch).glob("*.tgz"))
        if done.returncode or not found:
            raise LibpepMissing(f"npm could not fetch {PACKAGE}@{VERSION}")
        with tarfile.open(found[0]) as archive:
            archive.extractall(scratch, filter="data")
        (Path(scratch) / "package").rename(folder)
    return folder
