"""A real PKCS#11 module for tests: SoftHSM2, with its tokens in a folder of the test."""

from __future__ import annotations

import os
import secrets
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pkcs11
import pytest

from keys.kernel.jws.keyfile import write_secret
from keys.pseudonyms.token import TokenPlace, _module

MODULES = (
    "/usr/lib/softhsm/libsofthsm2.so",
    "/usr/lib64/pkcs11/libsofthsm2.so",
    "/opt/homebrew/lib/softhsm/libsofthsm2.so",
)


class SoftHsm:
    """Tokens in one folder; `MODULE` reads where from its environment each time that it is started."""

    def __init__(self, folder: Path, patch: pytest.MonkeyPatch) -> None:
        self.folder = folder
        self.tokens = folder / "tokens"
        self.tokens.mkdir(parents=True)
        configuration = folder / "softhsm2.conf"
        configuration.write_text(
            f"directories.tokendir = {self.tokens}\nobjectstore.backend = file\nlog.level = ERROR\n"
        )
        patch.setenv("SOFTHSM2_CONF", str(configuration))
        self.module = Path(next(module for module in MODULES if os.path.exists(module)))

    def token(self, name: str = "t1") -> TokenPlace:
        """A new token, with a PIN of its own in a file."""
        label, pin = f"{name}-{secrets.token_hex(4)}", secrets.token_hex(8)
        before = set(self.tokens.iterdir())
        command = ("softhsm2-util", "--init-token", "--free", "--label", label, "--so-pin", "so-pin-123456")
        done = subprocess.run([*command, "--pin", pin], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        (made,) = set(self.tokens.iterdir()) - before
        (self.folder / f"{label}.where").write_text(made.name)
        pin_file = self.folder / f"{label}.pin"
        write_secret(pin_file, f"{pin}\n".encode())
        return TokenPlace(self.module, label, pin_file)

    def session(self, place: TokenPlace) -> Any:
        """A session of one's own that may write, for a test to look and meddle with."""
        return _module(place.module).open(place.label, place.pin(), writable=True)

    def take_away(self, place: TokenPlace) -> None:
        """Pull the token out."""
        name = (self.folder / f"{place.label}.where").read_text()
        shutil.move(self.tokens / name, self.folder / name)

    def put_back(self, place: TokenPlace) -> None:
        """Put it in again."""
        name = (self.folder / f"{place.label}.where").read_text()
        shutil.move(self.folder / name, self.tokens / name)

    def break_module(self) -> None:
        """The module is ended under its users: every call fails until it is started anew."""
        pkcs11.lib(str(self.module)).finalize()
