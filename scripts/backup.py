#!/usr/bin/env python3
"""Copy a data folder into one archive while the server runs.

    backup.py --data DIR --to FILE

Every SQLite database is copied with SQLite's online backup (one consistent moment per database, its
write-ahead log included), checked, and put in the archive together with the key files and logs. The
databases are copied one after another, so two of them may differ by the seconds in between; what
refers to something is copied before what it refers to.

The archive (mode 0600) is written under a scratch name in the folder of FILE, and takes the place of
FILE only when it is whole. Exit codes: 0 done, 1 it failed, 2 it cannot be done as asked.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import os
import shutil
import signal
import sqlite3
import sys
import tarfile
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

sys.path.insert(0, str(Path(__file__).resolve().parent))

from archive import (
    CHUNK,
    FAILED,
    INTERRUPTED,
    MANIFEST,
    MARKER,
    PREFIX,
    REFUSED,
    ArchiveError,
    Entry,
    is_installation,
    reason_of,
    sync_folder,
    write_manifest,
)

BUSY_LIMIT_S = 30
# What SQLite keeps beside a database: part of the online copy, never copied as files.
COMPANIONS = (".db-wal", ".db-shm", ".db-journal")


def make_backup(data: Path, to: Path) -> list[Entry]:
    """Write the archive; gives what is in it. Raises ArchiveError with one sentence."""
    data, to = data.resolve(), to.absolute()
    _require_data_folder(data)
    _require_place(data, to)
    try:
        scratch = Path(tempfile.mkdtemp(prefix=f".{to.name}.", dir=to.parent))
    except OSError as error:
        raise ArchiveError(f"The folder {to.parent} cannot be written to ({reason_of(error)}).") from error
    try:
        whole = scratch / "archive"
        entries = _write(data, whole, scratch / "copy.db")
        whole.replace(to)
        sync_folder(to.parent)
    except OSError as error:
        raise ArchiveError(f"The backup could not be made ({reason_of(error)}).") from error
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    return entries


def _require_data_folder(data: Path) -> None:
    try:
        ours = is_installation((data / MARKER).read_text("utf-8"))
    except (OSError, UnicodeDecodeError):
        ours = False
    if not ours:
        raise ArchiveError(f"{data} is not a data folder of this server (no {MARKER}).", REFUSED)
    if not any((data / "databases").rglob("*.db")):
        raise ArchiveError(f"{data} holds no databases: there is nothing to back up.", REFUSED)


def _require_place(data: Path, to: Path) -> None:
    if not to.parent.is_dir():
        raise ArchiveError(f"The folder {to.parent} does not exist.", REFUSED)
    if to.parent.resolve().is_relative_to(data):
        raise ArchiveError(f"{to} lies within the data folder; choose a place outside it.", REFUSED)
    if to.is_symlink() or (to.exists() and not to.is_file()):
        raise ArchiveError(f"{to} is not an ordinary file; choose another name.", REFUSED)


def _write(data: Path, whole: Path, copy: Path) -> list[Entry]:
    entries: list[Entry] = []
    descriptor = os.open(whole, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with (
        open(descriptor, "wb") as file,
        tarfile.open(fileobj=file, mode="w", format=tarfile.PAX_FORMAT) as tar,
    ):
        for path in _databases(data):
            _copy_database(path, copy)
            entries.append(_add(tar, copy, data, path))
            copy.unlink()
        for path in _other_files(data):
            entries.append(_add(tar, path, data, path))
        manifest = write_manifest(entries)
        tar.addfile(_member(MANIFEST, len(manifest)), io.BytesIO(manifest))
        tar.close()
        file.flush()
        os.fsync(file.fileno())
    return entries


def _databases(data: Path) -> Iterator[Path]:
    """Databases, each folder listed only when its turn comes.

    A register that is opened meanwhile is then either unknown to the copy of `rechten`, or in the
    listing of the registers' folder, which comes after it. `keys`, to which all refer, comes last.
    """
    for path in _files(data / "databases"):
        if path.suffix == ".db":
            yield path


def _other_files(data: Path) -> Iterator[Path]:
    """Keys, clients, logs: after the databases, so that every copied record finds its key."""
    for path in _files(data):
        if path.name.endswith(COMPANIONS) or (
            path.suffix == ".db" and path.is_relative_to(data / "databases")
        ):
            continue
        yield path


def _files(top: Path) -> Iterator[Path]:
    for folder, subfolders, names in os.walk(top, onerror=_raise):
        subfolders.sort()
        for name in [*subfolders, *names]:
            if (Path(folder) / name).is_symlink():
                raise ArchiveError(
                    f"{Path(folder) / name} is a symbolic link, which a backup cannot hold.", REFUSED
                )
        for name in sorted(names, key=lambda name: (name.startswith("keys"), name)):
            path = Path(folder) / name
            # A key file is written under a hidden scratch name first; that one is nobody's yet.
            if path.is_file() and not name.startswith("."):
                yield path


def _raise(error: OSError) -> None:
    raise error


def _copy_database(source: Path, copy: Path) -> None:
    """One consistent moment of a database that others may be writing to.

    In one step: a reader of a write-ahead log holds up no writer, and a copy in several steps would
    begin anew at every commit of another process.
    """
    until = time.monotonic() + BUSY_LIMIT_S

    def give_up_in_time(status: int, _remaining: int, _total: int) -> None:
        if status in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED} and time.monotonic() > until:
            raise sqlite3.OperationalError("locked too long by another program")

    try:
        with (
            closing(
                sqlite3.connect(f"file:{quote(str(source))}?mode=ro", uri=True, timeout=BUSY_LIMIT_S)
            ) as live,
            closing(sqlite3.connect(copy)) as target,
        ):
            live.backup(target, pages=-1, progress=give_up_in_time)
            verdict = target.execute("PRAGMA integrity_check").fetchone()[0]
    except sqlite3.Error as error:
        raise ArchiveError(f"The database {source} could not be copied ({error}).") from error
    if verdict != "ok":
        raise ArchiveError(f"The database {source} is damaged (SQLite's integrity check failed).")


def _add(tar: tarfile.TarFile, content: Path, data: Path, path: Path) -> Entry:
    """Add a file under the name of `path`. A log that grows meanwhile is cut at its length of now."""
    with content.open("rb") as file:
        length = os.fstat(file.fileno()).st_size
        reader = _Hashing(file)
        member = _member(PREFIX + path.relative_to(data).as_posix(), length)
        tar.addfile(member, reader)
    return Entry(member.name, length, reader.sha256.hexdigest())


class _Hashing(io.RawIOBase):
    """Reads a file and hashes what was read."""

    def __init__(self, file: io.BufferedReader) -> None:
        super().__init__()
        self._file = file
        self.sha256 = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        """At most `size` bytes."""
        content = self._file.read(size if size >= 0 else CHUNK)
        self.sha256.update(content)
        return content


def _member(name: str, length: int) -> tarfile.TarInfo:
    member = tarfile.TarInfo(name)
    member.size = length
    member.mode = 0o600
    member.mtime = int(time.time())
    return member


def main() -> int:
    """Make a backup; gives the exit code."""
    parser = argparse.ArgumentParser(
        prog="scripts/backup.py", description="Back up a data folder; the server may run."
    )
    parser.add_argument("--data", type=Path, required=True, help="the data folder")
    parser.add_argument(
        "--to", type=Path, required=True, help="the archive to write; an older one is replaced"
    )
    chosen = parser.parse_args()
    try:
        entries = make_backup(chosen.data, chosen.to)
    except ArchiveError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        print("Interrupted; no archive was written.", file=sys.stderr)
        return INTERRUPTED
    except tarfile.TarError as error:
        print(f"The backup could not be made ({error}).", file=sys.stderr)
        return FAILED
    databases = sum(entry.naam.endswith(".db") for entry in entries)
    others = len(entries) - databases
    print(f"{chosen.to}: {databases} databases and {others} other files. Keep it as secret as the keys.")
    return 0


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # so that no scratch file stays behind
    raise SystemExit(main())
