"""The data folder of one installation: where everything lies, and the settings of each package.

DATA/installatie.json     marks the folder as ours
DATA/beheer.jwk           key of the operator (throwaway)
DATA/databases/           one file per package, per transcryptor, per register
DATA/sleutels/<package>/  key files of that package only
DATA/logs/                one log stream per package
DATA/demo-clients/        keys of the demo services
"""

from __future__ import annotations

import json
import os
import shutil
import socket
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from keys.kernel.jws import Jwks, SigningKey, load_or_generate

MARKER = "installatie.json"
DATABASE_PLACE = "{database}"
PORT_ORDER = ("machtigen", "identiteit", "rechten", "keys", "t1", "t2", "portaal", "t3")
PACKAGES = ("identiteit", "keys", "machtigen", "rechten")
PARTIES = ("t1", "t2", "t3")


class InstallationError(Exception):
    """The server cannot start; the text is one sentence for the operator."""


@dataclass(frozen=True)
class Installation:
    """One data folder and the addresses it is served at."""

    data: Path
    host: str
    port: int
    separate: bool
    database: str | None = None
    """A SQLAlchemy URL in which `{database}` stands for a name, or None: SQLite files in the folder."""

    @classmethod
    def open(
        cls,
        data: Path,
        host: str,
        port: int,
        *,
        separate: bool,
        database: str | None = None,
        reset: bool = False,
        child: bool = False,
    ) -> Installation:
        """Open the folder, or make it. Raises InstallationError with one clear sentence."""
        if database is not None and DATABASE_PLACE not in database:
            raise InstallationError(
                f"--database must contain {DATABASE_PLACE}: each package has a database of its own."
            )
        if database is not None and reset:
            raise InstallationError("--reset-demo works on SQLite only; drop the databases yourself.")
        marker = data / MARKER
        if not child:
            try:
                if reset and marker.exists():
                    _empty(data)
                data.mkdir(parents=True, exist_ok=True)
                if not marker.exists() and any(data.iterdir()):
                    raise InstallationError(
                        f"The folder {data} holds other files; choose an empty one with --data."
                    )
                marker.write_text(json.dumps({"soort": "machtigen", "versie": 1, "wegwerpsleutels": True}))
            except OSError as error:
                reason = error.strerror or "unknown reason"
                raise InstallationError(f"The folder {data} cannot be written to ({reason}).") from error
        return cls(data, host, port, separate, database)

    def origin(self, name: str) -> str:
        """Scheme, host and port of a package, a party or the demo portal."""
        offset = PORT_ORDER.index(name) if self.separate else 0
        host = "127.0.0.1" if self.host in {"0.0.0.0", "::"} else self.host  # noqa: S104 - a comparison
        return f"http://{host}:{self.port + offset}"

    def listen_port(self, process: str | None) -> int:
        """The port that a process listens on."""
        return self.port + (PORT_ORDER.index(process) if process else 0)

    def url(self, name: str) -> str:
        """Base address of a package (`…/keys`) or of a party (`…/keys/t1`)."""
        path = f"keys/{name}" if name in PARTIES else name
        return f"{self.origin(name)}/{path}"

    def endpoints(self, *, demo: bool) -> dict[str, str]:
        """What `/endpoints.json` says."""
        names = [*PACKAGES, *PARTIES, *(["portaal"] if demo else [])]
        return {name: self.url(name) for name in names}

    def database_url(self, name: str) -> str:
        """Database of a package or party: a file of its own, or one of that name on the server."""
        if self.database is not None:
            return self.database.replace(DATABASE_PLACE, name)
        return f"sqlite:///{self.data / 'databases' / name}.db"

    def keys_folder(self, package: str) -> Path:
        """Key files of one package."""
        return self.data / "sleutels" / package

    @property
    def operator_key(self) -> Path:
        """Private key of the operator."""
        return self.data / "beheer.jwk"

    @property
    def operator_jwks(self) -> Path:
        """Public key set of the operator, which every package reads."""
        return self.data / "beheer.jwks.json"

    def make_keys(self) -> None:
        """Make what is missing of the folders and of the operator's throwaway key."""
        for package in PACKAGES:
            self.keys_folder(package).mkdir(parents=True, exist_ok=True, mode=0o700)
        (self.data / "databases" / "registers").mkdir(parents=True, exist_ok=True)
        (self.data / "logs").mkdir(exist_ok=True)
        key: SigningKey = load_or_generate(self.operator_key, "ES256")
        self.operator_jwks.write_text(json.dumps(Jwks.of(key).as_dict()))

    def require_free_ports(self, *, demo: bool) -> None:
        """Raise InstallationError with one sentence when a port is taken."""
        processes = [name for name in PORT_ORDER if demo or name != "portaal"] if self.separate else [None]
        for port in sorted(self.listen_port(process) for process in processes):
            with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                try:
                    probe.bind((self.host, port))
                except OSError as error:
                    reason = error.strerror or "unknown reason"
                    raise InstallationError(
                        f"Port {port} on {self.host} cannot be used ({reason}); choose another with --port."
                    ) from error

    def settings_of(
        self, package: str, parties: tuple[str, ...] = (), *, registry: bool = True
    ) -> dict[str, Any]:
        """The settings of a package, by field name. `parties` and `registry` concern `keys` only."""
        common: dict[str, Any] = {
            "public_url": self.origin(package),
            "database_url": self.database_url(package),
            "klok": os.environ.get("KLOK"),
            "sleutels_map": self.keys_folder(package),
            "beheer_jwks_file": self.operator_jwks,
            "log_file": self.data / "logs" / f"{package}.jsonl",
        }
        if package == "keys":
            return {**common, **self._keys_settings(parties, registry)}
        peers = {
            f"{name}_url": self.url(name)
            for name in ("identiteit", "machtigen", "rechten")
            if name != package
        }
        peers |= {f"{name}_url": self.url(name) for name in ("keys", *PARTIES)}
        if package == "rechten":
            if self.database is not None:
                common |= {"register_database_url": self.database_url("register-{register}")}
            else:
                common |= {"registers_map": self.data / "databases" / "registers"}
        return {**common, **peers}

    def _keys_settings(self, parties: tuple[str, ...], registry: bool) -> dict[str, Any]:
        addresses = {f"{party}_url": self.url(party) for party in PARTIES}
        places = {f"{party}_database_url": self.database_url(f"keys-{party}") for party in PARTIES}
        return {"partijen": list(parties), "registry": registry, **addresses, **places}


def _empty(data: Path) -> None:
    for child in data.iterdir():
        if child.is_dir() and not child.is_symlink():
            shutil.rmtree(child)
        else:
            child.unlink()
