"""Find and load libsodium (>= 1.0.18), the only implementation of the group that we use.

Order: a path given by the caller; the system's library; as a last resort the copy that the package
`rbcl` carries, with a printed warning (it lives in a temporary file and gets no updates from the
distribution; a production service must refuse it: see `Library.source`).
"""

from __future__ import annotations

import ctypes
import ctypes.util
import importlib
import importlib.util
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from keys.kernel.pep.errors import PepError

SONAMES = ("libsodium.so.26", "libsodium.so.23", "libsodium.dylib", "libsodium.dll")
PROBE = "crypto_core_ristretto255_from_hash"  # present since 1.0.18
MISSING = (
    "libsodium 1.0.18 or newer was not found. Install it (Debian, Ubuntu: apt install libsodium23), "
    "or give its path."
)
WARNING = (
    "warning: libsodium is not installed; using the copy inside the Python package rbcl. "
    "It gets no security updates from the system: not for production.\n"
)


@dataclass(frozen=True)
class Library:
    """A loaded and initialised libsodium. `source` says where it came from."""

    functions: ctypes.CDLL
    source: Literal["path", "system", "rbcl"]
    version: str


def load(path: Path | str | None = None) -> Library:
    """Load libsodium. Raises PepError `libsodium-missing` or `libsodium-wrong` with a clear sentence."""
    if path is not None:
        return _initialise(_open(str(path)), "path")
    for name in (ctypes.util.find_library("sodium"), *SONAMES):
        if name is None:
            continue
        try:
            return _initialise(ctypes.CDLL(name), "system")
        except OSError:
            continue
    return _carried()


def _open(name: str) -> ctypes.CDLL:
    try:
        return ctypes.CDLL(name)
    except OSError as error:
        raise PepError("libsodium-missing", f"{name} could not be loaded as a library. {MISSING}") from error


def _initialise(functions: ctypes.CDLL, source: Literal["path", "system", "rbcl"]) -> Library:
    if not hasattr(functions, PROBE):
        raise PepError("libsodium-wrong", "this libsodium lacks ristretto255: 1.0.18 is needed")
    functions.sodium_version_string.restype = ctypes.c_char_p
    if functions.sodium_init() < 0:
        raise PepError("libsodium-wrong", "libsodium could not be initialised")
    return Library(functions, source, functions.sodium_version_string().decode("ascii"))


def _carried() -> Library:
    if importlib.util.find_spec("rbcl") is None:
        raise PepError("libsodium-missing", MISSING)
    sys.stderr.write(WARNING)
    carrier = importlib.import_module("rbcl._sodium")
    functions = getattr(carrier, "_sodium", None)
    if not isinstance(functions, ctypes.CDLL):
        raise PepError("libsodium-missing", MISSING)
    # rbcl writes its library to a new temporary file at every import and leaves it there.
    Path(functions._name).unlink(missing_ok=True)
    return _initialise(functions, "rbcl")
