"""The form of a backup, shared by backup.py and restore.py. Standard library only.

A plain tar: every file of the data folder as `data/<path in the folder>`, then, as the last member,
`manifest.json` with the length and the SHA-256 of each. An archive that was cut off has no manifest.
The manifest finds damage; it is no signature: whoever can write the archive can write it too.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath

MARKER = "installatie.json"
PREFIX = "data/"
MANIFEST = "manifest.json"
MANIFEST_LIMIT = 64 * 1024 * 1024
KIND = "machtigen-backup"
VERSION = 1
CHUNK = 1024 * 1024
FAILED = 1
REFUSED = 2
INTERRUPTED = 130


class ArchiveError(Exception):
    """One sentence for the operator, and the exit code that goes with it."""

    def __init__(self, sentence: str, exit_code: int = FAILED) -> None:
        super().__init__(sentence)
        self.exit_code = exit_code


@dataclass(frozen=True)
class Entry:
    """A file in the archive: member name, length in bytes, SHA-256 in hexadecimals."""

    naam: str
    bytes: int
    sha256: str


def reason_of(error: OSError) -> str:
    """Why the system refused, in a few words."""
    return error.strerror or type(error).__name__


def is_installation(text: str) -> bool:
    """Whether this is the marker file of a data folder."""
    try:
        marker = json.loads(text)
    except ValueError:
        return False
    return isinstance(marker, dict) and marker.get("soort") == "machtigen"


def write_manifest(entries: Iterable[Entry]) -> bytes:
    """The manifest's bytes."""
    content = {
        "soort": KIND,
        "versie": VERSION,
        "gemaakt": datetime.now(UTC).isoformat(timespec="seconds"),
        "bestanden": [asdict(entry) for entry in entries],
    }
    return json.dumps(content, indent=1).encode()


def read_manifest(content: bytes) -> dict[str, Entry]:
    """The entries by member name. Raises ArchiveError when this is no manifest that we can read."""
    try:
        manifest = json.loads(content)
        if manifest["soort"] != KIND:
            raise ArchiveError("This archive is not a backup of this server.")
        if manifest["versie"] != VERSION:
            raise ArchiveError("This backup was made by another version, whose form is not known here.")
        entries = [Entry(str(e["naam"]), int(e["bytes"]), str(e["sha256"])) for e in manifest["bestanden"]]
    except (ValueError, KeyError, TypeError) as error:
        raise ArchiveError("The archive is damaged: its manifest cannot be read.") from error
    return {entry.naam: entry for entry in entries}


def is_safe(name: str) -> bool:
    """Whether a member's name stays within the folder that it is unpacked in."""
    path = PurePosixPath(name)
    parts = name.split("/")
    return (
        name.startswith(PREFIX)
        and not path.is_absolute()
        and not any(part in {"", ".", ".."} for part in parts)
        and "\\" not in name
        and name.isprintable()
    )


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
