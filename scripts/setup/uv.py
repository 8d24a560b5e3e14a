"""Find uv, or bring it: by pip where pip works, otherwise with the standard library.

Version and hashes of what is brought stand in uv.lock, like those of every other package.
"""

from __future__ import annotations

import io
import os
import platform
import shutil
import sys
import tempfile
import tomllib
import zipfile
from pathlib import Path

import pipconfig
from fetching import fetch_wheel
from telling import SetupError, run, step

OLDEST = (0, 7)  # reads our lock file


def find_or_fetch(root: Path, tools: Path) -> str:
    """The path of a usable uv. Raises SetupError when it can neither be found nor fetched."""
    for candidate in (shutil.which("uv"), str(tools / "uv")):
        if candidate and _usable(candidate):
            return candidate
    version, hashes = _locked(root / "uv.lock")
    step(f"Fetching uv {version} (installs the Python packages)")
    target = tools / "uv"
    if not (_by_pip(version, hashes, target) and _usable(str(target))):
        _unpack(fetch_wheel("uv", hashes, pipconfig.read()), target)
    if not _usable(str(target)):
        raise SetupError(f"uv was fetched to {target}, but it does not run on this machine.")
    return str(target)


def _usable(path: str) -> bool:
    code, said = run([path, "--version"])
    words = said.split()
    if code or len(words) < 2 or words[0] != "uv":
        return False
    number = words[1].split(".")
    return number[0].isdigit() and number[1].isdigit() and (int(number[0]), int(number[1])) >= OLDEST


def _locked(lock: Path) -> tuple[str, dict[str, str]]:
    """uv's version in the lock, and file name to SHA-256 of its wheels for this machine."""
    packages = tomllib.loads(lock.read_text("utf-8"))["package"]
    entry = next(package for package in packages if package["name"] == "uv")
    wheels = {
        wheel["url"].rsplit("/", 1)[-1]: wheel["hash"].removeprefix("sha256:") for wheel in entry["wheels"]
    }
    fitting = {name: value for name, value in wheels.items() if _fits(name)}
    if not fitting:
        raise SetupError(f"There is no uv for {sys.platform} on {platform.machine()}; install uv yourself.")
    return entry["version"], fitting


def _fits(filename: str) -> bool:
    machine = platform.machine().lower()
    if sys.platform == "darwin":
        return "macosx" in filename and machine in filename
    libc = "manylinux" if platform.libc_ver()[0] == "glibc" else "musllinux"
    return libc in filename and filename.endswith(f"_{machine}.whl")


def _by_pip(version: str, hashes: dict[str, str], target: Path) -> bool:
    if run([sys.executable, "-m", "pip", "--version"])[0]:
        return False
    with tempfile.TemporaryDirectory() as folder:
        wanted = Path(folder) / "uv.txt"
        wanted.write_text(f"uv=={version} " + " ".join(f"--hash=sha256:{value}" for value in hashes.values()))
        into = Path(folder) / "into"
        code, _ = run(
            [
                sys.executable,
                "-m",
                "pip",
                "install",
                "--quiet",
                "--disable-pip-version-check",
                "--no-input",
                "--no-deps",
                "--only-binary",
                ":all:",
                "--require-hashes",
                "--target",
                str(into),
                "-r",
                str(wanted),
            ]
        )
        if code or not (into / "bin/uv").is_file():
            return False
        _place((into / "bin/uv").read_bytes(), target)
    return True


def _unpack(wheel: bytes, target: Path) -> None:
    with zipfile.ZipFile(io.BytesIO(wheel)) as archive:
        name = next(name for name in archive.namelist() if name.endswith(".data/scripts/uv"))
        _place(archive.read(name), target)


def _place(program: bytes, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    beside = target.with_name(f"uv.{os.getpid()}")
    beside.write_bytes(program)
    beside.chmod(0o755)
    beside.replace(target)
