"""The folder of one connected service. Only its owner may read it.

aansluiting.json    what was asked for; the same command finds it back
actor.jwk           signs for the actor at `keys`: keep it off the servers of your portal
jwk.json            signs for the OAuth client (private_key_jwt)
domein.json         opens the pseudonyms in `alt_sub`
lokaal.key          32 bytes: turns an opened pseudonym into the key of your own rows
gebruiksgrond.json  the ground of use that was granted
client.json         what an OpenID client needs to know
voorbeeld.py        a client that works
"""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from keys.kernel.jws import SigningKey, load_or_generate
from keys.kernel.pep.vault import LOCAL_KEY_BYTES
from machtigen.aansluiting.errors import WrongInput
from machtigen.aansluiting.plan import Plan

PLAN = "aansluiting.json"
ADDRESSES = frozenset({"machtigen", "keys", "t1", "t2"})
EXAMPLE = Path(__file__).with_name("voorbeeld.py")


class Folder:
    """Reads and writes the files; never replaces a key or an example that is there."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def adopt(self, wanted: Plan, *, keep: tuple[str, ...]) -> Plan:
        """The plan to carry out. `keep` names what the operator left open: an earlier choice stands.

        Options may still be corrected until the service is connected (`client.json` is there); from
        then on only addresses may change. Raises WrongInput and OSError.
        """
        plan = wanted
        if self.has(PLAN):
            earlier = self._read_plan()
            plan = replace(wanted, **{name: getattr(earlier, name) for name in (*keep, "sinds")})
            differing = [name for name in plan.differences(earlier) if name not in ADDRESSES]
            if differing and self.has("client.json"):
                options = ", ".join(f"--{name.replace('_', '-')}" for name in differing)
                raise WrongInput(
                    f"The folder {self.path} is of a service that was connected with another {options}; "
                    "repeat the same options or choose another folder."
                )
        elif self.path.exists() and (not self.path.is_dir() or any(self.path.iterdir())):
            raise WrongInput(f"{self.path} holds other files; choose an empty or a new folder.")
        self.path.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.write(PLAN, plan.as_json())
        return plan

    def _read_plan(self) -> Plan:
        try:
            return Plan.from_json(json.loads(self._file(PLAN).read_text("utf-8")))
        except (ValueError, TypeError, KeyError) as error:
            raise WrongInput(f"{self._file(PLAN)} cannot be read; choose another folder.") from error

    def signing_key(self, name: str) -> SigningKey:
        """The key in a file of mode 0600; made where there is none. Raises UnusableKey, OSError."""
        return load_or_generate(self._file(name), "ES256")

    def make_local_key(self) -> None:
        """The key for one's own rows, where there is none yet."""
        if not self._file("lokaal.key").exists():
            self._write_bytes("lokaal.key", secrets.token_bytes(LOCAL_KEY_BYTES))

    def read(self, name: str) -> dict[str, Any]:
        """The JSON object in a file; empty where there is none. Raises OSError."""
        try:
            document = json.loads(self._file(name).read_text("utf-8")) if self.has(name) else {}
        except ValueError as error:
            raise OSError(f"{self._file(name)} does not hold JSON") from error
        return document if isinstance(document, dict) else {}

    def write(self, name: str, document: Mapping[str, Any]) -> bool:
        """Write JSON; False when exactly this stands there already."""
        text = json.dumps(document, indent=1, ensure_ascii=False).encode() + b"\n"
        if self.has(name) and self._file(name).read_bytes() == text:
            return False
        self._write_bytes(name, text)
        return True

    def copy_example(self) -> None:
        """The example; one that is there may have been changed by its owner and stays."""
        if not self.has("voorbeeld.py"):
            self._write_bytes("voorbeeld.py", EXAMPLE.read_bytes())

    def has(self, name: str) -> bool:
        """Whether the file is there."""
        return self._file(name).exists()

    def _file(self, name: str) -> Path:
        return self.path / name

    def _write_bytes(self, name: str, content: bytes) -> None:
        scratch = self._file(f".{name}.{os.getpid()}")
        with open(os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        scratch.replace(self._file(name))
