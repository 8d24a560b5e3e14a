"""Install a Debian package when that is permitted: as root, or by sudo without a password."""

from __future__ import annotations

import os
import shutil

from telling import run, step


def install(package: str) -> bool:
    """Install `package` quietly; whether that worked. Refreshes the lists once when needed."""
    prefix = _permitted()
    if prefix is None:
        return False
    quiet = dict(os.environ, DEBIAN_FRONTEND="noninteractive")
    command = [*prefix, "apt-get", "install", "-y", "-qq", "--no-install-recommends", package]
    step(f"Installing the system package {package}")
    if run(command, quiet)[0] == 0:
        return True
    run([*prefix, "apt-get", "update", "-qq"], quiet)
    code, said = run(command, quiet)
    if code:
        step(f"apt-get could not install {package}: {said.splitlines()[-1] if said else 'no reason given'}")
    return code == 0


def _permitted() -> list[str] | None:
    if shutil.which("apt-get") is None:
        return None
    if os.geteuid() == 0:
        return []
    if shutil.which("sudo") and run(["sudo", "-n", "true"])[0] == 0:
        return ["sudo", "-n"]
    return None
