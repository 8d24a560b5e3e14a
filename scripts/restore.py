#!/usr/bin/env python3
"""Put a backup back into an empty folder.

    restore.py --from FILE --data DIR

Everything is unpacked beside DIR under a scratch name and checked against the archive's manifest; only
then it becomes DIR, in one rename. What fails leaves nothing behind. Files get mode 0600, folders 0700.
Afterwards `scripts/run --data DIR` goes on where the backup was made.

Exit codes: 0 done, 1 it failed or the archive is damaged, 2 it cannot be done as asked.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import shutil
import signal
import sys
import tarfile
import tempfile
from pathlib import Path
from typing import IO

sys.path.insert(0, str(Path(__file__).resolve().parent))

from archive import (
    CHUNK,
    INTERRUPTED,
    MANIFEST,
    MANIFEST_LIMIT,
    MARKER,
    PREFIX,
    REFUSED,
    ArchiveError,
    Entry,
    is_installation,
    is_safe,
    read_manifest,
    reason_of,
    sync_folder,
)

CUT_OFF = "The archive is damaged: it ends too early."


def restore(archive: Path, data: Path) -> int:
    """Unpack, check, rename; gives the number of files. Raises ArchiveError with one sentence."""
    data = data.absolute()
    if not archive.is_file():
        raise ArchiveError(f"There is no archive {archive}.", REFUSED)
    _require_empty(data)
    try:
        scratch = Path(tempfile.mkdtemp(prefix=f".{data.name}.", dir=data.parent))
    except OSError as error:
        raise ArchiveError(f"The folder {data.parent} cannot be written to ({reason_of(error)}).") from error
    try:
        entries = _unpack(archive, scratch)
        _require_ours(scratch)
        for folder, _, _ in os.walk(scratch):
            sync_folder(Path(folder))
        # Takes the place of an empty folder only: one that was filled meanwhile stays as it is.
        scratch.rename(data)
        sync_folder(data.parent)
    except tarfile.TarError as error:
        raise ArchiveError("The archive is damaged, or is no tar archive.") from error
    except OSError as error:
        raise ArchiveError(f"The backup could not be put back ({reason_of(error)}).") from error
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    return len(entries)


def _require_empty(data: Path) -> None:
    if not data.parent.is_dir():
        raise ArchiveError(f"The folder {data.parent} does not exist.", REFUSED)
    if data.is_symlink() or (data.exists() and not data.is_dir()):
        raise ArchiveError(f"{data} is not a folder; choose an empty or a new one.", REFUSED)
    try:
        filled = data.exists() and any(data.iterdir())
    except OSError as error:
        raise ArchiveError(f"The folder {data} cannot be read ({reason_of(error)}).", REFUSED) from error
    if filled:
        raise ArchiveError(f"The folder {data} is not empty; choose an empty or a new one.", REFUSED)


def _unpack(archive: Path, scratch: Path) -> list[Entry]:
    """Unpack every file below `scratch`, and compare with the manifest, which comes last."""
    found: list[Entry] = []
    promised: dict[str, Entry] | None = None
    with tarfile.open(archive, mode="r:") as tar:
        for member in tar:
            if promised is not None:
                raise ArchiveError("The archive is damaged: something follows its manifest.")
            if member.type not in {tarfile.REGTYPE, tarfile.AREGTYPE} or member.issparse():
                raise ArchiveError("The archive is refused: it holds something else than ordinary files.")
            content = tar.extractfile(member)
            if content is None:
                raise ArchiveError(CUT_OFF)
            if member.name == MANIFEST:
                promised = _read_manifest(content, member.size)
            else:
                found.append(_unpack_file(content, member, scratch))
    if promised is None:
        raise ArchiveError(CUT_OFF)
    if len(found) != len(promised) or any(promised.get(entry.naam) != entry for entry in found):
        raise ArchiveError("The archive is damaged: its files differ from its manifest.")
    return found


def _read_manifest(content: IO[bytes], length: int) -> dict[str, Entry]:
    if length > MANIFEST_LIMIT:
        raise ArchiveError("The archive is damaged: its manifest cannot be read.")
    return read_manifest(content.read(length))


def _unpack_file(content: IO[bytes], member: tarfile.TarInfo, scratch: Path) -> Entry:
    if not is_safe(member.name):
        raise ArchiveError("The archive is refused: a name in it leads outside the data folder.")
    path = scratch / member.name.removeprefix(PREFIX)
    for folder in reversed(path.relative_to(scratch).parents):
        (scratch / folder).mkdir(exist_ok=True, mode=0o700)
    sha256 = hashlib.sha256()
    length = 0
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as error:
        raise ArchiveError("The archive is refused: it holds a name twice.") from error
    with open(descriptor, "wb") as file:
        while chunk := content.read(CHUNK):
            sha256.update(chunk)
            length += file.write(chunk)
        file.flush()
        os.fsync(file.fileno())
    return Entry(member.name, length, sha256.hexdigest())


def _require_ours(scratch: Path) -> None:
    marker = scratch / MARKER
    if not marker.is_file() or not is_installation(marker.read_text("utf-8", errors="replace")):
        raise ArchiveError("This archive is not a backup of this server.")


def main() -> int:
    """Restore a backup; gives the exit code."""
    parser = argparse.ArgumentParser(
        prog="scripts/restore.py", description="Put a backup back into an empty folder."
    )
    parser.add_argument(
        "--from", dest="archive", type=Path, required=True, help="the archive that backup.py wrote"
    )
    parser.add_argument(
        "--data", type=Path, required=True, help="the folder to make; it is empty or does not exist"
    )
    chosen = parser.parse_args()
    try:
        count = restore(chosen.archive, chosen.data)
    except ArchiveError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        print("Interrupted; nothing was put back.", file=sys.stderr)
        return INTERRUPTED
    print(f"{chosen.data}: {count} files put back. Start with: scripts/run --data {chosen.data}")
    return 0


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # so that no scratch folder stays behind
    raise SystemExit(main())
