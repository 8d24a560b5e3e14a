"""SoftHSM2, a PKCS#11 token in software, for the tests of the key store: the system's, or installed."""

from __future__ import annotations

import shutil
from pathlib import Path

import apt

PACKAGE = "softhsm2"  # Debian and Ubuntu
MODULES = (
    "/usr/lib/softhsm/libsofthsm2.so",
    "/usr/lib64/pkcs11/libsofthsm2.so",
    "/opt/homebrew/lib/softhsm/libsofthsm2.so",
)
WHY = f"There is no SoftHSM2 and it may not be installed here: apt-get install {PACKAGE}."


def make_available() -> bool:
    """Whether the machine has SoftHSM2, now or after installing it."""
    return _present() or (apt.install(PACKAGE) and _present())


def _present() -> bool:
    return shutil.which("softhsm2-util") is not None and any(Path(module).exists() for module in MODULES)
