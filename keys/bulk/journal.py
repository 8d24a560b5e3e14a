"""What is done of a conversion, kept beside its output so that nothing is lost and nothing is doubled.

    OUT.bezig/staat.jsonl    first line: fingerprint of the input and every parameter
                             then one line for each finished batch: rows in and out, SHA-256 of its part,
                             and the number and reason of each row that was left out
    OUT.bezig/deel-…         the output of each finished batch

A part is durable before the line that speaks of it, and the line before the next one. After a kill a torn
last line, and a part that is not what its line says, are as if they had never been: that batch is done
again. Another input or another parameter is refused.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from keys.bulk.errors import ConversionStopped

KIND = "machtigen-convert/1"


@dataclass
class Counts:
    """Rows read, rows in the output, rows left out; `batches` finished."""

    batches: int = 0
    rows: int = 0
    out: int = 0
    refused: int = 0

    def add(self, entry: Mapping[str, Any]) -> None:
        """Count a finished batch."""
        self.batches += 1
        self.rows += entry["rijen"]
        self.out += entry["uit"]
        self.refused += len(entry["afgekeurd"])


class Journal:
    """The state of one conversion. One process at a time; others are refused."""

    def __init__(self, out: Path, suffix: str, head: Mapping[str, Any]) -> None:
        """Opens what an earlier run left, or begins. Raises ConversionStopped, OSError.

        `head`: the fingerprint of the input by `invoer`, everything else a parameter.
        """
        self.folder = out.with_name(f"{out.name}.bezig")
        self.counts = Counts()
        self._suffix = suffix
        self._path = self.folder / "staat.jsonl"
        self.folder.mkdir(mode=0o700, exist_ok=True)
        self._file = self._path.open("a+b")
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            self._file.close()
            raise ConversionStopped(f"another process is converting to {out}") from error
        try:
            self._resume({"soort": KIND, **head}, out)
        except BaseException:
            self._file.close()
            raise

    def part(self, number: int) -> Path:
        """Where the output of a batch lies; `number` counts from 0."""
        return self.folder / f"deel-{number:07}{self._suffix}"

    def finish(self, data: bytes, numbers: list[int], out: int, refused: list[tuple[int, str]]) -> None:
        """A batch is done. `numbers`: its rows; `refused`: (number of the row, code)."""
        write_durably(self.part(self.counts.batches), data)
        entry = {
            "deel": self.counts.batches,
            "rijen": len(numbers),
            "uit": out,
            "sha256": hashlib.sha256(data).hexdigest(),
            "afgekeurd": refused,
        }
        self._append(entry)
        self.counts.add(entry)

    def parts(self) -> Iterator[Path]:
        """The parts, in order, each as it was written. Raises ConversionStopped."""
        for entry in self._entries():
            path = self.part(entry["deel"])
            if not self._holds(entry):
                raise ConversionStopped(f"{path} is damaged; run the same command again")
            yield path

    def refused(self) -> Iterator[tuple[int, str]]:
        """Every row that was left out: its number and why."""
        for entry in self._entries():
            yield from entry["afgekeurd"]

    def close(self) -> None:
        """Let go; all stays for another run."""
        self._file.close()

    def remove(self) -> None:
        """The conversion is complete: the state and the parts go."""
        self._file.close()
        shutil.rmtree(self.folder)

    def _resume(self, head: Mapping[str, Any], out: Path) -> None:
        self._file.seek(0)
        first = self._file.readline()
        known = _entry(first)
        if known is None:
            if out.exists():
                raise ConversionStopped(f"{out} exists already; move it away first, or give --opnieuw")
            self._file.truncate(0)
            self._append(head)
            _sync_folder(self.folder)
            return
        changed = sorted(name for name in known.keys() | head.keys() if known.get(name) != head.get(name))
        if "invoer" in changed:
            raise ConversionStopped(
                "the input changed since this conversion began; give --opnieuw to begin again"
            )
        if changed:
            raise ConversionStopped(
                f"this conversion began with other values of {', '.join(changed)}; give those, or --opnieuw"
            )
        end = self._file.tell()
        while (entry := _entry(line := self._file.readline())) is not None:
            if entry.get("deel") != self.counts.batches or not self._holds(entry):
                break
            self.counts.add(entry)
            end += len(line)
        self._file.truncate(end)
        os.fsync(self._file.fileno())

    def _holds(self, entry: Mapping[str, Any]) -> bool:
        try:
            with self.part(entry["deel"]).open("rb") as file:
                return bool(hashlib.file_digest(file, "sha256").hexdigest() == entry["sha256"])
        except OSError:
            return False

    def _entries(self) -> Iterator[dict[str, Any]]:
        with self._path.open("rb") as file:
            file.readline()
            for line in file:
                yield json.loads(line)

    def _append(self, entry: Mapping[str, Any]) -> None:
        self._file.write(json.dumps(entry, separators=(",", ":")).encode() + b"\n")
        self._file.flush()
        os.fsync(self._file.fileno())


def fingerprint(path: Path) -> dict[str, Any]:
    """What a file is known by: its size and the SHA-256 of all of it."""
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return {"sha256": digest, "grootte": path.stat().st_size}


def write_durably(path: Path, data: bytes) -> None:
    """Whole and on the disk, or not there."""
    scratch = path.with_name(f".{path.name}")
    with scratch.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    scratch.replace(path)
    _sync_folder(path.parent)


def move_durably(scratch: Path, target: Path) -> None:
    """Put a finished file in its place: on the disk first, then under its name."""
    with scratch.open("rb") as file:
        os.fsync(file.fileno())
    scratch.replace(target)
    _sync_folder(target.parent)


def _entry(line: bytes) -> dict[str, Any] | None:
    """None for a line that is torn, or not there."""
    if not line.endswith(b"\n"):
        return None
    try:
        found = json.loads(line)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
