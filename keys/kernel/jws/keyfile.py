"""Secrets in files: written whole or not at all, and read by their owner alone."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

SECRET_BYTES = 32
PRIVATE = ("*.jwk", "*.key", "domein*.json", "delen.json")
OTHERS = 0o077


class KeyFileRefused(RuntimeError):
    """A key file is missing, does not hold what it must, or may be read by others. Names the file."""


def write_secret(path: Path, content: bytes) -> None:
    """Write a file that only its owner may read (mode 0600). After a crash it is whole, or not there."""
    path.parent.mkdir(parents=True, exist_ok=True)
    scratch = path.with_name(f".{path.name}.{os.getpid()}")
    with open(os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    scratch.replace(path)


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
