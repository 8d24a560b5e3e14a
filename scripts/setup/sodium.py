"""libsodium with ristretto255 (1.0.18 or newer): the system's, or installed when that is permitted."""

from __future__ import annotations

import ctypes
import ctypes.util

import apt
from telling import step

PACKAGE = "libsodium23"  # Debian 11-13, Ubuntu 20.04-26.04
NAMES = ("libsodium.so.26", "libsodium.so.23", "libsodium.dylib")
PROBE = "crypto_core_ristretto255_from_hash"


def make_available() -> bool:
    """Whether the system has libsodium, now or after installing it."""
    if _present():
        return True
    if apt.install(PACKAGE) and _present():
        return True
    step("warning: the system has no libsodium and it may not be installed here; the copy inside the")
    step(f"Python package rbcl is used instead. Not for production: install {PACKAGE} there.")
    return False


def _present() -> bool:
    for name in (*NAMES, ctypes.util.find_library("sodium")):
        if name is None:
            continue
        try:
            if hasattr(ctypes.CDLL(name), PROBE):
                return True
        except OSError:
            continue
    return False
