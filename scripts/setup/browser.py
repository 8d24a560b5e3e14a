"""A Chromium for the browser tests: the system's, or installed when that is permitted."""

from __future__ import annotations

import ctypes
import os
import shutil
from pathlib import Path

import apt
from telling import run, step

NAMES = ("chromium", "chromium-browser", "google-chrome")
WHY = "There is no Chromium and it may not be installed here: apt-get install chromium."
ASK = "from playwright.sync_api import sync_playwright as s\nwith s() as p: print(p.chromium.executable_path)"


def find_or_install(python: Path) -> str | None:
    """The path of a Chromium that runs, or None. `python` is the environment's, with Playwright."""
    _make_driver_run(python)
    found = _found(python)
    if found is None and not _is_ubuntu() and apt.install("chromium"):
        found = _found(python)
    if found is None:  # Ubuntu's chromium is a snap; as an ordinary user there is no apt at all
        step("Fetching a Chromium by Playwright")
        deps = ["--with-deps"] if os.geteuid() == 0 else []
        run([str(python), "-m", "playwright", "install", *deps, "chromium"])
        found = _found(python)
    return found


def _make_driver_run(python: Path) -> None:
    """Playwright's own driver is a Node.js that needs libatomic, which a bare Debian lacks."""
    code, _ = run([str(python), "-c", ASK])
    if code != 0 and not _has("libatomic.so.1"):
        apt.install("libatomic1")


def _has(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def _found(python: Path) -> str | None:
    chosen = os.environ.get("MACHTIGEN_CHROMIUM")
    candidates = [chosen] if chosen else [path for name in NAMES if (path := shutil.which(name))]
    if not chosen:
        code, said = run([str(python), "-c", ASK])
        candidates += [said] if code == 0 and Path(said).exists() else []
    for path in candidates:
        code, said = run([path, "--version"])
        if code == 0 and "chrom" in said.lower():
            return path
    return None


def _is_ubuntu() -> bool:
    try:
        return "\nID=ubuntu" in "\n" + Path("/etc/os-release").read_text("utf-8")
    except OSError:
        return False
