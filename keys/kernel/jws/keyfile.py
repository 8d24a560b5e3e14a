"""Secrets in files: written whole or not at all, and read by their owner alone."""

from __future__ import annotations

import contextlib
import os
import secrets
from pathlib import Path

SECRET_BYTES = 32
PRIVATE = (
    "*.jwk",
    "*.key",
    "domein*.json",
    "delen.json",
    "delen-*.json",
    "gedragen-*.json",
    "verversing-*.json",
)
OTHERS = 0o077


class KeyFileRefused(RuntimeError):
    """A key file is missing, does not hold what it must, or may be read by others. Names the file."""


def write_secret(path: Path, content: bytes, *, replace: bool = True) -> None:
    """Write a file that only its owner may read (mode 0600). After a crash it is whole, or not there.

    What was half written is taken away when writing fails. Raises OSError; with `replace=False` also
    FileExistsError, and then the file that was there has stayed as it was.
    """
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    scratch = path.with_name(f".{path.name}.{os.getpid()}")
    scratch.unlink(missing_ok=True)
    try:
        with open(os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        if replace:
            scratch.replace(path)
        else:
            os.link(scratch, path)
        _settle(path.parent)
    finally:
        scratch.unlink(missing_ok=True)


def read_secret(path: Path, *, limit: int = 65_536) -> bytes:
    """The bytes of a secret file that nobody but its owner may read. Raises KeyFileRefused."""
    try:
        with open(path, "rb") as file:
            if os.fstat(file.fileno()).st_mode & OTHERS:
                raise KeyFileRefused(f"{path} may be read by others than its owner: chmod 600")
            found = file.read(limit + 1)
    except OSError as error:
        raise KeyFileRefused(f"{path} cannot be read ({error.strerror})") from error
    if len(found) > limit:
        raise KeyFileRefused(f"{path} is too large to be a secret")
    return found


def erase(path: Path) -> None:
    """Overwrite a secret file and take it away, as far as the file system lets that reach the disk.

    A copy that a snapshot, a journal or flash memory kept is out of reach. Raises OSError.
    """
    with open(path, "r+b") as file:
        overwrite(file.fileno())
    path.unlink()
    _settle(path.parent)


def erase_traces(path: Path) -> None:
    """Erase a secret file, and what writes of it that were cut short left beside it; none there is no error.

    Raises OSError.
    """
    for found in (path, *path.parent.glob(f".{path.name}.*")):
        with contextlib.suppress(FileNotFoundError):
            erase(found)


def overwrite(handle: int) -> None:
    """Zeros over all that an open file holds, brought to the disk."""
    os.pwrite(handle, bytes(os.fstat(handle).st_size), 0)
    os.fsync(handle)


def _settle(folder: Path) -> None:
    """A new name in a folder survives a power cut only once the folder itself is on the disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def secret_bytes(path: Path, *, may_make: bool) -> bytes:
    """The 32 secret bytes in a file; fresh ones where there is no file and they may be made.

    Raises KeyFileRefused.
    """
    if not path.exists():
        if not may_make:
            raise KeyFileRefused(f"{path} is missing; in productie keys are not made by themselves")
        write_secret(path, secrets.token_bytes(SECRET_BYTES))
    found = path.read_bytes()
    if len(found) != SECRET_BYTES:
        raise KeyFileRefused(f"{path} does not hold {SECRET_BYTES} bytes")
    return found


def open_to_others(folder: Path, *, production: bool) -> list[str]:
    """The names of the private key files under `folder` that group or others may read: to be warned of.

    In production there may be none: raises KeyFileRefused.
    """
    found = []
    for path in sorted({path for pattern in PRIVATE for path in folder.rglob(pattern)}):
        if not path.stat().st_mode & OTHERS:
            continue
        if production:
            raise KeyFileRefused(f"{path} may be read by others than its owner: chmod 600")
        found.append(path.name)
    return found
